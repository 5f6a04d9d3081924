// Two nodes for tests of the simulator: a sender with a window and a retransmission timer, and a
// receiver that stores each item, syncs, and then acknowledges. Both are as careful as real code
// must be: frames carry a keyed checksum, the receiver drops doubles and recovers a torn tail.
#pragma once

#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/check.hpp"
#include "runtime/node.hpp"
#include "sim/digest.hpp"
#include "sim/world.hpp"

namespace stormglass::tests {

inline constexpr std::uint64_t kItems = 24;
inline constexpr NodeId kSender{1};
inline constexpr NodeId kReceiver{2};

enum class Word : std::uint64_t { item = 1, ack = 2 };

/// A frame: what, sequence, source, value, and a keyed checksum that stands for a signature.
struct Wire {
    std::uint64_t what = 0;
    std::uint64_t sequence = 0;
    std::uint64_t source = 0;
    std::uint64_t value = 0;
    std::uint64_t check = 0;

    static std::uint64_t sum(const Wire& wire) {
        return keyed_draw(wire.what, wire.sequence, {wire.source, wire.value, 4711});
    }

    static Wire make(Word what, std::uint64_t sequence, NodeId source) {
        Wire wire{static_cast<std::uint64_t>(what), sequence, source.value, mix64(sequence), 0};
        wire.check = sum(wire);
        return wire;
    }

    Bytes bytes() const { return std::as_bytes(std::span(this, 1)); }

    static std::optional<Wire> read(Bytes bytes) {
        Wire wire;
        if (bytes.size() != sizeof wire) {
            return std::nullopt;
        }
        std::memcpy(&wire, bytes.data(), sizeof wire);
        return wire;
    }
};

class Sender final : public Node {
  public:
    static constexpr TimerId kProduce{1};
    static constexpr TimerId kRetransmit{2};
    static constexpr std::uint64_t kWindow = 8;

    void start(const Recovered&, Moment now, Effects& out) override {
        out.set_timer(kProduce, now.monotonic);
    }

    void on_message(NodeId from, Bytes frame, Moment now, Effects& out) override {
        const auto wire = Wire::read(frame);
        const bool fine = wire && from == kReceiver && Wire::sum(*wire) == wire->check &&
                          wire->what == static_cast<std::uint64_t>(Word::ack);
        if (!fine || wire->sequence <= acked_) {
            return;
        }
        acked_ = std::min(wire->sequence, kItems);
        sent_ = std::max(sent_, acked_);
        out.note("sender.acked", {{"sequence", acked_}});
        if (acked_ == kItems) {
            out.cancel_timer(kRetransmit);
            return;
        }
        out.set_timer(kRetransmit, now.monotonic + kPatience);
    }

    void on_timer(TimerId timer, Moment now, Effects& out) override {
        if (timer == kProduce) {
            if (sent_ < kItems && sent_ < acked_ + kWindow) {
                send(++sent_, out);
                out.set_timer(kRetransmit, now.monotonic + kPatience);
            }
            if (acked_ < kItems) {
                out.set_timer(kProduce, now.monotonic + milliseconds(1));
            }
            return;
        }
        for (std::uint64_t sequence = acked_ + 1; sequence <= sent_; ++sequence) {
            send(sequence, out);
        }
        if (acked_ < kItems) {
            out.set_timer(kRetransmit, now.monotonic + kPatience);
        }
    }

    void on_storage(StorageToken, const StorageResult&, Moment, Effects&) override {}

    void on_request(RequestId id, const Request&, Moment, Effects& out) override {
        out.reply(id, as_bytes(std::to_string(acked_)));
    }

    void on_link(NodeId, LinkState, Moment, Effects&) override {}

    std::uint64_t acked() const { return acked_; }

  private:
    static constexpr Duration kPatience = milliseconds(10);

    static void send(std::uint64_t sequence, Effects& out) {
        const Wire wire = Wire::make(Word::item, sequence, kSender);
        out.send(kReceiver, wire.bytes(), sequence);
    }

    std::uint64_t sent_ = 0;
    std::uint64_t acked_ = 0;
};

/// An item as it is stored: longer than a sector, so that it can be torn.
struct Record {
    static constexpr std::size_t kSize = 700;

    static std::array<std::byte, kSize> make(std::uint64_t sequence) {
        std::array<std::byte, kSize> bytes{};
        for (std::size_t i = 0; i < kSize; ++i) {
            bytes[i] = static_cast<std::byte>(mix64(sequence * 1000 + i) & 0xff);
        }
        std::memcpy(bytes.data(), &sequence, sizeof sequence);
        return bytes;
    }

    /// The sequences in a file up to the first record that is not whole.
    static std::vector<std::uint64_t> parse(Bytes file) {
        std::vector<std::uint64_t> found;
        for (std::size_t at = 0; at + kSize <= file.size(); at += kSize) {
            std::uint64_t sequence = 0;
            std::memcpy(&sequence, &file[at], sizeof sequence);
            const auto whole = make(sequence);
            if (std::memcmp(whole.data(), &file[at], kSize) != 0) {
                break;
            }
            found.push_back(sequence);
        }
        return found;
    }
};

/// `early` is a planted defect: it acknowledges what it has only written.
enum class Acknowledges : std::uint8_t { after_sync, early };

class Receiver final : public Node {
  public:
    explicit Receiver(Acknowledges when) : when_(when) {}

