#!/usr/bin/env python3
"""Runs a test program with each rule of the checkers disabled in turn; it must fail each time.

Usage: mutate.py RULES_CPP PROGRAM [FILTER...]. With several filters (of GoogleTest) each is a jury
of its own, and what each of them lets live is told; the first one decides.
"""
import os
import re
import subprocess
import sys


def rule_ids(path):
    with open(path, encoding="utf-8") as file:
        rows = re.findall(r'\{Rule::\w+, "([^"]+)", "[^"]+", "[^"]+", (k\w+),', file.read())
    return [name for name, needs in rows if needs != "kW"]


def fails(program, chosen, disabled):
    environment = dict(os.environ, RC_PARAMS="seed=24 max_success=300", GTEST_FAIL_FAST="1")
    if disabled:
        environment["STORMGLASS_DISABLED_RULE"] = disabled
    run = subprocess.run([program, f"--gtest_filter={chosen}"], env=environment,
                         capture_output=True, text=True, timeout=300, check=False)
    return run.returncode != 0


def main():
    rules, program, filters = sys.argv[1], sys.argv[2], sys.argv[3:] or ["*"]
    ids = rule_ids(rules)
    if len(ids) < 60:
        sys.exit(f"only {len(ids)} rules found in {rules}")
    survivors = {}
    for chosen in filters:
        if fails(program, chosen, None):
            sys.exit(f"{program} {chosen} fails with every rule at work")
        survivors[chosen] = [name for name in ids if not fails(program, chosen, name)]
        print(f"{chosen}: {len(ids) - len(survivors[chosen])} of {len(ids)} disabled rules noticed")
        for name in survivors[chosen]:
            print(f"  nobody missed {name}")
    return 1 if survivors[filters[0]] else 0


if __name__ == "__main__":
    sys.exit(main())
