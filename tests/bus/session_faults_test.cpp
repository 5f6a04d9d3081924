// The session against a network that loses, doubles, delays and reorders every frame, and a broker
// that is overloaded, refuses, crashes and forgets: what was promised holds for every seed.
#include <algorithm>

#include "bus/session.hpp"
#include "tests/bus/dialogue.hpp"
#include "tests/bus/fake_broker.hpp"

namespace stormglass::bus {
namespace {

using namespace tests;  // NOLINT: the fakes of this folder

/// What an owner remembers of its batches.
struct Promise {
    std::vector<std::string> payloads;
    std::uint32_t epoch = 0;
    int outcomes = 0;
    bool accepted = false;
    std::vector<Position> positions;
};

class Owner final : public TranscriptListener {
  public:
    void on_ready(std::uint32_t epoch, Moment, Effects&) override { epochs.push_back(epoch); }

    void on_outcome(const BatchOutcome& outcome, Moment, Effects&) override {
        Promise& promise = promises.at(outcome.id.value);
        ++promise.outcomes;
        promise.accepted = outcome.accepted;
        promise.positions.assign(outcome.positions.begin(), outcome.positions.end());
    }

    void on_records(ReadId, std::span<const Record> records, bool last, Moment, Effects&) override {
        for (const Record& record : records) {
            read.emplace_back(as_text(record.event.payload));
        }
        read_to_the_end = last;
    }

    std::vector<std::uint32_t> epochs;
    std::map<std::uint64_t, Promise> promises;
    std::vector<std::string> read;
    bool read_to_the_end = false;
};

/// One session, one broker and the worst network between them, on a clock of their own.
class Storm {
  public:
    explicit Storm(std::uint64_t seed)
        : stream_(chain64(seed, 1)),
          broker(chain64(seed, 2)),
          chance_(seed),
          effects_(chance_),
          signing_(stand_in()),
          session(sample_options(), signing_) {
        session.listen(owner);
        step([&](Effects& out) { session.start({}, now_, out); });
    }

    void publish(std::size_t count, bool refused) {
        Batch batch;
        Promise promise;
        for (std::size_t i = 0; i < count; ++i) {
            promise.payloads.push_back((refused ? "refuse" : "take") + std::to_string(++made_));
        }
        for (const std::string& payload : promise.payloads) {
            batch.publications.push_back(Dialogue::publication(payload));
        }
        if (count == 0) {
            batch.settlements.push_back({"g", "orders", 0, 1, Verdict::ack, {}, ""});
        }
        step([&](Effects& out) {
            const auto id = session.publish(batch, Durability::synced, now_, out);
            if (id.ok()) {
                promise.epoch = *session.epoch();
                owner.promises[id.value().value] = promise;
            }
        });
    }

    void emit() {
        const std::string payload = "emit" + std::to_string(++made_);
        step([&](Effects& out) { session.emit(Dialogue::publication(payload), now_, out); });
    }

    void read() {
        step([&](Effects& out) { session.read("orders", 0, now_, out); });
    }

    /// Passes the next frame or timer; false when there is neither within the time left.
    bool advance(Duration most) {
        std::uint64_t at = ~std::uint64_t{0};
        for (const auto& [id, due] : timers_) {
            at = std::min(at, due.ns);
        }
        if (!in_flight_.empty()) {
            at = std::min(at, in_flight_.begin()->first);
        }
        if (at > now_.monotonic.ns + static_cast<std::uint64_t>(most.ns)) {
            return false;
        }
        pass(at);
        if (!in_flight_.empty() && in_flight_.begin()->first <= at) {
            const InFlight frame = in_flight_.begin()->second;
            in_flight_.erase(in_flight_.begin());
            arrive(frame);
            return true;
        }
        for (const auto& [id, due] : timers_) {
            if (due.ns <= at) {
                const std::uint64_t timer = id;
                timers_.erase(timer);
                step([&](Effects& out) { session.on_timer({timer}, now_, out); });
                return true;
            }
        }
        return true;
    }

    void calm_down() {
        calm_ = true;
        broker.calm = true;
    }

    /// The network is bad again; the broker stays as it is.
    void rise_again() { calm_ = false; }

    void crash_broker() { broker.crash(stream_.below(4) == 0); }

    Stream& stream() { return stream_; }

  private:
    struct InFlight {
        bool to_broker = false;
        ByteBuffer bytes;
    };

    void pass(std::uint64_t at) {
        if (at > now_.monotonic.ns) {
            now_.wall.ns += static_cast<std::int64_t>(at - now_.monotonic.ns);
            now_.monotonic.ns = at;
        }
    }

    template <class Action>
    void step(const Action& action) {
        effects_.clear();
        action(effects_);
        for (const Effect& effect : effects_.sealed()) {
            if (effect.kind == EffectKind::send) {
                const Bytes bytes = effects_.bytes_of(effect);
                transmit({true, {bytes.begin(), bytes.end()}});
            } else if (effect.kind == EffectKind::set_timer) {
                timers_[effect.timer.value] = effect.at;
            } else if (effect.kind == EffectKind::cancel_timer) {
                timers_.erase(effect.timer.value);
            }
        }
    }

    void arrive(const InFlight& frame) {
        if (frame.to_broker) {
            for (ByteBuffer& answer : broker.hear(frame.bytes)) {
                transmit({false, std::move(answer)});
            }
        } else {
            step([&](Effects& out) { session.on_message(kBroker, frame.bytes, now_, out); });
        }
    }

