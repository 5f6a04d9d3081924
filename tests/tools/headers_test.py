"""The header check compiles what the build does not prove, and remembers what it compiled."""

import json
import os
import unittest

from planted import Planted
import check_headers

COMPILER = os.environ.get("CXX", "g++")
GOOD = "#pragma once\n#include <vector>\ninline std::vector<int> none() { return {}; }\n"


class Headers(Planted):
    def setUp(self) -> None:
        super().setUp()
        self.build = os.path.join(self.root, "build")
        self.plant(".gitignore", "/build/\n")
        self.plant("build/log", "")
        # A compiler that counts how often it compiles.
        self.compiler = self.plant(
            "build/compiler", f'#!/bin/sh\necho "$@" >> {self.build}/log\nexec {COMPILER} "$@"\n',
            executable=True)

    def findings(self) -> list:
        return check_headers.check(self.root, self.build, self.compiler, 2)[0]

    def compiled(self) -> int:
        with open(os.path.join(self.build, "log"), encoding="utf-8") as file:
            count = sum("-fsyntax-only" in line for line in file)
        self.plant("build/log", "")
        return count

    def test_a_header_that_needs_another_one_first_is_found(self):
        self.plant("bus/good.hpp", GOOD)
        self.plant("bus/bad.hpp", "#pragma once\nstd::vector<int> more();\n")
        findings = self.findings()
        self.assertEqual([(f.path, f.rule) for f in findings], [("bus/bad.hpp", "alone")])
        self.assertIn("vector", findings[0].text)

    def test_a_header_without_its_pragma_is_found(self):
        self.plant("sim/twice.hpp", "// #pragma once\nint declared();\n")
        self.assertEqual(self.rules(self.findings()), ["once"])

    def test_unchanged_headers_are_not_compiled_again(self):
        self.plant("bus/good.hpp", GOOD)
        self.plant("sagas/user.hpp", '#pragma once\n#include "bus/good.hpp"\n')
        self.assertEqual((self.findings(), self.compiled()), ([], 2))
        self.assertEqual((self.findings(), self.compiled()), ([], 0))
        self.plant("bus/good.hpp", GOOD + "int more();\n")  # and so its user changes too
        self.assertEqual((self.findings(), self.compiled()), ([], 2))

    def test_a_failure_is_never_remembered_as_good(self):
        self.plant("bus/bad.hpp", "#pragma once\nstd::vector<int> more();\n")
        self.assertEqual(self.rules(self.findings()), ["alone"])
        self.assertEqual(self.rules(self.findings()), ["alone"])

    def test_the_build_proves_a_header_that_its_own_source_names_first(self):
        commands = []
        for name, first, options in (("proven", "bus/proven.hpp", ""),
                                     ("second", "vector", ""),
                                     ("covered", "bus/covered.hpp", "-include cmake_pch.hxx")):
            self.plant(f"bus/{name}.hpp", "#pragma once\nstd::vector<int> more();\n")
            source = self.plant(f"bus/{name}.cpp",
                                f'// own header first\n#include "{first}"\n')
            commands.append({"directory": self.build, "file": source,
                             "command": f"g++ {options} -c {source}"})
        self.plant("build/compile_commands.json", json.dumps(commands))
        self.assertEqual(sorted(f.path for f in self.findings()),
                         ["bus/covered.hpp", "bus/second.hpp"])


if __name__ == "__main__":
    unittest.main()
