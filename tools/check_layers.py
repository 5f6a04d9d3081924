#!/usr/bin/env python3
"""The layer check: who may include whom, what deterministic code may not touch, how long is long.

    tools/check_layers.py [--root DIR] [--lower]

Rules and reasons: docs/style.md. `// layer-ok: reason` on a line, or in the comment above it,
excuses that line; excuses are counted against tools/baseline.txt, where a number may only fall.
Textual, so it can be fooled; check_symbols.py looks at what was compiled.
"""

import argparse
import os
import re
import sys
from typing import Dict, Iterator, List, NamedTuple, Tuple

from house import (CPP_ENDINGS, DETERMINISTIC, INCLUDE, Finding, blanked, line_of, listed_files,
                   read, report, root_of_this_tree)

ANY = ("runtime", "runtime/asio", "runtime/crypto", "sim", "bus", "bus/engines", "sagas", "sagas/sqlite",
       "reports", "scenarios")
# Folder -> the folders it may include besides itself (the longest matching name owns a file).
ALLOWED: Dict[str, Tuple[str, ...]] = {
    "runtime": (),
    "runtime/asio": ("runtime",),
    "runtime/crypto": ("runtime",),
    "bus": ("runtime",),
    "bus/engines": ("bus", "runtime", "runtime/asio", "runtime/crypto"),
    "sagas": ("bus", "runtime"),
    "sagas/sqlite": ("sagas", "bus", "runtime"),
    "sim": ("runtime",),
    "reports": ("sim", "runtime"),
    "scenarios": ANY,
    "tests": (*ANY, "examples"),
    "examples": ANY,
}
# Libraries of the system that have one home; their headers are visible from everywhere else too.
HOMES = {
    "boost/asio": ("runtime/asio/", "sim/asio/", "bus/engines/", "tests/", "examples/"),
    "sodium": ("runtime/crypto/", "tests/"),
    "sqlite3": ("sagas/sqlite/", "tests/"),
}

FORBIDDEN = [(rule, re.compile(pattern), hint) for rule, pattern, hint in (
    ("clock", r"_clock::now\b|\b(?:gettimeofday|clock_gettime)\b"
              r"|(?<![\w.>])time\s*\(\s*(?:nullptr|NULL|0|&)", "time arrives as a Moment"),
    ("random", r"\bstd::(?:random_device|mt19937\w*|default_random_engine|\w+_distribution)\b"
               r"|(?<![\w.>])s?rand\s*\(", "draws come from Effects::draw"),
    ("thread", r"\bstd::(?:j?thread|async|this_thread|condition_variable\w*|\w*mutex"
               r"|(?:lock_guard|unique_lock|scoped_lock|shared_lock))\b", "one world, one thread"),
    ("unordered", r"\bstd::unordered_\w+", "its order differs between machines"),
    ("pointer-order", r"\bstd::(?:multi)?(?:map|set)<\s*(?:const\s+)?[\w:]+\s*\*",
     "addresses differ between runs"),
    ("print", r"\bstd::(?:cout|cerr|clog|cin)\b|\b\w*printf\b|\bstd::\w*(?:string|f)stream\b",
     "take a note instead; text is made elsewhere"),
    ("environment", r"\b(?:getenv|setlocale|fopen)\b|\bstd::(?:filesystem|locale)\b",
     "the core knows no machine"),
    ("float", r"\b(?:float|double)\b", "results differ between processors; use integers"),
    ("global", r"\bthread_local\b"
               r"|\bstatic\b(?!\s+(?:inline\s+)?(?:const|constexpr|consteval)\b)[^(;={]*[;={]",
     "many worlds share one program"),
    ("simulated", r"\bis_simulated\b", "nothing may ask"),
)]
# Version 14 of clang-tidy has no coroutine checks; g++ 12.2 destroys such temporaries twice.
COROUTINE = [(rule, re.compile(pattern), hint) for rule, pattern, hint in (
    ("await-braces", r"\bco_await\b[^;{}]*[\w>(,]\s*\{", "name the braced value first"),
    ("await-conditional", r"\bco_await\b[^;{}?]*\?[^;{}]*:", "name the choice first"),
    ("await-reference", r"\bawaitable<[^;(){}]*>\s+[\w:]+\s*\([^)]*&[^)]*\)",
     "arguments of a coroutine are values"),
    ("await-capture", r"\[[^\]\[]+\]\s*\([^)]*\)[^;{}]*->[^;{}]*\bawaitable\b",
     "a lambda with captures is no coroutine"),
)]
AWAIT = re.compile(r"\bco_(?:await|return|yield)\b")
AWAIT_HOMES = ("runtime/asio/", "bus/engines/", "sim/asio/", "tests/", "examples/")

