#include "bus/rules.hpp"

#include <array>

#include "bus/trace_spans.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {

std::span<const AdmissionStep> Rules::admission_order() const {
    static constexpr std::array kOrder = {AdmissionStep::attributes,
                                          AdmissionStep::audience,
                                          AdmissionStep::key,
                                          AdmissionStep::replay_read,
                                          AdmissionStep::time,
                                          AdmissionStep::signature,
                                          AdmissionStep::link,
                                          AdmissionStep::replay_update};
    return kOrder;
}

std::uint64_t Rules::committed(Durability durability, const JournalProgress& progress) const {
    CHECK(progress.synced <= progress.written);
    CHECK(progress.written <= progress.appended);
    switch (durability) {
        case Durability::written:
            return progress.written;
        case Durability::synced:
            return progress.synced;
    }
    CHECK(false);
}

bool Rules::key_waits_its_turn() const {
    return true;
}

bool Rules::redeliver_after_recovery(const PendingDelivery&) const {
    return true;
}

Burial Rules::burial() const {
    return Burial::with_settlement;
}

bool Rules::fence_admits(std::uint64_t presented, std::uint64_t current) const {
    return presented >= current;
}

TraceContext Rules::attempt_context(const TraceContext& event,
                                    std::string_view group,
                                    std::uint32_t attempt) const {
    return bus::attempt_context(event, group, attempt);
}

TraceContext Rules::letter_context(const TraceContext& event, std::string_view group) const {
    return bus::letter_context(event, group);
}

}  // namespace stormglass::bus
