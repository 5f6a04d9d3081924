# The two commands that matter are `make review` and `make test`; the rest saves typing.
# Thin on purpose: the build is CMake's (CMakePresets.json), the steps with a story are in tools/.

ADR ?= $(wildcard ../shared/adr/ADR-OS-024.md)
CTEST := ctest -j2 --output-on-failure --no-tests=error --test-dir

.PHONY: help test review bench asan clang format packages
.NOTPARALLEL:

help:
	@echo 'make test                install what is missing, build, run every test'
	@echo 'make review [ADR=FILE]   install, build, review the ADR; says where the page lies'
	@echo 'make bench               build and run the benches (release, build/bench)'
	@echo 'make asan                every test under the address and undefined-behaviour sanitizers'
	@echo 'make clang               every test, built by the other compiler'
	@echo 'make format              rewrite the sources as clang-format wants them'
	@echo 'make packages            only install what packages.txt names'

packages:
	@tools/install_packages packages.txt

test: packages
	cmake --preset dev
	cmake --build build/dev
	$(CTEST) build/dev

review: packages
	cmake --preset release
	cmake --build build/release --target stormglass stormglass-defects
	@tools/review build/release "$(ADR)"

bench: packages
	cmake --preset release -B build/bench -DSTORMGLASS_TESTS=ON -DSTORMGLASS_BENCHES=ON
	cmake --build build/bench --target benches
	@tools/run_benches build/bench

asan clang: packages
	cmake --preset $@
	cmake --build build/$@
	$(CTEST) build/$@

format: packages
	@python3 -B tools/check_format.py --fix