ESCAPE = re.compile(r"//.*\blayer-ok\b(?::[ \t]*(\S.*)?)?")
LATER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME)\b(?![ \t]*\(?#[0-9]+)")
LATER_ENDINGS = (*CPP_ENDINGS, ".py", ".cmake", "CMakeLists.txt", ".yaml", ".yml", ".ts")
LINES_MAX = 500
LINES_ADVISED = 400
FUNCTION_LINES_MAX = 70
PARAMETERS_MAX = 5


def folder_of(path: str) -> str:
    """The folder of the table that owns a path; empty when none does."""
    owners = [folder for folder in ALLOWED if path.startswith(folder + "/")]
    return max(owners, key=len, default="")


class Source:
    """One C++ file, its comments and strings blanked, and the excuses that it makes."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.folder = folder_of(path)
        self.lines = text.splitlines()
        self.with_strings = blanked(text, strings=False)
        self.code = blanked(text, strings=True)
        self.code_lines = self.code.splitlines()
        self.escapes = {number for number, line in enumerate(self.lines, 1) if ESCAPE.search(line)}
        self.used: set = set()

    def excused(self, line: int) -> bool:
        """Whether an excuse stands on the line or in the comment right above it."""
        here = line
        while here not in self.escapes:
            here -= 1
            if here < 1 or not self.lines[here - 1].lstrip().startswith("//"):
                return False
        self.used.add(here)
        return True

    def deterministic(self) -> bool:
        return self.folder in DETERMINISTIC and not self.path.startswith("sim/asio/")


def include_findings(source: Source) -> Iterator[Finding]:
    for match in INCLUDE.finditer(source.with_strings):
        line, target = line_of(source.with_strings, match.start()), match.group(2)
        if match.group(1) == "<":
            for library, homes in HOMES.items():
                if (re.match(library + r"(/|\.h)", target)
                        and not source.path.startswith(homes)):
                    yield Finding(source.path, line, "home", f"<{target}> belongs to {homes[0]}")
            continue
        owner = folder_of(target)
        if owner != source.folder and owner not in ALLOWED.get(source.folder, ()):
            yield Finding(source.path, line, "include",
                          f'{source.folder or "this folder"} may not include "{target}"')
        elif "/detail/" in target:
            private_to = target.split("/detail/")[0]
            if os.path.dirname(source.path) not in (private_to, private_to + "/detail"):
                yield Finding(source.path, line, "detail", f'"{target}" is private to {private_to}')


def pattern_findings(source: Source) -> Iterator[Finding]:
    for rule, pattern, hint in FORBIDDEN if source.deterministic() else ():
        if rule == "thread" and source.path.startswith("sim/explore/"):
            continue
        if rule == "float" and source.path.startswith("sim/topology"):
            continue
        for number, line in enumerate(source.code_lines, 1):
            for match in pattern.finditer(line):
                yield Finding(source.path, number, rule, f"{match.group().strip()}: {hint}")


def coroutine_findings(source: Source) -> Iterator[Finding]:
    for rule, pattern, hint in COROUTINE:
        for match in pattern.finditer(source.code):
            yield Finding(source.path, line_of(source.code, match.start()), rule, hint)
    first = AWAIT.search(source.code)
    if first and not source.path.startswith(AWAIT_HOMES):
        yield Finding(source.path, line_of(source.code, first.start()), "await-home",
                      "coroutines live on the real host; here a state machine decides")


class Function(NamedTuple):
    path: str
    line: int
    lines: int
    parameters: int


SCOPE = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b")
TEMPLATE = re.compile(r"\btemplate\s*<(?:[^<>]|<[^<>]*>)*>")


def functions(source: Source) -> Iterator[Function]:
    """Function definitions at namespace or class scope, found by counting braces."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*",
                  lambda match: re.sub(r"[^\n]", " ", match.group()), source.code,
                  flags=re.MULTILINE)
    stack: List[Tuple[str, int, int]] = []  # kind, where it opened, where its head began
    head_at = 0
    for match in re.finditer(r"[{};]", code):
        at = match.start()
        if match.group() == "{":
            stack.append((kind_of_block(code, head_at, at, stack), at, head_at))
        elif match.group() == "}" and stack:
            kind, start, began = stack.pop()
            if kind == "value":
                head_at = began
                continue
            if kind == "function":
                first = line_of(code, start)
                lines = line_of(code, at) - first  # as clang-tidy counts a body
                yield Function(source.path, first, lines, parameter_count(code[began:start]))
        head_at = at + 1


def kind_of_block(code: str, head_at: int, at: int, around: List[Tuple[str, int, int]]) -> str:
    """What a brace opens: a scope, a function, a value (`n_{1}`), or something inside of one."""
    if around and around[-1][0] != "scope":
        return "inner"
    if not code[at - 1:at].isspace():
        return "value"
    head = TEMPLATE.sub(" ", code[head_at:at])
    if SCOPE.search(head.split("(")[0]):
        return "scope"
    return "function" if ")" in head else "inner"


def parameter_count(head: str) -> int:
    """Parameters of the first parenthesis: commas outside of nested brackets, plus one."""
    head = TEMPLATE.sub(" ", head)
    depth, count, seen = 0, 0, False
    for char in head[head.find("("):]:
        if char in "([<{":
            depth += 1
        elif char in ")]>}":
            depth -= 1
            if depth == 0:
                break
        elif not char.isspace():
            seen = True
            count += char == "," and depth == 1
    return count + 1 if seen else 0


def later_findings(root: str, names: List[str]) -> Iterator[Finding]:
    for name in names:
        if name.endswith(LATER_ENDINGS):
            for number, line in enumerate(read(root, name).splitlines(), 1):
                if LATER.search(line):
                    yield Finding(name, number, "later", "needs an issue number: (#12)")


BASELINE = "tools/baseline.txt"


def ratchet_findings(root: str, counts: Dict[str, List[str]], lower: bool) -> Iterator[Finding]:
    """Compares what was counted with the file of ratchets, and lowers the file when asked."""
    path = os.path.join(root, BASELINE)
    lines = read(root, BASELINE).splitlines() if os.path.exists(path) else []
    bars = {}
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            name, bar = line.split()
            bars[name] = (number, int(bar))
    for name, places in counts.items():
        number, bar = bars.get(name, (0, 0))
        if len(places) > bar:
            text = f"{name}: {len(places)}, at most {bar} allowed:"
            yield Finding(BASELINE, number, "ratchet", "\n    ".join([text] + places))
        elif len(places) < bar and lower:
            lines[number - 1] = f"{name} {len(places)}"
        elif len(places) < bar:
            yield Finding(BASELINE, number, "ratchet",
                          f"{name}: {len(places)}, below {bar}: keep it there with "
                          "`tools/check_layers.py --lower`")
    if lower and lines:
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


def check(root: str, lower: bool = False) -> Tuple[List[Finding], List[str]]:
    """All findings under a root, and the names of files worth splitting soon."""
    names = listed_files(root)
    findings: List[Finding] = []
    advice: List[str] = []
    counts: Dict[str, List[str]] = {"layer-ok": [], "long-function": [], "many-parameters": []}
    for name in (n for n in names if n.endswith(CPP_ENDINGS)):
        source = Source(name, read(root, name))
        if not source.folder:
            findings.append(Finding(name, 1, "folder", "not in the table of tools/check_layers.py"))
        for finder in (include_findings, pattern_findings, coroutine_findings):
            findings += [f for f in finder(source) if not source.excused(f.line)]
        for line in sorted(source.escapes):
            match = ESCAPE.search(source.lines[line - 1])
            if not (match and match.group(1)):
                findings.append(Finding(name, line, "escape", "an excuse needs its reason"))
            elif line not in source.used:
                findings.append(Finding(name, line, "escape", "excuses nothing; remove it"))
            counts["layer-ok"].append(f"{name}:{line}")
        for function in functions(source):
            place = f"{name}:{function.line}"
            if function.lines > FUNCTION_LINES_MAX:
                counts["long-function"].append(f"{place} ({function.lines} lines)")
            if function.parameters > PARAMETERS_MAX:
                counts["many-parameters"].append(f"{place} ({function.parameters})")
        length = len(source.lines)
        if length > LINES_MAX:
            findings.append(Finding(name, LINES_MAX + 1, "length", f"{length} lines; split it"))
        elif length > LINES_ADVISED:
            advice.append(f"{name} has {length} lines; {LINES_ADVISED} are advised")
    findings += later_findings(root, names)
    findings += ratchet_findings(root, counts, lower)
    return findings, advice


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", default=root_of_this_tree())
    parser.add_argument("--lower", action="store_true", help="write lower counts into the baseline")
    options = parser.parse_args()
    findings, advice = check(os.path.abspath(options.root), options.lower)
    for line in advice:
        print("advice:", line)
    return report("layers", findings, "this tree")


if __name__ == "__main__":
    sys.exit(main())
