// Prints an output of the sample for people who want to look at it: show_sample
// [page|markdown|junit|json|terminal] [run|review|hostile].
#include <cstdio>
#include <string>
#include <string_view>

#include "reports/json.hpp"
#include "reports/junit.hpp"
#include "reports/markdown.hpp"
#include "reports/page.hpp"
#include "reports/terminal.hpp"
#include "reports/verdict.hpp"
#include "tests/reports/breaking_strings.hpp"
#include "tests/reports/sample.hpp"

namespace stormglass::reports {
namespace {

std::string terminal(const Results& results) {
    const TerminalStyle style{80, true};
    std::string out = run_table(results, style) + "\n" + gate_table(results, style) + "\n";
    for (const ScenarioResult& scenario : results.scenarios) {
        for (const Failure& failure : scenario.failures) {
            out += failure_block(scenario, failure, style) + "\n";
        }
    }
    return out + closing_line(results, {exit_code(results, {}), "out/latest/index.html"}, style);
}

std::string output(std::string_view what, const Results& results) {
    if (what == "markdown") {
        return markdown_report(results);
    }
    if (what == "junit") {
        return junit(results);
    }
    if (what == "json") {
        return to_json(results);
    }
    return what == "terminal" ? terminal(results) : page(results);
}

Results results_named(std::string_view which) {
    if (which == "run") {
        return sample_run();
    }
    if (which != "hostile") {
        return sample_review();
    }
    std::string all;
    for (const std::string& text : breaking_strings()) {
        all += text + " ";
    }
    return filled_with(all);
}

}  // namespace
}  // namespace stormglass::reports

int main(int argc, char** argv) {
    using namespace stormglass::reports;
    const std::string_view which = argc > 2 ? argv[2] : "review";
    const std::string text = output(argc > 1 ? argv[1] : "page", results_named(which));
    std::fwrite(text.data(), 1, text.size(), stdout);
    return 0;
}
