// A world of a few nodes for tests of the bus: virtual time, links that lose and double when told
// to, one tiny disk a node, crashes by name. Deterministic by its seed. It is a pump, not a
// simulator: no clock drift, no bandwidth, no trace.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runtime/node.hpp"
#include "tests/support/chance.hpp"
#include "tests/support/kept_note.hpp"
#include "tests/support/tiny_disk.hpp"

namespace stormglass::tests {

class TinyWorld {
  public:
    using Factory = std::function<std::unique_ptr<Node>()>;

    explicit TinyWorld(std::uint64_t seed = 1) : seed_(seed) {}

    // What the network and the disks do; may change at any time.
    std::uint32_t loss_ppm = 0;
    std::uint32_t duplicate_ppm = 0;
    Duration latency = milliseconds(1);
    Duration latency_spread = {};  // a frame takes latency .. latency + spread
    Duration disk_latency = microseconds(80);

    /// A node and how to make it again after a crash.
    void add(NodeId id, Factory factory) {
        Host& host = hosts_[id];
        host.factory = std::move(factory);
        start(id);
    }

    template <class T>
    T& node(NodeId id) {
        return dynamic_cast<T&>(*hosts_.at(id).node);
    }

    bool alive(NodeId id) const { return hosts_.at(id).node != nullptr; }

    TinyDisk& disk(NodeId id) { return hosts_.at(id).disk; }

    Moment now() const { return {now_, {kEpochNs + static_cast<std::int64_t>(now_.ns)}}; }

    /// The process ends; `restart` begins a new life on the same disk.
    void kill(NodeId id) {
        stop(id);
        hosts_.at(id).disk.crash_process();
    }

    void power_cut(NodeId id, TinyDisk::Tear tear) {
        stop(id);
        hosts_.at(id).disk.crash_power(tear, chain64(seed_, ++cuts_));
    }

    void restart(NodeId id) {
        CHECK(!alive(id));
        start(id);
    }

    /// Frames between the two are lost until `heal`.
    void cut(NodeId a, NodeId b) {
        cut_.insert({a, b});
        cut_.insert({b, a});
    }

    /// One way only: frames from the first to the second are lost.
    void cut_towards(NodeId from, NodeId to) { cut_.insert({from, to}); }

    void heal() { cut_.clear(); }

    /// A frame out of nowhere, as an adversary would send it over its own link `from`.
    void inject(NodeId from, NodeId to, ByteBuffer frame) {
        push(now_ + latency, [this, from, to, frame] { arrive(from, to, frame); });
    }

    /// Sees every frame that is sent, before anything may happen to it.
    std::function<void(NodeId from, NodeId to, Bytes frame)> tap;

    /// Somebody in the middle of every link: may change a frame that is not lost.
    std::function<void(NodeId from, NodeId to, ByteBuffer& frame)> in_the_middle;

    /// Runs something between two steps, later.
    void after(Duration span, std::function<void()> what) { push(now_ + span, std::move(what)); }

    /// Runs something inside a step of a node, as its application would.
    void step(NodeId id, const std::function<void(Moment, Effects&)>& what) {
        Host& host = hosts_.at(id);
        CHECK(host.node != nullptr);
        what(now(), host.out);
        execute(id);
    }

    void run_for(Duration span) {
        const MonotonicTime end = now_ + span;
        while (!queue_.empty() && queue_.begin()->first.first <= end) {
            run_next();
        }
        now_ = end;
    }

    /// True as soon as `done` holds; false when it does not within `span`.
    bool run_until(const std::function<bool()>& done, Duration span = seconds(60)) {
        const MonotonicTime end = now_ + span;
        while (!done()) {
            if (queue_.empty() || queue_.begin()->first.first > end) {
                return false;
            }
            run_next();
        }
        return true;
    }

    const std::vector<KeptNote>& notes() const { return notes_; }

    std::vector<KeptNote> notes(const std::string& kind) const {
        std::vector<KeptNote> found;
        for (const KeptNote& note : notes_) {
            if (note.kind == kind) {
                found.push_back(note);
            }
        }
        return found;
    }

    /// A life after a crash repeats what the last one may have died over: equal notes count once.
    std::size_t distinct_notes(const std::string& kind) const {
        const std::vector<KeptNote> found = notes(kind);
        return std::set<KeptNote>(found.begin(), found.end()).size();
    }

    bool reached(const std::string& mark) const { return marks_.contains(mark); }

    std::uint64_t frames() const { return frames_; }

  private:
    static constexpr std::int64_t kEpochNs = 1'893'456'000'000'000'000;  // 2030

