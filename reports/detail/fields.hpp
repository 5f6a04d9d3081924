// One table of fields for each value of a review; the JSON writer and reader both walk it, so that
// what is written can be read. `v(name, member)` visits a field, `v.seed` one that is a seed.
#pragma once

#include "reports/results.hpp"

namespace stormglass::reports::detail {

template <class V>
void fields(V& v, FilePlace& x) {
    v("file", x.file);
    v("line", x.line);
}

template <class V>
void fields(V& v, NamedText& x) {
    v("name", x.name);
    v("text", x.text);
}

template <class V>
void fields(V& v, CheckCount& x) {
    v("name", x.name);
    v("consulted", x.consulted);
    v("violations", x.violations);
    v("place", x.place);
}

template <class V>
void fields(V& v, FaultCount& x) {
    v("kind", x.kind);
    v("role", x.role);
    v("declared", x.declared);
    v("armed", x.armed);
    v("eligible", x.eligible);
    v("fired", x.fired);
    v("took_effect", x.took_effect);
    v("runs_touched", x.runs_touched);
    v.seed("first_seed", x.first_seed);
}

template <class V>
void fields(V& v, ProbeCount& x) {
    v("name", x.name);
    v("runs_reached", x.runs_reached);
    v("required", x.required);
}

template <class V>
void fields(V& v, AuditCount& x) {
    v("audited", x.audited);
    v("kept", x.kept);
    v("struck", x.struck);
}

template <class V>
void fields(V& v, TwinCount& x) {
    v("compared", x.compared);
    v("differing", x.differing);
    v("first_difference", x.first_difference);
}

template <class V>
void fields(V& v, SigningCount& x) {
    v("used", x.used);
    v("compared", x.compared);
    v("differing", x.differing);
}

template <class V>
void fields(V& v, EventLine& x) {
    v("time_ns", x.time_ns);
    v("node", x.node);
    v("text", x.text);
    v("flagged", x.flagged);
    v("needed", x.needed);
}

template <class V>
void fields(V& v, PictureStep& x) {
    v("kind", x.kind);
    v("lane", x.lane);
    v("to", x.to);
    v("time_ns", x.time_ns);
    v("until_ns", x.until_ns);
    v("text", x.text);
}

template <class V>
void fields(V& v, PictureSpan& x) {
    v("fault", x.fault);
    v("from_ns", x.from_ns);
    v("until_ns", x.until_ns);
    v("lanes", x.lanes);
}

template <class V>
void fields(V& v, Picture& x) {
    v("about", x.about);
    v("lanes", x.lanes);
    v("steps", x.steps);
    v("spans", x.spans);
    v("left_out", x.left_out);
}

template <class V>
void fields(V& v, Failure& x) {
    v("signature", x.signature);
    v("check", x.check);
    v("sentence", x.sentence);
    v("expected", x.expected);
    v("observed", x.observed);
    v("place", x.place);
    v("node", x.node);
    v("time_ns", x.time_ns);
    v("events", x.events);
    v("last", x.last);
    v("picture", x.picture);
    v("count", x.count);
    v("effective", x.effective);
    v("counts", x.counts);
    v.seed("seed", x.seed);
    v("repeat", x.repeat);
    v("faults_needed", x.faults_needed);
    v("faults_other", x.faults_other);
    v("smallest", x.smallest);
    v("decisions", x.decisions);
    v("replay", x.replay);
    v("keep", x.keep);
}

template <class V>
void fields(V& v, ScenarioResult& x) {
    v("name", x.name);
    v("summary", x.summary);
    v("place", x.place);
    v("runs", x.runs);
    v("effective", x.effective);
    v("failed", x.failed);
    v("checks", x.checks);
    v("faults", x.faults);
    v("probes", x.probes);
    v("audit", x.audit);
    v("twins", x.twins);
    v("signing", x.signing);
    v("failures", x.failures);
    v("incomplete", x.incomplete);
    v("events", x.events);
    v("virtual_seconds", x.virtual_seconds);
    v("cpu_seconds", x.cpu_seconds);
    v.seed("seed_first", x.seed_first);
    v("scenario_sha256", x.scenario_sha256);
    v("profile_sha256", x.profile_sha256);
    v("trace_hash", x.trace_hash);
}

template <class V>
void fields(V& v, LegResult& x) {
    v("scenario", x.scenario);
    v("method", x.method);
    v("checks", x.checks);
    v("needs_faults", x.needs_faults);
    v("needs_probes", x.needs_probes);
    v("ran", x.ran);
    v("runs", x.runs);
    v("candidates", x.candidates);
    v("audited", x.audited);
    v("kept", x.kept);
    v("failed", x.failed);
    v("failed_elsewhere", x.failed_elsewhere);
    v("violated", x.violated);
    v("signatures", x.signatures);
    v("idle_faults", x.idle_faults);
    v("unreached_probes", x.unreached_probes);
    v("unconsulted_checks", x.unconsulted_checks);
    v("nondeterministic", x.nondeterministic);
    v("incomplete", x.incomplete);
    v("cases", x.cases);
    v("cases_passed", x.cases_passed);
    v("detail", x.detail);
    v("effective", x.effective);
    v("kept_share", x.kept_share);
    v("bound", x.bound);
}

template <class V>
void fields(V& v, Defeater& x) {
    v("doubt", x.doubt);
    v("answer", x.answer);
    v("settled", x.settled);
}

template <class V>
void fields(V& v, Waiver& x) {
    v("owner", x.owner);
    v("until", x.until);
    v("reason", x.reason);
}

template <class V>
void fields(V& v, ClaimResult& x) {
    v("id", x.id);
    v("kind", x.kind);
    v("line", x.line);
    v("means", x.means);
    v("sentence", x.sentence);
    v("document_line", x.document_line);
    v("line_hash", x.line_hash);
    v("stated_confidence", x.stated_confidence);
    v("confidence", x.confidence);
    v("target", x.target);
    v("legs", x.legs);
    v("parts", x.parts);
    v("worst_of", x.worst_of);
    v("defects", x.defects);
    v("defeaters", x.defeaters);
    v("waiver", x.waiver);
    v("text_changed", x.text_changed);
    v("text_change", x.text_change);
    v("is_cost", x.is_cost);
    v("mitigation", x.mitigation);
    v("answer", x.answer);
    v("answer_place", x.answer_place);
    v("status", x.status);
    v("rule", x.rule);
    v("why", x.why);
    v("effective", x.effective);
    v("failed", x.failed);
    v("bound", x.bound);
    v("caught", x.caught);
}

template <class V>
void fields(V& v, UnclaimedLine& x) {
    v("kind", x.kind);
    v("document_line", x.document_line);
    v("text", x.text);
    v("line_hash", x.line_hash);
}

template <class V>
void fields(V& v, CaughtBy& x) {
    v("check", x.check);
    v("blocks", x.blocks);
}

template <class V>
void fields(V& v, DefectResult& x) {
    v("name", x.name);
    v("breaks", x.breaks);
    v("scenario", x.scenario);
    v("expected_check", x.expected_check);
    v("caught_by", x.caught_by);
    v("blocks", x.blocks);
    v("blocks_caught", x.blocks_caught);
    v("block_limit", x.block_limit);
    v("median_seeds", x.median_seeds);
    v("worst_seeds", x.worst_seeds);
    v("repeat", x.repeat);
}

template <class V>
void fields(V& v, CleanRow& x) {
    v("ran", x.ran);
    v("scenarios", x.scenarios);
    v("runs", x.runs);
    v("alarms", x.alarms);
}

template <class V>
void fields(V& v, DocumentInfo& x) {
    v("given", x.given);
    v("verified", x.verified);
    v("title", x.title);
    v("file", x.file);
    v("sha256", x.sha256);
    v("lines", x.lines);
    v("lines_claimed", x.lines_claimed);
}

template <class V>
void fields(V& v, Provenance& x) {
    v("started_at", x.started_at);
    v("commit", x.commit);
    v("dirty", x.dirty);
    v("diff_sha256", x.diff_sha256);
    v("compiler", x.compiler);
    v("flags", x.flags);
    v("build_type", x.build_type);
    v("sanitizer", x.sanitizer);
    v("binary_sha256", x.binary_sha256);
    v("defects_sha256", x.defects_sha256);
    v("libraries", x.libraries);
    v("claims_sha256", x.claims_sha256);
    v("trace_hash", x.trace_hash);
    v.seed("seed_base", x.seed_base);
    v("epoch", x.epoch);
    v("cpu_model", x.cpu_model);
    v("cores", x.cores);
    v("memory_bytes", x.memory_bytes);
    v("kernel", x.kernel);
    v("wall_seconds", x.wall_seconds);
    v("cpu_seconds", x.cpu_seconds);
    v("virtual_seconds", x.virtual_seconds);
}

template <class V>
void fields(V& v, Results& x) {
    v("schema", x.schema);
    v("run_id", x.run_id);
    v("verb", x.verb);
    v("version", x.version);
    v("command_line", x.command_line);
    v("provenance", x.provenance);
    v("seeds_per_scenario", x.seeds_per_scenario);
    v("jobs", x.jobs);
    v("seeds_set_by_clock", x.seeds_set_by_clock);
    v("interrupted", x.interrupted);
    v("sample", x.sample);
    v("confidence", x.confidence);
    v("target", x.target);
    v("profile_hash", x.profile_hash);
    v("document", x.document);
    v("scenarios", x.scenarios);
    v("claims", x.claims);
    v("unclaimed", x.unclaimed);
    v("defects", x.defects);
    v("clean", x.clean);
    v("known_faults", x.known_faults);
    v("known_checks", x.known_checks);
    v("limits", x.limits);
    v("warnings", x.warnings);
}

}  // namespace stormglass::reports::detail
