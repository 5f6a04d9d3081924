#include "sim/checks/formats/reader.hpp"

#include <array>

#include "sim/checks/formats/entry_builder.hpp"
#include "sim/checks/formats/splitter.hpp"
#include "sim/checks/formats/syntax.hpp"

namespace stormglass::sim::checks {
namespace {

constexpr std::array<std::string_view, 5> kNames = {
    "stormglass", "jepsen-log", "edn-lines", "edn", "json"};
constexpr std::size_t kSniffMax = std::size_t{1} << 16;

/// Skips blanks and, since only EDN has them, comments.
std::string_view significant(std::string_view text) {
    while (!text.empty()) {
        const std::size_t at = text.find_first_not_of(" \t\r\n");
        if (at == std::string_view::npos) {
            return {};
        }
        text.remove_prefix(at);
        if (text[0] != ';') {
            return text;
        }
        const std::size_t end = text.find('\n');
        text.remove_prefix(end == std::string_view::npos ? text.size() : end);
    }
    return text;
}

enum class Sniffed : std::uint8_t { found, more, foreign };

/// Two characters that mean something tell the formats apart.
Sniffed sniff(std::string_view text, Format& out) {
    constexpr std::string_view kLog = "INFO";
    text = significant(text);
    if (text.empty() || (text.size() < kLog.size() && kLog.starts_with(text))) {
        return Sniffed::more;
    }
    if (text.starts_with(kLog)) {
        out = Format::jepsen_log;
        return Sniffed::found;
    }
    const bool list = text[0] == '[';
    if (text[0] == '(' || text[0] == '#') {
        out = text[0] == '(' ? Format::edn : Format::edn_lines;
        return Sniffed::found;
    }
    if (!list && text[0] != '{') {
        return Sniffed::foreign;
    }
    std::string_view rest = significant(text.substr(1));
    if (list && !rest.empty() && rest[0] == '{') {
        rest = significant(rest.substr(1));
    }
    if (rest.empty()) {
        return Sniffed::more;
    }
    if (rest[0] == '"' || (list && rest[0] == ']')) {
        out = list ? Format::json : Format::ndjson;
    } else {
        out = list ? Format::edn : Format::edn_lines;
    }
    return Sniffed::found;
}

Syntax syntax_of(Format format) {
    return format == Format::ndjson || format == Format::json ? Syntax::json : Syntax::edn;
}

Cut cut_of(Format format) {
    return format == Format::edn || format == Format::json ? Cut::outer_list : Cut::lines;
}

}  // namespace

std::string_view name_of(Format format) {
    return kNames[static_cast<std::size_t>(format)];
}

std::optional<Format> format_named(std::string_view name) {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == name) {
            return static_cast<Format>(i);
        }
    }
    return std::nullopt;
}

struct HistoryReader::State final : ElementSink {
    explicit State(ReaderLimits wanted) : limits(wanted) {}

    void begin(Format chosen) {
        format = chosen;
        splitter.emplace(cut_of(chosen), syntax_of(chosen), limits.element_bytes, *this);
        builder.emplace(chosen, recording);
    }

    Result<void> on_element(std::string_view text, std::uint32_t line) override {
        if (recording.size() >= limits.entries || recording.bytes() > limits.bytes) {
            std::string where = "line ";
            where += std::to_string(line);
            return Error{"HI_LIMIT", where + ": the history is larger than the limit"};
        }
        if (*format == Format::jepsen_log) {
            return builder->add_log_line(text, line);
        }
        const Result<Value> parsed = parse_element(text, syntax_of(*format), line, recording.pool);
        return parsed ? builder->add_map(*parsed, line) : Result<void>(parsed.error());
    }

    ReaderLimits limits;
    std::optional<Format> format;
    std::string head;  // until the format is known
    std::optional<Splitter> splitter;
    std::optional<EntryBuilder> builder;
    Recording recording;
};

HistoryReader::HistoryReader(std::optional<Format> format, ReaderLimits limits)
    : state_(std::make_unique<State>(limits)) {
    if (format.has_value()) {
        state_->begin(*format);
    }
}

HistoryReader::~HistoryReader() = default;
HistoryReader::HistoryReader(HistoryReader&&) noexcept = default;
HistoryReader& HistoryReader::operator=(HistoryReader&&) noexcept = default;

std::optional<Format> HistoryReader::format() const {
    return state_->format;
}

Result<void> HistoryReader::feed(std::string_view bytes) {
    State& state = *state_;
    if (state.format.has_value()) {
        return state.splitter->feed(bytes);
    }
    state.head += bytes;
    Format format = Format::ndjson;
    const Sniffed sniffed = sniff(state.head, format);
    if (sniffed == Sniffed::foreign ||
        (sniffed == Sniffed::more && state.head.size() > kSniffMax)) {
        return Error{"HI_FORMAT",
                     "line 1: no known format of histories begins with " +
                         quoted(significant(state.head).substr(0, 24))};
    }
    if (sniffed == Sniffed::more) {
        return {};
    }
    state.begin(format);
    const std::string head = std::move(state.head);
    return state.splitter->feed(head);
}

Result<Recording> HistoryReader::finish() {
    State& state = *state_;
    if (!state.format.has_value()) {
        if (!significant(state.head).empty()) {
            return Error{"HI_FORMAT", "line 1: the file ends before its format can be told"};
        }
        return std::move(state.recording);
    }
    const Result<void> ended = state.splitter->finish();
    if (!ended) {
        return ended.error();
    }
    state.builder->finish();
    return std::move(state.recording);
}

Result<Recording> read_history(std::string_view text, std::optional<Format> format) {
    HistoryReader reader(format);
    const Result<void> fed = reader.feed(text);
    return fed ? reader.finish() : Result<Recording>(fed.error());
}

Result<Recording> read_history(const History& history) {
    std::string text;
    history.write_ndjson(text);
    return read_history(text, Format::ndjson);
}

void write_history(const Recording& recording, std::size_t from, std::size_t to, std::string& out) {
    const ValuePool& pool = recording.pool;
    const auto field = [&out](std::string_view name) {
        out.append(",\"").append(name).append("\":");
    };
    for (std::size_t i = from; i < to; ++i) {
        const std::uint32_t process = recording.process(i);
        out.append("{\"index\":").append(std::to_string(i));
        field("time");
        out += std::to_string(recording.time(i));
        field("process");
        out += process == kFaultProcess ? "\"faults\"" : std::to_string(process);
        field("type");
        out.append("\"").append(name_of(recording.type(i))).append("\"");
        field("f");
        out.append("\"").append(name_of(recording.function(i))).append("\"");
        field("value");
        pool.print(recording.value(i), out);
        if (const EntryExtra* extra = recording.extra(i); extra != nullptr) {
            const EntryExtra none;
            if (extra->node != none.node) {
                field("node");
                out += std::to_string(extra->node);
            }
            if (!extra->group.is_nil()) {
                field("group");
                pool.print(extra->group, out);
            }
            if (extra->epoch != none.epoch) {
                field("epoch");
                out += std::to_string(extra->epoch);
            }
            if (!extra->trace.is_nil()) {
                field("trace");
                pool.print(extra->trace, out);
            }
        }
        out += "}\n";
    }
}

std::string write_history(const Recording& recording) {
    std::string out;
    write_history(recording, 0, recording.size(), out);
    return out;
}

}  // namespace stormglass::sim::checks
