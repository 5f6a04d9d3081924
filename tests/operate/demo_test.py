#!/usr/bin/env python3
"""The checkout demo comes out green with a process killed in the middle, and red with each of three
planted defects: demo_test.py RUN_SH BUILD_DIR

All four run side by side, on ports and folders of their own; most of the time they wait.
"""

import re
import subprocess
import sys

RUN, BUILD = sys.argv[1:3]

TRIALS = {
    "sound": ([], 0, "PASSED"),
    # While shipping is dead the payments go through; a label that it then declines is undone after
    # them. With all alive the label may be the faster one, and there is nothing to undo in order.
    "compensate-forward": (["--defect", "compensate-forward", "--kill", "shipping"], 1,
                           "was taken back before"),
    "skip-one-compensation": (["--defect", "skip-one-compensation", "--kill", "none"], 1,
                              "not taken back"),
    "no-inbox-dedupe": (["--defect", "no-inbox-dedupe", "--scenario", "one-way-payments",
                         "--seed", "2"], 1,
                        "took effect 2 times"),
}


def main():
    running = {name: subprocess.Popen([RUN, "--build", BUILD, *arguments], stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True)
               for name, (arguments, _, _) in TRIALS.items()}
    failures = 0
    for name, process in running.items():
        _, code, says = TRIALS[name]
        text, _ = process.communicate(timeout=110)
        # Red in both worlds, not in one of them.
        verdict = re.search(r"FAILED: .*\(live (\d+), simulated (\d+)\)", text)
        both = verdict is not None and verdict[1] == verdict[2] == "1"
        if process.returncode != code or says not in text or (code == 1 and not both):
            failures += 1
            print(f"---- {name}: exit code {process.returncode}, expected {code} and '{says}'")
            print(text)
    return 1 if failures else 0


sys.exit(main())
