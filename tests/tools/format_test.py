"""The format check names the file and the line, and `--fix` leaves nothing to name."""

import os
import shutil
import unittest

from planted import ROOT, Planted
import check_format


class Format(Planted):
    def setUp(self) -> None:
        super().setUp()
        shutil.copy(os.path.join(ROOT, ".clang-format"), self.root)
        self.plant("bus/good.cpp", "int good() {\n    return 1;\n}\n")

    def test_an_empty_or_formatted_tree_has_no_finding(self):
        self.assertEqual(check_format.check(self.root), [])
        os.remove(os.path.join(self.root, "bus/good.cpp"))
        self.assertEqual(check_format.check(self.root), [])

    def test_each_other_file_is_one_finding_until_it_is_fixed(self):
        self.plant("bus/bad.cpp", "int good();\nint   bad( );\nint  worse( );\n")
        self.plant("sim/bad.hpp", "  int bad();\n")
        findings = check_format.check(self.root)
        self.assertEqual([(f.path, f.line) for f in sorted(findings)],
                         [("bus/bad.cpp", 2), ("sim/bad.hpp", 1)])
        check_format.fix(self.root)
        self.assertEqual(check_format.check(self.root), [])


if __name__ == "__main__":
    unittest.main()
