// The edges of the dependency graph. Lists give away their order by themselves; registers only what
// transactions show that read a version and write the next; processes and time add theirs, the
// latter through instants, so that they stay linear however many transactions overlap.
#include <algorithm>
#include <tuple>

#include "sim/checks/txn/txn_checks.hpp"

namespace stormglass::sim::checks {
namespace {

// Edges drawn one by one where a helper cannot stand: all, unless a hostile history asks for
// millions. Two insiders are a lost update, so that an honest one has hardly more than one.
constexpr std::size_t kInsidersMax = 64;
constexpr std::size_t kDirectMax = 8;

bool possible(const TxnHistory& history, std::uint32_t txn) {
    return txn != kNone && history.txn(txn).outcome != OpType::fail;
}

std::uint32_t writer_of(const TxnHistory& history, std::uint32_t key, Packed value) {
    const std::uint32_t write = history.find_write(key, value);
    return write == kNone ? kNone : history.writes()[write].txn;
}

/// Calls `visit(mop)` for reads of a key that come before anything else the transaction does to it.
template <class Visit>
void each_external_read(const TxnHistory& history, std::uint32_t txn, Visit visit) {
    const auto mops = history.mops(txn);
    for (std::size_t i = 0; i < mops.size(); ++i) {
        const auto here = mops.begin() + static_cast<std::ptrdiff_t>(i);
        const bool first = std::none_of(
            mops.begin(), here, [&](const Mop& mop) { return mop.key == mops[i].key; });
        if (first && mops[i].kind == MopKind::read) {
            visit(mops[i]);
        }
    }
}

Graph empty_graph(const TxnHistory& history) {
    Graph graph;
    graph.real = static_cast<std::uint32_t>(history.size());
    graph.vertices = graph.real;
    return graph;
}

/// Joins what comes before a set of transactions with all of it: through one helper, but directly
/// for those that are in the set themselves, or the helper would close a cycle that is none.
class Fan {
  public:
    Fan(Graph& graph, std::vector<std::uint32_t> targets)
        : graph_(graph),
          targets_(std::move(targets)) {
        std::sort(targets_.begin(), targets_.end());
        targets_.erase(std::unique(targets_.begin(), targets_.end()), targets_.end());
    }

    void lead(std::uint32_t from, EdgeKinds kind) {
        if (targets_.empty()) {
            return;
        }
        const bool inside = std::binary_search(targets_.begin(), targets_.end(), from);
        if (inside || targets_.size() == 1) {
            const std::size_t most = insiders_++ < kInsidersMax ? targets_.size() : kDirectMax;
            for (std::size_t i = 0; i < std::min(targets_.size(), most); ++i) {
                graph_.add(from, targets_[i], kind);
            }
            return;
        }
        if (helper_ == kNone) {
            helper_ = graph_.add_helper();
            for (const std::uint32_t target : targets_) {
                graph_.add(helper_, target, kOnward);
            }
        }
        graph_.add(from, helper_, kind);
    }

