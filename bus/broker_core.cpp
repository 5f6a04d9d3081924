#include "bus/broker_core.hpp"

#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::uint64_t kReaderTokensFrom = kJournalTokens;
constexpr std::uint64_t kSegmentBytesMin = 64 << 10;  // records of deliveries must fit

}  // namespace

BrokerCore::BrokerCore(BrokerOptions with, Signing& signs, const Rules& by)
    : options(std::move(with)),
      sources(options.sources),
      signing(signs),
      rules(by),
      machine(by),
      reader(options.limits.cache_bytes, kReaderTokensFrom) {
    CHECK(!options.bus_id.empty());
    CHECK(options.limits.attempts_max > 0);
    CHECK(options.segment_bytes >= kSegmentBytesMin);
}

void BrokerCore::send(MemberId to, const wire::Frame& what, Effects& out) {
    const SourceOptions& source = sources.at(to);
    frame.clear();
    wire::encode(what, frame);
    out.send(source.node, frame, wire::about(what, source.source));
}

std::optional<Bytes> BrokerCore::event_bytes(const StoredEvent& event, Effects& out) {
    const std::optional<LogReader::Found> found = reader.find(event.at);
    if (!found.has_value()) {
        reader.want(event.at, out);
        return std::nullopt;
    }
    CHECK(found->bytes.size() == event.at.size);
    if (found->from_disk && short_digest(signing.digest(found->bytes)).high != event.digest) {
        failure =
            Error{"journal.corrupt",
                  segment_name(event.at.segment) + " at byte " + std::to_string(event.at.offset) +
                      ": a stored event does not have its digest any more; restore the file "
                      "from a copy"};
        return std::nullopt;
    }
    return found->bytes;
}

}  // namespace stormglass::bus
