#include "runtime/asio/directory.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "runtime/check.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stormglass::asio {
namespace {

StorageStatus status_of(int error) {
    switch (error) {
        case ENOENT:
            return StorageStatus::not_found;
        case EEXIST:
            return StorageStatus::already_exists;
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            return StorageStatus::out_of_space;
        default:
            return StorageStatus::io_error;
    }
}

bool is_offset(std::uint64_t value) {
    return value <= static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
}

}  // namespace

/// The file, opened if need be; nullptr with errno set when that fails.
Directory::File* Directory::find(const std::string& name) {
    const std::lock_guard hold(mutex_);
    const auto known = open_.find(name);
    if (known != open_.end()) {
        return &known->second;
    }
    const int fd = ::openat(dir_fd_, name.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return nullptr;
    }

    struct stat about {};

    if (::fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        ::close(fd);
        errno = EIO;
        return nullptr;
    }
    File& file = open_[name];
    file.fd = fd;
    file.size = static_cast<std::uint64_t>(about.st_size);
    file.name_unsynced = true;  // the life before may have died before its sync
    return &file;
}

// ---- the verbs ----

void Directory::perform(StorageRequest& request) {
    request.entries.clear();
    if (request.verb == EffectKind::list) {
        request.status = list(request);
        return;
    }
    if (!is_file_name(request.file) ||
        (request.verb == EffectKind::rename && !is_file_name(request.new_file)) ||
        !is_offset(request.offset) || !is_offset(request.length)) {
        request.status = StorageStatus::io_error;
        return;
    }
    if (request.verb == EffectKind::create) {
        request.status = create(request);
        return;
    }
    File* const file = find(request.file);
    if (file == nullptr) {
        request.status = status_of(errno);
        request.bytes.clear();
        return;
    }
    switch (request.verb) {
        case EffectKind::append:
            request.status = write(*file, file->size, request.bytes);
            break;
        case EffectKind::write_at:
            request.status = write(*file, request.offset, request.bytes);
            break;
        case EffectKind::sync:
            request.status = sync(*file);
            break;
        case EffectKind::read:
            request.status = read(*file, request);
            break;
        case EffectKind::truncate:
            request.status = truncate(*file, request.offset);
            break;
        case EffectKind::rename:
            request.status = rename(request);
            break;
        default:
            CHECK(request.verb == EffectKind::remove);
            request.status = remove(request);
    }
}

StorageStatus Directory::create(const StorageRequest& request) {
    const int fd = ::openat(
        dir_fd_, request.file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return status_of(errno);
    }
    if (request.length > 0) {
        const int error = ::posix_fallocate(fd, 0, static_cast<off_t>(request.length));
        if (error != 0) {
            ::close(fd);
            ::unlinkat(dir_fd_, request.file.c_str(), 0);
            return status_of(error);
        }
    }
    const std::lock_guard hold(mutex_);
    File& file = open_[request.file];
    CHECK(file.fd < 0);
    file.fd = fd;
    file.size = request.length;
    file.dirty = true;
    file.name_unsynced = true;
    return StorageStatus::ok;
}

StorageStatus Directory::write(File& file, std::uint64_t offset, Bytes bytes) {
    const std::uint64_t before = file.size;
    const std::uint64_t end = offset + bytes.size();
    if (end < offset || !is_offset(end)) {
        return StorageStatus::out_of_space;
    }
    if (bytes.empty()) {
        return StorageStatus::ok;  // and the file no longer, wherever it was to be written
    }
    while (!bytes.empty()) {
        const ssize_t wrote =
            ::pwrite(file.fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            const StorageStatus status =
                wrote == 0 ? StorageStatus::out_of_space : status_of(errno);
            // What grew in vain goes; what was overwritten in vain cannot be brought back.
            static_cast<void>(::ftruncate(file.fd, static_cast<off_t>(before)) == 0);
            return status;
        }
        file.dirty = true;
        offset += static_cast<std::uint64_t>(wrote);
        bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    }
    file.size = std::max(before, end);
    return StorageStatus::ok;
}

