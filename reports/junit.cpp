// There is no official schema; what is written here is what the three consumers agree on.
#include "reports/junit.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "reports/format.hpp"
#include "reports/statistics.hpp"
#include "reports/terminal.hpp"
#include "reports/text.hpp"
#include "reports/verdict.hpp"

namespace stormglass::reports {

namespace {

struct Finding {
    std::string element;  ///< failure or error
    std::string message;
    std::string body;
};

std::string attribute(std::string_view name, std::string_view value) {
    return " " + std::string(name) + "=\"" + xml_attribute(value) + "\"";
}

Finding violated(const ScenarioResult& scenario, const CheckCount& check) {
    Finding out{"failure", "", ""};
    for (const Failure& failure : scenario.failures) {
        if (failure.check == check.name) {
            if (out.message.empty()) {
                out.message = failure.signature;
            }
            out.body += failure_block(scenario, failure, {}) + "\n";
        }
    }
    if (out.message.empty()) {
        out.message = check.name + " was violated in " + counted(check.violations, "run");
    }
    return out;
}

/// What keeps a check that was not violated from counting as passed.
std::optional<Finding> finding_of(const ScenarioResult& scenario, const CheckCount& check) {
    const bool told = std::ranges::count(scenario.failures, check.name, &Failure::check) > 0;
    if (check.violations > 0 || told) {
        return violated(scenario, check);
    }
    // Another check's violation says nothing about this one: ask what is left without it.
    ScenarioResult others = scenario;
    others.failures.clear();
    others.failed = 0;
    for (CheckCount& other : others.checks) {
        other.violations = 0;
    }
    std::erase_if(others.checks, [&](const CheckCount& other) { return other.name != check.name; });
    const ScenarioVerdict verdict = judge_scenario(others);
    if (verdict.outcome == Outcome::passed) {
        return std::nullopt;
    }
    return Finding{"error",
                   "inconclusive: " + verdict.why,
                   "Not shown by " + counted(scenario.runs, "run") + " of " + scenario.name + ": " +
                       verdict.why};
}

std::string properties(const Results& results, const ScenarioResult& scenario) {
    std::string out = "    <properties>\n";
    const auto add = [&](std::string_view name, const std::string& value) {
        out += "      <property" + attribute("name", name) + attribute("value", value) + "/>\n";
    };
    add("runs", std::to_string(scenario.runs));
    add("effective", std::to_string(scenario.effective));
    add("failed", std::to_string(scenario.failed));
    add("bound", percent_up(upper_bound(scenario.failed, scenario.effective, results.confidence)));
    add("confidence", confidence(results.confidence));
    add("seed-first", seed(scenario.seed_first));
    add("profile", scenario.profile_sha256);
    add("trace-hash", scenario.trace_hash);
    for (const FaultCount& fault : scenario.faults) {
        add("took-effect." + fault_name(fault), std::to_string(fault.took_effect));
    }
    return out + "    </properties>\n";
}

/// Consumers keep only the first of two testcases with equal names.
std::string unique(std::string name, std::set<std::string>& taken) {
    const std::string wanted = name;
    for (int copy = 2; !taken.insert(name).second; ++copy) {
        name = wanted + " (" + std::to_string(copy) + ")";
    }
    return name;
}

struct Suite {
    std::string cases;
    std::uint64_t tests = 0;
    std::uint64_t failures = 0;
    std::uint64_t errors = 0;
};

Suite suite_of(const ScenarioResult& scenario, const std::string& classname) {
    Suite out;
    std::set<std::string> taken;
    for (const CheckCount& check : scenario.checks) {
        const FilePlace& at = check.place.file.empty() ? scenario.place : check.place;
        ++out.tests;
        out.cases += "    <testcase" + attribute("classname", classname) +
                     attribute("name", unique(visible(check.name), taken)) +
                     attribute("file", at.file) + attribute("line", std::to_string(at.line));
        const std::optional<Finding> finding = finding_of(scenario, check);
        if (!finding.has_value()) {
            out.cases += "/>\n";
            continue;
        }
        (finding->element == "failure" ? out.failures : out.errors) += 1;
        out.cases += ">\n      <" + finding->element +
                     attribute("message", shortened(finding->message, 1'000)) +
                     attribute("type", check.name) + ">" +
                     xml(shortened(finding->body, kJunitTextMost)) + "</" + finding->element +
                     ">\n    </testcase>\n";
    }
    return out;
}

}  // namespace

std::string junit(const Results& results) {
    std::string suites;
    std::uint64_t tests = 0;
    std::uint64_t failures = 0;
    std::uint64_t errors = 0;
    std::set<std::string> names;
    for (const ScenarioResult& scenario : results.scenarios) {
        const std::string name = unique("stormglass." + visible(scenario.name), names);
        const Suite suite = suite_of(scenario, name);
        std::string text = "  <testsuite" + attribute("name", name) +
                           attribute("tests", std::to_string(suite.tests)) +
                           attribute("failures", std::to_string(suite.failures)) +
                           attribute("errors", std::to_string(suite.errors)) +
                           attribute("time", short_number(scenario.cpu_seconds)) + ">\n" +
                           properties(results, scenario) + suite.cases + "  </testsuite>\n";
        if (suites.size() + text.size() > kJunitBytesMost) {
            break;  // results.json is whole; a file that a consumer refuses shows nothing
        }
        suites += text;
        tests += suite.tests;
        failures += suite.failures;
        errors += suite.errors;
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" +
           attribute("name", "stormglass " + results.verb) +
           attribute("tests", std::to_string(tests)) +
           attribute("failures", std::to_string(failures)) +
           attribute("errors", std::to_string(errors)) + ">\n" + suites + "</testsuites>\n";
}

}  // namespace stormglass::reports
