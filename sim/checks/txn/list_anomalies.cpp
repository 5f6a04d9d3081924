// What the reads and writes of list transactions give away one by one: aborted, intermediate,
// internal and future reads, elements twice, unwritten, out of order; updates dirty and lost.
#include <algorithm>
#include <tuple>

#include "sim/checks/txn/txn_checks.hpp"

namespace stormglass::sim::checks {
namespace {

class ListPasses {
  public:
    explicit ListPasses(const TxnContext& context) : context_(context), history_(context.history) {}

    void run() {
        find_bad_elements();
        find_last_writes();
        for (std::uint32_t txn = 0; txn < history_.size(); ++txn) {
            if (history_.txn(txn).outcome == OpType::ok) {
                check_reads(txn);
            }
        }
        for (const OddRead& odd : history_.odd_reads()) {
            check_odd(odd);
        }
        find_dirty_updates();
        find_lost_updates();
    }

  private:
    /// Where the order of a key holds its first element of a failed writer, and of none.
    struct Bad {
        std::uint32_t failed = kNone;
        std::uint32_t garbage = kNone;
    };

    struct Update {
        std::uint32_t key;
        std::uint32_t version;  // length of the list that was read
        std::uint32_t txn;
    };

    OpType outcome(std::uint32_t txn) const { return history_.txn(txn).outcome; }

    std::uint32_t writer(std::uint32_t key, Packed value) const {
        const std::uint32_t write = history_.find_write(key, value);
        return write == kNone ? kNone : history_.writes()[write].txn;
    }

    std::string element(std::uint32_t key, Packed value) const {
        return context_.value(value) + " in list " + context_.key(key);
    }

    void find_bad_elements();
    void find_last_writes();
    void check_reads(std::uint32_t txn);
    void check_read(std::uint32_t txn, const Mop& read);
    void check_end(std::uint32_t txn, const Mop& read);
    void check_inside(std::uint32_t txn, std::size_t at);
    void report_aborted(std::uint32_t txn, std::uint32_t key, Packed value);
    void report_garbage(std::uint32_t txn, std::uint32_t key, Packed value);
    void check_odd(const OddRead& odd);
    void find_dirty_updates();
    void find_lost_updates();

