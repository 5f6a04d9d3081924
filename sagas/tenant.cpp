#include "sagas/tenant.hpp"

#include <utility>

#include "runtime/check.hpp"
#include "sagas/notes.hpp"

namespace stormglass::sagas {

Tenant::Tenant(bus::Client& client, std::string group, std::string topic)
    : group_(std::move(group)),
      topic_(std::move(topic)),
      tenure_(client, group_, topic_) {}

void Tenant::lose(std::string_view code, Effects& out) {
    out.note(notes::kFenced, {{"group", group_}, {"generation", generation()}, {"code", code}});
    fenced(out);
    tenure_.on_fenced();
    forget();
    CHECK(!in_charge());
}

void Tenant::assign(bus::Generation generation, Moment now, Effects& out) {
    if (tenure_.on_assigned(generation, now, out)) {
        forget();
    }
    CHECK(tenure_.generation() >= generation);
}

void Tenant::on_assigned(std::string_view group,
                         bus::Generation generation,
                         Moment now,
                         Effects& out) {
    const auto scope = enter(out);
    if (group == group_) {
        assign(generation, now, out);
    }
}

void Tenant::on_revoked(std::string_view group, bus::Generation generation, Moment, Effects& out) {
    const auto scope = enter(out);
    if (group == group_ && tenure_.on_revoked(generation)) {
        out.note(notes::kFenced,
                 {{"group", group}, {"generation", generation}, {"code", "revoked"}});
        forget();
        CHECK(!in_charge());
    }
}

void Tenant::on_records(
    bus::ReadId read, std::span<const bus::Record> records, bool last, Moment now, Effects& out) {
    const auto scope = enter(out);
    if (!tenure_.on_records(read, last)) {
        return;
    }
    for (const bus::Record& record : records) {
        replay(record, now, out);
    }
    if (last) {
        CHECK(in_charge());
        take_charge(now, out);
    }
}

void Tenant::on_outcome(const bus::BatchOutcome& outcome, Moment now, Effects& out) {
    const auto scope = enter(out);
    switch (tenure_.on_outcome(outcome, now, out)) {
        case Tenure::Claimed::not_mine:
            batch_done(outcome, now, out);
            return;
        case Tenure::Claimed::fenced:
            lose(outcome.code, out);
            return;
        case Tenure::Claimed::pending:
        case Tenure::Claimed::reading:
            return;
    }
}

bool Tenant::is_mine(const bus::Delivery& delivery, Moment now, Effects& out) {
    if (delivery.group != group_ || delivery.receipt == 0) {
        return false;
    }
    if (delivery.generation > tenure_.generation()) {
        assign(delivery.generation, now, out);  // The delivery overtook the assignment.
    }
    return delivery.generation == tenure_.generation() && tenure_.stage() != TenureStage::away;
}

}  // namespace stormglass::sagas
