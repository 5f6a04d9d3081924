#!/usr/bin/env python3
"""Joins the rows that benches wrote: one JSON file for programs, one table for people.

bench_table.py ROWS.json... --json ALL.json --table TABLE.md

A row has a name, a value and a unit; where it was measured against peers also their values, the
ratio to the best of them, and a bar (which fails the bench) or an aim (which is only reported).
"""
import argparse
import json
import os
import pathlib
import sys
from typing import Any, Dict, List

Row = Dict[str, Any]


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"


def machine() -> str:
    """In words, without names: "2 cores, Debian GNU/Linux 12"."""
    release = dict(line.split("=", 1) for line in pathlib.Path("/etc/os-release").read_text().splitlines()
                   if "=" in line)
    name = release.get("PRETTY_NAME", "Linux").strip('"').split(" (")[0]
    return f"{os.cpu_count()} cores, {name}"


def mark(row: Row) -> str:
    """What the row was held to, and whether it held."""
    said = []
    for kind in ("bar", "aim"):
        wanted = row.get(kind, 0)
        if wanted:
            less = row.get("better") == "less"
            value = row.get("ratio", row["value"])
            held = value <= wanted if less else value >= wanted
            text = f"{'≤' if less else '≥'} {wanted:,g}" + ("" if kind == "bar" else " (aim)")
            said.append(text + ("" if held else ", missed"))
    return "; ".join(said)


def table(rows: List[Row]) -> str:
    out = [f"On {machine()}; every figure of one run, peers by turns with it.", "",
           "| measure | here | peers | ratio to the best | held to |", "| --- | ---: | --- | ---: | --- |"]
    for row in rows:
        peers = ", ".join(f"{name} {number(value)}" for name, value in row.get("peers", {}).items())
        ratio = f"{row['ratio']:.2f}" if "ratio" in row else ""
        out.append(f"| {row['name']} | {number(row['value'])} {row['unit']} | {peers} | {ratio} | {mark(row)} |")
    return "\n".join(out) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="+")
    parser.add_argument("--json", required=True)
    parser.add_argument("--table", required=True)
    options = parser.parse_args()
    rows: List[Row] = []
    for path in options.rows:
        rows += json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows)
    pathlib.Path(options.json).write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    pathlib.Path(options.table).write_text(table(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