    const TxnContext& context_;
    const TxnHistory& history_;
    std::vector<Bad> bad_;
    std::vector<char> last_;  // of each write: the transaction's last one of its key
};

void ListPasses::find_bad_elements() {
    bad_.resize(history_.keys());
    for (std::uint32_t key = 0; key < history_.keys(); ++key) {
        const auto& order = history_.order(key);
        for (std::uint32_t i = 0; i < order.size(); ++i) {
            const std::uint32_t by = writer(key, order[i]);
            if (by == kNone && bad_[key].garbage == kNone) {
                bad_[key].garbage = i;
            } else if (by != kNone && outcome(by) == OpType::fail && bad_[key].failed == kNone) {
                bad_[key].failed = i;
            }
        }
    }
}

void ListPasses::find_last_writes() {
    last_.assign(history_.writes().size(), 1);
    for (std::uint32_t txn = 0; txn < history_.size(); ++txn) {
        const auto mops = history_.mops(txn);
        for (std::size_t i = 0; i < mops.size(); ++i) {
            for (std::size_t j = i + 1; mops[i].kind == MopKind::write && j < mops.size(); ++j) {
                if (mops[j].kind == MopKind::write && mops[j].key == mops[i].key) {
                    last_[mops[i].b] = 0;
                    break;
                }
            }
        }
    }
}

void ListPasses::check_reads(std::uint32_t txn) {
    const auto mops = history_.mops(txn);
    for (std::size_t i = 0; i < mops.size(); ++i) {
        if (mops[i].kind == MopKind::read) {
            check_read(txn, mops[i]);
            check_end(txn, mops[i]);
            check_inside(txn, i);
        }
    }
}

void ListPasses::report_aborted(std::uint32_t txn, std::uint32_t key, Packed value) {
    const std::uint32_t by = writer(key, value);
    context_.findings.add(Rule::g1a,
                          context_.who(txn) + " read " + element(key, value) +
                              ", which the failed transaction of " + context_.who(by) + " appended",
                          {context_.operation(by), context_.operation(txn)});
}

void ListPasses::report_garbage(std::uint32_t txn, std::uint32_t key, Packed value) {
    context_.findings.add(
        Rule::garbage,
        context_.who(txn) + " read " + element(key, value) + ", which nobody appended",
        {context_.operation(txn)});
}

void ListPasses::check_read(std::uint32_t txn, const Mop& read) {
    if (read.b != kNone) {
        const auto& values = history_.odd_reads()[read.b].values;
        for (const Packed value : values) {
            const std::uint32_t by = writer(read.key, value);
            if (by == kNone) {
                report_garbage(txn, read.key, value);
            } else if (outcome(by) == OpType::fail) {
                report_aborted(txn, read.key, value);
            }
        }
        return;
    }
    const Bad& bad = bad_[read.key];
    if (bad.failed < read.a) {
        report_aborted(txn, read.key, history_.order(read.key)[bad.failed]);
    }
    if (bad.garbage < read.a) {
        report_garbage(txn, read.key, history_.order(read.key)[bad.garbage]);
    }
}

/// G1b: what a read saw last was not the last that its writer appended.
void ListPasses::check_end(std::uint32_t txn, const Mop& read) {
    if (read.a == 0) {
        return;
    }
    const Packed value = history_.element(read, read.a - 1);
    const std::uint32_t write = history_.find_write(read.key, value);
    if (write == kNone || last_[write] != 0 || history_.writes()[write].txn == txn) {
        return;
    }
    const std::uint32_t by = history_.writes()[write].txn;
    context_.findings.add(Rule::g1b,
                          context_.who(txn) + " read list " + context_.key(read.key) +
                              " as it was in the middle of the transaction of " + context_.who(by) +
                              ", ending in " + context_.value(value),
                          {context_.operation(by), context_.operation(txn)});
}

/// A read against what its own transaction did before and does after.
void ListPasses::check_inside(std::uint32_t txn, std::size_t at) {
    const auto mops = history_.mops(txn);
    const Mop& read = mops[at];
    std::uint32_t own = 0;  // appended right before, as far as looked at
    for (std::size_t i = at; i-- > 0;) {
        const Mop& earlier = mops[i];
        if (earlier.key != read.key) {
            continue;
        }
        if (earlier.kind == MopKind::read) {
            bool same = earlier.a + own == read.a;
            for (std::uint32_t e = 0; same && e < earlier.a; ++e) {
                same = history_.element(earlier, e) == history_.element(read, e);
            }
            if (!same) {
                context_.findings.add(Rule::internal,
                                      context_.who(txn) + " read list " + context_.key(read.key) +
                                          " twice, and the second time it was not what the first "
                                          "and its own appends make",
                                      {context_.operation(txn)});
            }
            break;
        }
        ++own;
        if (own > read.a || history_.element(read, read.a - own) != earlier.a) {
            context_.findings.add(Rule::internal,
                                  context_.who(txn) + " appended " + element(read.key, earlier.a) +
                                      " and then did not read it at the end of the list",
                                  {context_.operation(txn)});
            break;
        }
    }
    for (std::size_t i = at + 1; i < mops.size(); ++i) {
        if (mops[i].kind != MopKind::write || mops[i].key != read.key) {
            continue;
        }
        bool seen = false;
        if (read.b == kNone) {
            seen = history_.writes()[mops[i].b].position < read.a;
        } else {
            const auto& values = history_.odd_reads()[read.b].values;
            seen = std::find(values.begin(), values.end(), mops[i].a) != values.end();
        }
        if (seen) {
            context_.findings.add(Rule::future_read,
                                  context_.who(txn) + " read " + element(read.key, mops[i].a) +
                                      " before it appended it",
                                  {context_.operation(txn)});
            break;
        }
    }
}

void ListPasses::check_odd(const OddRead& odd) {
    if (outcome(odd.txn) != OpType::ok) {
        return;
    }
    if (odd.duplicate) {
        std::vector<Packed> sorted = odd.values;
        std::sort(sorted.begin(), sorted.end());
        const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
        context_.findings.add(Rule::duplicate_elements,
                              context_.who(odd.txn) + " read " + element(odd.key, *twice) +
                                  " more than once in one read",
                              {context_.operation(odd.txn)});
        return;
    }
    std::vector<std::uint32_t> operations = {context_.operation(odd.txn)};
    // Somebody else's read, as long as the order; found by looking once through all.
    for (std::uint32_t txn = 0; context_.findings.wants(Rule::incompatible_order) &&
                                txn < history_.size() && operations.size() < 2;
         ++txn) {
        for (const Mop& mop : history_.mops(txn)) {
            if (mop.kind == MopKind::read && mop.key == odd.key && mop.b == kNone &&
                mop.a == history_.order(odd.key).size() && outcome(txn) == OpType::ok) {
                operations.push_back(context_.operation(txn));
                break;
            }
        }
    }
    context_.findings.add(Rule::incompatible_order,
                          context_.who(odd.txn) + " read list " + context_.key(odd.key) +
                              " in an order that another read contradicts",
                          std::move(operations));
}

void ListPasses::find_dirty_updates() {
    for (std::uint32_t key = 0; key < history_.keys(); ++key) {
        if (bad_[key].failed == kNone) {
            continue;
        }
        std::uint32_t failed = kNone;
        for (const Packed value : history_.order(key)) {
            const std::uint32_t by = writer(key, value);
            if (by == kNone || outcome(by) == OpType::info) {
                continue;
            }
            if (outcome(by) == OpType::ok && failed != kNone) {
                context_.findings.add(Rule::dirty_update,
                                      context_.who(by) + " appended " + element(key, value) +
                                          " on top of what the failed transaction of " +
                                          context_.who(failed) + " left",
                                      {context_.operation(failed), context_.operation(by)});
            }
            failed = outcome(by) == OpType::fail ? by : kNone;
        }
    }
}

void ListPasses::find_lost_updates() {
    std::vector<Update> updates;
    for (std::uint32_t txn = 0; txn < history_.size(); ++txn) {
        if (outcome(txn) != OpType::ok) {
            continue;
        }
        const auto mops = history_.mops(txn);
        for (std::size_t i = 0; i < mops.size(); ++i) {
            const Mop& read = mops[i];
            const auto same_key = [&read](const Mop& mop) { return mop.key == read.key; };
            const auto here = mops.begin() + static_cast<std::ptrdiff_t>(i);
            const bool first = std::none_of(mops.begin(), here, same_key);
            const bool writes = std::any_of(here, mops.end(), [&](const Mop& mop) {
                return same_key(mop) && mop.kind == MopKind::write;
            });
            if (read.kind == MopKind::read && read.b == kNone && first && writes) {
                updates.push_back({read.key, read.a, txn});
            }
        }
    }
    std::sort(updates.begin(), updates.end(), [](const Update& a, const Update& b) {
        return std::tie(a.key, a.version, a.txn) < std::tie(b.key, b.version, b.txn);
    });
    for (std::size_t i = 1; i < updates.size(); ++i) {
        const Update& a = updates[i - 1];
        const Update& b = updates[i];
        if (a.key == b.key && a.version == b.version) {
            context_.findings.add(Rule::lost_update,
                                  context_.who(a.txn) + " and " + context_.who(b.txn) +
                                      " both read the same state of list " + context_.key(a.key) +
                                      " and then appended to it: one worked on what the other had "
                                      "already changed",
                                  {context_.operation(a.txn), context_.operation(b.txn)});
        }
    }
}

}  // namespace

void find_list_anomalies(const TxnContext& context) {
    ListPasses(context).run();
}

}  // namespace stormglass::sim::checks
