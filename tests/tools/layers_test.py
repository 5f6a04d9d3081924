"""The layer check sees each kind of violation exactly once, and nothing in a clean tree."""

import unittest

from planted import Planted
import check_layers

# Rule -> (where, a line that breaks it). Every rule of the check has its line here.
LINES = {
    "clock": [("sim/a.cpp", "const auto t = std::chrono::steady_clock::now();"),
              ("bus/a.cpp", "const auto t = std::time(nullptr);"),
              ("bus/a.cpp", "clock_gettime(CLOCK_MONOTONIC, &ts);")],
    "random": [("runtime/a.hpp", "std::random_device device;"),
               ("sim/a.cpp", "std::mt19937_64 engine(seed);"),
               ("sim/a.cpp", "const int n = std::rand();")],
    "thread": [("sim/a.cpp", "std::jthread helper(work);"),
               ("sagas/a.cpp", "std::shared_mutex gate;"),
               ("bus/a.cpp", "auto later = std::async(work);"),
               ("bus/a.cpp", "const std::lock_guard hold(gate);")],
    "unordered": [("bus/a.hpp", "std::unordered_map<int, int> seen;")],
    "pointer-order": [("sagas/a.hpp", "std::map<const Step*, int> order;")],
    "print": [("bus/a.cpp", "std::cerr << reason;"),
              ("bus/a.cpp", "std::snprintf(buffer, size, text);"),
              ("sim/a.cpp", "std::ostringstream out;")],
    "environment": [("sim/a.cpp", "const char* home = getenv(name);"),
                    ("sim/a.cpp", "std::filesystem::path place;")],
    "float": [("sim/checks/a.cpp", "const double share = 1.0;"),
              ("bus/a.cpp", "float part = 0;")],
    "global": [("sim/a.cpp", "thread_local int depth = 0;"),
               ("bus/a.cpp", "static std::vector<int> cache;")],
    "simulated": [("sagas/a.cpp", "if (is_simulated()) {}")],
    "home": [("scenarios/a.cpp", "#include <sodium.h>"),
             ("sim/a.cpp", "#include <boost/asio/io_context.hpp>")],
    "include": [("bus/a.hpp", '#include "sim/world.hpp"'),
                ("sim/a.hpp", '#include "bus/session.hpp"'),
                ("bus/a.hpp", '#include "runtime/asio/host.hpp"'),
                ("bus/a.hpp", '#include "runtime/crypto/keys.hpp"'),
                ("runtime/a.hpp", '#include "runtime/asio/host.hpp"'),
                ("runtime/crypto/a.hpp", '#include "bus/codec.hpp"'),
                ("sagas/a.hpp", '#include "sim/world.hpp"'),
                ("reports/a.hpp", '#include "sagas/coordinator.hpp"'),
                ("scenarios/a.cpp", '#include "tests/support/chance.hpp"'),
                ("bus/a.hpp", '  #  include "session.hpp"')],
    "detail": [("sagas/a.cpp", '#include "bus/detail/slots.hpp"'),
               ("sim/checks/a.cpp", '#include "sim/detail/slots.hpp"')],
    "folder": [("elsewhere/a.cpp", "int unit();")],
    "await-home": [("bus/a.cpp", "co_return;")],
    "await-braces": [("runtime/asio/a.cpp", "co_await write(Frame{1});")],
    "await-conditional": [("tests/a.cpp", "co_await wait(late ? longer : shorter);")],
    "await-reference": [("tests/a.cpp", "awaitable<void> serve(const Frame& frame);")],
    "await-capture": [("tests/a.cpp", "auto f = [this](int n) -> awaitable<void> { run(n); };")],
    "later": [("reports/a.cpp", "// TO" "DO: finish"), ("tools/a.py", "# FIX" "ME"),
              ("sim/CMakeLists.txt", "# TO" "DO (12)")],
    "escape": [("reports/a.cpp", "int n = 0;  // layer-ok: nothing to excuse"),
               ("reports/a.cpp", "int n = 0;  // layer-ok")],
    "length": [("reports/a.cpp", "\n" * 501)],
}

CLEAN = """// A comment may say std::thread, printf, double and co_await.
#pragma once

#include <vector>

#include "runtime/time.hpp"
#include "bus/detail/slots.hpp"

namespace stormglass::bus {

constexpr std::uint64_t kMany = 1'000'000;  // a digit separator opens no character
constexpr char kQuote = '"';
static const std::string_view kText = "std::mutex and std::rand() in a string";
static constexpr auto kRaw = R"(static int x = std::rand(); // ")";

class Timer {
  public:
    static Timer make(int a);
    MonotonicTime time() const { return time_; }
    int operand(int at) const;  // rand( ends a longer name
};

}  // namespace stormglass::bus
"""


