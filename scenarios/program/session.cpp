#include "scenarios/program/session.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "scenarios/cli/vocabulary.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace stormglass::scenarios {
namespace {

std::atomic<bool> interrupt_seen{false};

extern "C" void on_interrupt(int) {
    if (interrupt_seen.exchange(true)) {
        _exit(kExitInterrupted);
    }
}

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

Stream stream_of(int descriptor) {
    return isatty(descriptor) != 0 ? Stream::terminal : Stream::other;
}

void write(std::FILE* stream, const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stream);
    std::fflush(stream);
}

}  // namespace

const std::atomic<bool>& interrupted() {
    return interrupt_seen;
}

void catch_interrupts() {
    struct sigaction action {};

    action.sa_handler = on_interrupt;
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

Session::Session(Options options, Names names, PlantedDefects defects, std::string command_line)
    : options_(std::move(options)),
      names_(std::move(names)),
      defects_(defects),
      command_line_(std::move(command_line)),
      program_(defects.empty() ? "stormglass" : "stormglass-defects"),
      start_(std::chrono::steady_clock::now()),
      progress_(progress_style(options_, stream_of(STDERR_FILENO), variable("TERM"))) {
    shrink_seconds_ = static_cast<double>(options_.shrink_budget.ns) / 1e9;
    const auto wanted =
        std::find_if(defects_.begin(), defects_.end(), [this](const PlantedDefect& defect) {
            return defect.name == options_.defect;
        });
    defect_ = wanted == defects_.end() ? nullptr : &*wanted;
}

unsigned Session::jobs() const {
    return options_.jobs > 0 ? static_cast<unsigned>(options_.jobs)
                             : std::max(1U, std::thread::hardware_concurrency());
}

reports::TerminalStyle Session::style() const {
    reports::TerminalStyle style;
    style.colour = use_color(options_.color,
                             stream_of(STDOUT_FILENO),
                             {{"NO_COLOR", variable("NO_COLOR")},
                              {"CLICOLOR_FORCE", variable("CLICOLOR_FORCE")},
                              {"TERM", variable("TERM")}});
    return style;
}

double Session::elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Session::say(const std::string& text) const {
    if (!options_.quiet) {
        write(stderr, text);
    }
}

std::string Session::who() const {
    return program_ + " " + std::string(verb_info(options_.verb).name);
}

void Session::complain(const std::string& text) const {
    write(stderr, text);
}

void Session::print(const std::string& text) const {
    write(stdout, text);
}

void Session::show_progress(const ProgressState& state) {
    const auto elapsed = std::chrono::steady_clock::now() - start_;
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(elapsed).count();
    const std::string text = progress_.update(state, nanoseconds(ns));
    if (!text.empty()) {
        write(stderr, text);
    }
}

void Session::end_progress() {
    write(stderr, progress_.finish());
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace stormglass::scenarios
