// Model names with their parameters, and the guess when none is given.
#include <algorithm>
#include <charconv>

#include "sim/checks/formats/syntax.hpp"
#include "sim/checks/judge.hpp"

namespace stormglass::sim::checks {
namespace {

struct ModelName {
    ModelRow row;
    Family family;
    LinModel linear;
};

constexpr ModelName kModels[] = {
    {{"register",
      "(INITIAL)[, nil read legal][, keyed][, sessions]",
      "reads and writes of one value",
      "linearizable"},
     Family::linear,
     LinModel::reg},
    {{"cas-register",
      "(INITIAL)[, nil read legal][, keyed][, sessions]",
      "a register with compare-and-set",
      "linearizable"},
     Family::linear,
     LinModel::cas_register},
    {{"kv-string",
      "(empty)",
      "texts by key: read, write, append; each key starts empty",
      "linearizable"},
     Family::linear,
     LinModel::kv},
    {{"fifo-queue", "", "a queue in the strictest sense: one linear order of all", "linearizable"},
     Family::linear,
     LinModel::queue},
    {{"mutex", "[, owned]", "a lock; owned: released by its holder alone", "linearizable"},
     Family::linear,
     LinModel::mutex},
    {{"linear-set", "", "a set that grows, read whole", "linearizable"},
     Family::linear,
     LinModel::set},
    {{"list-append", "", "transactions that append to and read lists", "strict-serializable"},
     Family::list_append,
     LinModel::reg},
    {{"rw-register",
      "",
      "transactions that write and read registers, each value written once",
      "strict-serializable"},
     Family::rw_register,
     LinModel::reg},
    {{"log",
      "[, lag T][, retention T][, settle T]",
      "keys (partitions) of a log: send, poll, transactions, groups",
      "ordered-per-key"},
     Family::log,
     LinModel::reg},
    {{"queue",
      "[, visibility T]",
      "a work queue: enqueue, dequeue, ack, nack, drain",
      "at-least-once"},
     Family::queue,
     LinModel::reg},
    {{"set", "", "adds, and reads of the whole set; [key, ..] for many sets", "set"},
     Family::set,
     LinModel::reg},
    {{"counter", "", "adds, and reads of the sum", "counter"}, Family::counter, LinModel::reg},
    {{"bank", "[(TOTAL)][, no negative]", "transfers, and reads of all balances", "bank"},
     Family::bank,
     LinModel::reg},
    {{"long-fork", "", "keys written once, read several at a time", "long-fork"},
     Family::long_fork,
     LinModel::reg},
    {{"causal-reverse",
      "",
      "writes of single values, and reads of all that were written",
      "causal-reverse"},
     Family::causal_reverse,
     LinModel::reg},
    {{"unique-ids", "", "each operation is answered with an id", "unique-ids"},
     Family::unique_ids,
     LinModel::reg}};

Error bad_model(const std::string& text) {
    return {"HI_MODEL", text};
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) {
        text.remove_prefix(1);
    }
    while (text.ends_with(' ')) {
        text.remove_suffix(1);
    }
    return text;
}

/// "20ms" in nanoseconds.
std::optional<std::uint64_t> duration_of(std::string_view text) {
    std::uint64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit = text.substr(static_cast<std::size_t>(stop - text.data()));
    const std::uint64_t scale = unit == "ns"    ? 1
                                : unit == "us"  ? 1'000
                                : unit == "ms"  ? 1'000'000
                                : unit == "s"   ? 1'000'000'000
                                : unit == "min" ? 60'000'000'000
                                                : 0;
    constexpr std::uint64_t kMax = std::uint64_t{1} << 60;
    if (error != std::errc{} || scale == 0 || number > kMax / scale) {
        return std::nullopt;
    }
    return number * scale;
}

/// "lag 20ms": true when the words are for this bound and it could be read.
bool take_bound(std::string_view words, std::string_view name, std::optional<std::uint64_t>& out) {
    if (!words.starts_with(name) || words.size() <= name.size() || words[name.size()] != ' ') {
        return false;
    }
    out = duration_of(trimmed(words.substr(name.size())));
    return out.has_value();
}

bool take_option(std::string_view words, ModelSpec& spec) {
    const bool linear = spec.family == Family::linear;
    const bool reg = linear && (spec.linear.model == LinModel::reg ||
                                spec.linear.model == LinModel::cas_register);
    if (reg && words == "nil read legal") {
        return spec.linear.nil_read_legal = true;
    }
    if (reg && words == "keyed") {
        return spec.linear.keyed = true;
    }
    if (linear && words == "sessions") {
        return spec.linear.sessions = true;
    }
    if (linear && spec.linear.model == LinModel::mutex && words == "owned") {
        return spec.linear.owned = true;
    }
    if (spec.family == Family::bank && words == "no negative") {
        spec.bank.negative_allowed = false;
        return true;
    }
    if (spec.family == Family::queue) {
        return take_bound(words, "visibility", spec.queue.visibility_ns);
    }
    return spec.family == Family::log && (take_bound(words, "lag", spec.log.lag_ns) ||
                                          take_bound(words, "retention", spec.log.retention_ns) ||
                                          take_bound(words, "settle", spec.log.settle_ns));
}

bool take_argument(std::string_view argument, ModelSpec& spec) {
    if (spec.family == Family::bank) {
        std::int64_t total = 0;
        const char* end = argument.data() + argument.size();
        const auto [stop, error] = std::from_chars(argument.data(), end, total);
        spec.bank.total = total;
        return error == std::errc{} && stop == end;
    }
    if (spec.family != Family::linear) {
        return false;
    }
    switch (spec.linear.model) {
        case LinModel::reg:
        case LinModel::cas_register: {
            ValuePool pool;
            spec.initial = argument == "nil" ? "null" : std::string(argument);
            return parse_element(spec.initial, Syntax::json, 1, pool).ok();
        }
        case LinModel::kv:
            return argument == "empty";
        case LinModel::queue:
        case LinModel::mutex:
        case LinModel::set:
            return false;
    }
    return false;
}

}  // namespace

