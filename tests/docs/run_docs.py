#!/usr/bin/env python3
"""Runs every command that the documentation shows and compares what it prints.

    tests/docs/run_docs.py --programs BUILD_FOLDER FILE.md...

A block fenced as ```console holds commands (`$ ...`; `> ...` goes on) and what they print, stdout and
stderr together. A line `...` stands for any lines, `...` inside a line for any text, and runs of
spaces for one another. The blocks of one file run in order, by one shell, in an empty folder, with
the programs first on the path; a command that fails is followed by `$ echo $?`, for people. Links to
files of this repository must lead somewhere, and a block below `<!-- FILE -->` is an excerpt of it.

A command that ends in ` &` stays in the background: the shell goes on once it has printed as many
lines as the page shows, and what it prints later belongs to the command that was running then, after
that one's own words. The page must end it, with `$ kill %1; wait`; what still runs at the end is a
finding, and is killed.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from typing import Iterator, List, NamedTuple

MARK = "stormglass-docs-end-of-command"
FENCE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXCERPT = re.compile(r"^<!-- (\S+) -->\n```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)(?:#[^)\s]*)?\)")
SECONDS_MAX = 120


class Shown(NamedTuple):
    """One command, its place, and what the page says it prints."""
    line: int
    command: str
    output: List[str]


def shown_in(text: str) -> Iterator[Shown]:
    for block in FENCE.finditer(text):
        line = text.count("\n", 0, block.start()) + 2
        current = None
        for row in block.group(1).splitlines():
            if row.startswith("$ "):
                if current:
                    yield current
                current = Shown(line, row[2:], [])
            elif row.startswith("> ") and current and not current.output:
                current = current._replace(command=current.command + "\n" + row[2:])
            elif current:
                current.output.append(row)
            line += 1
        if current:
            yield current


def pattern_of(lines: List[str]) -> re.Pattern:
    parts = []
    for line in lines:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
            continue
        words = [re.escape(word) for word in line.split()]
        text = r"[ \t]+".join(words).replace(re.escape("..."), ".*")
        parts.append(r"[ \t]*" + text + r"[ \t]*\n")
    return re.compile("".join(parts))


# What stays in the background writes to files of its own, so that its words cannot come between
# those of others. `began LINES` waits for them; `said` prints what is new in them.
PRELUDE = r"""
began() {  # until it has printed so many lines, has ended, or had time enough
    for _ in $(seq 600); do
        [ "$(wc -l <"$BACKGROUND/$jobs_begun")" -lt "$1" ] && kill -0 $! 2>/dev/null || break
        sleep 0.05
    done
}
said() {
    for at in $(seq "$jobs_begun"); do
        tail -c "+$((${jobs_read[at]:-0} + 1))" "$BACKGROUND/$at" >"$BACKGROUND/new"
        cat "$BACKGROUND/new"
        jobs_read[at]=$((${jobs_read[at]:-0} + $(wc -c <"$BACKGROUND/new")))
    done
}
jobs_begun=0
"""
STILL = "stormglass-docs-still-running"


def script_of(commands: List[Shown]) -> str:
    lines = [PRELUDE]
    for shown in commands:
        if shown.command.endswith(" &"):
            command = shown.command[:-2]
            lines += ["jobs_begun=$((jobs_begun + 1)); : >\"$BACKGROUND/$jobs_begun\"",
                      f"{command} >>\"$BACKGROUND/$jobs_begun\" 2>&1 &", f"began {len(shown.output)}"]
        else:
            lines.append(shown.command)
        # And `$?` is what it was.
        lines.append(f"status=$?; said; echo {MARK}; (exit $status)")
    lines.append(f"for left in $(jobs -rp); do echo {STILL}; done")
    return "\n".join(lines) + "\n"


def run(commands: List[Shown], programs: str) -> List[str]:
    """What each command printed, in order, and after that what is left of the background."""
    environment = dict(os.environ, PATH=programs + os.pathsep + os.environ["PATH"], NO_COLOR="1",
                       COLUMNS="80")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as background:
        environment["BACKGROUND"] = background
        with subprocess.Popen(["bash", "-c", script_of(commands)], cwd=folder, env=environment,
                              text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, start_new_session=True) as shell:
            late = threading.Timer(SECONDS_MAX, kill_group, [shell])
            late.start()
            try:
                printed, _ = shell.communicate()
            finally:
                late.cancel()
                kill_group(shell)
    return printed.split(MARK + "\n")


def kill_group(shell: subprocess.Popen) -> None:
    """The shell and whatever it began."""
    try:
        os.killpg(shell.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # as it should be


def dead_links_in(path: str, text: str) -> List[str]:
    folder = os.path.dirname(path)
    return [f"{path}:{text.count(chr(10), 0, link.start()) + 1}: nothing stands at {link.group(1)}"
            for link in LINK.finditer(text)
            if not os.path.exists(os.path.join(folder, link.group(1)))]


def stale_excerpts_in(path: str, text: str) -> Iterator[str]:
    for excerpt in EXCERPT.finditer(text):
        source = os.path.join(ROOT, excerpt.group(1))
        told = f"{path}:{text.count(chr(10), 0, excerpt.start()) + 1}"
        if not os.path.exists(source):
            yield f"{told}: there is no {excerpt.group(1)}"
            continue
        with open(source, encoding="utf-8") as file:
            if excerpt.group(2) not in file.read():
                yield f"{told}: this is not in {excerpt.group(1)}:\n{excerpt.group(2)}"


def problems_of(path: str, programs: str) -> List[str]:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    commands = list(shown_in(text))
    found = dead_links_in(path, text) + list(stale_excerpts_in(path, text))
    outputs = run(commands, programs) if commands else []
    for at, shown in enumerate(commands):
        if at + 1 >= len(outputs):
            found.append(f"{path}:{shown.line}: the shell ended before the end of `{shown.command}`, "
                         f"or was killed after {SECONDS_MAX} s; it printed\n{outputs[at]}")
            break
        if not pattern_of(shown.output).fullmatch(outputs[at]):
            found.append(f"{path}:{shown.line}: `{shown.command}` printed\n{outputs[at]}"
                         f"and the page says\n" + "\n".join(shown.output))
    if outputs and STILL in outputs[-1]:
        found.append(f"{path}: what the page began in the background still runs at its end")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", required=True)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    problems = [problem for path in options.files
                for problem in problems_of(path, os.path.abspath(options.programs))]
    print("\n\n".join(problems) if problems else f"docs: {len(options.files)} pages tell the truth")
    return 1 if problems else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # and what was begun is ended
    sys.exit(main())
