"""What the house checks share: which files they look at, and how they report.

No dependency but Python's standard library. The checks are ctests (tests/tools/CMakeLists.txt);
each is proven by planted violations in tests/tools/.
"""

import os
import re
import subprocess
from typing import Iterable, List, NamedTuple

CPP_ENDINGS = (".cpp", ".hpp")
DETERMINISTIC = ("runtime", "sim", "bus", "sagas")


class Finding(NamedTuple):
    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


def root_of_this_tree() -> str:
    return os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def listed_files(root: str) -> List[str]:
    """Tracked files and new ones that are not ignored; the whole tree where git does not answer."""
    # Checkouts of another user are common in containers; reading names of files is harmless.
    command = ["git", "-c", f"safe.directory={root}", "-C", root, "ls-files", "-z",
               "--cached", "--others", "--exclude-standard"]
    try:
        answer = subprocess.run(command, capture_output=True, check=True).stdout
        names = [name for name in answer.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = walked_files(root)
    return sorted({name for name in names if os.path.isfile(os.path.join(root, name))})


def walked_files(root: str) -> List[str]:
    names = []
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders
                      if not f.startswith(".") and f not in ("build", "out", "node_modules")]
        names += [os.path.relpath(os.path.join(folder, name), root) for name in files]
    return names


def read(root: str, name: str) -> str:
    with open(os.path.join(root, name), encoding="utf-8", errors="replace") as file:
        return file.read()


# Numbers come first: a digit separator is no character literal.
TOKEN = re.compile(
    r"""(?P<number>\b[0-9](?:'?[\w.])*)
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<raw>R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")
      | (?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')""",
    re.VERBOSE | re.DOTALL)


def blanked(text: str, strings: bool) -> str:
    """The text with comments (and strings, if asked) turned into spaces, line for line."""

    def blank(match: "re.Match[str]") -> str:
        kind = match.lastgroup if match.lastgroup != "mark" else "raw"
        if kind == "number" or (kind != "comment" and not strings):
            return match.group()
        return re.sub(r"[^\n]", " ", match.group())

    return TOKEN.sub(blank, text)


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def report(check: str, findings: Iterable[Finding], subject: str) -> int:
    findings = sorted(findings)
    for finding in findings:
        print(finding)
    print(f"{check}: {len(findings)} findings in {subject}")
    return 1 if findings else 0