  private:
    Graph& graph_;
    std::vector<std::uint32_t> targets_;
    std::uint32_t helper_ = kNone;
    std::size_t insiders_ = 0;
};

}  // namespace

Graph list_dependencies(const TxnHistory& history) {
    Graph graph = empty_graph(history);
    // At most: a successor a write, two edges a read, three of real time a transaction.
    std::size_t reads = 0;
    for (std::uint32_t txn = 0; txn < history.size(); ++txn) {
        reads += history.mops(txn).size();
    }
    reads -= history.writes().size();
    graph.reserve(history.writes().size() + 2 * reads + 3 * history.size());
    std::vector<std::vector<std::uint32_t>> unread(history.keys());
    for (const Write& write : history.writes()) {
        if (write.position == kNone && history.txn(write.txn).outcome == OpType::ok) {
            unread[write.key].push_back(write.txn);
        }
    }
    std::vector<Fan> fans;
    fans.reserve(history.keys());
    for (std::uint32_t key = 0; key < history.keys(); ++key) {
        fans.emplace_back(graph, std::move(unread[key]));
        const auto& order = history.order(key);
        for (std::size_t i = 0; i < order.size(); ++i) {
            const std::uint32_t from = writer_of(history, key, order[i]);
            if (!possible(history, from)) {
                continue;
            }
            if (i + 1 == order.size()) {
                fans[key].lead(from, kWw);
                continue;
            }
            const std::uint32_t to = writer_of(history, key, order[i + 1]);
            if (possible(history, to)) {
                graph.add(from, to, kWw);
            }
        }
    }
    for (std::uint32_t txn = 0; txn < history.size(); ++txn) {
        if (history.txn(txn).outcome != OpType::ok) {
            continue;
        }
        each_external_read(history, txn, [&](const Mop& read) {
            const auto& order = history.order(read.key);
            if (read.a > 0) {
                const std::uint32_t by =
                    writer_of(history, read.key, history.element(read, read.a - 1));
                if (possible(history, by)) {
                    graph.add(by, txn, kWr);
                }
            }
            if (read.b != kNone) {
                return;  // contradicted: what comes after it is unknown
            }
            if (read.a == order.size()) {
                fans[read.key].lead(txn, kRw);
                return;
            }
            const std::uint32_t next = writer_of(history, read.key, order[read.a]);
            if (possible(history, next)) {
                graph.add(txn, next, kRw);
            }
        });
    }
    return graph;
}

namespace {

/// What is known of the order of a register's versions.
struct Succession {
    std::uint32_t key;
    Packed before;  // kNilPacked: the initial state
    std::uint32_t write;

    friend bool operator<(const Succession& a, const Succession& b) {
        return std::tie(a.key, a.before, a.write) < std::tie(b.key, b.before, b.write);
    }
};

class RegisterEdges {
  public:
    explicit RegisterEdges(const TxnContext& context)
        : context_(context),
          history_(context.history),
          graph_(empty_graph(history_)) {}

    Graph run() {
        find_committed();
        find_successions();
        report_cyclic_versions();
        for (const Succession& s : successions_) {
            const std::uint32_t by = writer_of(history_, s.key, s.before);
            if (s.before != kNilPacked && possible(history_, by)) {
                graph_.add(by, history_.writes()[s.write].txn, kWw);
            }
        }
        std::vector<Fan> fans;
        for (auto& targets : first_writers_) {
            fans.emplace_back(graph_, std::move(targets));
        }
        for (std::uint32_t txn = 0; txn < history_.size(); ++txn) {
            if (history_.txn(txn).outcome == OpType::ok) {
                each_external_read(history_, txn, [&](const Mop& read) {
                    add_read(txn, read);
                    if (read.a == kNilPacked) {
                        fans[read.key].lead(txn, kRw);
                    }
                });
            }
        }
        return std::move(graph_);
    }

  private:
    /// A write in doubt happened when somebody read it.
    void find_committed() {
        committed_.assign(history_.writes().size(), 0);
        for (std::size_t i = 0; i < committed_.size(); ++i) {
            committed_[i] = history_.txn(history_.writes()[i].txn).outcome == OpType::ok ? 1 : 0;
        }
        for (std::uint32_t txn = 0; txn < history_.size(); ++txn) {
            for (const Mop& mop : history_.mops(txn)) {
                const std::uint32_t write =
                    mop.kind == MopKind::read ? history_.find_write(mop.key, mop.a) : kNone;
                if (write != kNone && possible(history_, history_.writes()[write].txn)) {
                    committed_[write] = 1;
                }
            }
        }
    }

    void find_successions() {
        first_writers_.resize(history_.keys());
        std::vector<char> follows(history_.writes().size(), 0);
        for (std::uint32_t txn = 0; txn < history_.size(); ++txn) {
            const auto mops = history_.mops(txn);
            for (std::size_t i = 0; i < mops.size(); ++i) {
                if (mops[i].kind != MopKind::write || committed_[mops[i].b] == 0) {
                    continue;
                }
                // The nearest earlier thing that it did to the key tells which version was there.
                for (std::size_t j = i; j-- > 0;) {
                    if (mops[j].key == mops[i].key) {
                        if (mops[j].kind != MopKind::blind) {
                            successions_.push_back({mops[i].key, mops[j].a, mops[i].b});
                            follows[mops[i].b] = mops[j].a != kNilPacked ? 1 : 0;
                        }
                        break;
                    }
                }
            }
        }
        std::sort(successions_.begin(), successions_.end());
        for (std::uint32_t i = 0; i < history_.writes().size(); ++i) {
            const Write& write = history_.writes()[i];
            if (follows[i] == 0 && committed_[i] != 0) {
                first_writers_[write.key].push_back(write.txn);
            }
        }
    }

