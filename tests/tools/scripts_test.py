"""The shell steps behind `make`: installing packages, running the review, running the benches."""

import json
import os
import subprocess
import unittest

from planted import ROOT, Planted


class Scripts(Planted):
    def run_tool(self, tool: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = dict(os.environ, PATH=f"{self.root}/bin:{os.environ['PATH']}")
        return subprocess.run([os.path.join(ROOT, "tools", tool), *arguments], cwd=self.root,
                              env=environment, capture_output=True, text=True, check=False)

    def log(self) -> str:
        path = os.path.join(self.root, "log")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8") as file:
            return file.read()

    def machine(self, user: int, stale: bool = False) -> None:
        """A machine on which only `here` is installed; apt-get writes down what it was asked."""
        self.plant("bin/id", f"#!/bin/sh\necho {user}\n", executable=True)
        self.plant("bin/dpkg-query", '#!/bin/sh\nfor last; do :; done\n'
                   '[ "$last" = here ] && printf "installed\\ninstalled\\n" && exit 0\n'
                   '[ "$last" = left ] && echo config-files && exit 0\nexit 1\n', executable=True)
        fails = f'[ "$1" = install ] && [ ! -e {self.root}/fresh ] && exit 100\n' if stale else ""
        self.plant("bin/apt-get", f'#!/bin/sh\necho "$@" >> {self.root}/log\n'
                   f'[ "$1" = update ] && touch {self.root}/fresh\n{fails}exit 0\n',
                   executable=True)
        self.plant("list", "# what we need\nhere   # always\n\nabsent\nleft\n")

    def test_nothing_missing_asks_nothing(self):
        self.machine(user=0)
        self.plant("list", "here\n")
        done = self.run_tool("install_packages", "list")
        self.assertEqual((done.returncode, self.log()), (0, ""))

    def test_root_installs_exactly_what_is_missing(self):
        self.machine(user=0)
        self.assertEqual(self.run_tool("install_packages", "list").returncode, 0)
        self.assertEqual(self.log(), "install --yes --no-install-recommends absent left\n")

    def test_lists_are_updated_only_when_installing_failed(self):
        self.machine(user=0, stale=True)
        self.assertEqual(self.run_tool("install_packages", "list").returncode, 0)
        self.assertEqual([line.split()[0] for line in self.log().splitlines()],
                         ["install", "update", "install"])

    def test_others_get_the_command_and_a_failure(self):
        self.machine(user=1000)
        done = self.run_tool("install_packages", "list")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("sudo apt-get install --yes --no-install-recommends absent left", done.stderr)
        self.assertEqual(self.log(), "")

    def test_review_passes_on_0_and_2_says_which_and_hands_on_the_rest(self):
        for code, passed, word in ((0, 0, "passed"), (2, 0, "not every line"), (1, 1, "REFUTED"),
                                   (3, 3, "NONDETERMINISTIC"), (70, 70, "exit code 70")):
            with self.subTest(code=code):
                self.plant("build/stormglass", f"#!/bin/sh\nexit {code}\n", executable=True)
                done = self.run_tool("review", "build")
                self.assertEqual(done.returncode, passed)
                self.assertIn(word, done.stdout + done.stderr)

    def test_review_hands_the_document_on_as_one_argument(self):
        self.plant("build/stormglass", f'#!/bin/sh\nprintf "%s|" "$@" >> {self.root}/log\n',
                   executable=True)
        self.run_tool("review", "build", "")
        self.run_tool("review", "build", "my adr.md")
        self.assertEqual(self.log(), "review|review|--document|my adr.md|")

    def test_benches_run_in_order_and_none_is_a_failure(self):
        self.assertNotEqual(self.run_tool("run_benches", ".").returncode, 0)
        for name in ("b/kernel_bench", "a/bus_bench"):
            row = f'[{{"name": "{name}", "value": 2, "unit": "s", "bar": 3, "better": "less"}}]'
            self.plant(name, f"#!/bin/sh\necho {name} >> {self.root}/log\necho '{row}' > $1\n",
                       executable=True)
        self.assertEqual(self.run_tool("run_benches", ".").returncode, 0)
        self.assertEqual(self.log(), "a/bus_bench\nb/kernel_bench\n")
        with open(os.path.join(self.root, "out", "bench.json"), encoding="utf-8") as file:
            self.assertEqual([row["name"] for row in json.load(file)],
                             ["a/bus_bench", "b/kernel_bench"])
        self.plant("c/late_bench", "#!/bin/sh\necho '[]' > $1\nexit 1\n", executable=True)
        done = self.run_tool("run_benches", ".")
        self.assertEqual(done.returncode, 1)
        self.assertIn("late_bench", done.stderr)


if __name__ == "__main__":
    unittest.main()
