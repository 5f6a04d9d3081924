"""The symbol check finds what compiled code asks of the machine, whatever its text looked like."""

import os
import subprocess
import unittest

from planted import Planted
import check_symbols

COMPILER = os.environ.get("CXX", "g++")
HARMLESS = "int twice(int n) { return 2 * n; }\n"
THREADS = "#include <thread>\nvoid start() { std::thread([] {}).join(); }\n"
PRINTS = "#include <cstdio>\nvoid say(int n) { std::fprintf(stderr, \"%d\", n); }\n"
# What the object asks for -> code; one symbol each.
PLANTED = {
    "clock_gettime": "#include <ctime>\nlong f() { timespec t; return clock_gettime(CLOCK_REALTIME,"
                     " &t) + t.tv_nsec; }\n",
    "std::chrono": "#include <chrono>\nauto f() { return std::chrono::steady_clock::now(); }\n",
    "std::random_device": "#include <random>\nunsigned f(std::random_device& d) { return d(); }\n",
    "rand": "#include <cstdlib>\nint f() { return std::rand(); }\n",
    "getenv": "#include <cstdlib>\nbool f() { return std::getenv(\"A\") != nullptr; }\n",
    "log": "#include <cmath>\ndouble f(double n) { return std::log(n); }\n",
    "socket": "#include <sys/socket.h>\nint f() { return socket(1, 2, 3); }\n",
    "pthread_mutex_lock": "#include <pthread.h>\nint f(pthread_mutex_t* m) "
                          "{ return pthread_mutex_lock(m); }\n",
    "std::cout": "#include <ostream>\nnamespace std { extern ostream cout; }\n"
                 "std::ostream* f() { return &std::cout; }\n",
}


class Symbols(Planted):
    def archive(self, folder: str, sources: dict) -> None:
        self.plant(f"{folder}/CMakeLists.txt", f"stormglass_library({folder} SOURCES a.cpp)\n")
        objects = []
        for name, text in sources.items():
            source = self.plant(f"{folder}/{name}", text)
            objects.append(os.path.join(self.root, os.path.basename(name) + ".o"))
            subprocess.run([COMPILER, "-std=c++20", "-O1", "-c", source, "-o", objects[-1]],
                           check=True)
        os.makedirs(os.path.join(self.root, "build", folder), exist_ok=True)
        path = os.path.join(self.root, "build", folder, f"libstormglass_{folder}.a")
        subprocess.run(["ar", "rc", path, *objects], check=True)

    def findings(self) -> list:
        return check_symbols.check(self.root, os.path.join(self.root, "build"))

    def test_harmless_code_and_folders_without_a_library_have_no_finding(self):
        self.archive("bus", {"a.cpp": HARMLESS})
        self.plant("sagas/CMakeLists.txt", "# empty so far\n")
        self.assertEqual(self.findings(), [])

    def test_each_planted_call_is_found_once(self):
        for symbol, text in PLANTED.items():
            with self.subTest(symbol=symbol):
                self.setUp()
                self.archive("bus", {"a.cpp": HARMLESS, "b.cpp": text})
                findings = self.findings()
                self.assertEqual([f.path for f in findings], ["bus/b.cpp.o"], findings)
                self.assertIn(symbol, findings[0].text)

    def test_threads_are_for_the_explorer_alone(self):
        self.archive("sim", {"explore/pool.cpp": THREADS})
        self.assertEqual(self.findings(), [])
        self.archive("bus", {"pool.cpp": THREADS})
        self.assertEqual({f.path for f in self.findings()}, {"bus/pool.cpp.o"})

    def test_a_name_shared_with_the_explorer_excuses_nothing(self):
        self.archive("sim", {"explore/pool.cpp": THREADS})
        self.plant("sim/pool.cpp", HARMLESS)
        self.assertEqual({f.path for f in self.findings()}, {"sim/pool.cpp.o"})

    def test_only_the_dying_words_print(self):
        self.archive("runtime", {"check.cpp": PRINTS})
        self.assertEqual(self.findings(), [])
        self.archive("runtime", {"other.cpp": PRINTS})
        self.assertEqual(self.rules(self.findings()), ["symbols", "symbols"])

    def test_a_declared_library_that_is_not_built_is_a_finding(self):
        self.plant("bus/CMakeLists.txt", "stormglass_library(bus SOURCES a.cpp)\n")
        self.assertEqual(self.rules(self.findings()), ["symbols"])


if __name__ == "__main__":
    unittest.main()