    struct Host {
        Factory factory;
        std::unique_ptr<Node> node;
        std::uint64_t life = 0;
        TinyDisk disk;
        MonotonicTime disk_free;
        std::unique_ptr<TestChance> chance = std::make_unique<TestChance>();
        Effects out{*chance};
        std::map<TimerId, std::uint64_t> timers;  // sequence of the arming that counts
    };

    void push(MonotonicTime at, std::function<void()> what) {
        queue_.emplace(std::pair(at, ++sequence_), std::move(what));
    }

    void run_next() {
        const auto first = queue_.begin();
        now_ = std::max(now_, first->first.first);
        const std::function<void()> what = std::move(first->second);
        queue_.erase(first);
        what();
    }

    void start(NodeId id) {
        Host& host = hosts_.at(id);
        ++host.life;
        host.timers.clear();
        host.node = host.factory();
        host.node->start(host.disk.recovered(), now(), host.out);
        execute(id);
    }

    void stop(NodeId id) {
        Host& host = hosts_.at(id);
        CHECK(host.node != nullptr);
        host.node.reset();
        ++host.life;
    }

    void arrive(NodeId from, NodeId to, const ByteBuffer& frame) {
        const auto at = hosts_.find(to);
        if (at == hosts_.end() || at->second.node == nullptr) {
            return;
        }
        at->second.node->on_message(from, frame, now(), at->second.out);
        execute(to);
    }

    void send(NodeId from, const Host& host, const Effect& effect) {
        const Bytes bytes = host.out.bytes_of(effect);
        ++frames_;
        if (tap) {
            tap(from, effect.to, bytes);
        }
        const std::uint64_t draw = chain64(chain64(seed_, frames_), effect.about);
        if (cut_.contains({from, effect.to}) || happens(chain64(draw, 1), loss_ppm)) {
            return;
        }
        ByteBuffer frame(bytes.begin(), bytes.end());
        if (in_the_middle) {
            in_the_middle(from, effect.to, frame);
        }
        const int copies = happens(chain64(draw, 2), duplicate_ppm) ? 2 : 1;
        for (int n = 0; n < copies; ++n) {
            const auto spread = static_cast<std::uint64_t>(latency_spread.ns);
            const Duration late{
                static_cast<std::int64_t>(bounded(chain64(draw, 10 + n), spread + 1))};
            push(now_ + latency + late,
                 [this, from, to = effect.to, frame] { arrive(from, to, frame); });
        }
    }

    void execute(NodeId id) {
        Host& host = hosts_.at(id);
        std::size_t storage = 0;
        for (const Effect& effect : host.out.sealed()) {
            switch (effect.kind) {
                case EffectKind::send:
                    send(id, host, effect);
                    break;
                case EffectKind::set_timer:
                    arm(id, host, effect);
                    break;
                case EffectKind::cancel_timer:
                    host.timers.erase(effect.timer);
                    break;
                case EffectKind::note:
                    keep(id, host.out.note_of(effect));
                    break;
                case EffectKind::cover:
                    marks_.insert(std::string(effect.site.name));
                    break;
                default:
                    storage += host.disk.submit(host.out, effect) ? 1 : 0;
            }
        }
        host.out.clear();
        for (; storage > 0; --storage) {
            host.disk_free = std::max(host.disk_free, now_) + disk_latency;  // one at a time
            push(host.disk_free, [this, id, life = host.life] { complete(id, life); });
        }
    }

    void arm(NodeId id, Host& host, const Effect& effect) {
        const std::uint64_t armed = sequence_ + 1;
        host.timers[effect.timer] = armed;
        push(std::max(effect.at, now_), [this, id, timer = effect.timer, armed, life = host.life] {
            Host& target = hosts_.at(id);
            const auto at = target.timers.find(timer);
            if (target.life != life || at == target.timers.end() || at->second != armed) {
                return;
            }
            target.timers.erase(at);
            target.node->on_timer(timer, now(), target.out);
            execute(id);
        });
    }

    void complete(NodeId id, std::uint64_t life) {
        Host& host = hosts_.at(id);
        if (host.life != life || host.disk.idle()) {
            return;
        }
        const TinyDisk::Answer answer = host.disk.complete_one();
        host.node->on_storage(answer.token, answer.result, now(), host.out);
        execute(id);
    }

    void keep(NodeId id, const Note& note) { notes_.push_back(kept(id, note)); }

    std::uint64_t seed_;
    MonotonicTime now_{1};
    std::map<std::pair<MonotonicTime, std::uint64_t>, std::function<void()>> queue_;
    std::uint64_t sequence_ = 0;
    std::uint64_t cuts_ = 0;
    std::uint64_t frames_ = 0;
    std::map<NodeId, Host> hosts_;
    std::set<std::pair<NodeId, NodeId>> cut_;
    std::vector<KeptNote> notes_;
    std::set<std::string> marks_;
};

}  // namespace stormglass::tests
