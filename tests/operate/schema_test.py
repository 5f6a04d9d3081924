#!/usr/bin/env python3
"""Schemas against what they describe: shipped files and real output pass, planted mistakes do not.

    schema_test.py STORMGLASS STORMGLASS_DEFECTS SOURCE_DIR WRITE_SAMPLES

Exit code 77 where the validator (python3-jsonschema, python3-yaml) is not installed.
"""

import copy
import glob
import json
import os
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

PROGRAM, DEFECTS, SOURCE, WRITE_SAMPLES = sys.argv[1:5]
FAILURES = []


class Yaml12(yaml.SafeLoader):
    """`yes` and dates are text in YAML 1.2, and for stormglass."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules
            if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)


def schema(kind):
    ended = run("schema", kind)
    assert ended.returncode == 0, ended.stderr
    document = json.loads(ended.stdout)
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def expect(good, what, validator, value):
    problems = [f"{list(p.absolute_path)}: {p.message}"[:300] for p in validator.iter_errors(value)]
    if good and problems:
        FAILURES.append(f"{what} was refused: {problems[:3]}")
    if not good and not problems:
        FAILURES.append(f"{what} was taken")


def closed(value):
    """The same schema, taking no field that it does not name."""
    if isinstance(value, dict):
        value = {key: closed(inner) for key, inner in value.items()}
        if value.get("type") == "object" and "properties" in value:
            value.setdefault("additionalProperties", False)
    elif isinstance(value, list):
        value = [closed(inner) for inner in value]
    return value


def changed(value, path, new):
    """A copy with the value at `path` replaced, or removed when `new` is None."""
    result = copy.deepcopy(value)
    at = result
    for key in path[:-1]:
        at = at[key]
    if new is None:
        del at[path[-1]]
    else:
        at[path[-1]] = new
    return result


def scenarios():
    validator = schema("scenario")
    files = sorted(glob.glob(os.path.join(SOURCE, "scenarios/data/*.yaml")))
    assert len(files) >= 9, files
    for file in files:
        with open(file, encoding="utf-8") as text:
            expect(True, file, validator, yaml.load(text, Yaml12))
    with open(os.path.join(SOURCE, "scenarios/data/broker-crash.yaml"), encoding="utf-8") as text:
        good = yaml.load(text, Yaml12)
    for path, new in ((("name",), None), (("check",), None), (("nmae",), "x"),
                      (("guarantee",), "exactly-onec"), (("quiesce",), "30"), (("quiesce",), 30),
                      (("format",), 2), (("gate",), {"seeds": "many"}),
                      (("faults", 0, "fault"), "crash-att"),
                      (("faults", 0, "with"), {"nonsense": 1}),
                      (("check", "eventually"), ["no-such-check"]),
                      (("workload",), {"count": 0}), (("topology",), {"coordinators": 9})):
        expect(False, f"a scenario with {path} = {new}", validator, changed(good, path, new))


def claims():
    validator = schema("claims")
    with open(os.path.join(SOURCE, "scenarios/claims/ADR-OS-024.claims.yaml"),
              encoding="utf-8") as text:
        good = yaml.load(text, Yaml12)
    expect(True, "the claims", validator, good)
    tested = next(i for i, claim in enumerate(good["claims"]) if claim.get("legs"))
    for path, new in ((("claims",), None), (("claims", 0, "kind"), "wish"),
                      (("claims", 0, "sha256"), "xyz"),
                      (("claims", tested, "legs", 0, "scenario"), "clam"),
                      (("claims", tested, "legs", 0, "checks"), ["nothing"]),
                      (("claims", tested, "defeaters", 0, "settled"), "maybe")):
        expect(False, f"claims with {path} = {new}", validator, changed(good, path, new))


def keep_a_failure(folder):
    """What `keep` writes of a run that fails because of a planted defect."""
    defect = ("--defect", "two-coordinators")
    subprocess.run([DEFECTS, "run", "partition-during-checkout", *defect, "--seeds", "12", "--twins",
                    "0", "--quiet", "--no-progress", "--out", folder], check=False,
                   capture_output=True)
    found = sorted(glob.glob(os.path.join(folder, "**", "*.replay"), recursive=True))
    assert found, "no run failed"
    kept = subprocess.run([DEFECTS, "keep", found[0], *defect, "--regressions", folder, "--name",
                           "kept", "--issue", "7"], check=False, capture_output=True, text=True)
    assert kept.returncode == 0, kept.stderr
    return os.path.join(folder, "kept.replay")


def replays(folder):
    validator = schema("replay")
    shipped = sorted(glob.glob(os.path.join(SOURCE, "tests/regressions/*.replay")))
    assert shipped
    for file in shipped + [keep_a_failure(folder)]:
        with open(file, encoding="utf-8") as text:
            good = yaml.load(text, Yaml12)
        expect(True, file, validator, good)
        assert good["decisions"], file
        for path, new in ((("seed",), None), (("seed",), "0x"), (("seed",), -1),
                          (("trace",), "0x12345678901234567"), (("format",), 2),
                          (("check",), "terminaton"), (("name",), "Kept run"), (("sede",), 1),
                          (("choices",), ["3-"]), (("choices",), 3), (("issue",), 0),
                          (("events",), "many"), (("faults",), [{"fault": 0, "kept": []}]),
                          (("faults",), [{"fault": 1}]), (("decisions", 0, "about"), None),
                          (("decisions", 0, "number"), -1), (("decisions", 0), "crash")):
            expect(False, f"{file} with {path} = {new}", validator, changed(good, path, new))


def results(folder):
    validator = schema("results")
    strict = jsonschema.Draft202012Validator(closed(validator.schema))
    ended = run("run", "calm", "--seeds", "2", "--twins", "0", "--json", "--quiet", "--out", folder)
    expect(True, "the output of run", strict, json.loads(ended.stdout))
    with open(os.path.join(folder, "samples", "review.json"), encoding="utf-8") as text:
        good = json.load(text)
    expect(True, "a review", strict, good)
    assert good["scenarios"] and good["claims"]
    for path, new in ((("schema",), 2), (("run_id",), None), (("jobs",), -1),
                      (("scenarios", 0, "runs"), "two"), (("claims", 0, "status"), "fine"),
                      (("scenarios", 0, "seed_first"), 17)):
        expect(False, f"results with {path} = {new}", validator, changed(good, path, new))


def events_and_journal(journal):
    lines = schema("journal")
    events = schema("events")
    strict = jsonschema.Draft202012Validator(lines.schema)
    count = 0
    for line in run("journal", "dump", journal, "--json").stdout.splitlines():
        value = json.loads(line)
        expect(True, line[:120], strict, value)
        for event in value.get("events", []):
            expect(True, "an event", events, event["event"])
            count += 1
            good = event["event"]
    assert count > 0
    for path, new in ((("id",), None), (("sig",), None), (("epoch",), "one"), (("id",), ""),
                      (("Upper",), "x")):
        expect(False, f"an event with {path} = {new}", events, changed(good, path, new))


def main():
    scenarios()
    claims()
    with tempfile.TemporaryDirectory() as folder:
        replays(os.path.join(folder, "failing"))
        samples = os.path.join(folder, "samples")
        os.mkdir(samples)
        subprocess.run([WRITE_SAMPLES, samples], check=True)
        results(folder)
        events_and_journal(samples)
    for failure in FAILURES:
        print(failure)
    print(f"{len(FAILURES)} findings")
    return 1 if FAILURES else 0


sys.exit(main())
