#include "runtime/component.hpp"

#include <utility>

#include "runtime/check.hpp"

namespace stormglass {
namespace {

constexpr std::size_t kPartsMax = 255;

constexpr std::uint64_t without_part(std::uint64_t id) {
    return id & ((1ULL << kPartShift) - 1);
}

}  // namespace

void Component::start(const Recovered&, Moment, Effects&) {}

Handled Component::on_message(NodeId, Bytes, Moment, Effects&) {
    return Handled::no;
}

void Component::on_timer(TimerId, Moment, Effects&) {}

void Component::on_storage(StorageToken, const StorageResult&, Moment, Effects&) {}

Handled Component::on_request(RequestId, const Request&, Moment, Effects&) {
    return Handled::no;
}

void Component::on_link(NodeId, LinkState, Moment, Effects&) {}

void Assembly::adopt(std::unique_ptr<Component> part) {
    CHECK(part != nullptr);
    CHECK(parts_.size() < kPartsMax);
    CHECK(part->part_ == 0);
    part->part_ = static_cast<std::uint8_t>(parts_.size() + 1);
    parts_.push_back(std::move(part));
}

Component* Assembly::part_of(std::uint64_t id) const {
    const std::uint64_t part = id >> kPartShift;
    CHECK(part >= 1 && part <= parts_.size());
    return parts_[part - 1].get();
}

void Assembly::start(const Recovered& disk, Moment now, Effects& out) {
    for (const auto& part : parts_) {
        const Effects::Scope scope(out, part->part_);
        part->start(disk, now, out);
    }
}

void Assembly::on_message(NodeId from, Bytes frame, Moment now, Effects& out) {
    for (const auto& part : parts_) {
        const Effects::Scope scope(out, part->part_);
        if (part->on_message(from, frame, now, out) == Handled::yes) {
            return;
        }
    }
    // Nobody's frame: a peer may send anything, and nothing is owed to it.
    out.note("assembly.message-ignored", {{"from", from.value}, {"size", frame.size()}});
}

void Assembly::on_timer(TimerId timer, Moment now, Effects& out) {
    Component* part = part_of(timer.value);
    const Effects::Scope scope(out, part->part_);
    part->on_timer({without_part(timer.value)}, now, out);
}

void Assembly::on_storage(StorageToken token,
                          const StorageResult& result,
                          Moment now,
                          Effects& out) {
    Component* part = part_of(token.value);
    const Effects::Scope scope(out, part->part_);
    part->on_storage({without_part(token.value)}, result, now, out);
}

void Assembly::on_request(RequestId id, const Request& request, Moment now, Effects& out) {
    for (const auto& part : parts_) {
        const Effects::Scope scope(out, part->part_);
        if (part->on_request(id, request, now, out) == Handled::yes) {
            return;
        }
    }
    out.note("assembly.request-ignored", {{"request", id.value}});
}

void Assembly::on_link(NodeId peer, LinkState state, Moment now, Effects& out) {
    for (const auto& part : parts_) {
        const Effects::Scope scope(out, part->part_);
        part->on_link(peer, state, now, out);
    }
}

}  // namespace stormglass
