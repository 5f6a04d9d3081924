// Disk: the files of one process, with honest latency and the difference between written and
// synced. Written data survives a crash of the process; a crash plan (lose-unsynced, torn-write)
// decides what of the unsynced rest survives a crash of the machine. What is synced always does.
//
// Names are data too: creations, renames and removals are unsynced until a sync of that file (a
// removal: of any file). A request takes effect when it is answered; at a crash a drawn prefix of
// each file's unanswered requests has happened unseen. Long story: sim/README.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/effects.hpp"
#include "runtime/node.hpp"
#include "sim/world.hpp"

namespace stormglass::sim {

enum class LossMode : std::uint8_t { none, all, prefix, subset };
enum class TornMode : std::uint8_t { none, front, subset };

/// What a crash does to unsynced data; `draw` keys all its choices.
struct CrashPlan {
    LossMode loss = LossMode::none;
    TornMode torn = TornMode::none;
    std::uint32_t sector = 512;
    std::uint64_t draw = 0;
};

struct CrashOutcome {
    std::uint32_t writes_lost = 0;  // whole writes and changes of size that vanished
    std::uint32_t names_lost = 0;   // creations, renames, removals that vanished
    std::uint32_t writes_torn = 0;  // kept in part
};

/// The bytes of a file up to the last written one; the rest up to `size` reads as zero.
class FileImage {
  public:
    std::uint64_t size() const { return size_; }

    void write(std::uint64_t offset, Bytes data);
    void resize(std::uint64_t size);
    void read(std::uint64_t offset, std::uint64_t length, ByteBuffer& out) const;

  private:
    ByteBuffer bytes_;
    std::uint64_t size_ = 0;
};

class Disk {
  public:
    Disk(DiskOptions options, std::uint64_t seed);

    struct Ticket {
        std::uint32_t request = 0;
        MonotonicTime done_at;
    };

    /// Takes a storage effect. The host calls `complete` at `done_at`, once, unless it crashes.
    Ticket submit(const Effect& effect, const Effects& effects, MonotonicTime now);

    struct Answer {
        StorageToken token;
        StorageResult result;  // views live until the next call
    };

    Answer complete(std::uint32_t request);

    /// Ends all requests under way and applies the plan.
    CrashOutcome crash(const CrashPlan& plan);

    bool has_unsynced() const { return unsynced_ != 0 || !name_changes_.empty(); }

    std::size_t under_way() const { return in_flight_.size(); }

    /// In ascending order of name; views live until the next call.
    std::span<const RecoveredFile> files();
    std::optional<std::uint64_t> size_of(std::string_view file) const;
    ByteBuffer bytes_of(std::string_view file) const;

  private:
    using FileId = std::uint32_t;
    using Names = std::map<std::string, FileId, std::less<>>;

    struct Request {
        EffectKind verb = EffectKind::list;
        StorageToken token;
        std::string name;
        std::string new_name;
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
        ByteBuffer bytes;
    };

    struct File {
        FileImage current;
        FileImage durable;
        std::vector<std::uint32_t> unsynced;  // requests, in order: writes and changes of size
    };

    struct NameChange {
        EffectKind verb = EffectKind::create;  // create, rename, remove
        FileId file = 0;
        std::string name;
        std::string new_name;
    };

    std::uint32_t take_request();
    MonotonicTime due(const Request& request, MonotonicTime now);
    StorageStatus apply(std::uint32_t request);
    StorageStatus apply_create(std::uint32_t request);
    StorageStatus apply_write(std::uint32_t request, File& file);
    StorageStatus apply_truncate(std::uint32_t request, File& file);
    StorageStatus apply_rename(const Request& request);
    void apply_remove(const Request& request);
    void apply_sync(FileId id);
    std::uint64_t room() const;
    bool fits(const File& file, std::uint64_t size) const;
    void resized(File& file, std::uint64_t before);
    void remember(std::uint32_t request, File& file);
    static void replay(const Request& request, FileImage& image);
    void commit_name(const NameChange& change);
    void drop_nameless();
    void finish_in_flight(std::uint64_t draw);
    struct Survival;
    void settle_file(FileId id, const CrashPlan& plan, Survival& survival);
    void settle_names(const CrashPlan& plan, CrashOutcome& outcome);
    std::optional<std::uint32_t> torn_candidate(const File& file,
                                                const std::vector<bool>& kept,
                                                const CrashPlan& plan) const;
    void tear(const Request& request, FileImage& image, const CrashPlan& plan) const;

    DiskOptions options_;
    std::uint64_t seed_;
    std::uint64_t asked_ = 0;
    std::uint64_t used_ = 0;
    std::size_t unsynced_ = 0;
    std::uint64_t busy_all_ = 0;
    std::map<std::string, std::uint64_t, std::less<>> busy_;
    Names names_;
    Names durable_names_;
    std::vector<File> files_;
    std::vector<NameChange> name_changes_;  // unsynced, in order
    std::vector<Request> requests_;
    std::vector<std::uint32_t> free_requests_;
    std::vector<std::uint32_t> in_flight_;  // in the order asked
    ByteBuffer read_buffer_;
    std::vector<RecoveredFile> listed_;
};

}  // namespace stormglass::sim
