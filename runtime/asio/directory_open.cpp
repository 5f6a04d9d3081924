// Directories as a whole: names, locking, listing.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/asio/directory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace stormglass::asio {
namespace {

constexpr std::size_t kNameBytesMax = 200;
constexpr const char* kLockName = ".lock";

std::string errno_text() {
    const int error = errno;
    return std::strerror(error);  // NOLINT(concurrency-mt-unsafe): glibc's is for known errors
}

}  // namespace

bool is_file_name(std::string_view name) {
    if (name.empty() || name.size() > kNameBytesMax || name.front() == '.') {
        return false;
    }
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
}

void StorageRequest::take(const Effect& effect, const Effects& from) {
    verb = effect.kind;
    token = effect.token;
    file.assign(from.file_of(effect));
    new_file.assign(from.new_file_of(effect));
    offset = effect.offset;
    length = effect.length;
    const Bytes given = from.bytes_of(effect);
    bytes.assign(given.begin(), given.end());
    status = StorageStatus::ok;
    entries.clear();
}

// ---- opening ----

Result<std::unique_ptr<Directory>> Directory::open(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        return Error{"data.unusable", "cannot make the directory " + path + ": " + errno_text()};
    }
    const int dir = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) {
        return Error{"data.unusable", "cannot open the directory " + path + ": " + errno_text()};
    }
    const int lock = ::openat(dir, kLockName, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) {
        std::string text = "cannot write to the directory " + path + ": " + errno_text();
        ::close(dir);
        return Error{"data.unusable", std::move(text)};
    }
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        char holder[24] = {};
        const ssize_t got = ::pread(lock, holder, sizeof(holder) - 1, 0);
        ::close(lock);
        ::close(dir);
        std::string text = path + " is in use by another process";
        if (got > 0) {
            text += " (";
            text += holder;
            text += ')';
        }
        return Error{"data.locked", text + "; end that one first, or choose another directory"};
    }
    const std::string holder = "pid " + std::to_string(::getpid());
    if (::ftruncate(lock, 0) == 0) {
        static_cast<void>(::pwrite(lock, holder.data(), holder.size(), 0) == 0);  // a courtesy
    }
    return std::unique_ptr<Directory>(new Directory(path, dir, lock));
}

Directory::Directory(std::string path, int dir_fd, int lock_fd)
    : path_(std::move(path)),
      dir_fd_(dir_fd),
      lock_fd_(lock_fd) {}

Directory::~Directory() {
    for (const auto& [name, file] : open_) {
        ::close(file.fd);
    }
    ::close(lock_fd_);
    ::close(dir_fd_);
}

Result<std::vector<StorageRequest::Entry>> Directory::files() const {
    std::vector<StorageRequest::Entry> found;
    const int fd = ::openat(dir_fd_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* const dir = fd < 0 ? nullptr : ::fdopendir(fd);
    if (dir == nullptr) {
        return Error{"data.unusable", "cannot list " + path_ + ": " + errno_text()};
    }
    while (const dirent* entry = ::readdir(dir)) {  // NOLINT(concurrency-mt-unsafe): its own DIR

        struct stat about {};

        if (is_file_name(entry->d_name) &&
            ::fstatat(dir_fd_, entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(about.st_mode)) {
            found.push_back({entry->d_name, static_cast<std::uint64_t>(about.st_size)});
        }
    }
    ::closedir(dir);
    std::sort(
        found.begin(), found.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return found;
}

std::uint64_t Directory::bytes_free() const {
    struct statvfs about {};

    return ::fstatvfs(dir_fd_, &about) == 0 ? std::uint64_t{about.f_bavail} * about.f_frsize : 0;
}

}  // namespace stormglass::asio
