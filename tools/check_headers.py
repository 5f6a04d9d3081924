#!/usr/bin/env python3
"""The header check: every header compiles alone, and twice in one file.

    tools/check_headers.py --build DIR [--root DIR] [--compiler g++] [--jobs 2]

A header whose own .cpp names it first is proven by the build, where compile_commands.json shows
that the build compiles it without a precompiled header. The others are compiled here (syntax only)
and remembered in DIR by the digest of everything of ours that they include.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Dict, List, Set, Tuple

from house import INCLUDE, Finding, blanked, listed_files, read, report, root_of_this_tree

FOLDERS = ("runtime/", "sim/", "bus/", "sagas/", "reports/", "scenarios/")
FLAGS = ["-std=c++20", "-fsyntax-only", "-x", "c++", "-Wall", "-Wextra"]
REMEMBERED = "headers_checked.json"


def includes_of(root: str, name: str) -> List[str]:
    text = blanked(read(root, name), strings=False)
    return [match.group(2) for match in INCLUDE.finditer(text)]


def closure(root: str, name: str) -> List[str]:
    """The header and all of ours that it includes, directly or not."""
    seen: Set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here not in seen and os.path.isfile(os.path.join(root, here)):
            seen.add(here)
            waiting += includes_of(root, here)
    return sorted(seen)


def digest(root: str, name: str, compiler: str) -> str:
    hasher = hashlib.sha256(" ".join([compiler, *FLAGS]).encode())
    for part in closure(root, name):
        hasher.update(f"\0{part}\0".encode() + read(root, part).encode())
    return hasher.hexdigest()


def proven_by_build(root: str, build: str) -> Set[str]:
    """Headers that a compiled file of the same name includes before anything else."""
    try:
        with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
            commands = json.load(file)
    except (OSError, ValueError):
        return set()
    proven = set()
    for entry in commands:
        source = os.path.relpath(os.path.join(entry["directory"], entry["file"]), root)
        header = source[:-len(".cpp")] + ".hpp"
        if (source.endswith(".cpp") and source.startswith(FOLDERS)
                and os.path.isfile(os.path.join(root, source))
                and "cmake_pch" not in entry.get("command", "")
                and includes_of(root, source)[:1] == [header]):
            proven.add(header)
    return proven


def compile_alone(root: str, name: str, compiler: str) -> str:
    """The compiler's complaint; empty when there is none."""
    text = f'#include "{name}"\n#include "{name}"\n'
    done = subprocess.run([compiler, *FLAGS, "-I", root, "-"], input=text, text=True,
                          capture_output=True, check=False)
    return "" if done.returncode == 0 else done.stderr or "the compiler failed"


def remembered_in(path: str) -> Dict[str, str]:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def check(root: str, build: str, compiler: str, jobs: int) -> Tuple[List[Finding], str]:
    headers = [name for name in listed_files(root)
               if name.endswith(".hpp") and name.startswith(FOLDERS)]
    proven = proven_by_build(root, build)
    findings = [Finding(name, 1, "once", "#pragma once is missing") for name in headers
                if "#pragma once" not in blanked(read(root, name), strings=True)]
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True)
    identity = compiler + version.stdout.splitlines()[0]
    memory_path = os.path.join(build, REMEMBERED)
    memory = remembered_in(memory_path)
    digests = {name: digest(root, name, identity) for name in headers if name not in proven}
    todo = [name for name, value in digests.items() if memory.get(name) != value]
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        complaints = list(pool.map(lambda name: compile_alone(root, name, compiler), todo))
    failed = {name: text for name, text in zip(todo, complaints) if text}
    findings += [Finding(name, 1, "alone", text.rstrip()) for name, text in failed.items()]
    with open(memory_path, "w", encoding="utf-8") as file:
        json.dump({n: d for n, d in digests.items() if n not in failed}, file, indent=1)
    subject = (f"{len(headers)} headers ({len(headers) - len(digests)} proven by the build, "
               f"{len(todo)} compiled, {len(digests) - len(todo)} unchanged)")
    return findings, subject


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", default=root_of_this_tree())
    parser.add_argument("--build", required=True)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    findings, subject = check(os.path.abspath(options.root), os.path.abspath(options.build),
                              options.compiler, options.jobs)
    return report("headers", findings, subject)


if __name__ == "__main__":
    sys.exit(main())
