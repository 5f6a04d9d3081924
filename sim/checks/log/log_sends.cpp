// What producers sent in a row: the order in which it stands, within one operation and between two;
// reads of one's own unfinished writes; batches read in part.
#include <algorithm>

#include "sim/checks/log/log_checks.hpp"

namespace stormglass::sim::checks {
namespace {

struct Sent {
    std::uint32_t key;
    std::uint32_t index;
    std::uint32_t message;
    std::uint32_t op;
};

class SendPasses {
  public:
    explicit SendPasses(const LogContext& context) : context_(context), history_(context.history) {}

    void run() {
        for (std::uint32_t op = 0; op < history_.ops().size(); ++op) {
            if (history_.ops()[op].deed == LogDeed::data) {
                check_order(op);
                check_own_reads(op);
                find_partial_reads(op);
            }
        }
        report_partial_reads();
    }

  private:
    struct Partial {
        std::uint32_t reader;
        std::uint32_t missing;  // message
        std::uint32_t seen;     // message of the same batch
        bool got = false;       // by the same process, at some time
    };

    void check_order(std::uint32_t op) {
        const LogOp& what = history_.ops()[op];
        now_.clear();
        for (const LogItem& item : history_.items(op)) {
            if (item.kind != ItemKind::send ||
                history_.messages()[item.message].first == kNoIndex) {
                continue;
            }
            const std::uint32_t index = history_.messages()[item.message].first;
            const auto last = std::find_if(
                now_.begin(), now_.end(), [&](const Sent& s) { return s.key == item.key; });
            const Sent sent = {item.key, index, item.message, op};
            if (last == now_.end()) {
                compare_with_earlier(sent, what);
                now_.push_back(sent);
                continue;
            }
            const std::int64_t step = std::int64_t{index} - last->index;
            if (step < 1) {
                context_.add(Rule::b11,
                             context_.who(op) + " sent " + context_.text(last->message) +
                                 " and then " + context_.text(item.message) +
                                 " in one batch, but they stand the other way round",
                             {op});
            } else if (step > 1) {
                context_.add(Rule::b12,
                             context_.who(op) + " sent " + context_.text(last->message) + " and " +
                                 context_.text(item.message) +
                                 " one after the other in one batch, and others stand between them",
                             {op});
            }
            *last = sent;
        }
        if (what.outcome == OpType::fail) {
            return;
        }
        for (const Sent& sent : now_) {
            last_.put(key_of(what.process, sent.key), static_cast<std::uint32_t>(sent_.size()));
            last_.set(key_of(what.process, sent.key), static_cast<std::uint32_t>(sent_.size()));
            sent_.push_back(sent);
        }
    }

    static std::uint64_t key_of(std::uint32_t process, std::uint32_t key) {
        return (std::uint64_t{process} << 32) | key;
    }

    void compare_with_earlier(const Sent& sent, const LogOp& what) {
        const std::uint32_t place = last_.find(key_of(what.process, sent.key));
        if (place == KeyTable::kAbsent || what.outcome == OpType::fail) {
            return;
        }
        const Sent& before = sent_[place];
        if (sent.index <= before.index) {
            context_.add(Rule::b10,
                         context_.who(sent.op) + " sent " + context_.text(sent.message) +
                             " after " + context_.text(before.message) +
                             ", but it stands before it",
                         {before.op, sent.op});
        }
    }

    void check_own_reads(std::uint32_t op) {
        for (const LogItem& item : history_.items(op)) {
            if (item.kind == ItemKind::poll && history_.messages()[item.message].sender == op) {
                context_.add(Rule::b13,
                             context_.who(op) + " polled " + context_.text(item.message) +
                                 " within the very batch that sent it",
                             {op});
                return;
            }
        }
    }

    /// Batches of which this operation read one message, and read past another without it.
    void find_partial_reads(std::uint32_t op) {
        if (history_.ops()[op].outcome != OpType::ok) {
            return;
        }
        const auto reads = history_.items(op);
        for (const LogItem& read : reads) {
            const std::uint32_t sender =
                read.kind == ItemKind::poll ? history_.messages()[read.message].sender : kNoIndex;
            if (sender == kNoIndex || !history_.ops()[sender].batch || sender == op) {
                continue;
            }
            for (const LogItem& other : history_.items(sender)) {
                if (other.kind == ItemKind::send && other.message != read.message) {
                    consider(op, reads, other.message, read.message);
                }
            }
        }
    }

    void consider(std::uint32_t op,
                  std::span<const LogItem> reads,
                  std::uint32_t missing,
                  std::uint32_t seen) {
        const Message& message = history_.messages()[missing];
        bool passed = false;
        for (const LogItem& read : reads) {
            if (read.kind != ItemKind::poll || read.key != message.key) {
                continue;
            }
            if (read.message == missing) {
                return;
            }
            passed = passed || (message.first != kNoIndex && read.index > message.first);
        }
        if (passed) {
            partial_.push_back({op, missing, seen, false});
        }
    }

    /// Only what the process never gets is torn; so all its other reads are looked at.
    void report_partial_reads() {
        if (partial_.empty()) {
            return;
        }
        KeyTable wanted;  // (process, message) -> place
        std::vector<std::uint32_t> next(partial_.size(), kNoIndex);
        for (std::uint32_t i = 0; i < partial_.size(); ++i) {
            const std::uint32_t process = history_.ops()[partial_[i].reader].process;
            const std::uint64_t key = key_of(process, partial_[i].missing);
            const std::uint32_t head = wanted.put(key, i);
            if (head != i) {
                next[i] = head;
                wanted.set(key, i);
            }
        }
        for (std::uint32_t op = 0; op < history_.ops().size(); ++op) {
            for (const LogItem& item : history_.items(op)) {
                if (item.kind == ItemKind::poll) {
                    std::uint32_t at =
                        wanted.find(key_of(history_.ops()[op].process, item.message));
                    for (; at != KeyTable::kAbsent; at = next[at]) {
                        partial_[at].got = true;
                    }
                }
            }
        }
        for (const Partial& partial : partial_) {
            if (!partial.got) {
                const std::uint32_t sender = history_.messages()[partial.missing].sender;
                context_.add(Rule::b15,
                             context_.who(partial.reader) + " polled " +
                                 context_.text(partial.seen) + " of the batch of " +
                                 context_.who(sender) + " and read past " +
                                 context_.text(partial.missing) + " of the same batch without it",
                             {sender, partial.reader});
            }
        }
    }

    const LogContext& context_;
    const LogHistory& history_;
    std::vector<Sent> now_;
    std::vector<Sent> sent_;
    KeyTable last_;  // (process, key) -> place in sent_
    std::vector<Partial> partial_;
};

}  // namespace

void find_send_anomalies(const LogContext& context) {
    SendPasses(context).run();
}

}  // namespace stormglass::sim::checks
