#!/usr/bin/env python3
"""The golden check: one seed, one history, whatever compiler and optimisation built the program.

    tools/check_golden.py --program build/dev/stormglass [--update]

tests/golden/trace_hashes.txt holds, for each shipped scenario, the trace hashes of a few seeds.
A program built by another compiler or at another level must give the same. A change of behaviour
moves them honestly: run with --update, and let the commit show which scenarios moved.
"""

import argparse
import json
import os
import subprocess
import sys
from typing import Dict, List

from house import root_of_this_tree

GOLDEN = "tests/golden/trace_hashes.txt"
FIRST, COUNT = 1, 4
HEAD = f"""# Trace hashes of seeds {FIRST} to {FIRST + COUNT - 1} of each shipped scenario, in order.
# Checked against every build; made anew by `tools/check_golden.py --program PROGRAM --update`.
"""


def output_of(command: List[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"golden: {' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def hashes_of(program: str) -> Dict[str, List[str]]:
    listed = json.loads(output_of([program, "list", "scenarios", "--json"]))
    names = [row["name"] for row in listed["items"]]
    return {name: output_of([program, "twin-hashes", name, str(FIRST), str(COUNT), ""]).split()
            for name in sorted(names)}


def read_golden(path: str) -> Dict[str, List[str]]:
    with open(path, encoding="utf-8") as file:
        rows = [line.split() for line in file if line.strip() and not line.startswith("#")]
    return {row[0]: row[1:] for row in rows}


def differences(golden: Dict[str, List[str]], now: Dict[str, List[str]]) -> List[str]:
    found = [f"{name}: in {GOLDEN}, but this program has no such scenario"
             for name in golden if name not in now]
    for name, hashes in now.items():
        if name not in golden:
            found.append(f"{name}: not in {GOLDEN} yet")
            continue
        found += [f"{name}, seed {FIRST + place}: {here}, golden {there}"
                  for place, (here, there) in enumerate(zip(hashes, golden[name])) if here != there]
        if len(hashes) != len(golden[name]):
            found.append(f"{name}: {len(hashes)} hashes, golden {len(golden[name])}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", default=root_of_this_tree())
    parser.add_argument("--program", required=True)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    path = os.path.join(options.root, GOLDEN)
    now = hashes_of(options.program)
    if options.update:
        with open(path, "w", encoding="utf-8") as file:
            file.write(HEAD + "".join(f"{n} {' '.join(h)}\n" for n, h in now.items()))
        print(f"golden: {len(now)} scenarios written")
        return 0
    found = differences(read_golden(path), now)
    for line in found:
        print(line)
    if found:
        print(f"golden: {len(found)} differences. If the behaviour was meant to change: "
              f"tools/check_golden.py --program {options.program} --update")
        return 1
    print(f"golden: {sum(map(len, now.values()))} histories of {len(now)} scenarios are the same")
    return 0


if __name__ == "__main__":
    sys.exit(main())
