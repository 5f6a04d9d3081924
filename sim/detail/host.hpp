// Host: the body of a World. It boots and kills processes, runs their steps, executes their effects
// and carries out what the injector decides. Bodies: host.cpp (set-up, lives), host_step.cpp
// (effects), host_frames.cpp (frames, adversary), host_faults.cpp (arming and acting).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/check.hpp"
#include "runtime/node.hpp"
#include "sim/detail/flat_table.hpp"
#include "sim/disk.hpp"
#include "sim/injector.hpp"
#include "sim/kernel.hpp"
#include "sim/network.hpp"
#include "sim/world.hpp"

namespace stormglass::sim::detail {

/// What kernel events are for; named in stall reports.
enum class HostEvent : std::uint16_t {
    boot,
    deliver,
    timer,
    storage,
    request,
    reply,
    fault,
    workload,
};

/// The randomness of the process whose step is under way.
class HostChance final : public Chance {
  public:
    HostChance(std::uint64_t seed, RareBranches rare) : seed_(seed), rare_(rare) {}

    void enter(std::uint64_t process_seed, std::uint32_t life, FlatTable<std::uint64_t>& visits) {
        process_seed_ = process_seed;
        life_ = life;
        visits_ = &visits;
    }

    std::uint64_t draw(Site site) override;
    std::uint64_t draw(Site site, Subject about) override;
    bool maybe(Site site) override;

  private:
    std::uint64_t seed_;
    RareBranches rare_;
    std::uint64_t process_seed_ = 0;
    std::uint32_t life_ = 0;
    FlatTable<std::uint64_t>* visits_ = nullptr;
};

struct Process {
    NodeId id;
    ProcessOptions options;
    Factory factory;  // none: the adversary
    std::unique_ptr<Node> node;
    std::unique_ptr<Disk> disk;
    std::uint32_t life = 0;
    std::uint64_t seed = 0;
    std::uint64_t monotonic_base = 0;
    std::int64_t wall_offset = 0;
    std::uint64_t last_step = 0;  // world time; a step at 0 counts
    std::uint64_t last_timer = 0;
    bool crashed_by_fault = false;
    EventId restart;
    FlatTable<EventId> timers;
    FlatTable<std::uint64_t> visits;
    std::vector<std::size_t> clock_faults;  // steps of its wall clock that nothing has read yet
};

struct RequestState {
    NodeId to;
    std::uint32_t life = 0;  // which took it; 0 = still on its way
    bool done = false;       // the reply is on its way to the callback
    ReplyStatus status = ReplyStatus::answered;
    ReplyCallback callback;
    ByteBuffer body;
};

class Host final : public CheckContext {
  public:
    explicit Host(const WorldOptions& given);
    ~Host() override;

    // Set-up.
    NodeId add_process(ProcessOptions options, Factory factory);
    void set_link(NodeId from, NodeId to, LinkOptions link);
    void set_schedule(Schedule schedule, std::vector<std::size_t> mask);

    // Running.
    RunEnd run_until(MonotonicTime time);
    std::string end_text() const;
    std::size_t outstanding() const;
    void describe(std::FILE* out) const override;

    // Workload and hand.
    void at(MonotonicTime time, std::function<void()> action);
    RequestId request(NodeId to, Bytes body, ReplyCallback callback);
    void start(Process& process);
    void crash(Process& process);
    void heal();
    std::optional<FaultVisit> visit(std::string_view kind, NodeId node, Subject about);

    Process& process(NodeId id);
    const Process& process(NodeId id) const;
    Moment moment(const Process& process) const;

    MonotonicTime now() const { return {kernel_.now()}; }

    WorldOptions options;
    std::vector<Process> processes;  // by id; [0] is nobody
    std::vector<std::string> names;
    std::vector<Observer*> observers;
    std::shared_ptr<FrameAdapter> adapter;
    RoleOracle oracle;
    Trace trace;
    Injector injector;
    NodeId adversary;

    Kernel<>& kernel() { return kernel_; }

