// Frames made from a seed, of every kind and with every field at work, and their comparison.
#pragma once

#include <algorithm>
#include <deque>
#include <string>

#include "bus/wire.hpp"
#include "runtime/random.hpp"

namespace stormglass::bus::tests {

/// A stream of numbers for test data; never used by the code under test.
class Stream {
  public:
    explicit Stream(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() { return state_ = chain64(state_, 1); }

    std::uint64_t below(std::uint64_t bound) { return bounded(next(), bound); }

    /// Mostly small, sometimes at the edges of 64 bits.
    std::uint64_t number() {
        switch (below(4)) {
            case 0:
                return below(16);
            case 1:
                return ~below(16);
            default:
                return next();
        }
    }

  private:
    std::uint64_t state_;
};

class FrameMaker {
  public:
    explicit FrameMaker(std::uint64_t seed) : stream_(seed) {}

    static constexpr std::size_t kKinds = std::variant_size_v<wire::Frame>;

    /// Views in the frame live as long as the maker.
    wire::Frame make(std::size_t kind) {
        using namespace wire;
        switch (kind) {
            case 0:
                return Attach{name(), stream_.number()};
            case 1:
                return batch();
            case 2:
                return Emit{blob(300)};
            case 3:
                return Subscribe{stream_.number(), subscription()};
            case 4:
                return Heartbeat{stream_.number()};
            case 5:
                return Read{stream_.number(), name(), stream_.number(), u32()};
            case 6:
                return Attached{stream_.number(), u32(), stream_.number()};
            case 7:
                return Unattached{stream_.number()};
            case 8:
                return outcome();
            case 9:
                return Deliver{
                    name(), stream_.number(), u32(), stream_.number(), blob(300), stream_.number()};
            case 10:
                return Assigned{name(), stream_.number(), stream_.number()};
            case 11:
                return Revoked{name(), stream_.number()};
            default:
                return records();
        }
    }

  private:
    std::uint32_t u32() { return static_cast<std::uint32_t>(stream_.number()); }

    template <class Enum>
    Enum one_of(Enum last) {
        return static_cast<Enum>(stream_.below(static_cast<std::uint64_t>(last) + 1));
    }

    std::string_view text(std::size_t most) {
        std::string& made = texts_.emplace_back(stream_.below(most + 1), '\0');
        std::generate(made.begin(), made.end(), [&] { return static_cast<char>(stream_.next()); });
        return made;
    }

    std::string_view name() {
        const std::string_view made = text(wire::kNameBytesMax);
        return made.empty() ? "n" : made;
    }

    Bytes blob(std::size_t most) { return as_bytes(text(most)); }

    Duration duration() { return {static_cast<std::int64_t>(stream_.number() >> 1)}; }

    Subscription subscription() {
        Subscription made;
        made.topic = name();
        made.group = name();
        made.mode = one_of(GroupMode::effectively_once);
        made.order = one_of(KeyOrder::none);
        made.on_dead = one_of(OnDead::skip);
        made.sharing = one_of(Sharing::exclusive);
        made.in_flight_max = u32();
        return made;
    }

    wire::PublishBatch batch() {
        wire::PublishBatch made;
        made.batch = stream_.number();
        made.epoch = u32();
        made.durability = one_of(Durability::synced);
        made.follows = stream_.number();
        for (std::uint64_t left = stream_.below(4); left > 0; --left) {
            made.conditions.push_back({one_of(Condition::Kind::topic_length),
                                       name(),
                                       text(wire::kNameBytesMax),
                                       stream_.number()});
        }
        for (std::uint64_t left = stream_.below(4); left > 0; --left) {
            made.settlements.push_back({name(),
                                        name(),
                                        stream_.number(),
                                        u32(),
                                        one_of(Verdict::reject),
                                        duration(),
                                        text(wire::kDetailBytesMax)});
        }
        for (std::uint64_t left = stream_.below(4); left > 0; --left) {
            made.events.push_back({blob(300), duration()});
        }
        return made;
    }

    wire::Outcome outcome() {
        wire::Outcome made;
        made.batch = stream_.number();
        made.status = one_of(wire::OutcomeStatus::overloaded);
        made.duplicate = stream_.below(2) == 1;
        made.code = text(64);
        for (std::uint64_t left = stream_.below(9); left > 0; --left) {
            made.positions.push_back(stream_.number());
        }
        return made;
    }

    wire::Records records() {
        wire::Records made;
        made.read = stream_.number();
        made.from = stream_.number();
        made.last = stream_.below(2) == 1;
        for (std::uint64_t left = stream_.below(5); left > 0; --left) {
            made.records.push_back({stream_.number(), blob(300)});
        }
        return made;
    }

    Stream stream_;
    std::deque<std::string> texts_;
};

}  // namespace stormglass::bus::tests
