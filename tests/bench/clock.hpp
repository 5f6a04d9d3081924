// What benches share: time, a directory on the disk to be measured, percentiles, and the raw disk.
#pragma once

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/check.hpp"
#include "tests/support/temp_dir.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace stormglass::bench {

using Instant = std::chrono::steady_clock::time_point;

inline Instant clock_now() {
    return std::chrono::steady_clock::now();
}

inline double seconds_since(Instant from) {
    return std::chrono::duration<double>(clock_now() - from).count();
}

/// In the current directory, which stands for the disk to be measured.
struct TempDir : tests::TempDir {
    TempDir() : tests::TempDir(std::filesystem::current_path()) {}
};

/// In microseconds.
struct Latencies {
    std::vector<double> all;

    double at(double part) {
        CHECK(!all.empty());
        std::sort(all.begin(), all.end());
        return all[std::min(all.size() - 1,
                            static_cast<std::size_t>(part * static_cast<double>(all.size())))];
    }
};

/// Preallocated writes of so many bytes, each synced: writes a second, for about so long.
inline double raw_synced_writes(std::size_t bytes, double for_seconds) {
    constexpr std::size_t kFileBytes = 64 << 20;
    const TempDir dir;
    const int fd = ::open((dir.path() + "/raw").c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
    CHECK(fd >= 0);
    CHECK(::posix_fallocate(fd, 0, kFileBytes) == 0);
    CHECK(::fdatasync(fd) == 0);
    const std::vector<char> data(bytes, 'x');
    std::size_t count = 0;
    double spent = 0;
    const Instant from = clock_now();
    while (spent < for_seconds && (count + 1) * bytes < kFileBytes) {
        const auto at = static_cast<off_t>(count * bytes);
        CHECK(::pwrite(fd, data.data(), bytes, at) == static_cast<ssize_t>(bytes));
        CHECK(::fdatasync(fd) == 0);
        ++count;
        spent = seconds_since(from);
    }
    ::close(fd);
    return static_cast<double>(count) / spent;
}

}  // namespace stormglass::bench
