// Consumer groups: messages consumed twice or never, committed offsets that go back or ahead, gaps
// at resumption, messages gone inside their retention; and what must happen once faults are over.
#include <algorithm>

#include "sim/checks/describe.hpp"
#include "sim/checks/log/log_checks.hpp"

namespace stormglass::sim::checks {
namespace {

constexpr std::uint64_t key_of(std::uint32_t a, std::uint32_t b) {
    return (std::uint64_t{a} << 32) | b;
}

/// What a group has done to a key.
struct GroupKey {
    std::int64_t committed = -1;
    std::uint32_t committer = kNoIndex;
    std::int64_t delivered = -1;
    bool reset = false;  // by an explicit seek since the last commit
};

class GroupPasses {
  public:
    explicit GroupPasses(const LogContext& context)
        : context_(context),
          history_(context.history) {}

    void run() {
        for (std::uint32_t op = 0; op < history_.ops().size(); ++op) {
            const LogOp& what = history_.ops()[op];
            switch (what.deed) {
                case LogDeed::data:
                    visit_polls(op);
                    break;
                case LogDeed::assign:
                case LogDeed::subscribe:
                    visit_assignment(op);
                    break;
                case LogDeed::commit:
                    visit_commit(op);
                    break;
                case LogDeed::drain:
                    if (what.outcome == OpType::ok) {
                        drained_.push_back(op);
                    }
                    break;
                case LogDeed::crash:
                case LogDeed::other:
                    break;
            }
        }
        find_unseen_by_group();
    }

  private:
    /// A key that a process was given and has not read from since.
    struct Resumption {
        std::uint32_t process;
        std::uint32_t key;
        std::uint32_t op;
        std::int64_t from;  // sought offset, or -1: after what was committed
    };

    std::string group(std::uint32_t group) const {
        return "group " + brief(context_.recording, history_.group_names[group], 40);
    }

    GroupKey& state(std::uint32_t group, std::uint32_t key) {
        const auto fresh = static_cast<std::uint32_t>(states_.size());
        const std::uint32_t place = places_.put(key_of(group, key), fresh);
        if (place == fresh) {
            states_.emplace_back();
        }
        return states_[place];
    }

    void visit_assignment(std::uint32_t op) {
        const LogOp& what = history_.ops()[op];
        if (what.outcome == OpType::fail) {
            return;
        }
        std::erase_if(resumptions_, [&](const Resumption& r) { return r.process == what.process; });
        for (const LogItem& item : history_.items(op)) {
            resumptions_.push_back({what.process, item.key, op, item.offset});
            if (item.offset >= 0 && what.group != kNoIndex) {
                state(what.group, item.key).reset = true;
            }
        }
    }

    void visit_commit(std::uint32_t op) {
        const LogOp& what = history_.ops()[op];
        if (what.outcome != OpType::ok || what.group == kNoIndex) {
            return;
        }
        for (const LogItem& item : history_.items(op)) {
            GroupKey& now = state(what.group, item.key);
            if (item.offset < now.committed && !now.reset) {
                context_.add(Rule::b20,
                             context_.who(op) + " committed offset " + std::to_string(item.offset) +
                                 " of key " + context_.key(item.key) + " for " + group(what.group) +
                                 ", which had committed " + std::to_string(now.committed) +
                                 " before",
                             {now.committer, op});
            }
            if (item.offset > now.delivered) {
                context_.add(Rule::b21,
                             context_.who(op) + " committed offset " + std::to_string(item.offset) +
                                 " of key " + context_.key(item.key) + " for " + group(what.group) +
                                 ", to which nothing beyond " +
                                 (now.delivered < 0 ? std::string("the beginning")
                                                    : std::to_string(now.delivered)) +
                                 " had been delivered",
                             {op});
            }
            now.committed = item.offset;
            now.committer = op;
            now.reset = false;
        }
    }

    void visit_polls(std::uint32_t op) {
        const LogOp& what = history_.ops()[op];
        for (const LogItem& item : history_.items(op)) {
            if (item.kind != ItemKind::poll) {
                continue;
            }
            resume(op, item);
            if (what.group == kNoIndex) {
                continue;
            }
            GroupKey& now = state(what.group, item.key);
            now.delivered = std::max(now.delivered, item.offset);
            if (history_.committed(op)) {
                consume(op, item);
            }
        }
    }

    void consume(std::uint32_t op, const LogItem& item) {
        const std::uint32_t group_id = history_.ops()[op].group;
        const std::uint32_t first = consumed_.put(key_of(group_id, item.message), op);
        const bool again = first != op || twice_in(op, item);
        if (again) {
            context_.add(Rule::b19,
                         context_.who(op) + " consumed " + context_.text(item.message) + " in " +
                             group(group_id) + ", which " +
                             (first == op ? std::string("the same poll") : context_.who(first)) +
                             " had consumed before",
                         {first, op});
        }
    }

    bool twice_in(std::uint32_t op, const LogItem& item) const {
        for (const LogItem& other : history_.items(op)) {
            if (&other == &item) {
                return false;
            }
            if (other.kind == ItemKind::poll && other.message == item.message) {
                return true;
            }
        }
        return false;
    }

