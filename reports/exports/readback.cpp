#include "reports/exports/readback.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace stormglass::reports {
namespace {

using nlohmann::json;

Error form(const std::string& what, std::size_t line) {
    return {"EXPORT_FORM", "line " + std::to_string(line) + ": " + what};
}

bool is_hex_id(const json& object, const char* key, std::size_t digits) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string()) {
        return false;
    }
    const auto& text = found->get_ref<const std::string&>();
    return text.size() == digits && text.find_first_not_of("0123456789abcdef") == text.npos &&
           text.find_first_not_of('0') != text.npos;
}

/// A 64-bit number as a decimal string.
bool read_digits(const json& object, const char* key, std::uint64_t& value) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string()) {
        return false;
    }
    const auto& text = found->get_ref<const std::string&>();
    if (text.empty() || text.size() > 20 ||
        text.find_first_not_of("0123456789") != std::string::npos) {
        return false;
    }
    value = std::stoull(text);
    return true;
}

const json& list_in(const json& object, const char* key) {
    static const json kNone = json::array();
    const auto found = object.find(key);
    return found == object.end() || !found->is_array() ? kNone : *found;
}

class OtlpReader {
  public:
    Result<OtlpCounts> read(std::string_view text) {
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            ++counts_.lines;
            const json line = json::parse(text.substr(at, end - at), nullptr, false);
            if (line.is_discarded() || !line.is_object() || !line.contains("resourceSpans")) {
                return Error{"EXPORT_SYNTAX",
                             "line " + std::to_string(counts_.lines) +
                                 ": no JSON object with resourceSpans"};
            }
            for (const json& resource : list_in(line, "resourceSpans")) {
                if (auto read = read_resource(resource); !read) {
                    return read.error();
                }
            }
            at = end + 1;
        }
        counts_.resources = services_.size();
        return counts_;
    }

  private:
    Result<void> read_resource(const json& resource) {
        const auto body = resource.find("resource");
        if (body == resource.end()) {
            return form("spans without a resource", counts_.lines);
        }
        for (const json& attribute : list_in(*body, "attributes")) {
            if (attribute.value("key", "") == "service.name") {
                services_.insert(attribute.at("value").dump());
            }
        }
        for (const json& scope : list_in(resource, "scopeSpans")) {
            for (const json& span : list_in(scope, "spans")) {
                if (auto read = read_span(span); !read) {
                    return read;
                }
            }
        }
        return {};
    }

    Result<void> read_span(const json& span) {
        if (!is_hex_id(span, "traceId", 32) || !is_hex_id(span, "spanId", 16) ||
            (span.contains("parentSpanId") && !is_hex_id(span, "parentSpanId", 16))) {
            return form("an id that is not lower-case hex", counts_.lines);
        }
        const std::string id =
            span["traceId"].get<std::string>() + span["spanId"].get<std::string>();
        if (!ids_.insert(id).second) {
            return form("span " + id + " twice", counts_.lines);
        }
        std::uint64_t start = 0;
        std::uint64_t end = 0;
        if (!read_digits(span, "startTimeUnixNano", start) ||
            !read_digits(span, "endTimeUnixNano", end) || end < start) {
            return form("times that are no decimal strings in order", counts_.lines);
        }
        const auto kind = span.find("kind");
        if (kind == span.end() || !kind->is_number_integer() || *kind < 0 || *kind > 5) {
            return form("a kind that is not one of the numbers", counts_.lines);
        }
        for (const json& link : list_in(span, "links")) {
            if (!is_hex_id(link, "traceId", 32) || !is_hex_id(link, "spanId", 16)) {
                return form("a link that is not hex", counts_.lines);
            }
            ++counts_.links;
        }
        for (const json& moment : list_in(span, "events")) {
            std::uint64_t at = 0;
            if (!read_digits(moment, "timeUnixNano", at)) {
                return form("an event without a time", counts_.lines);
            }
            ++counts_.moments;
        }
        ++counts_.spans;
        return {};
    }

    OtlpCounts counts_;
    std::set<std::string> services_;
    std::set<std::string> ids_;
};

/// Whole nanoseconds of a time in microseconds: doubles hold 2^53 of them, 104 days.
std::int64_t ns_of(const json& event, const char* key) {
    const auto found = event.find(key);
    return found == event.end() || !found->is_number()
               ? -1
               : static_cast<std::int64_t>(found->get<double>() * 1'000 + 0.5);
}

using Lane = std::pair<std::int64_t, std::int64_t>;
using Slices = std::map<Lane, std::vector<std::pair<std::int64_t, std::int64_t>>>;

/// Whether of any two slices of a lane one holds the other, or they are apart.
bool nested(Slices& slices) {
    for (auto& [lane, list] : slices) {
        std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
            return a.first != b.first ? a.first < b.first : a.second > b.second;
        });
        std::vector<std::int64_t> open;
        for (const auto& [start, end] : list) {
            while (!open.empty() && open.back() <= start) {
                open.pop_back();
            }
            if (!open.empty() && open.back() < end) {
                return false;
            }
            open.push_back(end);
        }
    }
    return true;
}

bool inside(const Slices& slices, Lane lane, std::int64_t at) {
    const auto found = slices.find(lane);
    return found != slices.end() &&
           std::any_of(found->second.begin(), found->second.end(), [at](const auto& slice) {
               return slice.first <= at && at < slice.second;
           });
}

