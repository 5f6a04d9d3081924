#include "scenarios/program/children.hpp"

#include <array>
#include <charconv>
#include <filesystem>
#include <sstream>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace stormglass::scenarios {
namespace {

constexpr std::size_t kOutputMax = 16 << 20;

std::vector<char*> pointers_of(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

std::string read_all(int descriptor) {
    std::string text;
    std::array<char, 65536> buffer;
    while (text.size() < kOutputMax) {
        const ssize_t count = read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            break;
        }
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
}

/// Runs a program to its end; its output when it ended well.
std::optional<std::string> output_of(std::vector<std::string> arguments,
                                     std::vector<std::string> environment) {
    std::array<int, 2> pipe_ends{};
    if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) {
        return std::nullopt;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
    const auto argv = pointers_of(arguments);
    const auto envp = pointers_of(environment);
    pid_t child = 0;
    const int error =
        posix_spawn(&child, arguments.front().c_str(), &actions, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_ends[1]);
    std::optional<std::string> output;
    if (error == 0) {
        std::string text = read_all(pipe_ends[0]);
        int status = 0;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
            output = std::move(text);
        }
    }
    close(pipe_ends[0]);
    return output;
}

std::vector<std::string> own_environment() {
    std::vector<std::string> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        environment.emplace_back(*entry);
    }
    return environment;
}

std::vector<std::string> split(const std::string& line, char by) {
    std::vector<std::string> parts;
    std::istringstream stream(line);
    for (std::string part; std::getline(stream, part, by);) {
        parts.push_back(part);
    }
    return parts;
}

bool parse_number(const std::string& text, std::uint64_t& value, int base = 10) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

std::string own_path() {
    std::error_code error;
    const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::string() : path.string();
}

std::string defects_path() {
    const std::string own = own_path();
    if (own.ends_with("-defects")) {
        return own;
    }
    std::error_code error;
    const std::string beside = own + "-defects";
    return std::filesystem::exists(beside, error) ? beside : std::string();
}

std::optional<std::vector<std::uint64_t>> twin_hashes(const std::string& scenario,
                                                      std::uint64_t first,
                                                      std::uint64_t count,
                                                      const std::string& defect) {
    std::vector<std::string> environment = own_environment();
    // The environment lies above the stack: its size moves every frame of the twin.
    environment.push_back("STORMGLASS_TWIN=" + std::string(4096 + first % 3001, 'x'));
    const auto output = output_of(
        {own_path(), "twin-hashes", scenario, std::to_string(first), std::to_string(count), defect},
        std::move(environment));
    if (!output) {
        return std::nullopt;
    }
    std::vector<std::uint64_t> hashes;
    for (const std::string& line : split(*output, '\n')) {
        std::uint64_t hash = 0;
        if (!parse_number(line, hash, 16)) {
            return std::nullopt;
        }
        hashes.push_back(hash);
    }
    return hashes.size() == count ? std::optional(std::move(hashes)) : std::nullopt;
}

std::optional<std::vector<reports::DefectResult>> run_hunts(const HuntsRequest& request) {
    const std::string program = defects_path();
    if (program.empty()) {
        return std::nullopt;
    }
    const auto output = output_of({program,
                                   "hunts",
                                   std::to_string(request.first_seed),
                                   std::to_string(request.blocks),
                                   std::to_string(request.block_limit),
                                   std::to_string(request.jobs)},
                                  own_environment());
    if (!output) {
        return std::nullopt;
    }
    std::vector<reports::DefectResult> results;
    for (const std::string& line : split(*output, '\n')) {
        auto result = parse_hunt_line(line);
        if (!result) {
            return std::nullopt;
        }
        results.push_back(std::move(*result));
    }
    return results;
}

std::string hunt_line(const reports::DefectResult& result) {
    std::ostringstream line;
    line << result.name << '\t' << result.breaks << '\t' << result.scenario << '\t'
         << result.expected_check << '\t' << result.blocks << '\t' << result.blocks_caught << '\t'
         << result.block_limit << '\t' << static_cast<std::uint64_t>(result.median_seeds * 2)
         << '\t' << result.worst_seeds << '\t' << result.repeat;
    for (const reports::CaughtBy& caught : result.caught_by) {
        line << '\t' << caught.check << '=' << caught.blocks;
    }
    return line.str();
}

std::optional<reports::DefectResult> parse_hunt_line(const std::string& line) {
    const auto parts = split(line, '\t');
    constexpr std::size_t kFixed = 10;
    if (parts.size() < kFixed) {
        return std::nullopt;
    }
    reports::DefectResult result;
    result.name = parts[0];
    result.breaks = parts[1];
    result.scenario = parts[2];
    result.expected_check = parts[3];
    std::uint64_t twice_the_median = 0;
    if (!parse_number(parts[4], result.blocks) || !parse_number(parts[5], result.blocks_caught) ||
        !parse_number(parts[6], result.block_limit) || !parse_number(parts[7], twice_the_median) ||
        !parse_number(parts[8], result.worst_seeds)) {
        return std::nullopt;
    }
    result.median_seeds = static_cast<double>(twice_the_median) / 2;
    result.repeat = parts[9];
    for (std::size_t i = kFixed; i < parts.size(); ++i) {
        const std::size_t equals = parts[i].rfind('=');
        reports::CaughtBy caught;
        if (equals == std::string::npos ||
            !parse_number(parts[i].substr(equals + 1), caught.blocks)) {
            return std::nullopt;
        }
        caught.check = parts[i].substr(0, equals);
        result.caught_by.push_back(std::move(caught));
    }
    return result;
}

}  // namespace stormglass::scenarios
