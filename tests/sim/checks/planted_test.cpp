// Valid histories pass; the same with one anomaly planted among their operations, on keys of its
// own, are refused for exactly that rule. The anomalies are the examples of the registry.
#include <map>
#include <memory>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "sim/checks/judge.hpp"
#include "tests/sim/checks/backgrounds.hpp"
#include "tests/sim/checks/more_backgrounds.hpp"
#include "tests/sim/checks/recorded.hpp"

namespace stormglass::tests {
namespace {

using namespace sim::checks;

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        lines.emplace_back(line);
    }
    return lines;
}

std::string text_of(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += line + "\n";
    }
    return text;
}

/// Processes, keys and values below 100 become ones that no background uses.
std::string renamed(const std::string& line) {
    std::string out;
    for (std::size_t i = 0; i < line.size();) {
        const bool digit = line[i] >= '0' && line[i] <= '9';
        if (!digit) {
            out += line[i++];
            continue;
        }
        std::size_t end = i;
        while (end < line.size() && line[end] >= '0' && line[end] <= '9') {
            ++end;
        }
        out += "70" + std::string(end - i < 2 ? "0" : "") + line.substr(i, end - i);
        i = end;
    }
    return out;
}

/// Two histories as one, each keeping its own order.
std::vector<std::string> interleaved(Dice& dice,
                                     const std::vector<std::string>& a,
                                     const std::vector<std::string>& b) {
    std::vector<std::string> out;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() || j < b.size()) {
        const bool take_b =
            i == a.size() ||
            (j < b.size() && dice.below(a.size() - i + b.size() - j) >= a.size() - i);
        out.push_back(take_b ? b[j++] : a[i++]);
    }
    return out;
}

std::vector<std::string> background_of(Dice& dice, std::string_view model, std::size_t count) {
    if (model == "list-append") {
        return list_append_background(dice, count);
    }
    if (model == "rw-register") {
        return rw_register_background(dice, count);
    }
    if (model == "log") {
        return log_background(dice, count);
    }
    if (model == "queue") {
        return queue_background(dice, count);
    }
    if (model == "set") {
        return set_background(dice, count);
    }
    return {};
}

const std::vector<std::string>& models_with_backgrounds() {
    static const std::vector<std::string> kModels = {
        "list-append", "rw-register", "log", "queue", "set"};
    return kModels;
}

std::string strictest(std::string_view model) {
    return model == "list-append" || model == "rw-register" ? "strict-serializable"
           : model == "log"                                 ? "ordered-per-key,atomic-batch"
           : model == "queue"                               ? "ordered-per-key"
                                                            : "";
}

std::set<std::string> ids_of(const std::vector<Finding>& findings) {
    std::set<std::string> ids;
    for (const Finding& finding : findings) {
        ids.emplace(row_of(finding.rule).id);
    }
    return ids;
}

struct Answer {
    Verdict verdict = Verdict::unknown;
    std::set<std::string> found;
    std::string words;
};

Answer judged(const std::vector<std::string>& lines,
              std::string_view model,
              std::string_view guarantee) {
    Recording recording = recorded(text_of(lines));
    const auto spec = parse_model(model);
    RC_ASSERT(spec.ok());
    const auto promise = parse_guarantee(guarantee, *spec);
    RC_ASSERT(promise.ok());
    const auto judgement = judge(recording, *spec, *promise, Budget{});
    if (!judgement) {
        RC_FAIL(judgement.error().text + "\n" + text_of(lines));
    }
    Answer answer;
    answer.verdict = judgement->verdict;
    answer.found = ids_of(judgement->findings);
    answer.words = judgement->reason;
    for (const Finding& finding : judgement->findings) {
        answer.words += "\n" + std::string(row_of(finding.rule).id) + ": " + finding.sentence;
    }
    return answer;
}

RC_GTEST_PROP(Planted, valid_histories_pass_the_strictest_guarantee, (std::uint64_t seed)) {
    Dice dice(seed);
    const std::string model =
        models_with_backgrounds()[dice.below(models_with_backgrounds().size())];
    const auto lines = background_of(dice, model, 4 + dice.below(30));
    const Answer answer = judged(lines, model, strictest(model));
    if (answer.verdict == Verdict::invalid || !answer.found.empty()) {
        RC_FAIL(model + answer.words + "\n" + text_of(lines));
    }
}

/// Examples that can stand among other operations: their bounds on time cannot.
std::vector<RuleExample> plantable() {
    std::vector<RuleExample> out;
    for (const RuleExample& example : rule_examples()) {
        const auto& models = models_with_backgrounds();
        if (std::find(models.begin(), models.end(), example.model) != models.end()) {
            out.push_back(example);
        }
    }
    return out;
}

RC_GTEST_PROP(Planted,
              one_anomaly_is_found_among_valid_operations_and_no_other,
              (std::uint64_t seed)) {
    static const std::vector<RuleExample> kExamples = plantable();
    Dice dice(seed);
    const RuleExample& example = kExamples[dice.below(kExamples.size())];
    const auto background = background_of(dice, example.model, 3 + dice.below(20));
    std::vector<std::string> anomaly;
    for (const std::string& line : lines_of(example.history)) {
        anomaly.push_back(renamed(line));
    }
    // What is drained must have come to rest; a queue's drain stands at the end of the background.
    const bool drains = example.history.find("drain") != std::string_view::npos;
    std::vector<std::string> lines;
    if (drains || example.model == "set") {
        lines = background;
        if (example.model != "log") {
            lines.resize(lines.size() - 2);
        }
        lines.insert(lines.end(), anomaly.begin(), anomaly.end());
    } else {
        lines = interleaved(dice, background, anomaly);
    }
    if (example.model == "queue" && !drains) {
        std::erase_if(
            lines, [](const std::string& line) { return line.find("drain") != std::string::npos; });
    }
    const Answer alone = judged(anomaly, example.model, example.guarantee);
    const Answer answer = judged(lines, example.model, example.guarantee);
    RC_TAG(std::string(row_of(example.rule).id));
    RC_ASSERT(alone.found.contains(std::string(row_of(example.rule).id)));
    std::set<std::string> expected = alone.found;
    if (example.model == "set") {
        expected = {"Z1", "Z2"};  // the last read lacks the background's elements as well
    }
    if (answer.verdict != Verdict::invalid || answer.found != expected) {
        RC_FAIL(std::string(row_of(example.rule).id) + answer.words + "\n" + text_of(lines));
    }
}

