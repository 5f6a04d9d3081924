// The sample's facts, scenario by scenario and claim by claim. Numbers are invented but consistent.
#include "tests/reports/sample.hpp"

#include <utility>

#include "reports/verdict.hpp"

namespace stormglass::reports {

namespace {

FaultCount fault(std::string kind, std::string role, std::uint64_t runs, std::uint64_t each) {
    FaultCount out;
    out.kind = std::move(kind);
    out.role = std::move(role);
    out.declared = true;
    out.armed = 3'500 * each + 114;
    if (runs > 0) {
        out.eligible = runs * each + 93;
        out.fired = runs * each + 41;
        out.took_effect = runs * each;
        out.runs_touched = runs;
        out.first_seed = 0x7f3a91c2;
    }
    return out;
}

ScenarioResult scenario(std::string name, std::string summary, std::uint64_t effective) {
    ScenarioResult out;
    out.place = {"scenarios/data/" + name + ".yaml", 1};
    out.name = std::move(name);
    out.summary = std::move(summary);
    out.runs = 3'500;
    out.effective = effective;
    out.audit = {48, 48, 0};
    out.twins = {100, 0, ""};
    out.signing = {"stand-in", 100, 0};
    out.events = 1'412'660;
    out.virtual_seconds = 21'840;
    out.cpu_seconds = 13.4;
    out.seed_first = 0x7f3a91c2;
    out.scenario_sha256 = "41d0c2f7a9b35e60";
    out.profile_sha256 = "9f3e01d2";
    out.trace_hash = "3d0c55e9b1a27f71";
    return out;
}

void add_checks(ScenarioResult& into, const std::vector<std::string>& names) {
    std::uint32_t line = 20;
    for (const std::string& name : names) {
        into.checks.push_back({name, into.effective, 0, {into.place.file, ++line}});
    }
}

/// Five processes, one of each kind of step.
Picture double_charge_drawn() {
    using enum StepKind;
    constexpr std::int64_t kMs = 1'000'000;
    Picture out;
    out.about = "order-17";
    out.lanes = {"orders", "broker", "payments", "shipping", "adversary"};
    out.steps = {
        {event, 0, {}, 12'002 * kMs, 12'002 * kMs, "starts order-17"},
        {message, 0, 1, 12'004 * kMs, 12'005 * kMs, "publish command charge"},
        {message, 1, 2, 12'006 * kMs, 12'007 * kMs, "deliver command charge"},
        {event, 2, {}, 12'009 * kMs, 12'009 * kMs, "charge: applied"},
        {crash, 0, {}, 12'010 * kMs, 12'010 * kMs, "orders dies (injected)"},
        {lost, 2, 1, 12'011 * kMs, 12'011 * kMs, "publish reply ok to charge (loss)"},
        {message, 2, 1, 12'110 * kMs, 12'412 * kMs, "publish reply ok to charge"},
        {fault, 3, {}, 12'111 * kMs, 12'111 * kMs, "partition-complete, shipping cut off"},
        {restart, 0, {}, 12'402 * kMs, 12'402 * kMs, "orders comes back"},
        {message, 0, 1, 12'403 * kMs, 12'404 * kMs, "publish command charge (attempt 2)"},
        {forged, 4, 1, 12'405 * kMs, 12'405 * kMs, "publish reply ok to label"},
        {message, 1, 2, 12'408 * kMs, 12'409 * kMs, "deliver command charge (attempt 2)"},
        {copy, 1, 2, 12'410 * kMs, 12'410 * kMs, "deliver command charge (attempt 2)"},
        {fault_end, 3, {}, 12'410 * kMs, 12'410 * kMs, "partition-complete, shipping cut off"},
        {violation, 2, {}, 12'410 * kMs, 12'410 * kMs, "Order 17 was charged twice."}};
    out.spans = {{"partition-complete", 12'111 * kMs, 12'410 * kMs, {3}}};
    out.left_out = 4;
    return out;
}

Failure double_charge() {
    Failure out;
    out.signature = "outcome-equals-ledger/order/crash-at";
    out.check = "outcome-equals-ledger";
    out.sentence = "Order 17 was charged twice and never refunded.";
    out.expected = "a saga ends completed, or each completed step is compensated once";
    out.observed = "order-17: TakePayment x2, Refund x0, saga completed";
    out.place = {"scenarios/data/coordinator-crash.yaml", 21};
    out.node = "orders";
    out.time_ns = 12'410'000'000;
    out.events = 4'118;
    out.last = {
        {12'004'000'000, "orders", "sends TakePayment#81 to bus", false, false},
        {12'009'000'000, "payments", "PaymentTaken(order-17)", false, false},
        {12'010'000'000, "orders", "crash after saga.step.appended #2", true, true},
        {12'402'000'000, "orders", "recovered, epoch 7", false, false},
        {12'403'000'000, "orders", "sends TakePayment#82, same step, new command id", true, false},
        {12'410'000'000, "payments", "delivers #82, duplicate of #81 by business key", true, false},
    };
    out.picture = double_charge_drawn();
    out.count = 3;
    out.effective = 3'120;
    out.seed = 0x5ee1d0c4;
    out.repeat = "stormglass run coordinator-crash --seed 0x5ee1d0c4";
    out.faults_needed = {"crash-at@coordinator"};
    out.faults_other = {"loss", "duplicate"};
    return out;
}

std::vector<ScenarioResult> scenarios() {
    std::vector<ScenarioResult> all;
    all.push_back(scenario("lossy-network", "Frames are lost, doubled and reordered", 3'498));
    add_checks(all.back(), {"lost-write", "exactly-once-effect", "convergence"});
    all.back().faults = {fault("loss", "", 3'500, 122),
                         fault("duplicate", "", 3'499, 31),
                         fault("reorder", "", 3'498, 12)};
    all.back().probes = {{"outbox.retried", 3'500, true}, {"inbox.duplicate-dropped", 3'499, true}};

    all.push_back(scenario("coordinator-crash", "The coordinator dies after a decision", 3'120));
    add_checks(all.back(), {"outcome-equals-ledger", "step-once", "termination"});
    all.back().faults = {fault("crash-at", "coordinator", 3'120, 1), fault("loss", "", 3'500, 98)};
    all.back().probes = {{"saga.compensated", 2'804, true}, {"saga.takeover", 0, false}};
    all.back().checks[0].violations = 3;
    all.back().failed = 3;
    all.back().failures = {double_charge()};
    all.back().audit = {51, 50, 1};

    all.push_back(scenario("one-way-partition", "Payments hears nobody but is heard", 3'300));
    add_checks(all.back(), {"lost-write", "replay-rejected"});
    all.back().effective = 0;  // one of its two faults never met a frame
    all.back().faults = {fault("partition-simplex", "", 0, 1), fault("isolate", "", 3'300, 1)};
    all.back().audit = {};

    all.push_back(scenario("replay-attack", "Old events return after a restart", 3'500));
    add_checks(all.back(), {"replay-rejected", "binding"});
    all.back().faults = {fault("replay-after-restart", "", 3'500, 20)};
    all.back().signing = {"ed25519", 100, 0};

    all.push_back(scenario("poisoned-message", "One message always breaks its handler", 900));
    add_checks(all.back(), {"dead-letter-conservation", "audit-log"});
    all.back().faults = {fault("poison-message", "", 900, 1)};
    all.back().runs = 900;
    all.back().incomplete = "the budget of 2 min was spent";
    return all;
}

LegResult leg(std::string name, std::vector<std::string> checks, std::vector<std::string> faults) {
    LegResult out;
    out.scenario = std::move(name);
    out.checks = std::move(checks);
    out.needs_faults = std::move(faults);
    out.ran = true;
    out.runs = 3'500;
    out.candidates = 3'498;
    out.audited = 48;
    out.kept = 48;
    return out;
}

ClaimResult claim(std::string id, ClaimKind kind, std::string line) {
    ClaimResult out;
    out.id = std::move(id);
    out.kind = kind;
    out.line = std::move(line);
    out.line_hash = "1fba32af0834bf9a";
    if (kind == ClaimKind::assumption || kind == ClaimKind::decision) {
        out.defeaters = {{"the network model may be kinder than a real one",
                          "kill tests on a real broker are planned",
                          Settled::partly}};
    }
    return out;
}

void add_assumptions(std::vector<ClaimResult>& all) {
    all.push_back(claim("A1", ClaimKind::assumption, "a bus that grows can be integrated"));
    all.push_back(claim("A4",
                        ClaimKind::assumption,
                        "the patterns hold up when messages get lost or the bus is down"));
    all.back().means = "No acknowledged event is lost and no effect happens twice.";
    all.back().legs = {leg("lossy-network",
                           {"lost-write", "exactly-once-effect", "convergence"},
                           {"loss", "duplicate", "reorder"})};
    all.back().defects = {"ack-before-persist", "no-inbox-dedupe"};

    all.push_back(claim("A5", ClaimKind::assumption, "splits and replay attacks are noticed"));
    all.back().legs = {
        leg("one-way-partition", {"lost-write"}, {"partition-simplex"}),
        leg("replay-attack", {"replay-rejected", "binding"}, {"replay-after-restart"})};
    all.back().legs[0].candidates = 0;
    all.back().legs[0].audited = all.back().legs[0].kept = 0;
    all.back().defects = {"intervals-before-signature"};

    all.push_back(claim("A6", ClaimKind::assumption, "duties from other decisions are enforced"));
    all.back().parts = {claim("A6.enforced", ClaimKind::assumption, "they are enforced"),
                        claim("A6.up-to-date", ClaimKind::assumption, "they are up to date")};
    all.back().parts[0].legs = {leg("replay-attack", {"binding"}, {"replay-after-restart"})};
    all.back().parts[0].legs[0].candidates = 3'500;
    all.back().parts[0].defects = {"intervals-before-signature"};
    all.back().parts[1].waiver = {
        {"architecture board", "2027-03-31", "the text of that decision is not at hand"}};
}

void add_others(std::vector<ClaimResult>& all) {
    all.push_back(claim("D0", ClaimKind::decision, "a set of standard patterns is adopted"));
    all.back().stated_confidence = "High";
    all.back().worst_of = {"D1", "D2"};
    all.push_back(claim("D1", ClaimKind::decision, "events are sent and forgotten"));
    all.back().stated_confidence = "High";
    all.back().legs = {leg("lossy-network", {"lost-write"}, {"loss"})};
    all.back().defects = {"ack-before-persist"};
    all.push_back(claim("D2", ClaimKind::decision, "sagas with a coordinator and compensations"));
    all.back().stated_confidence = "High";
    all.back().legs = {
        leg("coordinator-crash", {"outcome-equals-ledger", "step-once"}, {"crash-at@coordinator"})};
    all.back().legs[0].candidates = 3'121;
    all.back().legs[0].audited = 51;
    all.back().legs[0].kept = 50;
    all.back().legs[0].failed = 3;
    all.back().defects = {"skip-one-compensation"};

    all.push_back(claim("R1c", ClaimKind::rationale, "the bus can be a single point of failure"));
    all.back().legs = {leg("saga-core", {"lost-write"}, {})};
    all.back().legs[0].method = Method::exhaustive;
    all.back().legs[0].cases = 84;
    all.back().legs[0].cases_passed = 84;
    all.back().legs[0].detail = "each node and each link";
    all.back().defects = {"ack-before-persist"};
    all.push_back(claim("V1", ClaimKind::alternative, "synchronous calls everywhere"));
    all.push_back(claim("C4", ClaimKind::consequence, "operation becomes more complex"));
    all.back().is_cost = true;
    all.back().text_changed = true;
    all.back().text_change = "\"complex\" became \"complicated\"";
    all.push_back(claim("Q3", ClaimKind::question, "how are dead letters handled and audited?"));
    all.back().answer = "Five attempts with backoff, then a dead letter with reason and history.";
    all.back().answer_place = "docs/dead_letters.md";
    all.back().legs = {leg("poisoned-message", {"dead-letter-conservation"}, {"poison-message"})};
    all.back().legs[0].runs = all.back().legs[0].candidates = 900;
    all.back().defects = {"drop-audit-record"};
}

DefectResult defect(std::string name, std::string breaks, std::string check) {
    DefectResult out;
    out.name = std::move(name);
    out.breaks = std::move(breaks);
    out.scenario = "lossy-network";
    out.expected_check = std::move(check);
    out.caught_by = {{out.expected_check, 20}};
    out.blocks = out.blocks_caught = 20;
    out.block_limit = 3'500;
    out.median_seeds = 3;
    out.worst_seeds = 41;
    out.repeat =
        "stormglass-defects run " + out.scenario + " --defect " + out.name + " --seed 0x11b2907e";
    return out;
}

std::vector<DefectResult> defects() {
    std::vector<DefectResult> all{
        defect("ack-before-persist", "acknowledges before the journal is synced", "lost-write"),
        defect("no-inbox-dedupe", "handles every delivery", "exactly-once-effect"),
        defect("skip-one-compensation", "leaves the last step done", "outcome-equals-ledger"),
        defect("intervals-before-signature",
               "lets a forged event move the replay state",
               "replay-rejected"),
        defect("drop-audit-record", "drops a dead letter's audit entry", "audit-log")};
    all[1].median_seeds = 1.5;
    all[1].worst_seeds = 6;
    all[2].scenario = "coordinator-crash";
    all[3].scenario = "replay-attack";
    all[3].caught_by = {{"binding", 20}};
    all[4].scenario = "poisoned-message";
    all[4].caught_by.clear();
    all[4].blocks_caught = 0;
    all[4].repeat.clear();
    return all;
}

void add_provenance(Provenance& into) {
    into.started_at = "2026-01-01T09:30:00Z";
    into.commit = "a1b2c3d4e5f60718";
    into.compiler = "g++ 12.2.0";
    into.flags = "-O2";
    into.build_type = "Release";
    into.binary_sha256 = "5d1c0f7a2b9e4c6688aa10f3e7d2b5c45d1c0f7a2b9e4c6688aa10f3e7d2b5c4";
    into.defects_sha256 = "77e0d1a94c3b5f2677e0d1a94c3b5f2677e0d1a94c3b5f2677e0d1a94c3b5f26";
    into.libraries = {{"Boost", "1.81"}, {"libsodium", "1.0.18"}};
    into.claims_sha256 = "41d0a2";
    into.trace_hash = "3d0c55e9b1a27f71";
    into.seed_base = 0x7f3a91c2;
    into.cpu_model = "a processor";
    into.cores = 2;
    into.memory_bytes = 8ULL << 30;
    into.kernel = "Linux 6.1";
    into.wall_seconds = 118;
    into.cpu_seconds = 214;
    into.virtual_seconds = 223'200;
}

}  // namespace

Results sample_facts() {
    Results out;
    out.run_id = "2026-01-01T0930Z-7f3a";
    out.verb = "review";
    out.version = "0.1.0";
    out.command_line = "stormglass review --claims scenarios/claims/ADR-OS-024.claims.yaml";
    add_provenance(out.provenance);
    out.seeds_per_scenario = 3'500;
    out.jobs = 2;
    out.sample = true;
    out.profile_hash = "9f3e01d2";
    out.document = {
        true, true, "ADR-OS-024: asynchronous patterns", "ADR-OS-024.md", "aa11", 13, 12};
    out.scenarios = scenarios();
    add_assumptions(out.claims);
    add_others(out.claims);
    out.unclaimed = {{ClaimKind::question,
                      71,
                      "What is the process for evolving the patterns?",
                      "cbf3a135137c18be"}};
    out.defects = defects();
    out.clean = {true, 5, 14'900, 0};
    out.known_faults = {"loss",
                        "duplicate",
                        "reorder",
                        "partition-simplex",
                        "isolate",
                        "crash-at",
                        "replay-after-restart",
                        "poison-message",
                        "torn-tail",
                        "clock-step"};
    out.known_checks = {"lost-write", "exactly-once-effect", "convergence", "binding"};
    out.limits = {"One embedded engine; no other bus was tried."};
    return out;
}

Results sample_review() {
    Results out = sample_facts();
    judge(out);
    return out;
}

Results sample_run() {
    Results out = sample_facts();
    out.verb = "run";
    out.command_line = "stormglass run";
    out.claims.clear();
    out.unclaimed.clear();
    out.defects.clear();
    out.clean = {};
    out.document = {};
    return out;
}

}  // namespace stormglass::reports
