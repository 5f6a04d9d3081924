# The two commands that matter are `make review` and `make test`; the rest saves typing.
# Thin on purpose: the build is CMake's (CMakePresets.json), the steps with a story are in tools/.

ADR ?= $(wildcard ../shared/adr/ADR-OS-024.md)
# Three at a time on two cores: many tests wait for processes, timers and disks.
CTEST := ctest -j3 --output-on-failure --no-tests=error --test-dir

FUZZ_SECONDS ?= 30

.PHONY: help test test-page review bench real mutate-checks sweep-checks asan asan-core clang \
    histories tidy fuzz golden format packages
.NOTPARALLEL:

help:
	@echo 'make test                install what is missing, build, run every test'
	@echo 'make test-page           open the page in a browser; says so where there is none'
	@echo 'make review [ADR=FILE]   install, build, review the ADR; says where the page lies'
	@echo 'make bench               build and run the benches, against Redis and NATS too (release)'
	@echo 'make mutate-checks        disable each rule of the checkers in turn; a test must notice each'
	@echo 'make sweep-checks         the checkers on 10^5 drawn histories a property'
	@echo 'make asan                every test under the address and undefined-behaviour sanitizers'
	@echo 'make asan-core           the same for the pure core and the simulator alone'
	@echo 'make clang               every test, built by the other compiler'
	@echo 'make histories           the same histories from g++ -O0 and from clang as from g++ -O2'
	@echo 'make tidy [BASE=COMMIT]  clang-tidy on the files that changed since (BASE=all: every file)'
	@echo 'make fuzz                each decoder under libFuzzer for FUZZ_SECONDS (30)'
	@echo 'make real                kill, freeze and cut off real brokers, 20 rounds of 100,000 events'
	@echo 'make golden              write tests/golden/ anew, after a change of behaviour'
	@echo 'make format              rewrite the sources as clang-format wants them'
	@echo 'make packages            only install what packages.txt names'

packages:
	@tools/install_packages packages.txt

test: packages
	cmake --preset dev
	cmake --build build/dev
	$(CTEST) build/dev

test-page: packages
	cmake --preset dev
	cmake --build build/dev --target stormglass stormglass-defects show_sample
	@tools/test_page build/dev

review: packages
	cmake --preset release
	cmake --build build/release --target stormglass stormglass-defects
	@tools/review build/release "$(ADR)"

bench: packages
	@tools/install_packages packages-bench.txt
	cmake --preset release -B build/bench -DSTORMGLASS_TESTS=ON -DSTORMGLASS_BENCHES=ON
	cmake --build build/bench --target benches
	@tools/run_benches build/bench

mutate-checks: packages
	cmake --preset dev
	cmake --build build/dev --target checks_mutants
	@python3 -B tests/sim/checks/mutants/mutate.py sim/checks/rules.cpp \
	    build/dev/tests/sim/checks/checks_mutants 'Rules.*:Document.*' 'Planted.*'

sweep-checks: packages
	cmake --preset dev
	cmake --build build/dev --target checks_linear_test checks_planted_test
	STORMGLASS_SWEEP=1 build/dev/tests/sim/checks/checks_linear_test --gtest_brief=1
	RC_PARAMS=max_success=100000 build/dev/tests/sim/checks/checks_planted_test --gtest_brief=1

asan clang: packages
	cmake --preset $@
	cmake --build build/$@
	$(CTEST) build/$@

# Without the storms, the million mutated inputs and whole programs: `make asan` has them.
asan-core: packages
	cmake --preset asan
	cmake --build build/asan --target core_tests stormglass
	$(CTEST) build/asan -LE 'house|defects|docs' -E '_NOT_BUILT$$|^Storm|^Decoders.survive_mutated|^[a-z_]+$$'

# The sanitized program is clang's; the release is g++ -O2; the tests themselves cover g++ -O1.
histories: packages
	cmake --preset o0
	cmake --build build/o0 --target stormglass
	cmake --preset asan
	cmake --build build/asan --target stormglass
	python3 -B tools/check_golden.py --program build/o0/stormglass
	python3 -B tools/check_golden.py --program build/asan/stormglass

golden: packages
	cmake --preset dev
	cmake --build build/dev --target stormglass
	python3 -B tools/check_golden.py --program build/dev/stormglass --update

tidy: packages
	cmake --preset clang
	@tools/run_tidy build/clang $(BASE)

fuzz: packages
	cmake --preset asan
	cmake --build build/asan --target fuzzers
	@tools/run_fuzzers build/asan $(FUZZ_SECONDS)

# Twenty rounds of 100,000 events for each kind of disk; the tests take two rounds of 10,000.
real: packages
	cmake --preset release -B build/real -DSTORMGLASS_TESTS=ON
	cmake --build build/real --target real_faults_test
	STORMGLASS_REAL_EVENTS=100000 STORMGLASS_REAL_ROUNDS=20 build/real/tests/real/real_faults_test

format: packages
	@python3 -B tools/check_format.py --fix
