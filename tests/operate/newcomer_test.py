#!/usr/bin/env python3
"""What a newcomer does wrong, and what is said then: newcomer_test.py BUILD_DIR RUN_SH

Every refusal names the word at fault and the next step, before anything is run; Ctrl-C ends at once,
keeps what there is, and leaves no process behind.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

BUILD, RUN_SH = sys.argv[1:3]
del sys.argv[1:3]
PROGRAM = os.path.join(BUILD, "stormglass")
DEFECTS = os.path.join(BUILD, "stormglass-defects")


class Newcomer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def expect(self, code, says, *command, **environment):
        ended = subprocess.run(command, cwd=self.folder, capture_output=True, text=True,
                               env={**os.environ, **environment}, timeout=60, check=False,
                               stdin=subprocess.DEVNULL)
        told = ended.stdout + ended.stderr
        self.assertEqual(ended.returncode, code, (command, told))
        for words in says:
            self.assertIn(words, told, command)
        return told

    def write(self, name, text=""):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def test_names_that_are_not_there_come_with_a_way_to_those_that_are(self):
        for command, says in (
                (("run", "zzzzzzzz"), ["no scenario 'zzzzzzzz'", "`stormglass list scenarios`"]),
                (("export", "zzzzzzzz", "--seed", "0x1"), ["`stormglass list scenarios`"]),
                (("help", "zzzzzzzz"), ["no topic 'zzzzzzzz'", "`stormglass help help`"]),
                (("schema", "replya"), ["did you mean 'replay'?"])):
            self.expect(64, says, PROGRAM, *command)
        self.expect(0, ["none of them has 'zzzzzzzz' in its name"], PROGRAM, "list", "faults",
                    "zzzzzzzz")

    def test_files_that_cannot_be_read_say_why(self):
        os.mkdir(os.path.join(self.folder, "folder.yaml"))
        self.expect(66, ["'folder.yaml': Is a directory"], PROGRAM, "run", "folder.yaml")
        self.expect(66, ["gone: cannot be read: No such file"], PROGRAM, "check", "gone")
        self.expect(66, ["folder.yaml: cannot be read: Is a directory"], PROGRAM, "check",
                    "folder.yaml")
        for verb in ("replay", "keep"):
            self.expect(66, ["'calm' is neither a token (sg1:...) nor a .replay file"], PROGRAM,
                        verb, "calm")
        self.expect(66, ["'gone.replay': No such file"], PROGRAM, "replay", "gone.replay")
        self.expect(65, ["incomplete token", "copy all of it"], PROGRAM, "replay", "sg1:AAAA")

    def test_results_that_cannot_be_written_are_refused_before_the_runs(self):
        self.write("file")
        for option, says in ((("--out", "file"), "another with --out"),
                             (("--html", "gone/page.html"), "there is no folder 'gone'"),
                             (("--junit", "gone/j.xml"), "named by --junit")):
            # So many seeds would take hours.
            told = self.expect(74, [says], PROGRAM, "run", "calm", "--seeds", "1000000", *option)
            self.assertNotIn("passed", told)

    def test_the_bus_verbs_tell_the_next_step(self):
        data = ("--data", "bus")
        self.expect(0, ["bus/keys/orders-"], PROGRAM, "key", "new", "urn:example:orders", *data)
        key = os.path.join("bus", "keys", next(
            name for name in os.listdir(os.path.join(self.folder, "bus", "keys"))
            if name.endswith(".key")))
        self.expect(0, ["t@0"], PROGRAM, "pub", "t", "x", "--signing-key", key, *data)
        for code, command, says in (
                (64, ("key", "new", "orders"), ["absolute URI", "urn:example:orders"]),
                (64, ("key", "revoke", "zzzzzzzz"), ["`stormglass key list`"]),
                (64, ("topic", "show", "zzzzzzzz"),
                 ["stormglass topic: there is no topic 'zzzzzzzz'", "`stormglass topic list`"]),
                (64, ("saga", "why", "zzzzzzzz"), ["`stormglass saga list`"]),
                (64, ("dead", "show", "zzzzzzzz"), ["no dead letter", "`stormglass dead list`"]),
                (64, ("trace", "zzzzzzzz"), ["stormglass trace: no trace", "sub TOPIC --from 0"]),
                (65, ("pub", "bad topic", "x"), ["'bad topic'", "letters, digits"]),
                (66, ("pub", "t", "x", "--signing-key", "gone"),
                 ["--signing-key gone: No such file"]),
                (66, ("pub", "t", "--from", "gone"), ["'gone': No such file"]),
                (66, ("pub", "t", "x", "--signing-key", key, "--source", "urn:example:stock"),
                 ["contradict", "signs for urn:example:orders alone"]),
                (69, ("topic", "list", "--at", "stormglass://127.0.0.1:1"),
                 ["127.0.0.1:1", "does `stormglass serve` run there?"])):
            self.expect(code, says, PROGRAM, *command, *data)

    def test_a_bus_that_no_server_runs_is_read_from_its_files(self):
        data = ("--data", "bus")
        self.expect(0, ["t@0"], PROGRAM, "pub", "t", "hello", *data)
        self.expect(0, ["t@0", '"hello"'], PROGRAM, "sub", "t", "--from", "0", "--once", *data)
        self.expect(69, ["stormglass sub: no server runs for this folder", "--once"], PROGRAM, "sub",
                    "t", "--from", "0", *data)

    def test_an_interrupted_run_keeps_what_it_has(self):
        out = os.path.join(self.folder, "out")
        process = subprocess.Popen([PROGRAM, "run", "calm", "--seeds", "1000000", "--out", out],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   start_new_session=True)
        process.stdout.readline()  # it says what it is about to do
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to all of its processes
        told, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, told)
        self.assertIn("INTERRUPTED", told)
        self.assertTrue(os.path.exists(os.path.join(out, "latest", "index.html")), told)
        self.assert_all_gone(process.pid)

    def assert_all_gone(self, group):
        for _ in range(200):
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)
        self.fail(f"processes of group {group} are left")

    def test_the_demo_explains_itself_and_what_is_wrong(self):
        self.expect(0, ["--kill ROLE", "Exit code: 0 when"], RUN_SH, "--help")
        for arguments, says in (
                (("--frob", "x"), "unknown option '--frob'"), (("--seed",), "'--seed' needs a value"),
                (("--seed", "many"), "a whole number, got 'many'"),
                (("--kill", "everybody"), "got 'everybody'"),
                (("--build", self.folder), "there is no program"),
                (("--build", BUILD, "--scenario", "cal"), "`stormglass list scenarios`"),
                (("--build", BUILD, "--defect", "nothing"), "`stormglass list defects`")):
            self.expect(64, ["run.sh: ", says, "run.sh --help"], RUN_SH, *arguments)

    def test_the_demo_is_interrupted_without_a_trace(self):
        process = subprocess.Popen([RUN_SH, "--build", BUILD], stdout=subprocess.PIPE, text=True,
                                   stderr=subprocess.STDOUT, start_new_session=True,
                                   env={**os.environ, "TMPDIR": self.folder})
        self.assertIn("ready at", process.stdout.readline())
        os.killpg(process.pid, signal.SIGINT)
        told, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, told)
        self.assert_all_gone(process.pid)
        self.assertEqual(os.listdir(self.folder), [])


unittest.main()