    void transmit(InFlight frame) {
        const std::uint64_t copies = calm_                     ? 1
                                     : stream_.below(100) < 15 ? 0
                                                               : 1 + stream_.below(8) / 7;
        for (std::uint64_t i = 0; i < copies; ++i) {
            // Mostly a few milliseconds; now and then longer than several retries.
            const std::uint64_t span = stream_.below(16) == 0 ? 900'000'000 : 5'000'000;
            in_flight_.emplace(now_.monotonic.ns + 1 + stream_.below(span), frame);
        }
    }

    Stream stream_;
    bool calm_ = false;
    int made_ = 0;
    Moment now_{{1'000'000'000}, {1'893'553'445'000'000'000}};
    std::multimap<std::uint64_t, InFlight> in_flight_;
    std::map<std::uint64_t, MonotonicTime> timers_;

  public:
    FakeBroker broker;
    Owner owner;

  private:
    TestChance chance_;
    Effects effects_;
    StandInSigning signing_;

  public:
    Session session;
};

/// A storm of some seconds, then calm until every outcome is known.
void live_through(Storm& storm, bool with_crashes) {
    for (int act = 0; act < 60; ++act) {
        const std::uint64_t what = storm.stream().below(16);
        if (what < 8) {
            storm.publish(1 + storm.stream().below(3), what == 0);
        } else if (what == 8) {
            storm.publish(0, false);
        } else if (what == 9) {
            storm.emit();
        } else if (what == 10 && with_crashes) {
            storm.crash_broker();
        }
        for (std::uint64_t steps = storm.stream().below(12); steps > 0; --steps) {
            storm.advance(seconds(1));
        }
    }
    storm.calm_down();
    for (int steps = 0; steps < 20'000 && storm.session.outstanding() > 0; ++steps) {
        storm.advance(seconds(60));
    }
}

/// Position in the log of each payload; a payload that stands twice fails the law.
std::map<std::string, std::size_t> positions_of(const std::vector<FakeBroker::Stored>& log) {
    std::map<std::string, std::size_t> positions;
    for (std::size_t i = 0; i < log.size(); ++i) {
        RC_ASSERT(positions.emplace(log[i].payload, i).second);
    }
    return positions;
}

void check_promises(const Storm& storm) {
    RC_ASSERT(storm.session.outstanding() == 0U);
    const auto positions = positions_of(storm.broker.log);
    std::size_t accounted = 0;
    std::size_t previous = 0;
    std::uint32_t epoch = 0;
    for (const auto& [id, promise] : storm.owner.promises) {
        RC_ASSERT(promise.outcomes == 1);
        if (promise.epoch != epoch) {
            epoch = promise.epoch;
            previous = 0;  // order holds within an epoch; a lost grant ends it
        }
        if (!promise.accepted) {
            for (const std::string& payload : promise.payloads) {
                RC_ASSERT(!positions.contains(payload));
            }
            continue;
        }
        RC_ASSERT(promise.positions.size() == promise.payloads.size());
        for (std::size_t i = 0; i < promise.payloads.size(); ++i) {
            const std::size_t position = positions.at(promise.payloads[i]);
            RC_ASSERT(promise.positions[i] == position);
            RC_ASSERT(position + 1 > previous);
            previous = position + 1;
            ++accounted;
        }
    }
    RC_ASSERT(accounted == storm.broker.log.size());
}

RC_GTEST_PROP(SessionFaults, every_batch_has_one_outcome_and_order_holds, (std::uint64_t seed)) {
    Storm storm(seed);
    live_through(storm, false);
    RC_ASSERT(!storm.owner.promises.empty());
    check_promises(storm);
    RC_ASSERT(storm.owner.epochs.size() == 1U);
}

RC_GTEST_PROP(SessionFaults, broker_crashes_and_lost_grants_change_nothing, (std::uint64_t seed)) {
    Storm storm(seed);
    live_through(storm, true);
    check_promises(storm);
    RC_ASSERT(std::is_sorted(storm.owner.epochs.begin(), storm.owner.epochs.end()));
}

RC_GTEST_PROP(SessionFaults, reads_are_whole_and_in_order, (std::uint64_t seed)) {
    Storm storm(seed);
    live_through(storm, true);
    std::vector<std::string> expected;
    for (const FakeBroker::Stored& stored : storm.broker.log) {
        expected.push_back(stored.payload);
    }
    storm.rise_again();
    storm.read();
    for (int steps = 0; steps < 20'000 && !storm.owner.read_to_the_end; ++steps) {
        storm.advance(seconds(60));
    }
    RC_ASSERT(storm.owner.read == expected);
}

RC_GTEST_PROP(SessionFaults, emits_arrive_at_most_once, (std::uint64_t seed)) {
    Storm storm(seed);
    for (int i = 0; i < 40; ++i) {
        storm.emit();
        storm.advance(milliseconds(200));
    }
    static_cast<void>(positions_of(storm.broker.emitted));
    RC_ASSERT(storm.broker.emitted.size() <= 40U);
}

RC_GTEST_PROP(SessionFaults, one_seed_is_one_history, (std::uint64_t seed)) {
    Storm first(seed);
    Storm second(seed);
    live_through(first, true);
    live_through(second, true);
    RC_ASSERT(first.broker.events == second.broker.events);
}

}  // namespace
}  // namespace stormglass::bus