    /// The first read after an assignment: right where it should be?
    void resume(std::uint32_t op, const LogItem& item) {
        const LogOp& what = history_.ops()[op];
        const auto at =
            std::find_if(resumptions_.begin(), resumptions_.end(), [&](const Resumption& r) {
                return r.process == what.process && r.key == item.key;
            });
        if (at == resumptions_.end()) {
            return;
        }
        const Resumption resumption = *at;
        resumptions_.erase(at);
        if (resumption.from >= 0) {
            check_retention(op, item, resumption.from);
            return;
        }
        if (what.group == kNoIndex) {
            return;
        }
        const GroupKey& now = state(what.group, item.key);
        if (now.committed < 0) {
            return;
        }
        const std::uint32_t due = index_at(item.key, now.committed + 1);
        if (item.index > due) {
            context_.add(Rule::b22,
                         context_.who(op) + " took over key " + context_.key(item.key) + " of " +
                             group(what.group) + " and began with " + context_.text(item.message) +
                             "; after the committed offset " + std::to_string(now.committed) + " " +
                             context_.text(history_.log(item.key)[due]) + " was due",
                         {now.committer, resumption.op, op});
        }
    }

    /// The first index whose offset is at least this.
    std::uint32_t index_at(std::uint32_t key, std::int64_t offset) const {
        const auto offsets = history_.offsets(key);
        return static_cast<std::uint32_t>(std::lower_bound(offsets.begin(), offsets.end(), offset) -
                                          offsets.begin());
    }

    void check_retention(std::uint32_t op, const LogItem& item, std::int64_t from) {
        if (!context_.bounds.retention_ns.has_value()) {
            return;
        }
        for (std::uint32_t i = index_at(item.key, from); i < item.index; ++i) {
            const std::uint32_t m = history_.log(item.key)[i];
            const std::uint32_t sender = history_.messages()[m].sender;
            if (sender == kNoIndex || history_.ops()[op].end >= history_.ops()[sender].begin +
                                                                    *context_.bounds.retention_ns) {
                continue;
            }
            context_.add(Rule::b25,
                         context_.who(op) + " sought offset " + std::to_string(from) + " of key " +
                             context_.key(item.key) + " and got " + context_.text(item.message) +
                             "; " + context_.text(m) + " is gone before its retention is over",
                         {sender, op});
            return;
        }
    }

    void find_unseen_by_group() {
        for (const std::uint32_t drain : drained_) {
            const std::uint32_t group_id = history_.ops()[drain].group;
            if (group_id == kNoIndex) {
                continue;
            }
            for (std::uint32_t m = 0; m < history_.messages().size(); ++m) {
                const Message& message = history_.messages()[m];
                const bool due =
                    message.read && message.sender != kNoIndex &&
                    history_.ops()[message.sender].outcome == OpType::ok &&
                    history_.ops()[message.sender].complete < history_.ops()[drain].invoke;
                if (due && consumed_.find(key_of(group_id, m)) == KeyTable::kAbsent) {
                    context_.add(Rule::b26,
                                 group(group_id) + " was drained and never consumed " +
                                     context_.text(m) + ", which others did",
                                 {message.sender, drain});
                }
            }
        }
    }

    const LogContext& context_;
    const LogHistory& history_;
    KeyTable places_;
    std::vector<GroupKey> states_;
    KeyTable consumed_;  // (group, message) -> the operation that consumed it
    std::vector<Resumption> resumptions_;
    std::vector<std::uint32_t> drained_;
};

}  // namespace

void find_group_anomalies(const LogContext& context) {
    GroupPasses(context).run();
}

void find_liveness_anomalies(const LogContext& context) {
    const LogHistory& history = context.history;
    for (std::uint32_t op = 0; op < history.ops().size(); ++op) {
        if (history.ops()[op].deed == LogDeed::drain && history.ops()[op].outcome == OpType::fail) {
            context.add(Rule::b30,
                        context.who(op) + " could not read everything to its end within its bound",
                        {op});
        }
    }
    if (!context.bounds.settle_ns.has_value() || context.recording.size() == 0) {
        return;
    }
    std::uint64_t healed = 0;
    for (std::size_t i = 0; i < context.recording.size(); ++i) {
        if (context.recording.process(i) == kFaultProcess) {
            healed = context.recording.time(i);
        }
    }
    const std::uint64_t end = context.recording.time(context.recording.size() - 1);
    for (std::uint32_t op = 0; op < history.ops().size(); ++op) {
        const LogOp& what = history.ops()[op];
        const std::uint64_t due = what.begin + *context.bounds.settle_ns;
        const auto items = history.items(op);
        const bool sends = std::any_of(items.begin(), items.end(), [](const LogItem& item) {
            return item.kind == ItemKind::send;
        });
        const bool in_time = what.outcome == OpType::ok && what.end <= due;
        if (sends && what.begin >= healed && due < end && !in_time) {
            context.add(Rule::b30,
                        context.who(op) +
                            " sent something after the last fault was over and was not "
                            "told within " +
                            std::to_string(*context.bounds.settle_ns / 1'000'000) +
                            " ms that it is stored",
                        {op});
        }
    }
}

}  // namespace stormglass::sim::checks