/// Families of one object: a valid history, and an anomaly that can follow or stand within it.
struct Single {
    const char* model;
    std::vector<std::string> (*background)(Dice&, std::size_t);
    bool within;  // the anomaly may stand among the valid operations
    std::vector<std::string> anomaly;
    const char* rule;
};

std::vector<std::string> plain_registers(Dice& dice, std::size_t count) {
    return register_background(dice, count, false);
}

std::vector<std::string> swapping_registers(Dice& dice, std::size_t count) {
    return register_background(dice, count, true);
}

const std::vector<Single> kSingles = {
    {"counter", counter_background, true, {"700 invoke read null", "700 ok read 100000"}, "N1"},
    {"bank(100)",
     bank_background,
     true,
     {"700 invoke read null", "700 ok read {\"a0\":99,\"a1\":0,\"a2\":0}"},
     "K1"},
    {"unique-ids",
     ids_background,
     true,
     {"700 invoke add null", "700 ok add 70000", "701 invoke add null", "701 ok add 70000"},
     "Q9"},
    {"long-fork",
     fork_background,
     true,
     {"700 invoke txn [[\"w\",7000,1]]",
      "701 invoke txn [[\"w\",7001,1]]",
      "702 invoke txn [[\"r\",7000,null],[\"r\",7001,null]]",
      "702 ok txn [[\"r\",7000,1],[\"r\",7001,null]]",
      "703 invoke txn [[\"r\",7000,null],[\"r\",7001,null]]",
      "703 ok txn [[\"r\",7000,null],[\"r\",7001,1]]"},
     "K2"},
    {"causal-reverse",
     causal_background,
     false,
     {"700 invoke write 7000",
      "700 ok write 7000",
      "700 invoke write 7001",
      "700 ok write 7001",
      "701 invoke read null",
      "701 ok read [7001]"},
     "K3"},
    {"register(0), keyed",
     plain_registers,
     true,
     {"700 invoke write [\"b\",1]",
      "700 ok write [\"b\",1]",
      "701 invoke read [\"b\",null]",
      "701 ok read [\"b\",0]"},
     "L1-register"},
    {"cas-register(0), keyed",
     swapping_registers,
     true,
     {"700 invoke cas [\"b\",[0,1]]",
      "700 ok cas [\"b\",[0,1]]",
      "701 invoke cas [\"b\",[0,2]]",
      "701 ok cas [\"b\",[0,2]]"},
     "L1-cas"},
    {"kv-string(empty)",
     text_background,
     true,
     {"700 invoke append [\"x\",\"a\"]",
      "700 ok append [\"x\",\"a\"]",
      "701 invoke read [\"x\",null]",
      "701 ok read [\"x\",\"\"]"},
     "L1-kv"},
    {"mutex",
     mutex_background,
     false,
     {"700 invoke acquire null",
      "700 ok acquire null",
      "701 invoke acquire null",
      "701 ok acquire null"},
     "L1-mutex"},
    {"fifo-queue",
     fifo_background,
     false,
     {"700 invoke enqueue 7000",
      "700 ok enqueue 7000",
      "700 invoke enqueue 7001",
      "700 ok enqueue 7001",
      "701 invoke dequeue null",
      "701 ok dequeue 7001"},
     "Q7"},
    {"linear-set",
     set_background,
     false,
     {"700 invoke add 7000", "700 ok add 7000", "701 invoke read null", "701 ok read [77]"},
     "L1-set"},
    {"register(0), sessions",
     nullptr,
     false,
     {"700 invoke write 7000", "700 ok write 7000", "700 invoke read null", "700 ok read 0"},
     "L2"}};

RC_GTEST_PROP(Planted, single_objects_pass_and_one_anomaly_does_not, (std::uint64_t seed)) {
    Dice dice(seed);
    const Single& single = kSingles[dice.below(kSingles.size())];
    RC_TAG(std::string(single.rule));
    std::vector<std::string> lines;
    if (single.background != nullptr) {
        lines = single.background(dice, 4 + dice.below(20));
        const Answer valid = judged(lines, single.model, "");
        if (valid.verdict == Verdict::invalid) {
            RC_FAIL(std::string(single.model) + valid.words + "\n" + text_of(lines));
        }
    }
    if (single.within) {
        lines = interleaved(dice, lines, single.anomaly);
    } else {
        lines.insert(lines.end(), single.anomaly.begin(), single.anomaly.end());
    }
    const Answer answer = judged(lines, single.model, "");
    if (answer.verdict != Verdict::invalid || answer.found != std::set<std::string>{single.rule}) {
        RC_FAIL(std::string(single.rule) + answer.words + "\n" + text_of(lines));
    }
}

}  // namespace
}  // namespace stormglass::tests
