// What the reads and writes of register transactions give away one by one.
#include <algorithm>
#include <tuple>

#include "sim/checks/txn/txn_checks.hpp"

namespace stormglass::sim::checks {
namespace {

class RegisterPasses {
  public:
    explicit RegisterPasses(const TxnContext& context)
        : context_(context),
          history_(context.history) {}

    void run() {
        for (std::uint32_t txn = 0; txn < history_.size(); ++txn) {
            if (history_.txn(txn).outcome != OpType::ok) {
                continue;
            }
            const auto mops = history_.mops(txn);
            for (std::size_t i = 0; i < mops.size(); ++i) {
                if (mops[i].kind == MopKind::read && !check_inside(txn, i)) {
                    check_read(txn, mops[i]);
                }
            }
            note_updates(txn);
        }
        report_lost_updates();
    }

  private:
    struct Update {
        std::uint32_t key;
        Packed version;
        std::uint32_t txn;
    };

    std::string content(std::uint32_t key, Packed value) const {
        return context_.value(value) + " from register " + context_.key(key);
    }

    /// True when an earlier action of the same transaction fixes what this read must see.
    bool check_inside(std::uint32_t txn, std::size_t at) {
        const auto mops = history_.mops(txn);
        for (std::size_t i = at; i-- > 0;) {
            if (mops[i].key == mops[at].key) {
                if (mops[i].a != mops[at].a) {
                    context_.findings.add(
                        Rule::internal,
                        context_.who(txn) + " read " + content(mops[at].key, mops[at].a) +
                            " although it had itself " +
                            (mops[i].kind == MopKind::write ? "written " : "read ") +
                            context_.value(mops[i].a) + " just before",
                        {context_.operation(txn)});
                }
                return true;
            }
        }
        return false;
    }

    void check_read(std::uint32_t txn, const Mop& read) {
        if (read.a == kNilPacked) {
            return;
        }
        const std::uint32_t write = history_.find_write(read.key, read.a);
        if (write == kNone) {
            context_.findings.add(
                Rule::garbage,
                context_.who(txn) + " read " + content(read.key, read.a) + ", which nobody wrote",
                {context_.operation(txn)});
            return;
        }
        const std::uint32_t by = history_.writes()[write].txn;
        if (by == txn) {
            context_.findings.add(
                Rule::future_read,
                context_.who(txn) + " read " + content(read.key, read.a) + " before it wrote it",
                {context_.operation(txn)});
            return;
        }
        if (history_.txn(by).outcome == OpType::fail) {
            context_.findings.add(Rule::g1a,
                                  context_.who(txn) + " read " + content(read.key, read.a) +
                                      ", which the failed transaction of " + context_.who(by) +
                                      " wrote",
                                  {context_.operation(by), context_.operation(txn)});
        }
        const auto mops = history_.mops(by);
        const bool overwritten = std::any_of(mops.begin(), mops.end(), [&](const Mop& mop) {
            return mop.kind == MopKind::write && mop.key == read.key && mop.b > write;
        });
        if (overwritten) {
            context_.findings.add(Rule::g1b,
                                  context_.who(txn) + " read " + content(read.key, read.a) +
                                      " from the middle of the transaction of " + context_.who(by),
                                  {context_.operation(by), context_.operation(txn)});
        }
    }

    void note_updates(std::uint32_t txn) {
        const auto mops = history_.mops(txn);
        for (std::size_t i = 0; i < mops.size(); ++i) {
            const auto same_key = [&](const Mop& mop) { return mop.key == mops[i].key; };
            const auto here = mops.begin() + static_cast<std::ptrdiff_t>(i);
            const bool writes = std::any_of(here, mops.end(), [&](const Mop& mop) {
                return same_key(mop) && mop.kind == MopKind::write;
            });
            if (mops[i].kind == MopKind::read && writes &&
                std::none_of(mops.begin(), here, same_key)) {
                updates_.push_back({mops[i].key, mops[i].a, txn});
            }
        }
    }

    void report_lost_updates() {
        std::sort(updates_.begin(), updates_.end(), [](const Update& a, const Update& b) {
            return std::tie(a.key, a.version, a.txn) < std::tie(b.key, b.version, b.txn);
        });
        for (std::size_t i = 1; i < updates_.size(); ++i) {
            const Update& a = updates_[i - 1];
            const Update& b = updates_[i];
            if (a.key == b.key && a.version == b.version) {
                context_.findings.add(Rule::lost_update,
                                      context_.who(a.txn) + " and " + context_.who(b.txn) +
                                          " both read " + content(a.key, a.version) +
                                          " and then wrote it: one of the two updates is lost",
                                      {context_.operation(a.txn), context_.operation(b.txn)});
            }
        }
    }

    const TxnContext& context_;
    const TxnHistory& history_;
    std::vector<Update> updates_;
};

}  // namespace

void find_register_anomalies(const TxnContext& context) {
    RegisterPasses(context).run();
}

}  // namespace stormglass::sim::checks
