// Sets: by the last read (Z1), and element by element over all reads (Z2). Keyed sets ([key,
// element], [key, [elements]]) are split by key first.
#include <algorithm>
#include <map>

#include "sim/checks/describe.hpp"
#include "sim/checks/simple/simple_checks.hpp"
#include "sim/checks/table.hpp"

namespace stormglass::sim::checks {
namespace {

constexpr std::uint32_t kNever = KeyTable::kAbsent;

struct Element {
    Value value;
    std::uint32_t add = kNever;
    std::uint32_t known = kNever;         // entry at which it was first known to be in
    std::uint32_t last_present = kNever;  // invocation entry of the latest read that saw it
    std::uint32_t last_absent = kNever;   // and that did not
    std::uint32_t seen_by = kNever;
    std::uint32_t missed_by = kNever;
};

class SetCheck {
  public:
    SetCheck(const SimpleInput& in, Checked& out, std::string name)
        : in_(in),
          out_(out),
          name_(std::move(name)) {}

    void add(std::uint32_t i, Value value) {
        const auto fresh = static_cast<std::uint32_t>(elements_.size());
        const std::uint32_t place = table_.put(value.bits(), fresh);
        if (place == fresh) {
            elements_.push_back({.value = value, .add = i});
            const bool ok = in_.outcome(i) == OpType::ok;
            elements_.back().known = ok ? in_.operations[i].complete : kNever;
        }
    }

    void read(std::uint32_t i, Value list) { reads_.push_back({i, list}); }

    void judge() {
        std::sort(reads_.begin(), reads_.end(), [this](const Read& a, const Read& b) {
            return in_.operations[a.op].invoke < in_.operations[b.op].invoke;
        });
        if (reads_.empty()) {
            out_.doubts.push_back("the set was never read");
            return;
        }
        for (const Read& read : reads_) {
            look_at(read);
        }
        find_absences();
        judge_last();
        judge_all();
    }

  private:
    struct Read {
        std::uint32_t op;
        Value list;
    };

    std::string text(Value value) const { return brief(in_.recording, value, 40) + name_; }

    void look_at(const Read& read) {
        const Operation& operation = in_.operations[read.op];
        std::vector<Value> sorted;
        for (const Value item : in_.recording.pool.items(read.list)) {
            sorted.push_back(item);
            const std::uint32_t place = table_.find(item.bits());
            if (place == kNever) {
                out_.findings.add(Rule::z1,
                                  in_.who(read.op) + " read " + text(item) + ", which nobody added",
                                  {read.op});
                continue;
            }
            Element& element = elements_[place];
            element.known = std::min(element.known, operation.complete);
            if (element.last_present == kNever || element.last_present < operation.invoke) {
                element.last_present = operation.invoke;
                element.seen_by = read.op;
            }
            if (in_.outcome(element.add) == OpType::fail && element.seen_by == read.op) {
                out_.findings.add(Rule::z1,
                                  in_.who(read.op) + " read " + text(item) + ", which " +
                                      in_.who(element.add) + " was told had not been added",
                                  {element.add, read.op});
            }
        }
        std::sort(sorted.begin(), sorted.end());
        const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
        if (twice != sorted.end()) {
            out_.findings.add(
                Rule::z2,
                in_.who(read.op) + " read " + text(*twice) + " more than once in one read",
                {read.op});
        }
    }

    /// From the latest read backwards: who is missing is crossed off, so that no element is looked
    /// at again once its last absence is known.
    void find_absences() {
        std::vector<std::uint32_t> left(elements_.size());
        for (std::uint32_t i = 0; i < left.size(); ++i) {
            left[i] = i;
        }
        std::vector<std::uint32_t> mark(elements_.size(), kNever);
        for (std::uint32_t r = static_cast<std::uint32_t>(reads_.size()); r-- > 0;) {
            for (const Value item : in_.recording.pool.items(reads_[r].list)) {
                if (const std::uint32_t place = table_.find(item.bits()); place != kNever) {
                    mark[place] = r;
                }
            }
            std::erase_if(left, [&](std::uint32_t place) {
                if (mark[place] == r) {
                    return false;
                }
                elements_[place].last_absent = in_.operations[reads_[r].op].invoke;
                elements_[place].missed_by = reads_[r].op;
                return true;
            });
        }
    }