    static constexpr std::string_view kFile = "items.log";
    static constexpr StorageToken kCreated{1};
    static constexpr StorageToken kReadBack{2};
    static constexpr StorageToken kCut{3};
    static constexpr StorageToken kReady{4};
    static constexpr StorageToken kAppended{5};
    static constexpr std::uint64_t kSynced = 1000;  // + sequence

    void start(const Recovered& disk, Moment, Effects& out) override {
        if (disk.files.empty()) {
            out.create(kCreated, kFile, 0);
            out.sync(kReady, kFile);
        } else {
            out.read(kReadBack, kFile, 0, disk.files[0].size);
        }
    }

    void on_message(NodeId, Bytes frame, Moment, Effects& out) override {
        const auto wire = Wire::read(frame);
        if (!ready_ || !wire) {
            return;
        }
        if (Wire::sum(*wire) != wire->check) {
            ++refused_;
            out.note("receiver.refused", {{"sequence", wire->sequence}});
            return;
        }
        if (wire->what != static_cast<std::uint64_t>(Word::item)) {
            return;
        }
        if (wire->sequence != stored_ + 1) {
            if (wire->sequence <= synced_) {
                acknowledge(out);  // a double: its acknowledgement may have been lost
            }
            return;
        }
        ++stored_;
        const auto record = Record::make(stored_);
        out.append(kAppended, kFile, record);
        if (when_ == Acknowledges::early) {
            synced_ = stored_;
            acknowledge(out);
        }
        out.sync({kSynced + stored_}, kFile);
        out.note("receiver.stored", {{"sequence", stored_}});
    }

    void on_timer(TimerId, Moment, Effects&) override {}

    void on_storage(StorageToken token,
                    const StorageResult& result,
                    Moment,
                    Effects& out) override {
        CHECK(result.status == StorageStatus::ok);
        if (token == kReadBack) {
            stored_ = Record::parse(result.bytes).size();
            out.truncate(kCut, kFile, stored_ * Record::kSize);
            out.sync(kReady, kFile);
        } else if (token == kReady) {
            ready_ = true;
            synced_ = stored_;
            COVER(out, "two-node.receiver-ready");
        } else if (token.value > kSynced) {
            synced_ = std::max(synced_, token.value - kSynced);
            acknowledge(out);
        }
    }

    void on_request(RequestId, const Request&, Moment, Effects&) override {}

    void on_link(NodeId, LinkState, Moment, Effects&) override {}

    std::uint64_t refused() const { return refused_; }

  private:
    void acknowledge(Effects& out) const {
        const Wire wire = Wire::make(Word::ack, synced_, kReceiver);
        out.send(kSender, wire.bytes());
    }

    Acknowledges when_;
    bool ready_ = false;
    std::uint64_t stored_ = 0;  // handed to the disk
    std::uint64_t synced_ = 0;
    std::uint64_t refused_ = 0;
};

/// Lets faults look into the frames of these two.
class WireAdapter final : public sim::FrameAdapter {
  public:
    void describe(Bytes frame, std::vector<sim::FrameField>& out) override {
        if (const auto wire = Wire::read(frame)) {
            const bool item = wire->what == static_cast<std::uint64_t>(Word::item);
            out.push_back({"kind", item ? "item" : "ack"});
        }
    }

    bool alter(std::string_view, std::uint64_t draw, Bytes frame, ByteBuffer& out) override {
        auto wire = Wire::read(frame);
        if (wire) {
            wire->value ^= 1ULL << (draw & 63);
            out.assign(wire->bytes().begin(), wire->bytes().end());
        }
        return wire.has_value();
    }

    bool forge_source(std::string_view, std::uint64_t draw, Bytes frame, ByteBuffer& out) override {
        auto wire = Wire::read(frame);
        if (wire) {
            wire->source += 1 + (draw & 0xff);
            out.assign(wire->bytes().begin(), wire->bytes().end());
        }
        return wire.has_value();
    }
};

struct TwoNodes {
    explicit TwoNodes(sim::WorldOptions options,
                      sim::Schedule schedule = {},
                      std::vector<std::size_t> mask = {},
                      Acknowledges when = Acknowledges::after_sync)
        : world(options) {
        world.add_process({"sender", {"client"}}, [] { return std::make_unique<Sender>(); });
        world.add_process({"receiver", {"server"}},
                          [when] { return std::make_unique<Receiver>(when); });
        world.set_adapter(std::make_shared<WireAdapter>());
        world.set_schedule(std::move(schedule), std::move(mask));
    }

    std::uint64_t acked() const {
        const Node* node = world.node(kSender);
        return node == nullptr ? 0 : static_cast<const Sender*>(node)->acked();
    }

    std::vector<std::uint64_t> stored() const {
        const ByteBuffer bytes = world.file_bytes(kReceiver, Receiver::kFile);
        return Record::parse(bytes);
    }

    /// Safety first, then everything heals and time passes.
    void run(Duration safety = seconds(1), Duration liveness = seconds(2)) {
        world.run_for(safety);
        world.heal();
        world.run_for(liveness);
    }

    /// Everything was acknowledged, and is stored exactly once and in order.
    bool converged() const {
        std::vector<std::uint64_t> expected;
        for (std::uint64_t i = 1; i <= kItems; ++i) {
            expected.push_back(i);
        }
        return acked() == kItems && stored() == expected;
    }

    sim::World world;
};

inline sim::WorldOptions seeded(std::uint64_t seed) {
    sim::WorldOptions options;
    options.seed = seed;
    return options;
}

}  // namespace stormglass::tests
