#include "tests/real/broker_process.hpp"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "runtime/check.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace stormglass::tests {
namespace {

/// Reads one line of a child; empty when it ended without one.
std::string line_from(int fd) {
    std::string line;
    char c = 0;
    while (::read(fd, &c, 1) == 1 && c != '\n') {
        line += c;
    }
    return line;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) {
        result.push_back(text.data());
    }
    result.push_back(nullptr);
    return result;
}

}  // namespace

BrokerProcess::BrokerProcess(Unsynced unsynced, Soundness soundness)
    : unsynced_(unsynced),
      soundness_(soundness) {
    // The folder's name is fresh, so the bus is nobody else's.
    bus_id_ = std::filesystem::path(folder_.path()).filename().string();
    start();
}

BrokerProcess::~BrokerProcess() {
    if (pid_ > 0) {
        signal(SIGKILL);
        wait();
    }
}

void BrokerProcess::start() {
    CHECK(pid_ < 0);
    std::vector<std::string> arguments = {REAL_BROKER, data(), address_, bus_id_};
    if (soundness_ == Soundness::unsound) {
        arguments.emplace_back("unsound");
    }
    std::vector<std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        environment.emplace_back(*entry);
    }
    if (unsynced_ == Unsynced::dies) {
        environment.emplace_back("LD_PRELOAD=" UNSYNCED_LIBRARY);
        environment.emplace_back("STORMGLASS_UNSYNCED=" + (folder_ / "unsynced"));
    }
    int ends[2] = {};
    CHECK(::pipe2(ends, O_CLOEXEC) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    const std::vector<char*> argv = pointers(arguments);
    const std::vector<char*> envp = pointers(environment);
    CHECK(posix_spawn(&pid_, REAL_BROKER, &actions, nullptr, argv.data(), envp.data()) == 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    const std::string line = line_from(ends[0]);
    ::close(ends[0]);
    const std::string end = " " + std::to_string(pid_);
    CHECK(line.starts_with("ready ") && line.ends_with(end));
    address_ = line.substr(6, line.size() - 6 - end.size());
}

void BrokerProcess::kill() {
    signal(SIGKILL);
    CHECK(WIFSIGNALED(wait()));
    if (unsynced_ == Unsynced::dies) {
        remove_unsynced_files();
    }
}

void BrokerProcess::freeze() {
    signal(SIGSTOP);
}

void BrokerProcess::thaw() {
    signal(SIGCONT);
}

void BrokerProcess::limit_files(std::uint64_t bytes) const {
    const rlimit limit{bytes, RLIM_INFINITY};
    CHECK(pid_ > 0 && ::prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) == 0);
}

void BrokerProcess::lift_limit() const {
    limit_files(RLIM_INFINITY);
}

int BrokerProcess::stop() {
    signal(SIGTERM);
    const int status = wait();
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void BrokerProcess::signal(int number) const {
    CHECK(pid_ > 0 && ::kill(pid_, number) == 0);
}

int BrokerProcess::wait() {
    int status = 0;
    CHECK(::waitpid(pid_, &status, 0) == pid_);
    pid_ = -1;
    return status;
}

/// A file whose directory was not synced since it was made is not there after a power failure.
void BrokerProcess::remove_unsynced_files() const {
    std::ifstream list(folder_ / "unsynced");
    std::vector<std::string> names;
    for (std::string line; std::getline(list, line);) {
        if (line == "synced") {
            names.clear();
        } else {
            names.push_back(line.substr(std::strlen("created ")));
        }
    }
    list.close();
    for (const std::string& name : names) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(data())) {
            if (entry.path().filename() == name) {
                std::filesystem::remove(entry.path());
                break;
            }
        }
    }
    std::filesystem::remove(folder_ / "unsynced");
}

}  // namespace stormglass::tests
