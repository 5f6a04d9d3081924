// A disk in memory for tests of one node: storage effects are queued, executed one by one when the
// test says so, and a crash loses, keeps or tears what was not synced. Not the simulator's disk:
// no latency, no faults but those a test asks for by name.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/check.hpp"
#include "runtime/node.hpp"

namespace stormglass::tests {

class TinyDisk {
  public:
    /// What a power failure does to writes that were not synced.
    enum class Tear : std::uint8_t {
        lose_all,
        keep_all,
        prefix,  // the first writes survive, the last one of them up to some sector
        sectors  // every sector keeps any of the versions that it had since the last sync
    };

    struct Answer {
        StorageToken token;
        StorageResult result;
    };

    /// Queues the effect when it is one of storage.
    bool submit(const Effects& out, const Effect& effect) {
        switch (effect.kind) {
            case EffectKind::create:
            case EffectKind::append:
            case EffectKind::write_at:
            case EffectKind::sync:
            case EffectKind::read:
            case EffectKind::truncate:
            case EffectKind::rename:
            case EffectKind::remove:
            case EffectKind::list:
                break;
            default:
                return false;
        }
        Operation op;
        op.kind = effect.kind;
        op.token = effect.token;
        op.file = out.file_of(effect);
        op.offset = effect.offset;
        op.length = effect.length;
        const Bytes bytes = out.bytes_of(effect);
        op.bytes.assign(bytes.begin(), bytes.end());
        queue_.push_back(std::move(op));
        return true;
    }

    bool idle() const { return queue_.empty(); }

    /// Executes the oldest request; views in the answer live until the next call.
    Answer complete_one() {
        CHECK(!queue_.empty());
        const Operation op = std::move(queue_.front());
        queue_.pop_front();
        ++completed_;
        Answer answer;
        answer.token = op.token;
        const auto failure = failures_.find(op.kind);
        if (failure != failures_.end()) {
            answer.result.status = failure->second;
            failures_.erase(failure);
            return answer;
        }
        execute(op, answer.result);
        return answer;
    }

    std::uint64_t completed() const { return completed_; }

    void fail_next(EffectKind kind, StorageStatus status) { failures_[kind] = status; }

    /// The process dies; what was asked so far was handed to the machine.
    void crash_process() {
        while (!queue_.empty()) {
            complete_one();
        }
    }

    /// The machine dies. Requests still queued may have been under way.
    void crash_power(Tear tear, std::uint64_t seed) {
        while (!queue_.empty()) {
            if (queue_.front().kind == EffectKind::write_at) {
                complete_one();
            } else {
                queue_.pop_front();
            }
        }
        for (auto it = files_.begin(); it != files_.end();) {
            File& file = it->second;
            if (!file.durable && tear != Tear::keep_all) {
                it = files_.erase(it);
                continue;
            }
            if (tear == Tear::keep_all) {
                settle(file);
            } else {
                tear_file(file, tear, chain64(seed, name_hash(it->first)));
            }
            ++it;
        }
    }

    Recovered recovered() {
        listed_.clear();
        for (const auto& [name, file] : files_) {
            listed_.push_back({name, file.live.size()});
        }
        return {listed_};
    }

    bool holds(const std::string& name) const { return files_.contains(name); }

    ByteBuffer& bytes(const std::string& name) { return files_.at(name).live; }

    /// Makes what a test wrote by hand durable.
    void settle_all() {
        for (auto& [name, file] : files_) {
            settle(file);
        }
    }

    const std::map<std::string, std::uint64_t>& syncs() const { return syncs_; }

  private:
    static constexpr std::size_t kSector = 512;

    struct Operation {
        EffectKind kind = EffectKind::list;
        StorageToken token;
        std::string file;
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
        ByteBuffer bytes;
    };

    struct Write {
        std::uint64_t offset = 0;
        ByteBuffer bytes;
    };

    struct File {
        ByteBuffer live;
        ByteBuffer synced;
        std::vector<Write> unsynced;
        bool durable = false;  // its name would survive
    };

