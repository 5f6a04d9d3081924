// Chrome's trace events. Complete events of one thread must nest, ours overlap: each process gets
// as many lanes as it has spans at once. Flows bind to the slice around them, so they start inside
// it.
#include <algorithm>
#include <map>

#include "reports/exports/detail/json_text.hpp"
#include "reports/exports/writers.hpp"

namespace stormglass::reports {
namespace {

using detail::JsonText;

std::string value_text(const ExportAttribute& attribute) {
    if (const auto* text = std::get_if<std::string>(&attribute.value)) {
        return *text;
    }
    if (const auto* number = std::get_if<std::int64_t>(&attribute.value)) {
        return std::to_string(*number);
    }
    return std::get<bool>(attribute.value) ? "true" : "false";
}

class PerfettoWriter {
  public:
    PerfettoWriter(const Export& run, std::string& to) : run_(run), json_(to) {}

    void write() {
        find_origin();
        choose_lanes();
        json_.open('{').key("displayTimeUnit").text("ns").key("otherData").open('{');
        json_.key("program").text("stormglass " + run_.version);
        json_.key("origin").text(std::to_string(origin_) + " ns since 1970").close('}');
        json_.key("traceEvents").open('[');
        write_names();
        for (std::size_t i = 0; i < run_.spans.size(); ++i) {
            write_span(i);
        }
        for (std::size_t i = 0; i < run_.flows.size(); ++i) {
            write_flow("s", i, run_.flows[i].from);
            write_flow("f", i, run_.flows[i].to);
        }
        for (const ExportCount& count : run_.counts) {
            begin("C", count.name, count.at, count.resource, 0);
            json_.key("args").open('{').key("value").number(count.value).close('}').close('}');
        }
        json_.close(']').close('}');
    }

  private:
    void find_origin() {
        for (const ExportSpan& span : run_.spans) {
            origin_ = std::min(origin_, span.start);
        }
        for (const ExportCount& count : run_.counts) {
            origin_ = std::min(origin_, count.at);
        }
        origin_ = origin_ == ~std::uint64_t{0} ? 0 : origin_;
    }

    void choose_lanes() {
        lanes_.resize(run_.spans.size());
        std::vector<std::size_t> order(run_.spans.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            order[i] = i;
        }
        // Longer ones first where two start together: a saga keeps its lane.
        std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
            const ExportSpan& x = run_.spans[a];
            const ExportSpan& y = run_.spans[b];
            return x.start != y.start ? x.start < y.start : x.end > y.end;
        });
        std::map<std::size_t, std::vector<std::uint64_t>> busy;  // process -> end of each lane
        for (const std::size_t i : order) {
            const ExportSpan& span = run_.spans[i];
            auto& ends = busy[span.resource];
            const auto free = std::find_if(
                ends.begin(), ends.end(), [&](std::uint64_t end) { return end <= span.start; });
            lanes_[i] = static_cast<std::size_t>(free - ends.begin());
            // At least a nanosecond wide: two spans at one instant must not share a slice.
            const std::uint64_t end = std::max(span.end, span.start + 1);
            if (free == ends.end()) {
                ends.push_back(end);
            } else {
                *free = end;
            }
        }
        for (const auto& [process, ends] : busy) {
            lane_count_[process] = ends.size();
        }
    }

    void begin(std::string_view phase,
               std::string_view name,
               std::uint64_t at,
               std::size_t resource,
               std::size_t lane) {
        json_.open('{').key("ph").text(phase).key("name").text(name);
        json_.key("pid").number(static_cast<std::int64_t>(resource) + 1);
        json_.key("tid").number(static_cast<std::int64_t>(lane) + 1);
        json_.key("ts").micros(at - origin_);
    }

    void write_names() {
        for (std::size_t i = 0; i < run_.resources.size(); ++i) {
            begin("M", "process_name", origin_, i, 0);
            json_.key("args").open('{').key("name").text(run_.resources[i].name);
            json_.close('}').close('}');
            for (std::size_t lane = 0; lane < lane_count_[i]; ++lane) {
                begin("M", "thread_name", origin_, i, lane);
                json_.key("args").open('{').key("name");
                json_.text("lane " + std::to_string(lane + 1)).close('}').close('}');
            }
        }
    }

    void write_span(std::size_t index) {
        const ExportSpan& span = run_.spans[index];
        begin("X", span.name, span.start, span.resource, lanes_[index]);
        json_.key("dur").micros(std::max<std::uint64_t>(span.end - span.start, 1));
        json_.key("args").open('{').key("trace").hex(span.trace.high, span.trace.low);
        json_.key("span").hex(span.span);
        for (const ExportAttribute& attribute : span.attributes) {
            json_.key(attribute.key).text(value_text(attribute));
        }
        json_.close('}').close('}');
        for (const ExportMoment& moment : span.moments) {
            begin("i", moment.name, moment.at, span.resource, lanes_[index]);
            json_.key("s").text("t").close('}');
        }
    }

    void write_flow(std::string_view phase, std::size_t id, std::size_t span) {
        const ExportSpan& at = run_.spans[span];
        begin(phase, "message", at.start, at.resource, lanes_[span]);
        json_.key("cat").text("message").key("id").number(static_cast<std::int64_t>(id) + 1);
        if (phase == "f") {
            json_.key("bp").text("e");
        }
        json_.close('}');
    }

    const Export& run_;
    JsonText json_;
    std::uint64_t origin_ = ~std::uint64_t{0};
    std::vector<std::size_t> lanes_;
    std::map<std::size_t, std::size_t> lane_count_;
};

}  // namespace

std::string to_perfetto(const Export& run) {
    std::string text;
    PerfettoWriter(run, text).write();
    text.push_back('\n');
    return text;
}

}  // namespace stormglass::reports
