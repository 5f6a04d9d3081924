#!/usr/bin/env python3
"""The format check: every C++ file looks as version 14 of clang-format leaves it.

    tools/check_format.py [--root DIR] [--fix]

`make format` is `--fix`.
"""

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import List

from house import CPP_ENDINGS, Finding, listed_files, report, root_of_this_tree

VERSION = 14  # Other versions format differently, and refuse or ignore other keys.
COMPLAINT = re.compile(r"^(.*?):(\d+):\d+: (?:error|warning): code should be clang-formatted")


def clang_format() -> str:
    """The program of the right version; an explanation ends the check when there is none."""
    for name in (f"clang-format-{VERSION}", "clang-format"):
        try:
            answer = subprocess.run([name, "--version"], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        if f"version {VERSION}." in answer.stdout:
            return name
    sys.exit(f"format: clang-format {VERSION} is needed (Debian 12: apt-get install clang-format)")


def complaints_about(program: str, root: str, names: List[str]) -> List[Finding]:
    done = subprocess.run([program, "--dry-run", "--Werror", "--style=file", *names], cwd=root,
                          capture_output=True, text=True, check=False)
    first = {}
    for line in done.stderr.splitlines():
        match = COMPLAINT.match(line)
        if match:
            first.setdefault(match.group(1), int(match.group(2)))
    if done.returncode != 0 and not first:
        return [Finding(names[0], 1, "format", done.stderr.strip() or "clang-format failed")]
    return [Finding(os.path.relpath(os.path.join(root, name), root), line, "format",
                    "first of the lines to change; `make format` changes them")
            for name, line in first.items()]


def check(root: str) -> List[Finding]:
    program = clang_format()
    names = [name for name in listed_files(root) if name.endswith(CPP_ENDINGS)]
    halves = [half for half in (names[0::2], names[1::2]) if half]
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = pool.map(lambda half: complaints_about(program, root, half), halves)
    return [finding for half in found for finding in half]


def fix(root: str) -> int:
    names = [name for name in listed_files(root) if name.endswith(CPP_ENDINGS)]
    if names:
        subprocess.run([clang_format(), "-i", "--style=file", *names], cwd=root, check=True)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", default=root_of_this_tree())
    parser.add_argument("--fix", action="store_true", help="rewrite the files instead")
    options = parser.parse_args()
    root = os.path.abspath(options.root)
    return fix(root) if options.fix else report("format", check(root), "this tree")


if __name__ == "__main__":
    sys.exit(main())
