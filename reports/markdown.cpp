// Blocks are written one by one and stop at the limit; a block is never cut in the middle.
#include "reports/markdown.hpp"

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "reports/format.hpp"
#include "reports/statistics.hpp"
#include "reports/summary.hpp"
#include "reports/text.hpp"
#include "reports/verdict.hpp"
#include "runtime/check.hpp"

namespace stormglass::reports {

namespace {

constexpr std::size_t kSentenceMost =
    1'200;  // of one text from data, so that each block stays small
constexpr std::size_t kEventsMost = 20;
constexpr std::size_t kFailuresMost = 10;

/// Collects blocks up to the limit and says once that something is missing.
class Blocks {
  public:
    void add(const std::string& block) {
        if (out_.size() + block.size() + kCut.size() > kMarkdownBytesMost) {
            cut_ = true;
        }
        if (!cut_) {
            out_ += block;
        }
    }

    std::string take() {
        if (cut_) {
            out_ += kCut;
        }
        CHECK(out_.size() <= kMarkdownBytesMost);
        return std::move(out_);
    }

  private:
    static constexpr std::string_view kCut =
        "\n*Cut here to stay under the size limit; the page and results.json hold the rest.*\n";
    std::string out_;
    bool cut_ = false;
};

std::string words(std::string_view text) {
    return markdown(shortened(text, kSentenceMost));
}

std::string code(std::string_view text, Span where = Span::in_table) {
    return markdown_code(shortened(text, kSentenceMost), where);
}

std::string row(std::initializer_list<std::string> cells) {
    std::string out = "|";
    for (const std::string& cell : cells) {
        out += " " + cell + " |";
    }
    return out + "\n";
}

std::string capital(std::string_view word) {
    std::string out(word);
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') {
        out[0] = static_cast<char>(out[0] - 'a' + 'A');
    }
    return out;
}

/// The command that repeats the first failure behind a refuted claim.
std::string repeat_of(const ClaimResult& claim, const Results& results) {
    for (const LegResult& leg : claim.legs) {
        const ScenarioResult* scenario = find_scenario(results, leg.scenario);
        if (scenario == nullptr) {
            continue;
        }
        for (const Failure& failure : scenario->failures) {
            if (std::ranges::count(leg.checks, failure.check) > 0 && !failure.repeat.empty()) {
                return " " + code(exact_repeat(failure), Span::in_text);
            }
        }
    }
    return {};
}

void add_claim(Blocks& blocks,
               const ClaimResult& claim,
               const Results& results,
               const std::string& indent) {
    const bool ticked = claim.status == Status::supported;
    std::string block = indent + (ticked ? "* [x] " : "* [ ] ");
    block += words(claim.sentence.empty() ? claim.line : claim.sentence) + " (" + words(claim.id) +
             ")\n";
    block += indent + "  **" + capital(name_of(claim.status)) + "**: " + words(claim.why) + ".";
    if (claim.status == Status::refuted) {
        block += repeat_of(claim, results);
    }
    blocks.add(block + "\n");
    for (const ClaimResult& part : claim.parts) {
        add_claim(blocks, part, results, indent + "  ");
    }
}

void add_lines(Blocks& blocks, const Results& results) {
    for (const ClaimResult& claim : results.claims) {
        add_claim(blocks, claim, results, "");
    }
    for (const UnclaimedLine& line : results.unclaimed) {
        blocks.add("* [ ] " + words(line.text) + "\n  **Not tested**: line " +
                   std::to_string(line.document_line) + " of the document has no claim.\n");
    }
}

void add_summary(Blocks& blocks, const Results& results) {
    const Summary summary = summarize(results);
    std::string block = "\n## " + capital(summary.verdict) + " " + summary.verdict_detail + "\n\n";
    for (const std::string& notice : summary.notices) {
        block += "> **" + notice + "**\n\n";
    }
    block += "* Effective runs: " + of(summary.effective, summary.runs) + ", " +
             count(summary.events) + " events, " + times(results) + "\n";
    if (summary.bounds > 0) {
        block += "* Failure probability per effective run: at most " +
                 percent_up(summary.tightest) + " to " + percent_up(summary.widest) + " (" +
                 counted(summary.bounds, "bound") + ", one-sided " +
                 confidence(results.confidence) + ")\n";
    }
    block += "* Faults that took effect: " + of(summary.kinds_effective, summary.kinds_declared) +
             " kinds";
    block += summary.idle.empty() ? "\n" : "; never: " + words(join(summary.idle, ", ")) + "\n";
    block += "* Build: " + words(summary.build) + "; self-check " +
             of(summary.twins_equal, summary.twins_compared) + " equal\n";
    blocks.add(block);
}

std::string failure_block(const ScenarioResult& scenario, const Failure& failure) {
    std::string block = "\n### " + words(failure.check) + ": " +
                        (failure.counts ? of(failure.count, scenario.runs) + " runs"
                                        : counted(failure.count, "run")) +
                        "\n\n**" + words(failure.sentence) + "**\n\n";
    block += "* Expected: " + words(failure.expected) + "\n* Observed: " + words(failure.observed) +
             "\n";
    block += "* Scenario: " + words(scenario.name) + ", " +
             code(place(failure.place), Span::in_text) + "\n";
    if (!failure.node.empty()) {
        block += "* Where and when: " + words(failure.node) + ", " + virtual_time(failure.time_ns) +
                 " of virtual time\n";
    }
    if (!failure.faults_needed.empty()) {
        block += "* Needed faults: " + words(join(failure.faults_needed, ", ")) + "\n";
    }
    if (!failure.faults_other.empty()) {
        block += "* Not needed: " + words(join(failure.faults_other, ", ")) + "\n";
    }
    if (!failure.smallest.empty()) {
        block += "* Smallest run: " + words(failure.smallest) + "\n";
    }
    block += "\n" + markdown_block(shortened(exact_repeat(failure), kSentenceMost));
    if (!failure.last.empty()) {
        block += "\n| Virtual time | Node | Event | |\n| ---: | --- | --- | --- |\n";
    }
    const std::size_t shown = std::min(failure.last.size(), kEventsMost);
    for (std::size_t at = failure.last.size() - shown; at < failure.last.size(); ++at) {
        const EventLine& event = failure.last[at];
        block += row({virtual_time(event.time_ns),
                      words(event.node),
                      words(event.text),
                      event.needed ? "**needed fault**" : (event.flagged ? "**!**" : "")});
    }
    return block;
}

void add_failures(Blocks& blocks, const Results& results) {
    blocks.add("\n## What failed\n");
    std::size_t told = 0;
    std::size_t all = 0;
    for (const ScenarioResult& scenario : results.scenarios) {
        for (const Failure& failure : scenario.failures) {
            ++all;
            if (told < kFailuresMost) {
                ++told;
                blocks.add(failure_block(scenario, failure));
            }
        }
    }
    if (all == 0) {
        blocks.add("\nNo check was violated in any run.\n");
    } else if (all > told) {
        blocks.add("\nAnd " + counted(all - told, "signature") + " more.\n");
    }
}

std::string_view outcome_words(Outcome outcome) {
    switch (outcome) {
        case Outcome::failed:
            return "\u2717 failed";
        case Outcome::nondeterministic:
            return "\u2260 nondeterministic";
        case Outcome::inconclusive:
            return "? inconclusive";
        case Outcome::passed:
            return "\u2713 passed";
    }
    CHECK(false);
}

void add_scenarios(Blocks& blocks, const Results& results) {
    blocks.add(
        "\n## What ran\n\n| Scenario | Outcome | Runs | Effective | Failing | Faults that took "
        "effect |\n| --- | --- | ---: | ---: | ---: | --- |\n");
    for (const ScenarioResult& scenario : results.scenarios) {
        std::vector<std::string> faults;
        for (const FaultCount& fault : scenario.faults) {
            if (fault.took_effect > 0 || fault.declared) {
                faults.push_back(fault_name(fault) + " " + count(fault.took_effect) + " in " +
                                 counted(fault.runs_touched, "run"));
            }
        }
        blocks.add(row({words(scenario.name),
                        std::string(outcome_words(judge_scenario(scenario).outcome)),
                        count(scenario.runs),
                        count(scenario.effective),
                        count(failing_runs(scenario)),
                        words(join(faults, ", "))}));
    }
}

void add_defects(Blocks& blocks, const Results& results) {
    blocks.add("\n## Would we have noticed?\n\n");
    if (results.defects.empty()) {
        blocks.add("No planted defect was tried.\n");
        return;
    }
    blocks.add(
        "| Planted defect | Caught by | Blocks | Median seeds | Worst seeds |\n"
        "| --- | --- | ---: | ---: | ---: |\n");
    for (const bool caught : {false, true}) {
        for (const DefectResult& defect : results.defects) {
            if ((defect.blocks_caught > 0) != caught) {
                continue;
            }
            std::vector<std::string> names;
            for (const CaughtBy& by : defect.caught_by) {
                names.push_back(by.check);
            }
            const bool all = defect.blocks_caught == defect.blocks;
            blocks.add(row({words(defect.name),
                            caught ? words(join(names, ", ")) : "**missed**",
                            of(defect.blocks_caught, defect.blocks),
                            caught ? short_number(defect.median_seeds) : "\u2013",
                            all ? count(defect.worst_seeds) : "> " + count(defect.block_limit)}));
        }
    }
    if (results.clean.ran) {
        blocks.add(
            row({"correct code",
                 results.clean.alarms == 0 ? "no alarm"
                                           : "**" + counted(results.clean.alarms, "alarm") + "**",
                 "in " + counted(results.clean.runs, "run"),
                 "\u2013",
                 "\u2013"}));
    }
}

void add_limits(Blocks& blocks, const Results& results) {
    blocks.add("\n## What this does not show\n");
    for (const LimitGroup& group : limits_of(results)) {
        blocks.add("\n**" + group.title + "**\n\n");
        for (const std::string& sentence : group.sentences) {
            blocks.add("* " + words(sentence) + "\n");
        }
    }
}

void add_answers(Blocks& blocks, const Results& results) {
    bool first = true;
    for (const ClaimResult& claim : results.claims) {
        if (claim.kind == ClaimKind::question && !claim.answer.empty()) {
            blocks.add((first ? "\n## Answers to the questions\n\n" : "") +
                       ("* **" + words(claim.id)) + "** " + words(claim.answer) + "\n");
            first = false;
        }
    }
}

void add_provenance(Blocks& blocks, const Results& results) {
    const Provenance& from = results.provenance;
    std::string block = "\n## Provenance\n\n";
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) {
            block += "* " + std::string(name) + ": " + code(value, Span::in_text) + "\n";
        }
    };
    add("Command", results.command_line);
    add("Run", results.run_id);
    add("Started", from.started_at);
    add("Commit", from.commit + (from.dirty ? ", dirty" : ", clean"));
    add("Compiler", from.compiler + " " + from.flags + " " + from.build_type);
    add("Program SHA-256", from.binary_sha256);
    add("Claims file SHA-256", from.claims_sha256);
    add("Fault profile", results.profile_hash);
    add("Seed base", seed(from.seed_base));
    add("Trace hash", from.trace_hash);
    add("Machine",
        from.cpu_model + ", " + counted(from.cores, "core") + ", " + memory(from.memory_bytes) +
            ", " + from.kernel);
    blocks.add(block);
}

}  // namespace

std::string markdown_report(const Results& results) {
    Blocks blocks;
    add_lines(blocks, results);
    add_summary(blocks, results);
    add_failures(blocks, results);
    add_scenarios(blocks, results);
    add_defects(blocks, results);
    add_limits(blocks, results);
    add_answers(blocks, results);
    add_provenance(blocks, results);
    return blocks.take();
}

}  // namespace stormglass::reports
