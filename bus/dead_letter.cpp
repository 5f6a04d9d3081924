#include "bus/dead_letter.hpp"

#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::bus {

void AttemptHistory::add(const Attempt& attempt) {
    CHECK(kept_.empty() || attempt.number > kept_.back().number);
    if (kept_.size() == kFirst + kLast) {
        kept_.erase(kept_.begin() + kFirst);
        ++omitted_;
    }
    kept_.push_back(attempt);
}

std::uint64_t dead_letter_id(std::string_view group, std::string_view topic, Position position) {
    CHECK(!group.empty() && !topic.empty());
    return chain64(chain64(name_hash(group), name_hash(topic)), position);
}

Reason reason_of_reject(std::string_view detail) {
    const std::optional<Reason> named = reason_named(detail.substr(0, detail.find(':')));
    return named.has_value() && !is_security(*named) ? *named : Reason::handler_rejected;
}

}  // namespace stormglass::bus
