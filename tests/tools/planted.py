"""A small tree in a temporary folder, in which the tests of the house checks plant violations."""

import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))


class Planted(unittest.TestCase):
    """Each test gets `self.root`, a git work tree of its own; `plant` writes files into it."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        subprocess.run(["git", "init", "--quiet", self.root], check=True)

    def plant(self, name: str, text: str, executable: bool = False) -> str:
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        if executable:
            os.chmod(path, 0o755)
        return path

    def rules(self, findings) -> list:
        return sorted(finding.rule for finding in findings)