    void report_cyclic_versions() {
        Graph versions;
        versions.real = static_cast<std::uint32_t>(history_.writes().size());
        versions.vertices = versions.real;
        for (const Succession& s : successions_) {
            const std::uint32_t before = history_.find_write(s.key, s.before);
            if (s.before != kNilPacked && before != kNone) {
                versions.add(before, s.write, kWw);
            }
        }
        const Components components = strong_components(versions, kWw);
        for (std::size_t i = 0; i < versions.from.size(); ++i) {
            if (components.of[versions.from[i]] == components.of[versions.to[i]]) {
                const Write& a = history_.writes()[versions.from[i]];
                const Write& b = history_.writes()[versions.to[i]];
                context_.findings.add(Rule::cyclic_versions,
                                      "register " + context_.key(a.key) + " went from " +
                                          context_.value(a.value) + " to " +
                                          context_.value(b.value) + " and back to " +
                                          context_.value(a.value) + ", which was written once only",
                                      {context_.operation(a.txn), context_.operation(b.txn)});
            }
        }
    }

    void add_read(std::uint32_t txn, const Mop& read) {
        const std::uint32_t by = writer_of(history_, read.key, read.a);
        if (read.a != kNilPacked && possible(history_, by)) {
            graph_.add(by, txn, kWr);
        }
        const Succession wanted = {read.key, read.a, 0};
        for (auto s = std::lower_bound(successions_.begin(), successions_.end(), wanted);
             s != successions_.end() && s->key == read.key && s->before == read.a;
             ++s) {
            if (read.a != kNilPacked) {
                graph_.add(txn, history_.writes()[s->write].txn, kRw);
            }
        }
    }

    const TxnContext& context_;
    const TxnHistory& history_;
    Graph graph_;
    std::vector<char> committed_;
    std::vector<Succession> successions_;
    std::vector<std::vector<std::uint32_t>> first_writers_;
};

}  // namespace

Graph register_dependencies(const TxnContext& context) {
    return RegisterEdges(context).run();
}

void add_session_order(const TxnHistory& history, Graph& graph) {
    KeyTable last;
    for (std::uint32_t txn = 0; txn < history.size(); ++txn) {
        if (!possible(history, txn)) {
            continue;
        }
        const std::uint32_t process = history.txn(txn).process;
        const std::uint32_t before = last.put(process, txn);
        if (before != txn) {
            graph.add(before, txn, kProcess);
            last.set(process, txn);
        }
    }
}

void add_real_time(const TxnHistory& history, Graph& graph) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ends;  // position, transaction
    ends.reserve(history.size());
    for (std::uint32_t txn = 0; txn < history.size(); ++txn) {
        if (history.txn(txn).outcome == OpType::ok) {
            ends.emplace_back(history.txn(txn).complete, txn);
        }
    }
    if (!std::is_sorted(ends.begin(), ends.end())) {
        std::sort(ends.begin(), ends.end());
    }
    std::uint32_t instant = kNone;
    std::size_t ended = 0;
    for (std::uint32_t txn = 0; txn < history.size(); ++txn) {
        if (!possible(history, txn)) {
            continue;
        }
        const std::uint32_t begin = history.txn(txn).invoke;
        if (ended < ends.size() && ends[ended].first < begin) {
            const std::uint32_t now = graph.add_helper();
            if (instant != kNone) {
                graph.add(instant, now, kRealtime);
            }
            for (; ended < ends.size() && ends[ended].first < begin; ++ended) {
                graph.add(ends[ended].second, now, kRealtime);
            }
            instant = now;
        }
        if (instant != kNone) {
            graph.add(instant, txn, kRealtime);
        }
    }
}

}  // namespace stormglass::sim::checks
