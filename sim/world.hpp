// World: a set of simulated processes, their network, disks and clocks, on virtual time and one
// thread. Same options, processes, schedule and workload = same run, to the last bit of its hash.
// Worlds share nothing: many may run side by side. How to write one: sim/README.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/node.hpp"
#include "sim/distribution.hpp"
#include "sim/fault.hpp"
#include "sim/frame_adapter.hpp"
#include "sim/observer.hpp"
#include "sim/reduction.hpp"
#include "sim/trace.hpp"

namespace stormglass::sim {

/// How long storage takes and how much there is. Per-file requests complete in order.
struct DiskOptions {
    Distribution write = Distribution::constant(microseconds(20));  // also create, truncate ...
    Distribution sync = Distribution::constant(microseconds(80));
    Distribution read = Distribution::constant(microseconds(20));
    std::uint64_t capacity = 1ULL << 30;  // bytes of all files; above it: out_of_space
};

struct LinkOptions {
    Distribution latency = Distribution::constant(milliseconds(1));
};

enum class RareBranches : std::uint8_t { off, on };

struct WorldOptions {
    std::uint64_t seed = 1;
    /// 2000-01-01T00:00:00Z.
    WallTime wall_start{946'684'800LL * 1'000'000'000};
    /// A hang is a finding: the run ends when one of these is used up.
    std::uint64_t event_budget = 50'000'000;
    Duration time_budget = seconds(30LL * 24 * 3600);
    /// So many events without time advancing are a livelock.
    std::uint32_t stall_limit = 100'000;
    /// Whether MAYBE sites may take their rare branch.
    RareBranches rare_branches = RareBranches::off;
    /// Each life's monotonic clock starts at a drawn value up to this, so that no two can be
    /// compared by accident. Zero: every monotonic clock is world time.
    Duration monotonic_base_max = minutes(60);
    LinkOptions link = {};
    DiskOptions disk = {};
    TraceOptions trace = {};
};

struct ProcessOptions {
    std::string name;
    std::vector<std::string> roles = {};
    enum class Boot : std::uint8_t { at_start, by_hand } boot = Boot::at_start;
    std::optional<DiskOptions> disk = std::nullopt;  // none = the world's
    Duration wall_offset = {};                       // of its wall clock from the world's
};

/// Makes the node of one life; called at each start.
using Factory = std::function<std::unique_ptr<Node>()>;

/// What became of a request. Only `refused` is certain not to have happened.
enum class ReplyStatus : std::uint8_t {
    answered,
    refused,  // the process was down when the request arrived
    lost,     // the process crashed before it answered: may have happened
};

struct Reply {
    RequestId id;
    ReplyStatus status = ReplyStatus::answered;
    Bytes body;  // lives until the callback returns
};

using ReplyCallback = std::function<void(const Reply&)>;

enum class RunEnd : std::uint8_t { reached, event_budget, time_budget, stalled, stopped };

std::string_view name_of(RunEnd end);

/// Who holds a role right now ("leader"); for targets by role whose holder moves. A role it does
/// not know: an empty list, and the roles of ProcessOptions decide.
using RoleOracle = std::function<std::vector<NodeId>(std::string_view role)>;

/// One visit of a custom fault that acts: apply it, then say whether it took effect.
struct FaultVisit {
    std::size_t fault = 0;
    std::uint64_t draw = 0;  // 64 bits of its own, keyed as the visit was
};

namespace detail {
class Host;
}

class World {
  public:
    explicit World(const WorldOptions& options);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    // Set-up: all of it before the first run. Ids are given from 1, in order.
    NodeId add_process(ProcessOptions options, Factory factory);
    void set_link(NodeId from, NodeId to, LinkOptions link);  // directed
    /// Requires: validate(schedule) is ok. `mask`: positions of faults that do not act; masking
    /// moves no draw of another fault.
    void set_schedule(Schedule schedule, std::vector<std::size_t> mask = {});
    /// After set_schedule: of the faults' decisions, only these act.
    void keep(const Reduction& kept);
    /// Instead of keep(): decisions by what they are about; one Recall for each fault.
    void recall(std::vector<Recall> subjects);
    void set_adapter(std::shared_ptr<FrameAdapter> adapter);  // kept as long as the world
    void set_role_oracle(RoleOracle oracle);
    void add_observer(Observer& observer);  // must outlive the world

    // Running.
    MonotonicTime now() const;
    RunEnd run_until(MonotonicTime time);

    RunEnd run_for(Duration span) { return run_until(now() + span); }

    /// Ends the run after the event under way; callable from callbacks and observers.
    void stop();
    /// Why the last run ended, in words ("100000 events at 1.5 s without time advancing: ...").
    std::string end_text() const;
    std::uint64_t events_done() const;
    /// Frames and storage answers under way, requests unanswered: zero when only timers are left.
    std::size_t outstanding() const;

    // Workloads. Callbacks run between steps; they may call anything here but the set-up.
    void at(MonotonicTime time, std::function<void()> action);

    void after(Duration span, std::function<void()> action) { at(now() + span, std::move(action)); }

    /// Hands a request of the local application to a process. The callback comes exactly once,
    /// in an event of its own, unless the process never answers.
    RequestId request(NodeId to, Bytes body, ReplyCallback callback);
    /// A draw for the workload, keyed by (seed, site, subject).
    std::uint64_t draw(Site site, Subject about) const;

    // Processes by hand; faults do the same.
    void start(NodeId node);  // no effect when it runs
    void crash(NodeId node);  // no effect when it is down; unsynced data as armed faults say
    /// Ends every fault from now on and starts the processes that faults have crashed.
    void heal();
    void step_wall_clock(NodeId node, Duration by);

    // Looking. `node` is null while the process is down; only for checks, never for decisions.
    Node* node(NodeId id) const;
    std::uint32_t life(NodeId id) const;       // 0 before the first start
    NodeId find(std::string_view name) const;  // value 0 = none
    std::string_view name(NodeId id) const;
    std::span<const std::string> names() const;  // by id; [0] is "-"
    Moment moment(NodeId id) const;              // its clocks now
    /// Size of a file as a new life would find it without a fault; nothing when absent.
    std::optional<std::uint64_t> file_size(NodeId id, std::string_view file) const;
    /// Copies a file's bytes as the process would read them.
    ByteBuffer file_bytes(NodeId id, std::string_view file) const;

    // Faults and trace.
    std::span<const FaultCounters> fault_counters() const;  // by position in the schedule
    /// How often each fault would have acted so far, kept or not; all zero under recall().
    std::span<const std::uint32_t> fault_decisions() const;
    const Schedule& schedule() const;
    /// The adversary's id (frames of its own come from it); it exists from the first run.
    NodeId adversary() const;
    /// Custom kinds: asks whether a fault of this name acts on this visit, for this subject.
    /// Call it at each opportunity; counters, triggers, masks and draws are those of all kinds.
    std::optional<FaultVisit> visit(std::string_view custom_kind, NodeId node, Subject about);
    void took_effect(std::size_t fault);

    const Trace& trace() const;

    std::uint64_t hash() const { return trace().hash(); }

    std::uint64_t seed() const;

  private:
    std::unique_ptr<detail::Host> host_;
};

}  // namespace stormglass::sim