/// Splits the lines of a text; the last one may lack its break.
std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

}  // namespace

Result<OtlpCounts> read_otlp(std::string_view text) {
    return OtlpReader().read(text);
}

Result<PerfettoCounts> read_perfetto(std::string_view text) {
    const json file = json::parse(text, nullptr, false);
    if (file.is_discarded() || !file.is_object() || !file.contains("traceEvents")) {
        return Error{"EXPORT_SYNTAX", "no JSON object with traceEvents"};
    }
    PerfettoCounts counts;
    Slices slices;

    struct Ends {
        int starts = 0;
        int ends = 0;
        bool inside = true;
    };

    std::map<std::int64_t, Ends> flows;
    std::vector<json> flow_events;
    for (const json& event : list_in(file, "traceEvents")) {
        const std::string phase = event.value("ph", "");
        const std::int64_t at = ns_of(event, "ts");
        const Lane lane{event.value("pid", 0), event.value("tid", 0)};
        if (phase.empty() || at < 0 || lane.first <= 0) {
            return Error{"EXPORT_FORM", "an event without phase, time or process"};
        }
        if (phase == "X") {
            const std::int64_t duration = ns_of(event, "dur");
            if (duration <= 0) {
                return Error{"EXPORT_FORM", "a slice without a duration"};
            }
            slices[lane].emplace_back(at, at + duration);
            ++counts.slices;
        } else if (phase == "C") {
            ++counts.counters;
        } else if (phase == "i") {
            ++counts.instants;
        } else if (phase == "s" || phase == "f") {
            flow_events.push_back(event);
        }
    }
    if (!nested(slices)) {
        return Error{"EXPORT_FORM", "slices of a lane overlap"};
    }
    for (const json& event : flow_events) {
        Ends& ends = flows[event.value("id", std::int64_t{0})];
        (event["ph"] == "s" ? ends.starts : ends.ends) += 1;
        const Lane lane{event.value("pid", 0), event.value("tid", 0)};
        ends.inside = ends.inside && inside(slices, lane, ns_of(event, "ts"));
    }
    for (const auto& [id, ends] : flows) {
        if (ends.starts != 1 || ends.ends != 1 || !ends.inside) {
            return Error{"EXPORT_FORM", "flow " + std::to_string(id) + " hangs in the air"};
        }
        ++counts.flows;
    }
    return counts;
}

Result<std::uint64_t> read_shiviz(std::string_view text) {
    const auto lines = lines_of(text);
    if (lines.size() < 2 || !lines[0].starts_with("(?<host>") || !lines[1].empty() ||
        lines.size() % 2 != 0) {
        return Error{"EXPORT_SYNTAX", "not an expression, a blank line and pairs of lines"};
    }
    std::map<std::string, json> last;  // clock of each host
    for (std::size_t i = 2; i < lines.size(); i += 2) {
        const std::size_t blank = lines[i].find(' ');
        const std::string host(lines[i].substr(0, blank));
        const json clock = blank == std::string_view::npos
                               ? json()
                               : json::parse(lines[i].substr(blank + 1), nullptr, false);
        if (host.empty() || !clock.is_object() || !clock.contains(host) || lines[i + 1].empty()) {
            return form("no host with its clock, or no text", i + 1);
        }
        for (const auto& [other, count] : clock.items()) {
            const auto known = last.find(other);
            const std::int64_t told =
                known == last.end() ? 0 : known->second.value(other, std::int64_t{0});
            const bool own = other == host;
            if (!count.is_number_integer() || (own ? count != told + 1 : count > told)) {
                return form("the clock of " + host + " cannot know this of " + other, i + 1);
            }
        }
        last[host] = clock;
    }
    return (lines.size() - 2) / 2;
}

Result<std::uint64_t> read_csv(std::string_view text) {
    std::uint64_t rows = 0;
    std::size_t columns = 0;  // of the header
    std::size_t cells = 1;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (quoted) {
            quoted = c != '"' || (at + 1 < text.size() && text[at + 1] == '"');
            at += c == '"' && quoted ? 1 : 0;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            ++cells;
        } else if (c == '\n') {
            columns = columns == 0 ? cells : columns;
            if (cells != columns || at == 0 || text[at - 1] != '\r') {
                return form("not as many cells as the header has", rows + 1);
            }
            ++rows;
            cells = 1;
        }
    }
    if (quoted || rows == 0 || !text.ends_with("\r\n")) {
        return Error{"EXPORT_SYNTAX", "an open quote, or no whole line"};
    }
    return rows - 1;
}

OtlpCounts otlp_counts(const Export& run) {
    OtlpCounts counts;
    std::set<std::size_t> resources;
    for (const ExportSpan& span : run.spans) {
        resources.insert(span.resource);
        counts.links += span.links.size();
        counts.moments += span.moments.size();
    }
    counts.spans = run.spans.size();
    counts.resources = resources.size();
    counts.lines = (counts.spans + 999) / 1'000;
    return counts;
}

PerfettoCounts perfetto_counts(const Export& run) {
    PerfettoCounts counts;
    counts.slices = run.spans.size();
    counts.flows = run.flows.size();
    counts.counters = run.counts.size();
    for (const ExportSpan& span : run.spans) {
        counts.instants += span.moments.size();
    }
    return counts;
}

}  // namespace stormglass::reports
