#include "sim/checks/formats/entry_builder.hpp"

#include <algorithm>
#include <utility>

#include "sim/checks/formats/syntax.hpp"

namespace stormglass::sim::checks {
namespace {

constexpr std::array<std::string_view, 11> kFields = {
    "index", "time", "process", "type", "f", "value", "key", "node", "group", "epoch", "trace"};

/// Words of other testers for our functions.
constexpr std::array<std::pair<std::string_view, OpFunction>, 5> kForeign = {
    {{"get", OpFunction::read},
     {"put", OpFunction::write},
     {"generate", OpFunction::add},
     {"debug-topic-partitions", OpFunction::fault},
     {"append", OpFunction::append}}};

bool find_function(std::string_view name, OpFunction& out) {
    for (unsigned i = 0; i <= static_cast<unsigned>(OpFunction::fault); ++i) {
        if (name_of(static_cast<OpFunction>(i)) == name) {
            out = static_cast<OpFunction>(i);
            return true;
        }
    }
    for (const auto& [foreign, f] : kForeign) {
        if (foreign == name) {
            out = f;
            return true;
        }
    }
    return false;
}

bool find_type(std::string_view name, OpType& out) {
    for (const OpType type : {OpType::invoke, OpType::ok, OpType::fail, OpType::info}) {
        if (name_of(type) == name) {
            out = type;
            return true;
        }
    }
    return false;
}

}  // namespace

Error EntryBuilder::refusal(std::uint32_t line, const std::string& text) const {
    std::string where = "line ";
    where += std::to_string(line);
    return {"HI_FIELD", where + ": " + text};
}

EntryBuilder::Field EntryBuilder::field_of(Value key) const {
    if (!key.is_name()) {
        return Field::unknown;
    }
    const auto found = std::find(kFields.begin(), kFields.end(), recording_.pool.text_of(key));
    return static_cast<Field>(found - kFields.begin());
}

void EntryBuilder::note_ignored(Value key) {
    const std::string name = recording_.pool.printed(key);
    for (Ignored& ignored : ignored_) {
        if (ignored.name == name) {
            ++ignored.count;
            return;
        }
    }
    constexpr std::size_t kNamesMax = 32;
    if (ignored_.size() < kNamesMax) {
        ignored_.push_back({name, 1});
    }
}

void EntryBuilder::finish() {
    for (const Ignored& ignored : ignored_) {
        std::string note = "ignored field ";
        recording_.notes.push_back(note + ignored.name + " (" + std::to_string(ignored.count) +
                                   " times)");
    }
}

Result<void> EntryBuilder::add_map(Value map, std::uint32_t line) {
    if (!map.is(ValueKind::map)) {
        return refusal(line, "an entry is a map, got " + quoted(recording_.pool.printed(map)));
    }
    Parts parts;
    parts.line = line;
    const auto items = recording_.pool.items(map);
    for (std::size_t i = 0; i < items.size(); i += 2) {
        const Field field = field_of(items[i]);
        if (field == Field::unknown) {
            if (format_ == Format::ndjson) {
                return refusal(line, "unknown field " + recording_.pool.printed(items[i]));
            }
            note_ignored(items[i]);
            continue;
        }
        const auto place = static_cast<std::size_t>(field);
        if (parts.given[place]) {
            return refusal(line, "field '" + std::string(kFields[place]) + "' stands twice");
        }
        parts.values[place] = items[i + 1];
        parts.given[place] = true;
    }
    recording_.pool.release_last(map);
    return append(parts);
}

/// INFO  jepsen.util - PROCESS  :TYPE  :F  VALUE, separated by blanks.
Result<void> EntryBuilder::add_log_line(std::string_view text, std::uint32_t line) {
    constexpr std::string_view kHead = "INFO  jepsen.util - ";
    if (!text.starts_with(kHead)) {
        return refusal(line, "'INFO  jepsen.util - ' is due, got " + quoted(text.substr(0, 24)));
    }
    std::string element = "[";
    element += text.substr(kHead.size());
    element += "]";
    const Result<Value> parsed = parse_element(element, Syntax::edn, line, recording_.pool);
    if (!parsed) {
        return parsed.error();
    }
    const auto items = recording_.pool.items(*parsed);
    if (items.size() != 4) {
        return refusal(line, "process, type, function and value are due");
    }
    Parts parts;
    parts.line = line;
    constexpr std::array<Field, 4> kOrder = {Field::process, Field::type, Field::f, Field::value};
    for (std::size_t i = 0; i < kOrder.size(); ++i) {
        parts.values[static_cast<std::size_t>(kOrder[i])] = items[i];
        parts.given[static_cast<std::size_t>(kOrder[i])] = true;
    }
    recording_.pool.release_last(*parsed);
    return append(parts);
}

Result<void> EntryBuilder::check_index(const Parts& parts) {
    if (!parts.has(Field::index)) {
        if (format_ == Format::ndjson || last_index_ >= 0) {
            return refusal(parts.line, "field 'index' is missing");
        }
        return {};
    }
    const Value index = parts.of(Field::index);
    const auto due = static_cast<std::int64_t>(recording_.size());
    if (!index.is_number() || index.payload() < 0) {
        return refusal(parts.line, "'index' is a whole number from 0");
    }
    if (format_ == Format::ndjson && index.payload() != due) {
        return refusal(parts.line,
                       "'index' is " + std::to_string(index.payload()) + " where " +
                           std::to_string(due) + " is due: entries are missing or out of order");
    }
    if (index.payload() <= last_index_) {
        return refusal(parts.line,
                       "'index' " + std::to_string(index.payload()) + " after " +
                           std::to_string(last_index_) + ": out of order");
    }
    last_index_ = index.payload();
    return {};
}

Result<void> EntryBuilder::fill_time(const Parts& parts, Entry& entry) {
    const Value time = parts.of(Field::time);
    if (time.is_nil() && format_ != Format::ndjson) {
        entry.time = last_time_;
        return {};
    }
    if (!time.is_number() || time.payload() < 0) {
        return refusal(parts.line, "'time' is a whole number of nanoseconds from 0");
    }
    entry.time = static_cast<std::uint64_t>(time.payload());
    if (entry.time < last_time_) {
        return refusal(parts.line,
                       "'time' goes back from " + std::to_string(last_time_) + " to " +
                           std::to_string(entry.time));
    }
    last_time_ = entry.time;
    return {};
}

Result<void> EntryBuilder::fill_process(const Parts& parts, Entry& entry) {
    const Value process = parts.of(Field::process);
    const ValuePool& pool = recording_.pool;
    if (process.is_number() && process.payload() >= 0 && process.payload() < kFaultProcess) {
        entry.process = static_cast<std::uint32_t>(process.payload());
        return {};
    }
    if (pool.is_named(process, "nemesis") || pool.is_named(process, "faults")) {
        entry.process = kFaultProcess;
        return {};
    }
    if (parts.has(Field::process) || format_ == Format::ndjson) {
        return refusal(parts.line,
                       "'process' is a whole number below 4294967295 or the faults', got " +
                           quoted(pool.printed(process)));
    }
    // Nobody is named: each invocation is somebody of its own, ended by the next completion.
    const bool invokes = entry.type == OpType::invoke;
    if (invokes == nameless_open_) {
        return refusal(parts.line,
                       "without 'process' an invocation and its completion must follow each other");
    }
    nameless_open_ = invokes;
    next_nameless_ += invokes ? 1U : 0U;
    entry.process = next_nameless_ - 1;
    return {};
}

Result<void> EntryBuilder::fill_function(const Parts& parts, Entry& entry) {
    const ValuePool& pool = recording_.pool;
    const Value f = parts.of(Field::f);
    if (entry.process == kFaultProcess) {
        entry.f = OpFunction::fault;
        return {};
    }
    if (!parts.has(Field::f) && format_ != Format::ndjson) {
        entry.f = OpFunction::txn;
        return {};
    }
    if (!f.is_name() || !find_function(pool.text_of(f), entry.f)) {
        return refusal(parts.line, "unknown function 'f': " + quoted(pool.printed(f)));
    }
    if (entry.f == OpFunction::fault) {
        return refusal(parts.line, "only the process 'faults' has faults");
    }
    return {};
}

Result<void> EntryBuilder::add_extras(const Parts& parts) {
    EntryExtra extra;
    bool any = false;
    const Value node = parts.of(Field::node);
    if (!node.is_nil()) {
        if (!node.is_number() || node.payload() < 0 || node.payload() >= extra.node) {
            if (format_ != Format::ndjson) {
                note_ignored(recording_.pool.text("node"));  // other testers name nodes
                return {};
            }
            return refusal(parts.line, "'node' is a whole number");
        }
        extra.node = static_cast<std::uint32_t>(node.payload());
        any = true;
    }
    const Value epoch = parts.of(Field::epoch);
    if (!epoch.is_nil()) {
        if (!epoch.is_number() || epoch.payload() < 0) {
            return refusal(parts.line, "'epoch' is a whole number from 0");
        }
        extra.epoch = static_cast<std::uint64_t>(epoch.payload());
        any = true;
    }
    for (const auto& [field, place] :
         {std::pair{Field::group, &extra.group}, std::pair{Field::trace, &extra.trace}}) {
        const Value value = parts.of(field);
        if (!value.is_nil() && !value.is_name()) {
            return refusal(parts.line, "'group' and 'trace' are texts");
        }
        *place = value;
        any = any || !value.is_nil();
    }
    if (any) {
        recording_.add_extra(extra);
    }
    return {};
}

Result<void> EntryBuilder::append(const Parts& parts) {
    Entry entry;
    entry.line = parts.line;
    const Value type = parts.of(Field::type);
    const bool known = type.is_name() && find_type(recording_.pool.text_of(type), entry.type);
    if (!known) {
        return refusal(
            parts.line,
            "'type' is invoke, ok, fail or info, got " + quoted(recording_.pool.printed(type)));
    }
    if (!parts.has(Field::value) && format_ == Format::ndjson) {
        return refusal(parts.line, "field 'value' is missing");
    }
    if (parts.has(Field::key) && format_ == Format::ndjson) {
        return refusal(parts.line, "unknown field \"key\"");
    }
    if (Result<void> ready = check_index(parts); !ready) {
        return ready;
    }
    if (Result<void> ready = fill_time(parts, entry); !ready) {
        return ready;
    }
    if (Result<void> ready = fill_process(parts, entry); !ready) {
        return ready;
    }
    if (Result<void> ready = fill_function(parts, entry); !ready) {
        return ready;
    }
    entry.value = parts.of(Field::value);
    if (parts.has(Field::key)) {
        const std::array<Value, 2> pair = {parts.of(Field::key), entry.value};
        entry.value = recording_.pool.list(pair);
    }
    recording_.append(entry);
    return add_extras(parts);
}

}  // namespace stormglass::sim::checks
