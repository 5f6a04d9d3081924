// The part that exports of runs and of live logs share: spans with OpenTelemetry's names.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "reports/exports/model.hpp"
#include "scenarios/traces/spans.hpp"

namespace stormglass::scenarios {

class ExportBuilder {
  public:
    /// `start` is added to every time; the log must outlive the builder.
    ExportBuilder(std::span<const LoggedEvent> log, std::uint64_t start, const std::string& version)
        : log_(log),
          start_(start) {
        out_.version = version;
    }

    void add_spans(const std::vector<SpanFact>& spans);
    /// From the creation of events to the attempts to handle them.
    void add_flows(const std::vector<SpanFact>& spans);
    void add_messages_table();
    void add_sagas_table(const std::vector<SpanFact>& spans);

    /// The place of a process, added when it is new.
    std::size_t resource(const std::string& name);

    std::uint64_t at(std::uint64_t ns) const { return start_ + ns; }

    reports::Export& out() { return out_; }

  private:
    void describe(const SpanFact& fact, reports::ExportSpan& span) const;

    std::span<const LoggedEvent> log_;
    std::uint64_t start_;
    reports::Export out_;
    std::map<std::string, std::size_t> resources_;
};

/// The id of an event; hashed when the event is restricted.
std::string shown_id(const bus::EventView& event);

}  // namespace stormglass::scenarios
