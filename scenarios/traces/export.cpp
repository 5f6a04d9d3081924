#include "scenarios/traces/export.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "reports/exports/semantics.hpp"
#include "runtime/check.hpp"
#include "runtime/random.hpp"
#include "scenarios/ledger/ledger.hpp"
#include "scenarios/traces/export_build.hpp"
#include "scenarios/traces/timeline.hpp"
#include "scenarios/worlds/checkout.hpp"

namespace stormglass::scenarios {
namespace {

namespace names = reports::semantics;

std::vector<std::string> kinds_of(const sim::Schedule& schedule) {
    std::vector<std::string> kinds;
    for (const sim::Fault& fault : schedule) {
        kinds.emplace_back(sim::kind_name(fault));
    }
    return kinds;
}

/// What a run tells beyond its spans.
class RunExport {
  public:
    RunExport(const Plan& plan, CheckoutWorld& world, Timeline& timeline, ExportBuilder& builder)
        : plan_(plan),
          world_(world),
          timeline_(timeline),
          builder_(builder) {}

    void add(const std::vector<SpanFact>& spans, std::span<const LoggedEvent> log) {
        add_touches(spans, log);
        add_chaos();
        add_counts();
        add_events_table();
        add_faults_table();
        builder_.out().lines = timeline_.take_lines();
    }

  private:
    std::string node_name(NodeId node) const {
        const auto all = world_.world().names();
        return node.value < all.size() ? all[node.value] : std::to_string(node.value);
    }

    /// Faults and resends as moments of the creation of the events that they met.
    void add_touches(const std::vector<SpanFact>& spans, std::span<const LoggedEvent> log) {
        std::map<EventName, std::size_t> created;
        for (std::size_t i = 0; i < spans.size(); ++i) {
            if (spans[i].kind == SpanKind::create) {
                const bus::EventView& event = log[spans[i].event].event;
                created[{std::string(event.source), event.epoch, event.sequence}] = i;
            }
        }
        for (const Timeline::Touch& touch : timeline_.touches()) {
            const auto span = created.find(touch.event);
            if (span == created.end()) {
                continue;  // never stored: there is no span to tell it of
            }
            const bool fault = touch.what != "resend";
            reports::ExportMoment moment{builder_.at(touch.at), fault ? "fault" : "resend", {}};
            if (fault) {
                moment.attributes.push_back({std::string(names::kFault), touch.what});
            }
            moment.attributes.push_back({"stormglass.from", node_name(touch.from)});
            moment.attributes.push_back({"stormglass.to", node_name(touch.to)});
            builder_.out().spans[span->second].moments.push_back(std::move(moment));
        }
    }

    /// A span for each declared fault, from being armed to its end, on a resource of its own.
    void add_chaos() {
        const std::uint64_t end = world_.world().now().ns;
        for (std::size_t i = 0; i < plan_.schedule.size(); ++i) {
            const std::uint64_t seed = chain64(world_.world().seed(), chain64(i, 0x63686f73));
            reports::ExportSpan span;
            span.trace = {chain64(seed, 1) | 1, chain64(seed, 2)};
            span.span = chain64(seed, 3) | 1;
            span.flags = 1;
            span.name = sim::kind_name(plan_.schedule[i]);
            span.start = builder_.at(end);
            span.end = builder_.at(end);
            span.resource = builder_.resource("chaos");
            span.attributes.push_back({std::string(names::kFault), span.name});
            for (const Timeline::FaultMoment& moment : timeline_.fault_moments()) {
                if (moment.fault != i) {
                    continue;
                }
                const std::uint64_t at = builder_.at(moment.at);
                span.start = std::min(span.start, at);
                if (moment.event == sim::FaultEvent::ended) {
                    span.end = at;
                }
                span.moments.push_back({at, std::string(sim::name_of(moment.event)), {}});
            }
            builder_.out().spans.push_back(std::move(span));
        }
    }

