// Effects: what one step of a node asks of its host, in order. The buffer belongs to the caller
// and is reused; in the steady state nothing here allocates.
// Crash points lie between effects: a host may execute a prefix of the list and then kill the node.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/bytes.hpp"
#include "runtime/cover.hpp"
#include "runtime/ids.hpp"
#include "runtime/note.hpp"
#include "runtime/random.hpp"
#include "runtime/time.hpp"

namespace stormglass {

/// The only randomness a node has. `draw` is keyed by (seed, node, site, subject); without a
/// subject, by the n-th visit of the site in this node's life.
class Chance {
  public:
    virtual ~Chance() = default;
    virtual std::uint64_t draw(Site site) = 0;
    virtual std::uint64_t draw(Site site, Subject about) = 0;
    /// True when a legal but rare branch should be taken here; always false outside a simulator.
    virtual bool maybe(Site site) = 0;
};

enum class EffectKind : std::uint8_t {
    send,
    set_timer,
    cancel_timer,
    create,
    append,
    write_at,
    sync,
    read,
    truncate,
    rename,
    remove,
    list,
    reply,
    note,
    cover,
};

std::string_view name_of(EffectKind kind);

/// One effect. Which members count depends on `kind`; see the verbs of `Effects`.
struct Effect {
    EffectKind kind = EffectKind::note;
    NodeId to;                 // send
    TimerId timer;             // set_timer, cancel_timer
    MonotonicTime at;          // set_timer
    StorageToken token;        // storage verbs
    RequestId request;         // reply
    std::uint64_t offset = 0;  // write_at, read; truncate: the new size
    std::uint64_t length = 0;  // read; create: bytes to preallocate
    std::uint64_t about = 0;   // send: identity for keyed draws
    Site site = "";            // note, cover
    std::uint32_t bytes_at = 0;
    std::uint32_t bytes_size = 0;  // send, append, write_at, reply
    std::uint32_t file_at = 0;
    std::uint32_t file_size = 0;  // storage verbs
    std::uint32_t file2_at = 0;
    std::uint32_t file2_size = 0;  // rename: the new name
    std::uint32_t fields_at = 0;
    std::uint32_t fields_size = 0;  // note
};

/// The top byte of a timer or token names the part of a node that it belongs to.
constexpr int kPartShift = 56;

class Effects {
  public:
    explicit Effects(Chance& chance) : chance_(&chance) {}

    Effects(const Effects&) = delete;
    Effects& operator=(const Effects&) = delete;

    // Messages. The frame is copied. `about` names what the frame is about, so that simulated
    // faults draw the same for the same message whatever its bytes; 0 = the frame's digest.
    void send(NodeId to, Bytes frame, std::uint64_t about = 0);

    // Timers fire once, at or after `at`. Setting an armed timer moves it.
    void set_timer(TimerId timer, MonotonicTime at);
    void cancel_timer(TimerId timer);

    // Storage. Requests on one file complete in the order asked. Each is answered through
    // `on_storage` with its token. Written bytes survive a crash of the process; only synced bytes
    // survive a crash of the machine. `sync` covers all that was asked on that file before it,
    // its creation, rename and size included.
    void create(StorageToken token, std::string_view file, std::uint64_t preallocate);
    void append(StorageToken token, std::string_view file, Bytes bytes);
    void write_at(StorageToken token, std::string_view file, std::uint64_t offset, Bytes bytes);
    void sync(StorageToken token, std::string_view file);
    void read(StorageToken token,
              std::string_view file,
              std::uint64_t offset,
              std::uint64_t length);
    void truncate(StorageToken token, std::string_view file, std::uint64_t size);
    void rename(StorageToken token, std::string_view from, std::string_view to);
    void remove(StorageToken token, std::string_view file);
    void list(StorageToken token);

    void reply(RequestId request, Bytes body);

    void note(Site kind, std::initializer_list<NoteField> fields);
    void note(Site kind, std::span<const NoteField> fields);
    /// Use the COVER macro (cover.hpp), which also registers the mark.
    void cover(Site mark);

    std::uint64_t draw(Site site) { return chance_->draw(site); }

    std::uint64_t draw(Site site, Subject about) { return chance_->draw(site, about); }

    bool maybe(Site site) { return chance_->maybe(site); }

    // The host's side. `sealed` ends the step: it returns what was asked, in order, and makes the
    // views below valid until `clear`; nothing may be asked in between.
    std::span<const Effect> sealed();

    bool empty() const { return effects_.empty(); }

    Bytes bytes_of(const Effect& effect) const;
    std::string_view file_of(const Effect& effect) const;
    std::string_view new_file_of(const Effect& effect) const;
    Note note_of(const Effect& effect) const;
    void clear();

    /// While a Scope lives, timers and tokens carry a part number in their top byte, so
    /// that several components share one node without knowing of each other (component.hpp).
    class Scope {
      public:
        Scope(Effects& out, std::uint8_t part) : out_(out), before_(out.part_) { out.part_ = part; }

        ~Scope() { out_.part_ = before_; }

        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

      private:
        Effects& out_;
        std::uint8_t before_;
    };

  private:
    struct Slice {
        std::uint32_t at = 0;
        std::uint32_t size = 0;
    };

    Slice keep(Bytes bytes);
    Effect& push(EffectKind kind);
    Effect& push_storage(EffectKind kind, StorageToken token, std::string_view file);
    std::uint64_t scoped(std::uint64_t id) const;

    Chance* chance_;
    std::uint8_t part_ = 0;
    std::vector<Effect> effects_;
    std::vector<NoteField> fields_;
    ByteBuffer arena_;
};

}  // namespace stormglass
