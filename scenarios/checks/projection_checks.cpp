// P1-P3, P5, P7, P8, P10 and R5: the dashboard's read model against the fold of the log, against
// what its readers had written, and against the sagas themselves.
#include <algorithm>
#include <set>

#include "scenarios/checks/rules.hpp"

namespace stormglass::scenarios {
namespace {

using Kind = ProjectionFact::Kind;

constexpr std::uint64_t kSecond = 1'000'000'000;
/// After a fault: a session may wait for five seconds before it asks again.
constexpr std::uint64_t kAllowance = 6 * kSecond;

std::string at(bus::Position position) {
    return "position " + std::to_string(position);
}

/// What a report is about, and where it goes.
struct Report {
    CheckResult& result;
    const ProjectionFacts& facts;
};

void report(Report about,
            std::uint64_t when,
            std::string sentence,
            std::string observed,
            std::string expected) {
    about.result.violations.push_back({std::move(sentence),
                                       std::move(expected),
                                       std::move(observed),
                                       about.facts.name,
                                       when,
                                       "dashboard"});
}

/// Which prefix of the log has this digest; nothing: none has.
std::optional<bus::Position> prefix_of(const ProjectionFacts& facts, std::uint64_t digest) {
    const auto found = std::find(facts.prefix.begin(), facts.prefix.end(), digest);
    return found == facts.prefix.end()
               ? std::nullopt
               : std::optional(static_cast<bus::Position>(found - facts.prefix.begin()));
}

bool is_prefix(const ProjectionFacts& facts, bus::Position position, std::uint64_t digest) {
    return position < facts.prefix.size() && facts.prefix[position] == digest;
}

/// What an applied event is to one that was expected.
std::string_view misstep(bus::Position position, bus::Position expected) {
    if (position > expected) {
        return "gap";
    }
    return position + 1 == expected ? "duplicate" : "regression";
}

/// Rows that do not fit their position: events between will be applied twice, or never.
void check_load(const ProjectionFacts& facts, const ProjectionFact& load, CheckResult& result) {
    if (is_prefix(facts, load.position, load.digest)) {
        return;
    }
    const auto really = prefix_of(facts, load.digest);
    report({result, facts},
           load.at,
           "The dashboard came back with rows that do not belong to the position beside them.",
           at(load.position) + " with rows of " +
               (really ? "the first " + std::to_string(*really) + " events" : "no prefix at all"),
           "rows and position are stored together");
}

/// Faults that were at work between two moments, or shortly before.
bool excused(const ProjectionFacts& facts, std::uint64_t from, std::uint64_t to) {
    return std::any_of(facts.faults.begin(), facts.faults.end(), [&](const FaultSpan& fault) {
        const std::uint64_t end = fault.to > ~kAllowance ? fault.to : fault.to + kAllowance;
        return fault.from <= to && from <= end;
    });
}

const SagaFacts* saga_of(const RunFacts& facts, const std::string& id) {
    const auto found = std::find_if(facts.sagas.begin(),
                                    facts.sagas.end(),
                                    [&id](const SagaFacts& saga) { return saga.id == id; });
    return found == facts.sagas.end() ? nullptr : &*found;
}

void check_orders(const RunFacts& run, CheckResult& result) {
    const ProjectionFacts& facts = run.projection;
    const bool level = facts.position == facts.stored_at.size();
    for (const auto& [id, state] : facts.orders) {
        const SagaFacts* saga = saga_of(run, id);
        result.consulted = true;
        if (saga == nullptr || saga->decisions.empty()) {
            report({result, facts},
                   run.end_at,
                   "The dashboard shows order " + id + ", which nobody ever started.",
                   id + ": " + state,
                   "each row goes back to an event of the log");
            continue;
        }
        const std::string_view outcome = saga->outcome();
        if (level && !outcome.empty() && outcome != state) {
            report({result, facts},
                   run.end_at,
                   "The dashboard shows order " + id + " as " + state + ", but it ended as " +
                       std::string(outcome) + ".",
                   id + ": " + state,
                   id + ": " + std::string(outcome));
        }
    }
    for (const std::string& id : facts.open_orders) {
        const SagaFacts* saga = saga_of(run, id);
        if (level && (saga == nullptr || !saga->outcome().empty())) {
            report({result, facts},
                   run.end_at,
                   "The dashboard lists order " + id + " as open, though it is over.",
                   id + ": open",
                   "what was deleted stays deleted");
        }
    }
}

}  // namespace

void check_convergence(const RunFacts& run, CheckResult& result) {
    const ProjectionFacts& facts = run.projection;
    const bus::Position head = facts.stored_at.size();
    result.consulted = facts.present && head > 0;
    if (!result.consulted) {
        return;
    }
    if (!facts.alive || facts.position != head) {
        report({result, facts},
               run.end_at,
               "The dashboard did not catch up with the log after the last fault.",
               facts.alive ? at(facts.position) + " of " + std::to_string(head) : "not running",
               "every read model reaches the head of the log");
    } else if (facts.digest != facts.prefix.back()) {
        report({result, facts},
               run.end_at,
               "The dashboard has seen the whole log and holds other rows than the log gives.",
               "other rows at " + at(head),
               "equal rows at an equal position");
    }
}

void check_rebuild_equals_incremental(const RunFacts& run, CheckResult& result) {
    const ProjectionFacts& facts = run.projection;
    for (const ProjectionFact& step : facts.steps) {
        if (step.kind != Kind::rebuilt && step.kind != Kind::snapshot) {
            continue;
        }
        const bool rebuilt = step.kind == Kind::rebuilt;
        result.consulted = result.consulted || rebuilt;
        if (!is_prefix(facts, step.position, step.digest)) {
            report({result, facts},
                   step.at,
                   rebuilt ? "A rebuild gave other rows than the events had given one by one."
                           : "A snapshot holds other rows than the dashboard itself.",
                   (rebuilt ? "rebuilt up to " : "taken at ") + at(step.position),
                   "fold from zero, from a snapshot and event by event are equal");
        }
    }
}

void check_apply_once_in_order(const RunFacts& run, CheckResult& result) {
    const ProjectionFacts& facts = run.projection;
    bus::Position expected = 0;
    for (const ProjectionFact& step : facts.steps) {
        if (step.kind == Kind::loaded) {
            check_load(facts, step, result);
            expected = step.position;
        } else if (step.kind == Kind::missing) {
            expected = step.position + step.count;
        } else if (step.kind == Kind::rebuilt) {
            expected = std::max(expected, step.position);
        } else if (step.kind == Kind::applied) {
            result.consulted = true;
            if (step.position != expected) {
                report({result, facts},
                       step.at,
                       "The dashboard did not take the events one after the other.",
                       std::string(misstep(step.position, expected)) + ": " + at(step.position) +
                           " after " + at(expected - 1),
                       "each event once, in the order of the log");
            }
            expected = step.position + 1;
        }
    }
}

void check_read_your_writes(const RunFacts& run, CheckResult& result) {
    const ProjectionFacts& facts = run.projection;
    for (const ReadFact& read : facts.reads) {
        if (!read.written || read.answer == ReadFact::Answer::none) {
            continue;
        }
        result.consulted = true;
        if (read.answer != ReadFact::Answer::refused && read.position <= *read.written) {
            report({result, facts},
                   read.at,
                   "A client was shown a dashboard on which its own order " + read.order +
                       " did not stand yet.",
                   "answered from " + at(read.position) + ", written at " + at(*read.written),
                   "a read sees what its reader has written, waits, or is refused");
        }
    }
}

void check_consistent_prefix(const RunFacts& run, CheckResult& result) {
    const ProjectionFacts& facts = run.projection;
    const std::set<std::uint64_t> prefixes(facts.prefix.begin(), facts.prefix.end());
    for (const ProjectionFact& step : facts.steps) {
        if (step.kind != Kind::stored && step.kind != Kind::shown) {
            continue;
        }
        result.consulted = true;
        if (!prefixes.contains(step.digest)) {
            report({result, facts},
                   step.at,
                   "Whoever looked at the dashboard then saw a state that never was.",
                   (step.kind == Kind::stored ? "stored at " : "shown at ") + at(step.position),
                   "what can be seen is the fold of some prefix of the log");
        }
    }
}

void check_bounded_staleness(const RunFacts& run, CheckResult& result) {
    const ProjectionFacts& facts = run.projection;
    bus::Position next = 0;  // of the first event not yet judged
    const auto judge = [&](bus::Position up_to, std::uint64_t when, bool visible) {
        for (; next < std::min<bus::Position>(up_to, facts.stored_at.size()); ++next) {
            const std::uint64_t since = facts.stored_at[next];
            if (excused(facts, since, when)) {
                continue;
            }
            result.consulted = true;
            if (when > since && when - since > facts.staleness_max) {
                report({result, facts},
                       when,
                       visible ? "The dashboard showed an event later than it had promised."
                               : "The dashboard does not show an event that is long in the log.",
                       at(next) + " after " + std::to_string((when - since) / 1'000'000) + " ms",
                       "at most " + std::to_string(facts.staleness_max / 1'000'000) +
                           " ms outside of faults");
            }
        }
    };
    for (const ProjectionFact& step : facts.steps) {
        if (step.kind == Kind::committed) {
            judge(step.position, step.at, true);
        }
    }
    if (facts.present) {
        judge(facts.stored_at.size(), run.end_at, false);
    }
}

void check_no_invention(const RunFacts& run, CheckResult& result) {
    const ProjectionFacts& facts = run.projection;
    if (!facts.alive) {
        return;
    }
    check_orders(run, result);
    for (const auto& [state, count] : facts.totals) {
        const auto really = static_cast<std::uint64_t>(std::count_if(
            run.sagas.begin(), run.sagas.end(), [&state = state](const SagaFacts& saga) {
                return state == "started" ? !saga.decisions.empty() : saga.outcome() == state;
            }));
        if (count > really) {
            report({result, facts},
                   run.end_at,
                   "The dashboard counts more orders as " + state + " than there are.",
                   std::to_string(count) + " " + state,
                   "at most " + std::to_string(really));
        }
    }
}

void check_legitimate_replay(const RunFacts& run, CheckResult& result) {
    const ProjectionFacts& facts = run.projection;
    bus::Position seen = 0;  // events below were shown before
    for (const ProjectionFact& step : facts.steps) {
        result.consulted = result.consulted || step.kind == Kind::rebuilt;
        if (step.kind == Kind::committed || step.kind == Kind::loaded) {
            seen = std::max(seen, step.position);
        } else if (step.kind == Kind::mailed && step.position < seen) {
            report({result, facts},
                   step.at,
                   "Folding old events once more sent a mail to a customer.",
                   "mail for " + at(step.position) + ", long since shown",
                   "a rebuild causes no effects outside");
        }
    }
}

}  // namespace stormglass::scenarios
