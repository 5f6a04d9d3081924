// A host of one process for the bus bench: nodes joined in memory, storage on real files, executed
// one request after another. Storage waits until no message is left to handle, as it does on a host
// whose disk works beside its processor: that is what lets a sync take all that came meanwhile.
#pragma once

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/check.hpp"
#include "runtime/node.hpp"
#include "tests/support/chance.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace stormglass::bench {

inline std::chrono::steady_clock::time_point clock_now() {
    return std::chrono::steady_clock::now();
}

inline double seconds_since(std::chrono::steady_clock::time_point from) {
    return std::chrono::duration<double>(clock_now() - from).count();
}

/// A directory of its own in the current one (which stands for the disk to be measured).
class TempDir {
  public:
    TempDir() {
        std::string pattern = "bus-bench-XXXXXX";
        CHECK(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }

    ~TempDir() { std::filesystem::remove_all(path_); }

    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

/// Files of one directory, opened once.
class Files {
  public:
    explicit Files(std::string dir) : dir_(std::move(dir)) {}

    ~Files() {
        for (const auto& [name, fd] : open_) {
            ::close(fd);
        }
    }

    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;

    int create(const std::string& name, std::uint64_t size) {
        const int fd = ::open((dir_ + "/" + name).c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
        CHECK(fd >= 0);
        CHECK(::posix_fallocate(fd, 0, static_cast<off_t>(size)) == 0);
        open_[name] = fd;
        return fd;
    }

    int fd(const std::string& name) const { return open_.at(name); }

  private:
    std::string dir_;
    std::map<std::string, int> open_;
};

class FileHost {
  public:
    explicit FileHost(const std::string& dir) : files_(dir), started_(clock_now()) {}

    void add(NodeId id, Node& node) {
        nodes_.emplace_back(id, &node);
        node.start({}, now(), out_);
        execute(id);
    }

    Moment now() const {
        const auto passed = clock_now() - started_;
        const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(passed).count();
        return {{static_cast<std::uint64_t>(ns) + 1}, {1'893'456'000'000'000'000 + ns}};
    }

    /// A step of the application beside a node.
    template <class F>
    void step(NodeId id, F what) {
        what(now(), out_);
        execute(id);
    }

    /// Handles all messages, then one storage request; false when there was neither.
    bool turn() {
        bool worked = false;
        while (!messages_.empty()) {
            worked = true;
            Message message = std::move(messages_.front());
            messages_.pop_front();
            node(message.to).on_message(message.from, message.bytes, now(), out_);
            execute(message.to);
            message.bytes.clear();
            spare_.push_back(std::move(message.bytes));
        }
        if (!storage_.empty()) {
            worked = true;
            const Storage request = std::move(storage_.front());
            storage_.pop_front();
            perform(request);
        }
        return worked;
    }

    /// Fires the timers that are due.
    void fire_timers() {
        const MonotonicTime at = now().monotonic;
        for (auto it = timers_.begin(); it != timers_.end();) {
            if (it->second > at) {
                ++it;
                continue;
            }
            const auto [id, timer] = it->first;
            timers_.erase(it);
            node(id).on_timer(timer, now(), out_);
            execute(id);
            it = timers_.begin();
        }
    }

    std::uint64_t syncs() const { return syncs_; }

  private:
    struct Message {
        NodeId from;
        NodeId to;
        ByteBuffer bytes;
    };

    struct Storage {
        NodeId node;
        EffectKind kind = EffectKind::sync;
        StorageToken token;
        std::string file;
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
        ByteBuffer bytes;
    };

    Node& node(NodeId id) {
        for (const auto& [known, node] : nodes_) {
            if (known == id) {
                return *node;
            }
        }
        CHECK(false);
    }

    ByteBuffer buffer(Bytes bytes) {
        ByteBuffer made;
        if (!spare_.empty()) {
            made = std::move(spare_.back());
            spare_.pop_back();
        }
        made.assign(bytes.begin(), bytes.end());
        return made;
    }

    void execute(NodeId id) {
        for (const Effect& effect : out_.sealed()) {
            switch (effect.kind) {
                case EffectKind::send:
                    messages_.push_back({id, effect.to, buffer(out_.bytes_of(effect))});
                    break;
                case EffectKind::set_timer:
                    timers_[{id, effect.timer}] = effect.at;
                    break;
                case EffectKind::cancel_timer:
                    timers_.erase({id, effect.timer});
                    break;
                case EffectKind::create:
                case EffectKind::write_at:
                case EffectKind::sync:
                case EffectKind::read:
                    storage_.push_back({id,
                                        effect.kind,
                                        effect.token,
                                        std::string(out_.file_of(effect)),
                                        effect.offset,
                                        effect.length,
                                        buffer(out_.bytes_of(effect))});
                    break;
                default:
                    break;  // notes: nobody listens
            }
        }
        out_.clear();
    }

    void perform(const Storage& request) {
        StorageResult result;
        switch (request.kind) {
            case EffectKind::create:
                files_.create(request.file, request.length);
                break;
            case EffectKind::write_at: {
                const ssize_t wrote = ::pwrite(files_.fd(request.file),
                                               request.bytes.data(),
                                               request.bytes.size(),
                                               static_cast<off_t>(request.offset));
                CHECK(wrote == static_cast<ssize_t>(request.bytes.size()));
                break;
            }
            case EffectKind::sync:
                CHECK(::fdatasync(files_.fd(request.file)) == 0);
                ++syncs_;
                break;
            case EffectKind::read: {
                read_.resize(request.length);
                const ssize_t got = ::pread(files_.fd(request.file),
                                            read_.data(),
                                            read_.size(),
                                            static_cast<off_t>(request.offset));
                CHECK(got >= 0);
                result.bytes = Bytes(read_).first(static_cast<std::size_t>(got));
                break;
            }
            default:
                CHECK(false);
        }
        node(request.node).on_storage(request.token, result, now(), out_);
        execute(request.node);
    }

    Files files_;
    std::chrono::steady_clock::time_point started_;
    tests::TestChance chance_;
    Effects out_{chance_};
    std::vector<std::pair<NodeId, Node*>> nodes_;
    std::deque<Message> messages_;
    std::deque<Storage> storage_;
    std::map<std::pair<NodeId, TimerId>, MonotonicTime> timers_;
    std::vector<ByteBuffer> spare_;
    ByteBuffer read_;
    std::uint64_t syncs_ = 0;
};

}  // namespace stormglass::bench