    /// How far each group is behind its topic, and how many dead letters there are.
    void add_counts() {
        const Ledger& ledger = world_.ledger();

        struct Step {
            std::uint64_t at = 0;
            std::string name;
            std::int64_t change = 0;
        };

        std::vector<Step> steps;
        std::map<NameId, std::set<NameId>> groups;  // by topic
        for (const DeliveryRecord& record : ledger.deliveries()) {
            groups[record.topic].insert(record.group);
            const std::string group(ledger.names()[record.group]);
            const bool over = record.kind == DeliveryRecord::Kind::settled &&
                              ledger.names()[record.what] == "ack";
            if (over || record.kind == DeliveryRecord::Kind::dead) {
                steps.push_back({record.at, "lag " + group, -1});
            }
            if (record.kind == DeliveryRecord::Kind::dead) {
                steps.push_back({record.at, "dead letters", 1});
            }
        }
        for (const Stored& stored : ledger.stored()) {
            for (const NameId group : groups[stored.topic]) {
                steps.push_back({stored.at, "lag " + std::string(ledger.names()[group]), 1});
            }
        }
        std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
            return a.at != b.at ? a.at < b.at : a.change > b.change;
        });
        std::map<std::string, std::int64_t> now;
        for (const Step& step : steps) {
            const std::int64_t value = now[step.name] += step.change;
            builder_.out().counts.push_back(
                {builder_.at(step.at), builder_.resource("broker"), step.name, value});
        }
    }

    void add_events_table() {
        reports::ExportTable table{"events", {"time_ns", "process", "life", "event", "about"}, {}};
        for (const Timeline::Happening& happening : timeline_.happenings()) {
            table.rows.push_back({std::to_string(builder_.at(happening.at)),
                                  node_name(happening.node),
                                  std::to_string(happening.life),
                                  happening.what,
                                  happening.about});
        }
        builder_.out().tables.push_back(std::move(table));
    }

    void add_faults_table() {
        reports::ExportTable table{"faults", {"number", "fault", "event", "time_ns"}, {}};
        for (const Timeline::FaultMoment& moment : timeline_.fault_moments()) {
            table.rows.push_back({std::to_string(moment.fault + 1),
                                  std::string(sim::kind_name(plan_.schedule[moment.fault])),
                                  std::string(sim::name_of(moment.event)),
                                  std::to_string(builder_.at(moment.at))});
        }
        builder_.out().tables.push_back(std::move(table));
    }

    const Plan& plan_;
    CheckoutWorld& world_;
    Timeline& timeline_;
    ExportBuilder& builder_;
};

}  // namespace

reports::Export export_run(const Plan& plan,
                           const RunOptions& options,
                           const std::string& version) {
    CheckoutWorld world(plan, options);
    const auto all = world.world().names();
    Timeline timeline({all.begin(), all.end()}, kinds_of(plan.schedule));
    world.world().add_observer(timeline);
    world.run();
    const std::vector<LoggedEvent> log = log_of_run(world.ledger());
    const TraceFacts facts = spans_of_run(world.ledger());
    ExportBuilder builder(log, kSimulatedStart, version);
    builder.add_spans(facts.spans);
    builder.add_flows(facts.spans);
    builder.add_messages_table();
    builder.add_sagas_table(facts.spans);
    RunExport(plan, world, timeline, builder).add(facts.spans, log);
    std::string seed;
    bus::append_hex(options.seed, seed);
    for (reports::ExportResource& resource : builder.out().resources) {
        resource.attributes = {{std::string(names::kSimulated), true},
                               {std::string(names::kScenario), plan.scenario.name},
                               {std::string(names::kSeed), "0x" + seed}};
    }
    return std::move(builder.out());
}

reports::Export export_log(std::span<const LoggedEvent> log, const std::string& version) {
    const std::vector<SpanFact> spans = spans_of_log(log, Infer::attempts);
    ExportBuilder builder(log, 0, version);
    builder.add_spans(spans);
    builder.add_flows(spans);
    builder.add_messages_table();
    builder.add_sagas_table(spans);
    return std::move(builder.out());
}

}  // namespace stormglass::scenarios
