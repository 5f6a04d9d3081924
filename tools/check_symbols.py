#!/usr/bin/env python3
"""The symbol check: what the compiled deterministic libraries ask of the machine.

    tools/check_symbols.py --build DIR [--root DIR]

It sees what text cannot: a clock behind a macro, a thread behind a template. Of C's functions only
those listed here may be undefined (a list of dangers would miss the next one); of C++'s, all but
those that reach clocks, threads, files, chance or the locale.
"""

import argparse
import os
import re
import subprocess
import sys
from typing import Iterator, List, NamedTuple, Set

from house import DETERMINISTIC, Finding, listed_files, read, report, root_of_this_tree

# Memory and text without a locale, the language's own run-time, the compiler's helpers.
PLAIN = re.compile(r"""^(?:
    mem(?:cpy|move|set|cmp|chr) | bcmp | str(?:len|cmp|ncmp|chr) | abort | __assert_fail
  | __cxa_(?!thread_atexit)\w+ | __gxx_personality_v0 | _Unwind_Resume | __dynamic_cast
  | __dso_handle | _GLOBAL_OFFSET_TABLE_ | __tls_get_addr | __stack_chk_fail
  | __u?(?:div|mod|mul)\w*ti\d | __popcountdi2 | __cpu_model | __cpu_indicator_init
  | stormglass_simulated    # where a guard listens (sim/simulated.hpp)
  | __libc_single_threaded  # how libstdc++ counts owners of a shared_ptr
  | __(?:asan|ubsan|sanitizer|lsan)_\w+
)$""", re.VERBOSE)
THREADS = re.compile(r"^(?:pthread_\w+|__once_proxy)$|\bstd::(?:thread|jthread|mutex|"
                     r"condition_variable|this_thread|__future_base|call_once|__once_)\w*\b")
PRINTING = re.compile(r"^(?:fprintf|fputs|fputc|fwrite|stderr)$")
CPP_DANGERS = re.compile(
    r"\bstd::(?:random_device|chrono::\S*_clock::now|locale\b|filesystem\b|basic_filebuf|"
    r"basic_[io]?fstream|w?c(?:in|out|err|log)\b)|\bboost::asio\b")
# A dying process says why; nothing else prints.
PRINTERS = {"runtime": ("check.cpp.o",), "sim": ("host.cpp.o",)}
THREAD_FOLDER = "sim/explore/"


class Wish(NamedTuple):
    """One undefined symbol of one object file of an archive."""
    member: str
    symbol: str


LINE = re.compile(r"^[^:\s][^:]*:(?P<member>[^:]+):\s+[UwvV] (?P<symbol>.+)$")


def wishes_of(archive: str) -> Iterator[Wish]:
    done = subprocess.run(["nm", "-A", "-u", "-C", archive], capture_output=True, text=True,
                          check=True)
    for line in done.stdout.splitlines():
        match = LINE.match(line)
        if match is None:
            raise ValueError(f"nm printed a line of unknown form: {line}")
        yield Wish(match.group("member"), match.group("symbol").split("@")[0])


def is_c(symbol: str) -> bool:
    return re.fullmatch(r"\w+", symbol) is not None


def thread_members(names: List[str]) -> Set[str]:
    """Object files of sim/explore; an archive keeps no folders, so a name must not be shared."""
    inside = {os.path.basename(n) for n in names if n.startswith(THREAD_FOLDER)}
    outside = {os.path.basename(n) for n in names
               if n.startswith("sim/") and not n.startswith(THREAD_FOLDER)}
    return {name + ".o" for name in inside - outside if name.endswith(".cpp")}


def refused(folder: str, wish: Wish, threaded: Set[str]) -> bool:
    if THREADS.search(wish.symbol):
        return not (folder == "sim" and wish.member in threaded)
    if PRINTING.match(wish.symbol):
        return wish.member not in PRINTERS.get(folder, ())
    if is_c(wish.symbol):
        return PLAIN.match(wish.symbol) is None
    return CPP_DANGERS.search(wish.symbol) is not None


def has_library(root: str, folder: str) -> bool:
    lists = f"{folder}/CMakeLists.txt"
    return (os.path.exists(os.path.join(root, lists))
            and re.search(rf"^\s*stormglass_library\({folder}\b", read(root, lists),
                          re.MULTILINE) is not None)


def check(root: str, build: str) -> List[Finding]:
    findings = []
    threaded = thread_members(listed_files(root))
    for folder in DETERMINISTIC:
        archive = os.path.join(build, folder, f"libstormglass_{folder}.a")
        if not has_library(root, folder):
            continue  # Nothing is built there yet.
        if not os.path.exists(archive):
            findings.append(Finding(folder, 1, "symbols", f"{archive} is not built"))
            continue
        findings += [Finding(f"{folder}/{wish.member}", 1, "symbols", f"asks for {wish.symbol}")
                     for wish in set(wishes_of(archive)) if refused(folder, wish, threaded)]
    return findings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", default=root_of_this_tree())
    parser.add_argument("--build", required=True)
    options = parser.parse_args()
    findings = check(os.path.abspath(options.root), os.path.abspath(options.build))
    return report("symbols", findings, "the deterministic libraries")


if __name__ == "__main__":
    sys.exit(main())
