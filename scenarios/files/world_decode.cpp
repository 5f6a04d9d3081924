// Topology and workload: their field tables and the readers of services and decline rates.
#include "scenarios/files/world_decode.hpp"

#include <array>
#include <utility>

namespace stormglass::scenarios {

namespace {

bool is_slug(std::string_view word) {
    if (word.empty() || word.size() > kWordMax || word.front() == '-' || word.back() == '-') {
        return false;
    }
    for (const char c : word) {
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
            return false;
        }
    }
    return true;
}

}  // namespace

void read_slug(const Reading& in, std::string_view name, const YamlNode& at, std::string& out) {
    const std::optional<std::string> word = read_text(in, name, at);
    if (word.has_value() && !is_slug(*word)) {
        in.fail(
            at,
            std::string(name) + " takes small letters, digits and hyphens, got " + describe(at));
    } else if (word.has_value()) {
        out = *word;
    }
}

namespace {

constexpr std::size_t kServicesMax = 16;
constexpr std::array<std::string_view, 2> kSyncModes = {"synced", "unsynced"};
constexpr std::array<std::string_view, 1> kEngines = {"embedded"};

constexpr std::array<Field<Topology>, 2> kBusFields = {{
    {{"engine", "embedded", {}, 0, 0, {}, "embedded", "which bus runs", kEngines},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Topology&) {
         read_choice(in, info.name, info.choices, at);
     }},
    {{"sync",
      "synced or unsynced",
      {},
      0,
      0,
      {},
      "synced",
      "whether it acknowledges before its disk has synced",
      kSyncModes},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Topology& out) {
         if (const auto choice = read_choice(in, info.name, info.choices, at)) {
             out.sync = static_cast<SyncMode>(*choice);
         }
     }},
}};

void read_services(const Reading& in, const FieldInfo& info, const YamlNode& at, Topology& out) {
    std::vector<std::string> services;
    for (const YamlNode& item : read_list(in, info.name, at)) {
        std::string service;
        read_slug(in, "a service", item, service);
        if (service == "broker" || contains(services, service)) {
            in.fail(item, "there is already a node " + in_quotes(service));
        } else if (!service.empty()) {
            services.push_back(std::move(service));
        }
    }
    if (at.is_list() && (at.items.empty() || at.items.size() > kServicesMax)) {
        in.fail(at,
                "there must be 1 to " + std::to_string(kServicesMax) + " services, got " +
                    std::to_string(at.items.size()));
    }
    for (const std::string& needed : in.names.services_needed) {
        if (at.is_list() && !contains(services, needed)) {
            in.fail(at, "this world cannot run without service " + in_quotes(needed));
        }
    }
    if (!services.empty()) {
        out.services = std::move(services);
    }
}

constexpr std::array<Field<Topology>, 4> kTopologyFields = {{
    {{"bus", "map", {}, 0, 0, {}, "", "the message bus"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, Topology& out) {
         read_map<Topology>(in, at, kBusFields, "'bus'", out);
     }},
    {{"services",
      "list of names",
      {},
      0,
      0,
      {},
      "[orders, stock, payments, shipping, dashboard]",
      "the first one coordinates"},
     read_services},
    {{"coordinators",
      "count",
      ValueKind::count,
      1,
      3,
      {},
      "1",
      "the others stand by as orders-2, orders-3"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Topology& out) {
         out.coordinators = static_cast<int>(read_number(in, info.rule(), at).value_or(1));
     }},
    {{"latency",
      "duration or range",
      ValueKind::duration,
      0,
      kMinute,
      {},
      "1ms",
      "of each frame on each link"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Topology& out) {
         out.latency = read_range(in, info.rule(), at).value_or(out.latency);
     }},
}};

void read_decline(const Reading& in, const FieldInfo&, const YamlNode& at, Workload& out) {
    if (!expect_map(in, at, "'decline'")) {
        return;
    }
    const std::vector<std::string> steps = names_of(in.names.steps);
    refuse_unknown_keys(in, at, steps, "'decline'");
    for (const YamlEntry& entry : at.entries) {
        const QuantityRule rule{"decline", ValueKind::probability, 0, 1'000'000};
        if (const auto share = read_number(in, rule, entry.value)) {
            out.decline[entry.key] = *share;
        }
    }
}

constexpr std::array<Field<Workload>, 5> kWorkloadFields = {{
    {{"saga", "a saga's name", {}, 0, 0, {}, "checkout", "what is started"},
     [](const Reading& in, const FieldInfo&, const YamlNode& at, Workload& out) {
         const KnownWords known{"saga", names_of(in.names.sagas)};
         out.saga = read_known(in, known, at).value_or(out.saga);
     }},
    {{"count", "count", ValueKind::count, 1, 100'000, {}, "20", "how many"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Workload& out) {
         out.count = static_cast<int>(read_number(in, info.rule(), at).value_or(out.count));
     }},
    {{"every", "duration", ValueKind::duration, 1'000, kDay, {}, "200ms", "from one to the next"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Workload& out) {
         out.every.ns = read_number(in, info.rule(), at).value_or(out.every.ns);
     }},
    {{"decline",
      "map of step: share",
      ValueKind::probability,
      0,
      1'000'000,
      {},
      "",
      "how often a participant says no"},
     read_decline},
    {{"poison",
      "count",
      ValueKind::count,
      0,
      100'000,
      {},
      "0",
      "short for a poison-message fault on the first ones"},
     [](const Reading& in, const FieldInfo& info, const YamlNode& at, Workload& out) {
         out.poison = static_cast<int>(read_number(in, info.rule(), at).value_or(0));
         if (out.poison > out.count) {
             in.fail(at,
                     "poison must not be above count (" + std::to_string(out.count) + "), got " +
                         std::to_string(out.poison));
         }
     }},
}};

}  // namespace

void read_topology(const Reading& in, const YamlNode& at, Topology& out) {
    read_map<Topology>(in, at, kTopologyFields, "'topology'", out);
}

void read_workload(const Reading& in, const YamlNode& at, Workload& out) {
    read_map<Workload>(in, at, kWorkloadFields, "'workload'", out);
}

std::vector<FieldHelp> topology_fields() {
    std::vector<FieldHelp> result;
    append_help(result, kTopologyFields, "topology.");
    append_help(result, kBusFields, "topology.bus.");
    return result;
}

std::vector<FieldHelp> workload_fields() {
    std::vector<FieldHelp> result;
    append_help(result, kWorkloadFields, "workload.");
    return result;
}

std::string_view name_of(SyncMode sync) {
    return kSyncModes[static_cast<std::size_t>(sync)];
}

}  // namespace stormglass::scenarios