    static void settle(File& file) {
        file.synced = file.live;
        file.unsynced.clear();
        file.durable = true;
    }

    static void put(ByteBuffer& to, std::uint64_t offset, Bytes bytes) {
        if (to.size() < offset + bytes.size()) {
            to.resize(offset + bytes.size());
        }
        std::copy(bytes.begin(), bytes.end(), to.begin() + static_cast<std::ptrdiff_t>(offset));
    }

    // Calls `with` for each piece of the write that lies in one sector.
    template <class F>
    static void by_sector(const Write& write, F with) {
        std::uint64_t at = 0;
        while (at < write.bytes.size()) {
            const std::uint64_t offset = write.offset + at;
            const std::uint64_t room = kSector - offset % kSector;
            const std::uint64_t size = std::min<std::uint64_t>(room, write.bytes.size() - at);
            with(offset, Bytes(write.bytes).subspan(at, size));
            at += size;
        }
    }

    static void tear_file(File& file, Tear tear, std::uint64_t seed) {
        ByteBuffer after = file.synced;
        after.resize(std::max(after.size(), file.live.size()));
        if (tear == Tear::prefix) {
            std::uint64_t sectors = 0;
            for (const Write& write : file.unsynced) {
                by_sector(write, [&](std::uint64_t, Bytes) { ++sectors; });
            }
            std::uint64_t left = bounded(mix64(seed), sectors + 1);
            for (const Write& write : file.unsynced) {
                by_sector(write, [&](std::uint64_t offset, Bytes piece) {
                    if (left > 0) {
                        --left;
                        put(after, offset, piece);
                    }
                });
            }
        } else if (tear == Tear::sectors) {
            // A version once lost stays lost; a later one of the same sector may still arrive.
            std::uint64_t n = 0;
            for (const Write& write : file.unsynced) {
                by_sector(write, [&](std::uint64_t offset, Bytes piece) {
                    if (happens(chain64(seed, ++n), 500'000)) {
                        put(after, offset, piece);
                    }
                });
            }
        }
        file.live = after;
        file.synced = after;
        file.unsynced.clear();
    }

    void execute(const Operation& op, StorageResult& result) {
        const auto found = files_.find(op.file);
        if (op.kind == EffectKind::create) {
            if (found != files_.end()) {
                result.status = StorageStatus::already_exists;
                return;
            }
            files_[op.file].live.resize(op.length);
            return;
        }
        if (op.kind == EffectKind::list) {
            result.files = recovered().files;
            return;
        }
        if (found == files_.end()) {
            result.status = StorageStatus::not_found;
            return;
        }
        File& file = found->second;
        switch (op.kind) {
            case EffectKind::append:
            case EffectKind::write_at: {
                const std::uint64_t at =
                    op.kind == EffectKind::append ? file.live.size() : op.offset;
                put(file.live, at, op.bytes);
                file.unsynced.push_back({at, op.bytes});
                return;
            }
            case EffectKind::sync:
                settle(file);
                ++syncs_[op.file];
                return;
            case EffectKind::read: {
                const std::uint64_t from = std::min<std::uint64_t>(op.offset, file.live.size());
                const std::uint64_t size =
                    std::min<std::uint64_t>(op.length, file.live.size() - from);
                const Bytes piece = Bytes(file.live).subspan(from, size);
                read_.assign(piece.begin(), piece.end());
                result.bytes = read_;
                return;
            }
            case EffectKind::truncate:
                file.live.resize(op.offset);
                return;
            case EffectKind::remove:
                files_.erase(found);
                return;
            default:
                CHECK(false);  // rename: no test here asks for it
        }
    }

    std::map<std::string, File> files_;
    std::deque<Operation> queue_;
    std::map<EffectKind, StorageStatus> failures_;
    std::map<std::string, std::uint64_t> syncs_;
    std::vector<RecoveredFile> listed_;
    ByteBuffer read_;
    std::uint64_t completed_ = 0;
};

}  // namespace stormglass::tests
