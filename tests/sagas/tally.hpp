// A small read model for tests: things that are counted, added and dropped, and a log of events
// about them. "add K", "drop K" and "other" are understood; "junk" is not.
#pragma once

#include <string>
#include <vector>

#include "sagas/fold.hpp"
#include "tests/sagas/dice.hpp"
#include "tests/sagas/owned_batch.hpp"

namespace stormglass::sagas::tests {

class Tally final : public Fold {
  public:
    enum Table : std::size_t { kItems, kTotals };

    explicit Tally(std::uint32_t version = 1) : version_(version) {}

    std::string_view name() const override { return "tally"; }

    std::uint32_t version() const override { return version_; }

    std::vector<TableShape> tables() const override {
        return {{"items", "item", {{"count", CellKind::integer}, {"last", CellKind::text}}},
                {"totals", "total", {{"count", CellKind::integer}}}};
    }

    Result<void> apply(const bus::Record& record, Tables& tables) const override {
        const std::string text(as_text(record.event.payload));
        const std::string word = text.substr(0, text.find(' '));
        const std::string item = text.substr(std::min(text.size(), word.size() + 1));
        if (word == "junk") {
            return Error{"TALLY_JUNK", "junk"};
        }
        if (word == "add") {
            const Row* row = tables.find(kItems, item);
            const std::int64_t before = row == nullptr ? 0 : std::get<std::int64_t>((*row)[0]);
            tables.put(kItems, item, {before + 1, std::string(record.event.id)});
        } else if (word == "drop") {
            tables.erase(kItems, item);
        } else {
            return {};
        }
        const Row* total = tables.find(kTotals, word);
        const std::int64_t before = total == nullptr ? 0 : std::get<std::int64_t>((*total)[0]);
        tables.put(kTotals, word, {before + 1});
        return {};
    }

  private:
    std::uint32_t version_;
};

/// A topic; events stay where they are.
class TallyLog {
  public:
    void append(const std::string& text) {
        OwnedEvent event;
        event.id = "event-" + std::to_string(events_.size());
        event.topic = "things";
        event.key = text;
        const Bytes bytes = as_bytes(text);
        event.payload.assign(bytes.begin(), bytes.end());
        events_.push_back(std::move(event));
    }

    /// An event of any kind, most of them about few things.
    void append_any(Dice& dice) {
        const std::string item(1, static_cast<char>('a' + dice.below(4)));
        switch (dice.below(8)) {
            case 0:
                append("junk");
                break;
            case 1:
                append("other");
                break;
            case 2:
            case 3:
                append("drop " + item);
                break;
            default:
                append("add " + item);
        }
    }

    bus::Position size() const { return events_.size(); }

    bus::Record record(bus::Position position) const {
        return {position, events_[position].view(audience_)};
    }

    /// The fold of the first `count` events.
    Tables fold(const Fold& fold, bus::Position count) const {
        Tables tables = empty_tables(fold);
        for (bus::Position position = 0; position < count; ++position) {
            fold_event(fold, record(position), tables);
        }
        return tables;
    }

  private:
    std::vector<OwnedEvent> events_;
    std::string audience_ = "test/things";
};

}  // namespace stormglass::sagas::tests
