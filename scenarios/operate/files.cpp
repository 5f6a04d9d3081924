#include "scenarios/operate/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stormglass::scenarios {
namespace {

constexpr std::size_t kPieceBytes = 256 << 10;
constexpr std::size_t kSegmentsMax = 1 << 20;

/// An open file, closed with its owner.
class Descriptor {
  public:
    explicit Descriptor(const std::string& path)
        : value_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}

    ~Descriptor() {
        if (value_ >= 0) {
            close(value_);
        }
    }

    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int value() const { return value_; }

  private:
    int value_;
};

Error unreadable(const std::string& path) {
    return {"file.missing", "cannot read '" + path + "': " + std::strerror(errno)};
}

/// Fills `out` as far as the file goes.
Result<void> read_piece(int file, const std::string& path, std::uint64_t offset, ByteBuffer& out) {
    std::size_t filled = 0;
    while (filled < out.size()) {
        const ssize_t count = pread(
            file, out.data() + filled, out.size() - filled, static_cast<off_t>(offset + filled));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return unreadable(path);
        }
        if (count == 0) {
            break;
        }
        filled += static_cast<std::size_t>(count);
    }
    out.resize(filled);
    return {};
}

Result<JournalFile> one_file(const std::string& path) {
    struct stat status {};

    if (stat(path.c_str(), &status) != 0) {
        return unreadable(path);
    }
    if (!S_ISREG(status.st_mode)) {
        return Error{"file.foreign", "'" + path + "' is no file"};
    }
    JournalFile file;
    file.path = path;
    file.bytes = static_cast<std::uint64_t>(status.st_size);
    const std::string name = std::filesystem::path(path).filename().string();
    if (const auto number = bus::segment_number(name)) {
        file.number = *number;
        return file;
    }
    // A copy under another name: its header says which segment it is.
    auto sector = read_bytes(path, 0, bus::kSegmentHeaderBytes);
    if (!sector) {
        return std::move(sector).error();
    }
    const auto header = bus::read_segment_header(*sector);
    if (!header || header->number == 0) {
        return Error{
            "file.foreign",
            "'" + path +
                "' is no segment of a journal: neither its name nor its first bytes say so"};
    }
    file.number = header->number;
    return file;
}

Result<JournalFiles> in_folder(const std::string& path) {
    JournalFiles found;
    std::error_code problem;
    for (const auto& entry : std::filesystem::directory_iterator(path, problem)) {
        if (!bus::segment_number(entry.path().filename().string()).has_value()) {
            continue;
        }
        if (found.files.size() == kSegmentsMax) {
            return Error{"file.foreign", "'" + path + "' holds more segments than any journal"};
        }
        auto file = one_file(entry.path().string());
        if (!file) {
            return std::move(file).error();
        }
        found.files.push_back(std::move(file).value());
    }
    if (problem) {
        return Error{"file.missing", "cannot read '" + path + "': " + problem.message()};
    }
    if (found.files.empty()) {
        return Error{"file.foreign", "'" + path + "' holds no journal (journal-0000000001.seg)"};
    }
    std::sort(found.files.begin(), found.files.end(), [](const auto& a, const auto& b) {
        return a.number < b.number;
    });
    return found;
}

}  // namespace

Result<ByteBuffer> read_bytes(const std::string& path, std::uint64_t offset, std::size_t size) {
    const Descriptor file(path);
    if (file.value() < 0) {
        return unreadable(path);
    }
    ByteBuffer bytes(size);
    if (auto read = read_piece(file.value(), path, offset, bytes); !read) {
        return std::move(read).error();
    }
    return bytes;
}

Result<JournalFiles> find_journal(const std::string& path) {
    std::error_code problem;
    if (std::filesystem::is_directory(path, problem)) {
        return in_folder(path);
    }
    auto file = one_file(path);
    if (!file) {
        return std::move(file).error();
    }
    JournalFiles found;
    found.files.push_back(std::move(file).value());
    found.extent = bus::JournalScan::Extent::part;
    return found;
}

Result<bus::ScanEnd> scan_files(const JournalFiles& journal, bus::ScanListener& listener) {
    bus::JournalScan scan(listener, journal.extent);
    ByteBuffer piece;
    for (const JournalFile& file : journal.files) {
        const Descriptor opened(file.path);
        if (opened.value() < 0) {
            return unreadable(file.path);
        }
        scan.begin_segment(file.number);
        for (std::uint64_t offset = 0; offset < file.bytes; offset += piece.size()) {
            piece.resize(std::min<std::uint64_t>(kPieceBytes, file.bytes - offset));
            if (auto read = read_piece(opened.value(), file.path, offset, piece); !read) {
                return std::move(read).error();
            }
            if (piece.empty()) {
                break;  // it was cut while it was read
            }
            scan.feed(piece);
        }
        scan.end_segment();
    }
    return scan.finish();
}

}  // namespace stormglass::scenarios
