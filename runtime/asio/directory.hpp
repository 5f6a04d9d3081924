// Directory: the files of one node in one directory of the real machine. It performs storage
// requests one at a time and answers with what happened; it decides nothing and never throws. Who
// calls it from which thread is storage.hpp's; the contract of the verbs is runtime/effects.hpp's.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/effects.hpp"
#include "runtime/node.hpp"
#include "runtime/result.hpp"

namespace stormglass::asio {

/// One storage effect on its way to the disk and, filled in, back. Reused: nothing here allocates
/// once texts and buffers have grown.
struct StorageRequest {
    EffectKind verb = EffectKind::sync;
    StorageToken token;
    std::uint32_t owner = 0;  // for whoever submitted it
    std::uint32_t life = 0;
    std::string file;
    std::string new_file;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    ByteBuffer bytes;  // to be written; what was read

    // The answer.
    struct Entry {
        std::string name;
        std::uint64_t size = 0;
    };

    StorageStatus status = StorageStatus::ok;
    std::vector<Entry> entries;  // of `list`, by name

    void take(const Effect& effect, const Effects& from);
};

/// A name that a node may give to a file: 1 to 200 of [A-Za-z0-9._-], not beginning with a dot.
/// Everything else in the directory (the lock, keys) is out of a node's reach.
bool is_file_name(std::string_view name);

class Directory {
  public:
    /// Creates the directory if there is none, and locks it until destroyed. Fails with
    /// `data.locked` when another process has it, `data.unusable` otherwise.
    static Result<std::unique_ptr<Directory>> open(const std::string& path);

    ~Directory();
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    /// What a new life finds, in ascending order of name.
    Result<std::vector<StorageRequest::Entry>> files() const;

    /// Carries the request out and fills in its answer. Two threads may be in here at once for
    /// different files; verbs that change or list names must be alone.
    void perform(StorageRequest& request);

    /// Syncs whatever was written since its last sync: the last act of an orderly end.
    Result<void> sync_all();

    const std::string& path() const { return path_; }

    /// Bytes that unprivileged writers may still take on this file system.
    std::uint64_t bytes_free() const;

    std::uint64_t syncs() const { return syncs_; }

  private:
    struct File {
        int fd = -1;
        std::uint64_t size = 0;
        bool dirty = false;
        bool name_unsynced = false;  // created or renamed since
        bool failed = false;         // a sync failed: what it covered may be gone for good
    };

    Directory(std::string path, int dir_fd, int lock_fd);
    File* find(const std::string& name);
    StorageStatus create(const StorageRequest& request);
    StorageStatus write(File& file, std::uint64_t offset, Bytes bytes);
    StorageStatus sync(File& file);
    StorageStatus sync_names(File* file);
    StorageStatus read(const File& file, StorageRequest& request);
    StorageStatus truncate(File& file, std::uint64_t size);
    StorageStatus rename(const StorageRequest& request);
    StorageStatus remove(const StorageRequest& request);
    StorageStatus list(StorageRequest& request);

    std::string path_;
    int dir_fd_;
    int lock_fd_;
    std::mutex mutex_;  // guards what follows; a File itself has one user at a time
    std::unordered_map<std::string, File> open_;
    bool removed_unsynced_ = false;
    std::uint64_t syncs_ = 0;
};

}  // namespace stormglass::asio
