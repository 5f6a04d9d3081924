#include "bus/broker_reads.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::bus {

void Reads::on_read(MemberId from, const wire::Read& read, Effects& out) {
    Waiting wanted;
    wanted.from = from;
    wanted.read = read.read;
    wanted.topic = read.topic;
    wanted.position = read.from;
    wanted.bytes_max = read.bytes_max;
    if (answer(wanted, out)) {
        return;
    }
    if (waiting_.size() == core_->options.limits.reads_waiting_max) {
        waiting_.erase(waiting_.begin());  // its reader asks again
    }
    waiting_.push_back(std::move(wanted));
}

void Reads::pump(Effects& out) {
    std::erase_if(waiting_, [&](const Waiting& read) { return answer(read, out); });
}

// The events are copied first: one that comes from the disk may push out one that is in the cache.
bool Reads::answer(const Waiting& read, Effects& out) {
    const Topic* topic = core_->machine.topics().find(read.topic);
    const Position head = topic == nullptr ? 0 : topic->length();
    const std::size_t room = std::min<std::size_t>(std::max<std::uint32_t>(read.bytes_max, 1),
                                                   core_->options.limits.read_bytes_max);
    copied_.clear();
    sizes_.clear();
    Position next = std::min(read.position, head);
    const Position from = next;
    while (next < head && sizes_.size() < wire::kRecordsMax) {
        const StoredEvent& event = topic->at(next);
        if (!sizes_.empty() && copied_.size() + event.at.size > room) {
            break;
        }
        const std::optional<Bytes> bytes = core_->event_bytes(event, out);
        if (!bytes.has_value()) {
            break;
        }
        copied_.insert(copied_.end(), bytes->begin(), bytes->end());
        sizes_.push_back(bytes->size());
        ++next;
    }
    if (sizes_.empty() && next < head) {
        return false;
    }
    records_.read = read.read;
    records_.from = read.position;
    records_.last = next == head;
    records_.records.clear();
    std::size_t at = 0;
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
        records_.records.push_back({from + i, Bytes(copied_).subspan(at, sizes_[i])});
        at += sizes_[i];
    }
    CHECK(at == copied_.size());
    core_->send(read.from, records_, out);
    return true;
}

}  // namespace stormglass::bus