  private:
    static EventOwner owner(const Process& process, HostEvent event);
    static EventOwner lifeless(NodeId id, HostEvent event);
    void prepare();
    void listen();
    void note_fault(const LiveFault& fault, FaultEvent event);

    // host_step.cpp
    void begin_step(Process& process);
    void end_step(Process& process);
    void execute(Process& process);
    void execute_effect(Process& process, const Effect& effect);
    void note(Process& process, const Effect& effect);
    void set_timer(Process& process, TimerId timer, MonotonicTime at);
    void fire_timer(NodeId id, TimerId timer);
    void submit(Process& process, const Effect& effect);
    void complete(NodeId id, std::uint32_t request);
    void deliver_request(RequestId id);
    void take_reply(Process& process, const Effect& effect);
    void finish_request(RequestId id, ReplyStatus status);
    void call_back(RequestId id);
    LiveFault* crash_point(Process& process, const Effect& effect, bool before);
    void reached(const Process& process, std::string_view name);

    // host_frames.cpp
    void transmit(Process& process, const Effect& effect);
    void schedule_arrival(std::uint32_t index);
    void arrive(std::uint32_t index);
    void settle_credits(const Frame& frame, const Process& to);
    bool eligible(const LiveFault& fault, std::uint32_t index);
    void consider(LiveFault& fault, std::uint32_t index);
    void lose(LiveFault& fault, std::uint32_t index);
    void duplicate(LiveFault& fault, std::uint32_t index);
    void hold(LiveFault& fault, std::uint32_t index);
    void pass_held(std::uint32_t later);
    void unhold(std::uint32_t index);
    void cut(std::uint32_t index);
    void drop(const Frame& frame);
    FrameSeen seen(const Frame& frame) const;
    std::vector<std::uint32_t> frames_in_flight();
    void tap(LiveFault& fault, std::uint32_t index);
    void mutate(LiveFault& fault, std::uint32_t index);
    void inject(const LiveFault& fault, NodeId to, Bytes bytes, const Subject& origin);
    void replay_memory(Process& process);

    // host_faults.cpp
    void schedule_arming(LiveFault& fault);
    void arm(std::size_t index);
    void disarm(std::size_t index);
    void act(LiveFault& fault);
    void act_on_frames(LiveFault& fault);
    void partition(LiveFault& fault);
    void isolate(LiveFault& fault);
    void cut_links(LiveFault& fault, std::vector<std::pair<NodeId, NodeId>> links);
    void crash_one(LiveFault& fault);
    void step_clocks(LiveFault& fault);
    void crash_for(Process& process, LiveFault& fault);
    std::vector<NodeId> candidates(const LiveFault& fault) const;
    CrashPlan crash_plan(Process& process, std::vector<LiveFault*>& blamed);
    bool has_something_to_lose(const Process& process);

    struct Held {
        std::uint32_t frame = 0;
        std::uint64_t remaining = 0;
        std::uint64_t natural_due = 0;
    };

    Kernel<> kernel_;
    Network network_;
    HostChance chance_;
    Effects effects_;
    bool prepared_ = false;
    bool in_step_ = false;
    NodeId current_;  // whose step is under way
    RunEnd end_ = RunEnd::reached;
    std::uint64_t next_request_ = 0;
    std::map<std::uint64_t, RequestState> requests_;
    std::vector<std::pair<std::pair<NodeId, NodeId>, LinkOptions>> special_links_;
    // Armed faults by what wakes them, each in the order of the schedule.
    std::vector<LiveFault*> frame_faults_;
    std::vector<LiveFault*> taps_;
    std::vector<LiveFault*> cutters_;
    std::vector<LiveFault*> crash_points_;
    std::vector<LiveFault*> disk_faults_;
    std::vector<LiveFault*> custom_faults_;
    std::vector<LiveFault*> waiting_for_place_;  // triggers `reached`
    std::vector<Held> held_;
    std::vector<FrameField> fields_;  // of the frame under consideration
    std::uint32_t described_ = 0xffff'ffff;
    ByteBuffer scratch_;
    ByteBuffer mutated_;
    std::vector<RecoveredFile> recovered_;
};

}  // namespace stormglass::sim::detail
