#!/usr/bin/env python3
"""The manual page: man reads it without a warning, and it says what the program knows.

    manual_test.py STORMGLASS

Exit code 77 where man is not installed.
"""

import os
import shutil
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]


def output(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout


def main():
    if not shutil.which("man"):
        print("skipped: man is not installed")
        return 77
    roff = output(PROGRAM, "manual-page")
    with tempfile.TemporaryDirectory() as folder:
        page = os.path.join(folder, "stormglass.1")
        with open(page, "w", encoding="utf-8") as out:
            out.write(roff)
        ended = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page],
                               capture_output=True, text=True, check=False,
                               env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
        if ended.returncode or ended.stderr:
            print(ended.stderr)
            return 1
        text = output("man", "-E", "ascii", "-l", page,
                      env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "200",
                           "MANPAGER": "cat", "GROFF_NO_SGR": "1"})
    plain = "".join(text.split("\b"))
    missing = []
    overview = output(PROGRAM, "help")
    verbs = [line.split()[0] for line in overview.splitlines()
             if line.startswith("  ") and not line.startswith("   ") and "stormglass" not in line]
    assert len(verbs) > 10, overview
    for verb in verbs:
        for word in output(PROGRAM, "help", verb).split():
            if word.startswith("--") and word not in ("--help",) and word.strip("`,.:") not in plain:
                missing.append((verb, word))
    for heading in ("EXIT STATUS", "ENVIRONMENT", "BUS URLS", "TOKENS", "FILES"):
        if heading not in plain:
            missing.append(heading)
    print(missing or "nothing is missing")
    return 1 if missing else 0


sys.exit(main())