class Layers(Planted):
    def findings(self, lower: bool = False) -> list:
        return check_layers.check(self.root, lower)[0]

    def baseline(self, escapes: int, functions: int = 0) -> None:
        self.plant("tools/baseline.txt", f"# why\nlayer-ok {escapes}\nlong-function {functions}\n")

    def test_a_clean_tree_has_no_finding(self):
        self.plant("bus/timer.hpp", CLEAN)
        self.plant("sagas/a.cpp", '#include "bus/timer.hpp"\n#include "sagas/a.hpp"\n')
        self.plant("bus/engines/a.cpp", '#include "runtime/asio/host.hpp"\n')
        self.plant("tests/bus/a_test.cpp", '#include "scenarios/world.hpp"\ndouble d = 0;\n')
        self.plant("scenarios/a.cpp", '#include "runtime/crypto/keys.hpp"\nstd::mutex m;\n')
        self.plant("reports/a.cpp", "// TO" "DO(#12): a later issue\n")
        self.assertEqual(self.findings(), [])

    def test_each_kind_is_found_exactly_once(self):
        for rule, places in LINES.items():
            for place, line in places:
                with self.subTest(rule=rule, line=line.strip()):
                    self.setUp()
                    self.baseline(escapes=line.count("layer-ok"))
                    self.plant(place, f"// planted\n{line}\n")
                    findings = self.findings()
                    self.assertEqual(self.rules(findings), [rule], findings)

    def test_every_rule_has_a_planted_line(self):
        known = {rule for rule, _, _ in check_layers.FORBIDDEN + check_layers.COROUTINE}
        self.assertEqual(known - set(LINES), set())

    def test_the_real_host_and_the_explorer_may_do_what_they_are_for(self):
        self.plant("sim/explore/a.cpp", "std::jthread helper(work);\n")
        self.plant("runtime/asio/a.cpp", "#include <boost/asio.hpp>\nstd::mutex m;\nco_return;\n")
        self.plant("runtime/crypto/a.cpp", "#include <sodium.h>\n")
        self.plant("sim/asio/a.cpp", "#include <boost/asio.hpp>\nco_return;\n")
        self.plant("bus/detail/a.cpp", '#include "bus/detail/slots.hpp"\n')
        self.assertEqual(self.findings(), [])

    def test_an_excuse_covers_its_own_line_and_the_line_below_its_comment(self):
        self.baseline(escapes=2)
        self.plant("bus/a.cpp", "std::mutex a;  // layer-ok: on the line\n"
                                "// layer-ok: above it,\n// in two lines\n"
                                "std::mutex b;\n"
                                "std::mutex c;\n")
        self.assertEqual([(f.rule, f.line) for f in self.findings()], [("thread", 5)])

    def test_excuses_may_only_become_fewer(self):
        self.plant("bus/a.cpp", "std::mutex a;  // layer-ok: why\n")
        for bar, rules in ((0, ["ratchet"]), (1, []), (2, ["ratchet"])):
            with self.subTest(bar=bar):
                self.baseline(bar)
                self.assertEqual(self.rules(self.findings()), rules)

    def test_lowering_writes_the_lower_count_and_never_a_higher_one(self):
        self.baseline(escapes=3)
        self.plant("bus/a.cpp", "std::mutex a;  // layer-ok: why\n")
        self.assertEqual(self.findings(lower=True), [])
        self.assertEqual(self.findings(), [])
        self.plant("bus/b.cpp", "std::mutex a;  // layer-ok: why\n")
        self.assertEqual(self.rules(self.findings(lower=True)), ["ratchet"])
        self.assertEqual(self.rules(self.findings()), ["ratchet"])

    def test_long_functions_are_counted_wherever_they_stand(self):
        body = "    step();\n" * 70
        self.plant("reports/a.cpp", "namespace a {\nclass B {\n  public:\n    B() : n_{1} {\n"
                   + body + "    }\n};\nint ok() {\n" + body[:-12] + "}\n}\n")
        findings = self.findings()
        self.assertEqual(self.rules(findings), ["ratchet"])
        self.assertIn("long-function: 1,", findings[0].text)
        self.assertIn("reports/a.cpp:4 ", findings[0].text)
        self.baseline(escapes=0, functions=1)
        self.assertEqual(self.findings(), [])

    def test_parameters_are_counted_without_the_commas_inside_them(self):
        self.plant("reports/a.cpp",
                   "template <class A, class B>\n"
                   "int five(std::map<int, A> a, int b, B c, int d = f(1, 2), int e = {}) {\n}\n"
                   "#define MACRO(a, b, c, d, e, f) {\n"
                   "int six(int a, int b, int c, int d, int e, int f) {\n"
                   "    if (g(1, 2, 3, 4, 5, 6)) {\n    }\n}\n")
        findings = self.findings()
        self.assertEqual(self.rules(findings), ["ratchet"])
        self.assertIn("many-parameters: 1,", findings[0].text)
        self.assertIn("reports/a.cpp:5 (6)", findings[0].text)

    def test_a_file_of_over_400_lines_is_advised_and_ignored_files_are_not_read(self):
        self.plant("reports/a.cpp", "\n" * 450)
        self.plant("build/bus/a.cpp", "std::mutex a;\n")
        self.plant(".gitignore", "/build/\n")
        findings, advice = check_layers.check(self.root)
        self.assertEqual(findings, [])
        self.assertEqual(len(advice), 1)


if __name__ == "__main__":
    unittest.main()
