// A projection and the world around it, played by hand: a topic, a store that may keep its answers
// back, readers, and any number of lives.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sagas/memory_store.hpp"
#include "sagas/projection.hpp"
#include "tests/sagas/scripted_client.hpp"
#include "tests/sagas/tally.hpp"
#include "tests/support/chance.hpp"

namespace stormglass::sagas::tests {

class ProjectionBench final : public ProjectionObserver {
  public:
    struct Answer {
        std::string code;
        bus::Position position = 0;
        std::optional<Tables> tables;
    };

    explicit ProjectionBench(MemoryStore::Answers how = MemoryStore::Answers::at_once)
        : store(how),
          out(chance) {
        config.topic = "things";
    }

    /// A new life: the bus is there at once.
    void start() {
        projection = std::make_unique<Projection>(client, store, *fold, config, this);
        projection->start({}, now, out);
        projection->on_ready(1, now, out);
        look();
    }

    void crash() {
        store.crash();
        projection.reset();
        client.reads.clear();
        timers.clear();
    }

    bool alive() const { return projection != nullptr; }

    /// Answers the oldest read: at most `count` events of it, from up to `again` before where it
    /// was asked to start.
    void give(bus::Position count = 1'000, bus::Position again = 0) {
        CHECK(!client.reads.empty());
        ScriptedClient::ReadCall& call = client.reads.front();
        const bus::Position from = call.from - std::min(call.from, again);
        const bus::Position end = std::min(log.size(), call.from + count);
        std::vector<bus::Record> records;
        for (bus::Position position = from; position < end; ++position) {
            records.push_back(log.record(position));
        }
        const bus::ReadId id = call.id;
        call.from = std::max(call.from, end);
        const bool last = end >= log.size();
        if (last) {
            client.reads.erase(client.reads.begin());
        }
        projection->on_records(id, records, last, now, out);
        look();
    }

    void answer_store() {
        store.answer(now, out);
        look();
    }

    void pass(Duration time) {
        now.monotonic = now.monotonic + time;
        // Timers that are due, in their order; each may set others.
        for (bool fired = true; fired;) {
            fired = false;
            for (const auto& [timer, at] : timers) {
                if (at <= now.monotonic) {
                    const TimerId due{timer};
                    timers.erase(timer);
                    projection->on_timer(due, now, out);
                    look();
                    fired = true;
                    break;
                }
            }
        }
    }

    std::uint64_t read(std::optional<bus::Position> written = std::nullopt,
                       ReadRequest::Behind behind = ReadRequest::Behind::wait) {
        projection->read({++last_read, written, behind}, now, out);
        look();
        return last_read;
    }

    Result<void> rebuild(std::optional<Bytes> snapshot = std::nullopt) {
        auto begun = projection->rebuild(snapshot, now, out);
        look();
        return begun;
    }

    Result<ByteBuffer> snapshot() {
        auto bytes = projection->snapshot(out);
        look();
        return bytes;
    }

    /// Everything that is asked is answered, and time passes, until nothing moves any more.
    void settle() {
        for (int round = 0; round < 50; ++round) {
            while (!client.reads.empty()) {
                give();
            }
            while (store.owes_answer()) {
                answer_store();
            }
            pass(config.poll);
        }
    }

    std::size_t count(std::string_view note) const {
        return static_cast<std::size_t>(std::count(notes.begin(), notes.end(), note));
    }

    bool is_fold_of(const Tables& tables, bus::Position position) const {
        return same_rows(tables, log.fold(*fold, position));
    }

    const Fold* fold = &tally_;
    TallyLog log;
    MemoryStore store;
    ScriptedClient client;
    stormglass::tests::TestChance chance;
    Effects out;
    ProjectionConfig config;
    std::unique_ptr<Projection> projection;
    Moment now{{1'000'000}, {1'000'000}};
    std::map<std::uint64_t, MonotonicTime> timers;
    std::vector<std::string> notes;
    std::map<std::uint64_t, Answer> answers;  // by read
    std::vector<std::string> live_events;     // ids, as handlers were told
    std::vector<bool> lag_alarms;
    std::uint64_t last_read = 0;

  private:
    void on_read(const ReadAnswer& answer, Moment, Effects&) override {
        Answer& kept = answers[answer.id];
        kept.code = answer.code;
        kept.position = answer.position;
        if (answer.tables != nullptr) {
            kept.tables = *answer.tables;
        }
    }

    void on_live_event(const bus::Record& record, Moment, Effects&) override {
        live_events.emplace_back(record.event.id);
    }

    void on_lag(const Lag&, bool exceeded, Moment, Effects&) override {
        lag_alarms.push_back(exceeded);
    }

    void look() {
        for (const Effect& effect : out.sealed()) {
            if (effect.kind == stormglass::EffectKind::set_timer) {
                timers[effect.timer.value] = effect.at;
            } else if (effect.kind == stormglass::EffectKind::cancel_timer) {
                timers.erase(effect.timer.value);
            } else if (effect.kind == stormglass::EffectKind::note) {
                notes.emplace_back(out.note_of(effect).kind.name);
            }
        }
        out.clear();
    }

    Tally tally_;
};

}  // namespace stormglass::sagas::tests
