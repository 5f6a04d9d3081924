// Core: the nodes of one host, without sockets and without Boost. It hands inputs to nodes one step
// at a time and carries out what they ask, in order. What needs the network or the clock of the
// machine it asks of its Surroundings.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/asio/observer.hpp"
#include "runtime/asio/storage.hpp"
#include "runtime/asio/timers.hpp"
#include "runtime/check.hpp"
#include "runtime/node.hpp"

namespace stormglass::asio::detail {

/// Draws of the real machine: a generator seeded by the system's random source.
class SystemChance final : public Chance {
  public:
    SystemChance();

    std::uint64_t draw(Site site) override;
    std::uint64_t draw(Site site, Subject about) override;

    bool maybe(Site) override { return false; }

  private:
    std::uint64_t seed_;
    std::uint64_t visits_ = 0;
};

class Surroundings {
  public:
    virtual ~Surroundings() = default;
    /// A frame for a node that does not live here.
    virtual void transmit(NodeId from, NodeId to, Bytes frame) = 0;
};

class Core final : public CheckContext {
  public:
    using ReplyHandler = std::function<void(Bytes body)>;
    using Step = std::function<void(Moment, Effects&)>;

    Core(Surroundings& around, Observer* observer) : around_(&around), observer_(observer) {}

    void set_storage(std::unique_ptr<Storage> storage) { storage_ = std::move(storage); }

    /// Begins a life. `directory` may be null: such a node's storage requests fail.
    void add(NodeId id, Node& node, std::unique_ptr<Directory> directory);
    /// Ends its life: nothing reaches it any more. Returns its directory once no request of its is
    /// under way, which `settle` may have to see to.
    void remove(NodeId id);

    bool has(NodeId id) const { return place_of(id) != nullptr; }

    Directory* directory(NodeId id);

    static Moment now();

    /// One step of a node. Requires: no step is under way.
    template <class What>
    void step(NodeId id, What what) {
        Place* const place = place_of(id);
        if (place == nullptr) {
            return;
        }
        CHECK(!stepping_);
        stepping_ = true;
        what(*place->node, now(), out_);
        execute(*place);
        stepping_ = false;
    }

    bool stepping() const { return stepping_; }

    void request(NodeId id, Bytes body, ReplyHandler on_reply);

    /// Does what follows in memory: messages between nodes, replies. Bounded, so that nodes which
    /// talk without end do not keep others from their turn; `unsettled` says whether some is left.
    void settle();

    bool unsettled() const { return !messages_.empty() || !replies_.empty(); }

    /// Carries out waiting storage work on this thread, up to and including the next sync, or takes
    /// over what threads have done. False when there was nothing.
    bool turn_storage();

    bool has_storage_work() const { return storage_->has_work(); }

    std::size_t storage_outstanding() const { return storage_->outstanding(); }

    void fire_timers();

    Timers& timers() { return timers_; }

    /// A timer of the host's own.
    void call_at(MonotonicTime at, std::function<void()> what);

    void note(NodeId node, Site kind, std::initializer_list<NoteField> fields);

    const std::map<std::string_view, std::uint64_t>& covered() const { return covered_; }

    Result<void> sync_all();

    void describe(std::FILE* out) const override;

  private:
    struct Place {
        NodeId id;
        Node* node = nullptr;  // null: its life is over
        std::uint32_t number = 0;
        std::unique_ptr<Directory> directory;
        std::size_t under_way = 0;  // storage requests
    };

    struct Message {
        NodeId from;
        NodeId to;
        ByteBuffer bytes;
    };

    struct Reply {
        ReplyHandler handler;
        ByteBuffer body;
    };

    const Place* place_of(NodeId id) const;
    Place* place_of(NodeId id);
    void execute(Place& place);
    void execute(Place& place, const Effect& effect);
    void submit(Place& place, const Effect& effect);
    void answer(Storage::Request request);
    Storage::Request spare_request();

    Surroundings* around_;
    Observer* observer_;
    SystemChance chance_;
    Effects out_{chance_};
    bool stepping_ = false;
    NodeId stepped_;
    std::vector<std::unique_ptr<Place>> places_;  // Place::number is the index
    std::unique_ptr<Storage> storage_;
    std::vector<Storage::Request> spare_;
    Timers timers_;
    std::map<std::uint64_t, std::function<void()>> calls_;
    std::uint64_t next_call_ = 1;

    std::deque<Message> messages_;
    std::vector<ByteBuffer> spare_bytes_;
    std::map<std::uint64_t, ReplyHandler> asked_;
    std::uint64_t next_request_ = 1;
    std::deque<Reply> replies_;
    std::vector<RecoveredFile> listed_;
    std::map<std::string_view, std::uint64_t> covered_;
};

}  // namespace stormglass::asio::detail
