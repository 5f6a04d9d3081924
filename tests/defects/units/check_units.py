#!/usr/bin/env python3
"""Runs test programs under every planted defect.

Each test that fails must be listed for that defect in OWNED (a line "DEFECT  Suite.test ..." with
shell patterns), and each defect's list must really notice it. Usage: check_units.py OWNED PROGRAM...
"""
import fnmatch
import os
import re
import subprocess
import sys

RUNS_MAX = 40  # of one program: each aborted test costs one more
SECONDS_MAX = 120


def read_owned(path):
    owned = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            words = line.split("#")[0].split()
            if words:
                owned.setdefault(words[0], []).extend(words[1:])
    return owned


def failing_tests(program, defect):
    """Names of the tests that fail, abort included; an aborted run goes on without its victim."""
    failed = []
    for _ in range(RUNS_MAX):
        skip = ":".join(name for name in failed)
        # One seed for all properties: which of them notice must not be a matter of luck.
        environment = dict(os.environ, STORMGLASS_DEFECT=defect, RC_PARAMS="seed=24")
        # Storm.* break rules of their own.
        run = subprocess.run(
            [program, f"--gtest_filter=-*DeathTest*:Storm.*:{skip}"],
            env=environment, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
        failed += [n for n in re.findall(r"^\[  FAILED  \] ([\w/.]+)(?:,| \()", run.stdout, re.M)
                   if n not in failed]
        if run.returncode in (0, 1):
            return failed
        started = re.findall(r"^\[ RUN      \] ([\w/.]+)", run.stdout, re.M)
        if not started:
            sys.exit(f"{program} under {defect} ended with {run.returncode}: {run.stderr[-400:]}")
        failed.append(started[-1])
    sys.exit(f"{program} under {defect}: more than {RUNS_MAX} tests abort")


def main():
    owned = read_owned(sys.argv[1])
    wrong = 0
    for defect, patterns in owned.items():
        failed = [name for program in sys.argv[2:] for name in failing_tests(program, defect)]
        foreign = [n for n in failed if not any(fnmatch.fnmatchcase(n, p) for p in patterns)]
        idle = [p for p in patterns if not any(fnmatch.fnmatchcase(n, p) for n in failed)]
        print(f"{defect}: {len(failed)} of its own tests notice it")
        for name in foreign:
            print(f"  {name} fails too, and is not listed as its own")
        for pattern in idle:
            print(f"  {pattern} is listed as its own and does not notice it")
        wrong += len(foreign) + len(idle)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
