// A journal's files as tools see them: found, opened for reading alone, and fed to the scan that
// recovery uses, in bounded pieces. Nothing here locks, writes or repairs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bus/journal_scan.hpp"
#include "runtime/result.hpp"

namespace stormglass::scenarios {

struct JournalFile {
    std::uint64_t number = 0;
    std::string path;
    std::uint64_t bytes = 0;
};

/// What a path names: all segments of a folder, in order, or one segment alone.
struct JournalFiles {
    std::vector<JournalFile> files;
    bus::JournalScan::Extent extent = bus::JournalScan::Extent::whole_journal;
};

/// Fails with `file.missing` (there is no such file, it cannot be read) or `file.foreign` (it is
/// no journal).
Result<JournalFiles> find_journal(const std::string& path);

/// Reads every record. Fails with `journal.corrupt` or `file.missing`.
Result<bus::ScanEnd> scan_files(const JournalFiles& journal, bus::ScanListener& listener);

/// Some bytes of a file.
Result<ByteBuffer> read_bytes(const std::string& path, std::uint64_t offset, std::size_t size);

}  // namespace stormglass::scenarios
