#!/usr/bin/env python3
"""Installs this build into a scratch folder and uses it from a project outside the tree.

    run.py --build DIR --source DIR --scratch DIR [--cmake cmake] [--compiler g++]

The project's property must fail, the line that it prints must repeat the failure, the mended product
must pass; the same headers and archives must serve through pkg-config.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys


def run(command, expect=0, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **more)
    if expect is not None and done.returncode != expect:
        sys.exit(f"{command}\nended with {done.returncode}, not {expect}:\n{done.stdout}")
    return done.stdout


def demand(text, pattern, why):
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        sys.exit(f"{why}: no match for {pattern!r} in\n{text}")
    return found


def check_tests(build):
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("STORMGLASS_", "RC_"))}
    failed = run(["./till_test"], expect=1, cwd=build, env=environment)
    demand(failed, r"^  replay exactly   STORMGLASS_REPLAY=sg1:", "the scenario test")
    demand(failed, r"never-more-than-paid", "the scenario test")
    demand(failed, r"smallest .* 1 choice", "the scenario test")
    line = demand(failed, r"^repeats it: (STORMGLASS_REPLAY=\S+) (\S+) (\S+)$", "the property")
    variable, program, only = line.groups()
    print("printed:", line.group(0))
    name, token = variable.split("=", 1)
    again = run([program, only], expect=1, cwd=build, env={**environment, name: token})
    demand(again, r"Falsifiable after 1 tests\b", "the repeated property")
    demand(again, r"never-more-than-paid", "the repeated property")
    demand(again, re.escape(variable), "the repeated property is another run")
    demand(failed, r"counts_each_payment_once_under_any_schedule[\s\S]*choices \{\d+\} of 20",
           "the property's smallest case")
    seed = demand(failed, r"^  from the seed    (STORMGLASS_SEED)=(0x\S+) (\S+) (\S+)$", "the seed")
    run([seed.group(3), seed.group(4)], expect=1, cwd=build,
        env={**environment, seed.group(1): seed.group(2)})

    mended = run(["./till_mended_test"], cwd=build, env=environment)
    demand(mended, r"^\[  PASSED  \] 2 tests", "the mended product")
    run(["./till_mended_test", only], cwd=build, env={**environment, name: token})
    cut = run(["./till_mended_test", only], expect=1, cwd=build,
              env={**environment, name: token[:-8]})
    demand(cut, r"incomplete token", "a cut token")


def check_embedded(build, data):
    """The bus inside a program: what it stored is there when it starts again."""
    for position in range(2):
        said = run(["./embedded", data], cwd=build)
        demand(said, rf"^stored at {position}$", "the embedded bus")


def check_pkg_config(options, prefix, build):
    environment = {**os.environ, "PKG_CONFIG_PATH": os.path.join(prefix, options.libdir, "pkgconfig")}
    flags = run(["pkg-config", "--cflags", "--libs", "stormglass"], env=environment).split()
    version = run(["pkg-config", "--modversion", "stormglass"], env=environment).strip()
    demand(version, r"^0\.1\.\d+$", "pkg-config's version")
    program = os.path.join(build, "plain")
    run([options.compiler, "-std=c++20", "-DTILL_MENDED", "-I" + options.source, "-o", program,
         os.path.join(options.source, "plain.cpp"), os.path.join(options.source, "till.cpp"), *flags])
    print(run([program]).strip())


def main():
    parser = argparse.ArgumentParser()
    for name in ("--build", "--source", "--scratch"):
        parser.add_argument(name, required=True)
    parser.add_argument("--cmake", default="cmake")
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--launcher", default="")
    parser.add_argument("--flags", default="")
    parser.add_argument("--libdir", default="lib")
    options = parser.parse_args()

    shutil.rmtree(options.scratch, ignore_errors=True)
    prefix = os.path.join(options.scratch, "prefix")
    run([options.cmake, "--install", options.build, "--component", "dev", "--prefix", prefix])
    # Moved: nothing in it may name the place that it was installed to.
    moved = os.path.join(options.scratch, "moved")
    os.rename(prefix, moved)
    build = os.path.join(options.scratch, "build")
    run([options.cmake, "-G", "Ninja", "-S", options.source, "-B", build,
         "-DCMAKE_PREFIX_PATH=" + moved, "-DCMAKE_CXX_COMPILER=" + options.compiler,
         "-DCMAKE_CXX_COMPILER_LAUNCHER=" + options.launcher, "-DCMAKE_CXX_FLAGS=" + options.flags])
    run([options.cmake, "--build", build])
    check_tests(build)
    check_embedded(build, os.path.join(options.scratch, "data"))
    if not options.flags:  # a sanitizer's archives need its flags
        check_pkg_config(options, moved, build)

    wrong = run([options.cmake, "-G", "Ninja", "-S", options.source, "-B", build + "-wrong",
                 "-DCMAKE_PREFIX_PATH=" + moved, "-DCMAKE_PROJECT_shop_INCLUDE=" +
                 os.path.join(options.source, "want_newer.cmake")], expect=1)
    demand(wrong, r"requested version \"0\.2\"", "another minor version")


if __name__ == "__main__":
    main()
