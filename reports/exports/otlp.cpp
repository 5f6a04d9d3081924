// OTLP/JSON: hex ids, times as decimal strings, enums as numbers; never the base64 of protobuf
// JSON.
#include <algorithm>

#include "reports/exports/detail/json_text.hpp"
#include "reports/exports/semantics.hpp"
#include "reports/exports/writers.hpp"

namespace stormglass::reports {
namespace {

using detail::JsonText;

void write(const ExportAttributes& attributes, JsonText& json) {
    json.key("attributes").open('[');
    for (const ExportAttribute& attribute : attributes) {
        json.open('{').key("key").text(attribute.key).key("value").open('{');
        if (const auto* text = std::get_if<std::string>(&attribute.value)) {
            json.key("stringValue").text(*text);
        } else if (const auto* number = std::get_if<std::int64_t>(&attribute.value)) {
            json.key("intValue").text(std::to_string(*number));
        } else {
            json.key("boolValue").boolean(std::get<bool>(attribute.value));
        }
        json.close('}').close('}');
    }
    json.close(']');
}

void write(const ExportSpan& span, JsonText& json) {
    json.open('{').key("traceId").hex(span.trace.high, span.trace.low);
    json.key("spanId").hex(span.span);
    if (span.parent != 0) {
        json.key("parentSpanId").hex(span.parent);
    }
    json.key("flags").number(span.flags);
    json.key("name").text(span.name);
    json.key("kind").number(static_cast<int>(span.kind));
    json.key("startTimeUnixNano").digits(span.start);
    json.key("endTimeUnixNano").digits(span.end);
    write(span.attributes, json);
    if (!span.moments.empty()) {
        json.key("events").open('[');
        for (const ExportMoment& moment : span.moments) {
            json.open('{').key("timeUnixNano").digits(moment.at).key("name").text(moment.name);
            write(moment.attributes, json);
            json.close('}');
        }
        json.close(']');
    }
    if (!span.links.empty()) {
        json.key("links").open('[');
        for (const ExportLink& link : span.links) {
            json.open('{').key("traceId").hex(link.trace.high, link.trace.low);
            json.key("spanId").hex(link.span).close('}');
        }
        json.close(']');
    }
    if (span.status != ExportStatus::unset) {
        json.key("status").open('{').key("code").number(static_cast<int>(span.status)).close('}');
    }
    json.close('}');
}

void open_resource(const Export& run, std::size_t resource, JsonText& json) {
    ExportAttributes attributes = {{"service.name", run.resources[resource].name}};
    const ExportAttributes& more = run.resources[resource].attributes;
    attributes.insert(attributes.end(), more.begin(), more.end());
    json.open('{').key("resource").open('{');
    write(attributes, json);
    json.close('}').key("scopeSpans").open('[').open('{');
    json.key("scope").open('{').key("name").text("stormglass");
    json.key("version").text(run.version).close('}').key("spans").open('[');
}

void close_resource(JsonText& json) {
    json.close(']').key("schemaUrl").text(kSchemaUrl).close('}').close(']');
    json.key("schemaUrl").text(kSchemaUrl).close('}');
}

}  // namespace

std::string to_otlp(const Export& run) {
    std::vector<const ExportSpan*> spans;
    for (const ExportSpan& span : run.spans) {
        spans.push_back(&span);
    }
    std::stable_sort(spans.begin(), spans.end(), [](const ExportSpan* a, const ExportSpan* b) {
        return a->resource < b->resource;
    });
    std::string text;
    for (std::size_t from = 0; from < spans.size(); from += kOtlpSpansPerLine) {
        const std::size_t to = std::min(from + kOtlpSpansPerLine, spans.size());
        JsonText json(text);
        json.open('{').key("resourceSpans").open('[');
        for (std::size_t i = from; i < to; ++i) {
            const bool first = i == from || spans[i]->resource != spans[i - 1]->resource;
            if (first && i != from) {
                close_resource(json);
            }
            if (first) {
                open_resource(run, spans[i]->resource, json);
            }
            write(*spans[i], json);
        }
        close_resource(json);
        json.close(']').close('}');
        text.push_back('\n');
    }
    return text;
}

}  // namespace stormglass::reports
