#!/usr/bin/env python3
"""Completion scripts do what the program's own model says: completion_test.py STORMGLASS CANDIDATES

CANDIDATES prints what the model offers for each line on its input. Shells that are not installed
are passed over, bash must be there.
"""

import os
import shutil
import subprocess
import sys
import tempfile

PROGRAM, CANDIDATES = sys.argv[1:3]

LINES = ["", "r", "rev", "run ", "run c", "run calm b", "run -", "run --s", "run --only ",
         "run --only step-once,", "run --only step-once,lo", "run --color ", "run --color a",
         "run --twins ", "run --seeds ", "list ", "list f", "list faults ", "list faults part",
         "list --json checks d", "list probes saga", "help ", "help exit", "help to", "journal ",
         "journal v", "saga ", "saga --state ", "saga --state comp", "schema ", "completion ",
         "gate --out ", "nonsense ", "topic show ", "saga list --state completed --", "version -"]


def reference():
    ended = subprocess.run([CANDIDATES], input="\n".join(LINES) + "\n", capture_output=True,
                           text=True, check=True)
    return [sorted(line.split()) for line in ended.stdout.split("\n")[:len(LINES)]]


def bash(script, folder):
    """One bash for all lines; it stands in an empty folder, so that no file is offered."""
    asks = ["source " + script]
    for line in LINES:
        words = ["stormglass"] + line.split(" ")
        quoted = " ".join(f"'{word}'" for word in words)
        asks.append(f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _stormglass; "
                    'echo "${COMPREPLY[*]}"')
    ended = subprocess.run(["bash", "--norc", "-c", "\n".join(asks)], capture_output=True, text=True,
                           check=True, cwd=folder)
    assert not ended.stderr, ended.stderr
    return [sorted(line.split()) for line in ended.stdout.split("\n")[:len(LINES)]]


def main():
    expected = reference()
    assert sum(len(words) for words in expected) > 100
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        scripts = {}
        for shell in ("bash", "zsh", "fish"):
            scripts[shell] = os.path.join(folder, "stormglass." + shell)
            with open(scripts[shell], "w", encoding="utf-8") as out:
                subprocess.run([PROGRAM, "completion", shell], stdout=out, check=True)
        empty = os.path.join(folder, "empty")
        os.mkdir(empty)
        for line, wanted, got in zip(LINES, expected, bash(scripts["bash"], empty)):
            if wanted != got:
                failures += 1
                print(f"stormglass {line}: bash offers {got}, the model {wanted}")
        with open(os.path.join(empty, "own.yaml"), "w", encoding="utf-8"):
            pass
        with_file = bash(scripts["bash"], empty)[LINES.index("run ")]
        if "own.yaml" not in with_file or "calm" not in with_file:
            failures += 1
            print(f"a file is not offered: {with_file}")
        for shell in ("zsh", "fish"):
            if shutil.which(shell):
                ended = subprocess.run([shell, "-n", scripts[shell]], capture_output=True,
                                       text=True, check=False)
                if ended.returncode or ended.stderr:
                    failures += 1
                    print(f"{shell} does not read its script: {ended.stderr}")
            else:
                print(f"{shell} is not installed: its script was only written")
    return 1 if failures else 0


sys.exit(main())