std::vector<ModelRow> model_rows() {
    std::vector<ModelRow> rows;
    for (const ModelName& model : kModels) {
        rows.push_back(model.row);
    }
    return rows;
}

Result<ModelSpec> parse_model(std::string_view text) {
    ModelSpec spec;
    spec.text = std::string(trimmed(text));
    const std::size_t end = std::min(spec.text.find_first_of("(, "), spec.text.size());
    const std::string_view name = std::string_view(spec.text).substr(0, end);
    const auto* const found =
        std::find_if(std::begin(kModels), std::end(kModels), [&](const auto& m) {
            return m.row.name == name || (name == "kv" && m.row.name == "kv-string");
        });
    if (found == std::end(kModels)) {
        return bad_model("no model " + quoted(name));
    }
    spec.family = found->family;
    spec.linear.model = found->linear;
    std::string_view rest = std::string_view(spec.text).substr(end);
    if (rest.starts_with('(')) {
        const std::size_t close = rest.find(')');
        if (close == std::string_view::npos ||
            !take_argument(trimmed(rest.substr(1, close - 1)), spec)) {
            return bad_model("model " + std::string(name) + " does not take " + quoted(rest) +
                             "; it is written " + std::string(name) +
                             std::string(found->row.parameters));
        }
        rest.remove_prefix(close + 1);
    }
    while (!trimmed(rest).empty()) {
        rest = trimmed(rest);
        const bool comma = rest.starts_with(',');
        rest.remove_prefix(comma ? 1 : 0);
        const std::string_view words = trimmed(rest.substr(0, rest.find(',')));
        if (!comma || !take_option(words, spec)) {
            return bad_model("model " + std::string(name) + " has no option " + quoted(words) +
                             "; it is written " + std::string(name) +
                             std::string(found->row.parameters));
        }
        rest.remove_prefix(std::min(rest.find(','), rest.size()));
    }
    return spec;
}

namespace {

/// What occurs in a recording.
struct Seen {
    bool functions[32] = {};
    bool append_mops = false;
    bool write_mops = false;
    bool log_mops = false;
    bool map_reads = false;
    bool list_reads = false;
    bool number_reads = false;
    bool pairs = true;  // all values are [x, y]

    bool has(OpFunction f) const { return functions[static_cast<std::size_t>(f)]; }
};

void look_at_txn(const Recording& recording, Value value, Seen& seen) {
    for (const Value mop : recording.pool.items(value)) {
        const auto parts = recording.pool.items(mop);
        if (parts.empty() || !parts[0].is_name()) {
            continue;
        }
        const std::string_view name = recording.pool.text_of(parts[0]);
        seen.append_mops = seen.append_mops || name == "append";
        seen.write_mops = seen.write_mops || name == "w" || name == "write";
        seen.log_mops = seen.log_mops || name == "send" || name == "poll";
    }
}

Seen look_at(const Recording& recording) {
    Seen seen;
    for (std::size_t i = 0; i < recording.size(); ++i) {
        const OpFunction f = recording.function(i);
        if (f == OpFunction::fault) {
            continue;
        }
        const Value value = recording.value(i);
        seen.functions[static_cast<std::size_t>(f)] = true;
        if (f == OpFunction::txn) {
            look_at_txn(recording, value, seen);
        }
        seen.pairs = seen.pairs && (value.is_nil() || recording.pool.items(value).size() == 2);
        if (f == OpFunction::read && recording.type(i) == OpType::ok) {
            seen.map_reads = seen.map_reads || value.is(ValueKind::map);
            seen.list_reads = seen.list_reads || value.is_list();
            seen.number_reads = seen.number_reads || value.is_number();
        }
    }
    return seen;
}

std::string_view guess(const Seen& seen) {
    using F = OpFunction;
    if (seen.has(F::send) || seen.has(F::poll) || seen.log_mops || seen.has(F::assign)) {
        return "log";
    }
    if (seen.append_mops != seen.write_mops) {
        return seen.append_mops ? "list-append" : "rw-register";
    }
    if (seen.has(F::enqueue) || seen.has(F::dequeue)) {
        return "queue";
    }
    if (seen.has(F::acquire)) {
        return "mutex";
    }
    if (seen.has(F::transfer) || seen.map_reads) {
        return "bank";
    }
    if (seen.has(F::append) && seen.pairs) {
        return "kv-string(empty)";
    }
    if (seen.has(F::add) && seen.list_reads != seen.number_reads) {
        return seen.list_reads ? "set" : "counter";
    }
    if (seen.has(F::write) || seen.has(F::cas)) {
        return seen.has(F::cas) ? "cas-register(nil)" : "register(nil)";
    }
    return "";
}

}  // namespace

Result<ModelSpec> infer_model(const Recording& recording) {
    const std::string_view name = guess(look_at(recording));
    if (name.empty()) {
        return bad_model("cannot tell what the history is about; name its model with --model");
    }
    return parse_model(name);
}

}  // namespace stormglass::sim::checks