StorageStatus Directory::sync(File& file) {
    if (file.failed) {
        // The kernel reports a failed write-back once and then forgets the pages.
        return StorageStatus::io_error;
    }
    if (::fdatasync(file.fd) != 0) {
        file.failed = true;
        return status_of(errno);
    }
    file.dirty = false;
    {
        const std::lock_guard hold(mutex_);
        ++syncs_;
        if (!file.name_unsynced && !removed_unsynced_) {
            return StorageStatus::ok;
        }
    }
    return sync_names(&file);
}

StorageStatus Directory::sync_names(File* file) {
    {
        const std::lock_guard hold(mutex_);
        removed_unsynced_ = false;
    }
    if (::fsync(dir_fd_) != 0) {
        const StorageStatus status = status_of(errno);
        const std::lock_guard hold(mutex_);
        removed_unsynced_ = true;
        return status;
    }
    if (file != nullptr) {
        file->name_unsynced = false;
    }
    return StorageStatus::ok;
}

StorageStatus Directory::read(const File& file, StorageRequest& request) {
    request.bytes.clear();
    if (request.offset >= file.size) {
        return StorageStatus::ok;
    }
    const std::uint64_t wanted = std::min(request.length, file.size - request.offset);
    request.bytes.resize(static_cast<std::size_t>(wanted));
    std::size_t done = 0;
    while (done < request.bytes.size()) {
        const ssize_t got = ::pread(file.fd,
                                    request.bytes.data() + done,
                                    request.bytes.size() - done,
                                    static_cast<off_t>(request.offset + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            request.bytes.clear();
            return status_of(errno);
        }
        if (got == 0) {
            break;  // somebody else made it shorter
        }
        done += static_cast<std::size_t>(got);
    }
    request.bytes.resize(done);
    return StorageStatus::ok;
}

StorageStatus Directory::truncate(File& file, std::uint64_t size) {
    if (::ftruncate(file.fd, static_cast<off_t>(size)) != 0) {
        return status_of(errno);
    }
    file.size = size;
    file.dirty = true;
    return StorageStatus::ok;
}

StorageStatus Directory::rename(const StorageRequest& request) {
    if (request.file == request.new_file) {
        return StorageStatus::ok;
    }
    if (::renameat(dir_fd_, request.file.c_str(), dir_fd_, request.new_file.c_str()) != 0) {
        return status_of(errno);
    }
    const std::lock_guard hold(mutex_);
    const auto replaced = open_.find(request.new_file);
    if (replaced != open_.end()) {
        ::close(replaced->second.fd);
        open_.erase(replaced);
    }
    auto moved = open_.extract(request.file);
    CHECK(!moved.empty());
    moved.key() = request.new_file;
    moved.mapped().name_unsynced = true;
    moved.mapped().dirty = true;
    open_.insert(std::move(moved));
    return StorageStatus::ok;
}

StorageStatus Directory::remove(const StorageRequest& request) {
    if (::unlinkat(dir_fd_, request.file.c_str(), 0) != 0) {
        return status_of(errno);
    }
    const std::lock_guard hold(mutex_);
    const auto gone = open_.find(request.file);
    CHECK(gone != open_.end());
    ::close(gone->second.fd);
    open_.erase(gone);
    removed_unsynced_ = true;
    return StorageStatus::ok;
}

StorageStatus Directory::list(StorageRequest& request) {
    auto found = files();
    if (!found.ok()) {
        return StorageStatus::io_error;
    }
    request.entries = std::move(found).value();
    return StorageStatus::ok;
}

Result<void> Directory::sync_all() {
    bool names = removed_unsynced_;
    for (auto& [name, file] : open_) {
        names = names || (file.dirty && file.name_unsynced);
        if (file.dirty && (file.failed || ::fdatasync(file.fd) != 0)) {
            return Error{"data.sync-failed", path_ + "/" + name + " could not be synced"};
        }
        file.dirty = false;
    }
    if (names && sync_names(nullptr) != StorageStatus::ok) {
        return Error{"data.sync-failed", path_ + " could not be synced"};
    }
    return {};
}

}  // namespace stormglass::asio