    /// Z1 looks at the last read alone, and asks for what was added before it began.
    void judge_last() {
        const std::uint32_t last = reads_.back().op;
        for (const Element& element : elements_) {
            const bool acknowledged =
                in_.outcome(element.add) == OpType::ok &&
                in_.operations[element.add].complete < in_.operations[last].invoke;
            if (acknowledged && element.missed_by == last) {
                out_.findings.add(Rule::z1,
                                  in_.who(element.add) + " added " + text(element.value) +
                                      " and was told that it succeeded; the last read, by " +
                                      in_.who(last) + ", does not have it",
                                  {element.add, last});
            }
        }
    }

    void judge_all() {
        std::uint64_t stable = 0;
        std::uint64_t added = 0;
        for (const Element& element : elements_) {
            added += in_.outcome(element.add) == OpType::ok ? 1U : 0U;
            const bool present = element.last_present != kNever;
            const bool absent = element.last_absent != kNever;
            if (present && (!absent || element.last_absent < element.last_present)) {
                ++stable;
                continue;
            }
            const bool lost = element.known != kNever && absent &&
                              (!present || element.last_present < element.last_absent) &&
                              element.known < element.last_absent;
            if (lost && present) {
                out_.findings.add(Rule::z2,
                                  text(element.value) + " was in the set when " +
                                      in_.who(element.seen_by) + " read it, and gone when " +
                                      in_.who(element.missed_by) + " did",
                                  {element.add, element.seen_by, element.missed_by});
            } else if (lost) {
                out_.findings.add(Rule::z2,
                                  in_.who(element.add) + " added " + text(element.value) +
                                      " and was told that it succeeded; " +
                                      in_.who(element.missed_by) +
                                      " read later and did not see it, nor did anyone else",
                                  {element.add, element.missed_by});
            }
        }
        if (stable == 0 && added > 0) {
            out_.doubts.push_back("no element was ever seen to stay");
        }
    }

    const SimpleInput& in_;
    Checked& out_;
    std::string name_;
    KeyTable table_;
    std::vector<Element> elements_;
    std::vector<Read> reads_;
};

bool is_keyed(const SimpleInput& in) {
    bool any = false;
    for (std::uint32_t i = 0; i < in.operations.size(); ++i) {
        if (in.function(i) == OpFunction::add) {
            const Value value = in.argument(i);
            if (!value.is_list() || in.recording.pool.items(value).size() != 2) {
                return false;
            }
            any = true;
        }
    }
    return any;
}

}  // namespace

Result<Checked> check_set(const SimpleInput& in) {
    Checked out;
    const ValuePool& pool = in.recording.pool;
    const bool keyed = is_keyed(in);
    std::map<std::uint64_t, SetCheck> sets;
    const auto set_of = [&](Value key) -> SetCheck& {
        std::string name = keyed ? " of set " + brief(in.recording, key, 40) : "";
        return sets.try_emplace(key.bits(), in, out, std::move(name)).first->second;
    };
    for (std::uint32_t i = 0; i < in.operations.size(); ++i) {
        const bool adds = in.function(i) == OpFunction::add;
        if (!adds && in.function(i) != OpFunction::read) {
            return in.refusal(
                i, "a set has no operation '" + std::string(name_of(in.function(i))) + "'");
        }
        if (!adds && in.outcome(i) != OpType::ok) {
            continue;
        }
        Value key;
        Value value = adds ? in.argument(i) : in.told(i);
        if (keyed) {
            const auto pair = pool.items(value);
            if (!value.is_list() || pair.size() != 2) {
                return in.refusal(i, "[key, elements] is due, as in the adds");
            }
            key = as_key(pool, pair[0]);
            value = pair[1];
        }
        if (adds ? value.kind() >= ValueKind::list || value.is_nil() : !value.is_list()) {
            return in.refusal(i, adds ? "an element is a number or text" : "a read sees a list");
        }
        if (adds) {
            set_of(key).add(i, value);
        } else {
            set_of(key).read(i, value);
        }
    }
    if (sets.empty()) {
        out.doubts.push_back("the set was never read");
    }
    for (auto& [key, set] : sets) {
        set.judge();
    }
    return out;
}

}  // namespace stormglass::sim::checks
