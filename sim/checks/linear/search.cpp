// A configuration is: which completed operations are placed, how many open ones of each class, the
// model's state. Completed operations are known by their place in the order of invocations; all
// before `base` are placed, and none beyond a window that the history itself bounds. So the memo's
// keys stay a word or two however long the history is.
#include "sim/checks/linear/search.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

#include "sim/checks/linear/config_set.hpp"

namespace stormglass::sim::checks {
namespace {

constexpr std::uint32_t kNoOperation = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kAskEvery = 1024;  // configurations between two looks at the deadline
constexpr std::size_t kStatesKept = 8;

/// Open operations that are equal but for their time, in the order of invocations.
struct OpenClass {
    std::vector<std::uint32_t> ops;  // places in `ops`
    std::uint32_t taken = 0;
    std::uint32_t word = 0;  // where the count stands in a key
    std::uint32_t shift = 0;
};

auto identity(const LinOp& op) {
    return std::tie(op.f, op.key, op.a, op.b, op.result);
}

class Search {
  public:
    Search(Model& model, std::span<const LinOp> ops, const Budget& budget)
        : model_(model),
          ops_(ops),
          budget_(budget),
          memo_(lay_out()) {}

    SearchResult run();

  private:
    struct Move {
        std::uint32_t choice;  // a completed operation, or first_class_ + class
        StateId before;
    };

    struct Frame {
        std::size_t moves;       // how many were made when it was opened
        std::size_t candidates;  // where its own begin
        std::size_t cursor;
        std::size_t end;
    };

    // What the constructor prepares; lay_out answers the words of a key.
    std::size_t lay_out();
    void sort_ops();
    void find_twins();
    std::size_t window() const;

    const LinOp& op_of(std::uint32_t choice) const {
        return choice < first_class_ ? ops_[completed_[choice]]
                                     : ops_[open_head(classes_[choice - first_class_])];
    }

    static std::uint32_t open_head(const OpenClass& open) { return open.ops[open.taken]; }

    bool is_done(std::uint32_t i) const { return ((done_[i / 64] >> (i % 64)) & 1U) != 0; }

    void apply(std::uint32_t choice, StateId next);
    void undo_to(std::size_t moves);
    void take_observers();
    void open_frame();
    bool useless(std::uint32_t choice, StateId next);
    bool remember();
    void note_states();
    void keep_prefix();
    bool out_of_budget() const;
    void advance();
    void finish(Verdict verdict);

    Model& model_;
    std::span<const LinOp> ops_;
    const Budget& budget_;
    std::vector<std::uint32_t> completed_;  // places in `ops`, by invocation
    std::vector<OpenClass> classes_;
    std::vector<std::uint32_t> twin_;  // must be placed before: an equal one, earlier throughout
    std::vector<std::uint32_t> open_twin_;  // the same for each open one, by place in `ops`
    std::vector<char> observes_;
    std::uint32_t first_class_ = 0;
    std::size_t window_ = 0;

    std::vector<std::uint32_t> next_;  // the completed ones not placed yet; the last is the head
    std::vector<std::uint32_t> previous_;
    std::vector<std::uint64_t> done_;
    std::vector<std::uint64_t> key_;
    std::vector<std::uint64_t> open_counts_;  // laid out like the key without its first word
    StateId state_ = 0;
    std::size_t placed_ = 0;

    ConfigSet memo_;
    std::vector<Move> moves_;
    std::vector<Frame> frames_;
    std::vector<std::uint32_t> candidates_;
    std::size_t best_ = 0;
    SearchResult result_;
};

void Search::sort_ops() {
    std::vector<std::uint32_t> open;
    for (std::uint32_t i = 0; i < ops_.size(); ++i) {
        if (ops_[i].complete != kOpen) {
            completed_.push_back(i);
        } else if (!model_.observes(ops_[i])) {
            open.push_back(i);
        }
    }
    const auto earlier = [this](std::uint32_t a, std::uint32_t b) {
        return ops_[a].invoke < ops_[b].invoke;
    };
    std::sort(completed_.begin(), completed_.end(), earlier);
    std::sort(open.begin(), open.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::pair(identity(ops_[a]), ops_[a].invoke) <
               std::pair(identity(ops_[b]), ops_[b].invoke);
    });
    for (const std::uint32_t i : open) {
        if (classes_.empty() || identity(ops_[classes_.back().ops[0]]) != identity(ops_[i])) {
            classes_.emplace_back();
        }
        classes_.back().ops.push_back(i);
    }
    for (const std::uint32_t i : completed_) {
        observes_.push_back(model_.observes(ops_[i]) ? 1 : 0);
    }
}

/// Of two equal operations of which one begins and ends earlier, that one can always come first:
/// an order with them the other way round stays one when they change places.
void Search::find_twins() {
    twin_.assign(completed_.size(), kNoOperation);
    open_twin_.assign(ops_.size(), kNoOperation);
    std::vector<std::uint32_t> by_identity(completed_.size());
    for (std::uint32_t i = 0; i < by_identity.size(); ++i) {
        by_identity[i] = i;
    }
    std::stable_sort(
        by_identity.begin(), by_identity.end(), [this](std::uint32_t a, std::uint32_t b) {
            return identity(ops_[completed_[a]]) < identity(ops_[completed_[b]]);
        });
    constexpr std::size_t kLookBack = 16;
    for (std::size_t at = 1; at < by_identity.size(); ++at) {
        const LinOp& op = ops_[completed_[by_identity[at]]];
        for (std::size_t back = 1; back <= std::min(at, kLookBack); ++back) {
            const LinOp& other = ops_[completed_[by_identity[at - back]]];
            if (identity(other) != identity(op)) {
                break;
            }
            if (other.complete < op.complete) {
                twin_[by_identity[at]] = by_identity[at - back];
                break;
            }
        }
    }
    for (const OpenClass& open : classes_) {
        const auto what = identity(ops_[open.ops[0]]);
        auto same = std::lower_bound(by_identity.begin(),
                                     by_identity.end(),
                                     what,
                                     [this](std::uint32_t i, const auto& wanted) {
                                         return identity(ops_[completed_[i]]) < wanted;
                                     });
        std::uint32_t latest = kNoOperation;
        for (const std::uint32_t i : open.ops) {
            for (; same != by_identity.end() && identity(ops_[completed_[*same]]) == what &&
                   ops_[completed_[*same]].invoke < ops_[i].invoke;
                 ++same) {
                latest = *same;
            }
            open_twin_[i] = latest;
        }
    }
}

/// How far beyond the first one not placed a placed one can stand.
std::size_t Search::window() const {
    std::size_t widest = 0;
    for (std::size_t i = 0; i < completed_.size(); ++i) {
        const std::uint32_t end = ops_[completed_[i]].complete;
        const auto beyond = std::lower_bound(
            completed_.begin(), completed_.end(), end, [this](std::uint32_t op, std::uint32_t at) {
                return ops_[op].invoke < at;
            });
        widest = std::max(widest, static_cast<std::size_t>(beyond - completed_.begin()) - i);
    }
    return widest;
}

std::size_t Search::lay_out() {
    sort_ops();
    find_twins();
    first_class_ = static_cast<std::uint32_t>(completed_.size());
    window_ = window();
    std::size_t bit = window_;
    for (OpenClass& open : classes_) {
        const auto width = static_cast<std::size_t>(std::bit_width(open.ops.size()));
        if (bit % 64 + width > 64) {
            bit = (bit / 64 + 1) * 64;
        }
        open.word = static_cast<std::uint32_t>(bit / 64);
        open.shift = static_cast<std::uint32_t>(bit % 64);
        bit += width;
    }
    const std::size_t words = (bit + 63) / 64;
    key_.assign(words + 1, 0);
    open_counts_.assign(words, 0);
    done_.assign(completed_.size() / 64 + window_ / 64 + 3, 0);
    next_.resize(completed_.size() + 1);
    previous_.resize(completed_.size() + 1);
    for (std::uint32_t i = 0; i <= completed_.size(); ++i) {
        next_[i] = i == completed_.size() ? 0 : i + 1;
        previous_[i] = i == 0 ? static_cast<std::uint32_t>(completed_.size()) : i - 1;
    }
    return words + 1;
}

void Search::apply(std::uint32_t choice, StateId next) {
    moves_.push_back({choice, state_});
    state_ = next;
    if (choice < first_class_) {
        done_[choice / 64] |= std::uint64_t{1} << (choice % 64);
        next_[previous_[choice]] = next_[choice];
        previous_[next_[choice]] = previous_[choice];
        ++placed_;
        return;
    }
    OpenClass& open = classes_[choice - first_class_];
    ++open.taken;
    open_counts_[open.word] += std::uint64_t{1} << open.shift;
}

void Search::undo_to(std::size_t moves) {
    for (; moves_.size() > moves; moves_.pop_back()) {
        const auto [choice, before] = moves_.back();
        state_ = before;
        if (choice < first_class_) {
            done_[choice / 64] &= ~(std::uint64_t{1} << (choice % 64));
            next_[previous_[choice]] = choice;
            previous_[next_[choice]] = choice;
            --placed_;
            continue;
        }
        OpenClass& open = classes_[choice - first_class_];
        --open.taken;
        open_counts_[open.word] -= std::uint64_t{1} << open.shift;
    }
}

/// What observes and is accepted now can be placed now: it moves nothing, and leaves others freer.
void Search::take_observers() {
    const std::uint32_t head = first_class_;
    std::uint32_t first_end = kOpen;
    for (std::uint32_t i = next_[head]; i != head;) {
        const LinOp& op = ops_[completed_[i]];
        if (op.invoke > first_end) {
            return;
        }
        const std::uint32_t following = next_[i];
        if (observes_[i] != 0 && model_.step(state_, op) == state_) {
            apply(i, state_);
            i = next_[head];  // an end may have gone, and more may have begun
            first_end = kOpen;
            continue;
        }
        first_end = std::min(first_end, op.complete);
        i = following;
    }
}

void Search::open_frame() {
    const std::uint32_t head = first_class_;
    const std::size_t begin = candidates_.size();
    std::uint32_t first_end = kOpen;
    for (std::uint32_t i = next_[head]; i != head; i = next_[i]) {
        const LinOp& op = ops_[completed_[i]];
        if (op.invoke > first_end) {
            break;
        }
        first_end = std::min(first_end, op.complete);
        if (observes_[i] == 0 && (twin_[i] == kNoOperation || is_done(twin_[i]))) {
            candidates_.push_back(i);
        }
    }
    for (std::uint32_t c = 0; c < classes_.size(); ++c) {
        const OpenClass& open = classes_[c];
        if (open.taken == open.ops.size()) {
            continue;
        }
        const std::uint32_t op = open_head(open);
        const std::uint32_t twin = open_twin_[op];
        if (ops_[op].invoke < first_end && (twin == kNoOperation || is_done(twin))) {
            candidates_.push_back(first_class_ + c);
        }
    }
    frames_.push_back({moves_.size(), begin, begin, candidates_.size()});
}

/// Open operations are optional. One that changes nothing, or whose change the operation right
/// after it hides, is better not taken: whatever follows can follow without it.
bool Search::useless(std::uint32_t choice, StateId next) {
    if (choice >= first_class_ && next == state_) {
        return true;
    }
    if (moves_.empty() || moves_.back().choice < first_class_) {
        return false;
    }
    return model_.step(moves_.back().before, op_of(choice)) == next;
}

bool Search::remember() {
    const std::uint32_t base = next_[first_class_];
    key_[0] = (std::uint64_t{base + 1} << 32) | state_;
    const std::size_t first = base / 64;
    const std::size_t shift = base % 64;
    for (std::size_t word = 0; word + 1 < key_.size(); ++word) {
        std::uint64_t bits = 0;
        if (word * 64 < window_) {
            bits = done_[first + word] >> shift;
            bits |= shift == 0 ? 0 : done_[first + word + 1] << (64 - shift);
            const std::size_t left = window_ - word * 64;
            bits &= left >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
        }
        key_[word + 1] = bits | open_counts_[word];
    }
    return memo_.insert(key_.data());
}

void Search::note_states() {
    if (placed_ + 1 == completed_.size() && result_.states.size() < kStatesKept &&
        std::find(result_.states.begin(), result_.states.end(), state_) == result_.states.end()) {
        result_.states.push_back(state_);
    }
}

/// Kept at dead ends only: keeping each step on the way there would be quadratic.
void Search::keep_prefix() {
    if (placed_ < best_ || (placed_ == best_ && !result_.order.empty())) {
        return;
    }
    best_ = placed_;
    result_.order.clear();
    std::vector<std::uint32_t> taken(classes_.size());
    for (const Move& move : moves_) {
        result_.order.push_back(
            move.choice < first_class_
                ? completed_[move.choice]
                : classes_[move.choice - first_class_].ops[taken[move.choice - first_class_]++]);
    }
    result_.blocked.clear();
    std::uint32_t first_end = kOpen;
    for (std::uint32_t i = next_[first_class_]; i != first_class_; i = next_[i]) {
        const LinOp& op = ops_[completed_[i]];
        if (op.invoke > first_end) {
            break;
        }
        first_end = std::min(first_end, op.complete);
        result_.blocked.push_back(completed_[i]);
    }
}

bool Search::out_of_budget() const {
    if (result_.nodes > budget_.nodes || 3 * memo_.bytes() + model_.bytes() > budget_.bytes) {
        return true;
    }
    return result_.nodes % kAskEvery == 0 && budget_.expired();
}

/// One attempt: a candidate of the top frame, or back.
void Search::advance() {
    Frame& frame = frames_.back();
    if (frame.cursor == frame.end) {
        keep_prefix();
        candidates_.resize(frame.candidates);
        frames_.pop_back();
        if (!frames_.empty()) {
            undo_to(frames_.back().moves);
        }
        return;
    }
    const std::uint32_t choice = candidates_[frame.cursor++];
    const StateId next = model_.step(state_, op_of(choice));
    if (next == kRefused || useless(choice, next)) {
        return;
    }
    const std::size_t moves = moves_.size();
    apply(choice, next);
    take_observers();
    ++result_.nodes;
    if (placed_ < completed_.size() && !remember()) {
        undo_to(moves);
        return;
    }
    note_states();
    open_frame();
}

void Search::finish(Verdict verdict) {
    keep_prefix();
    result_.verdict = verdict;
    result_.bytes = memo_.bytes() + model_.bytes();
}

SearchResult Search::run() {
    state_ = model_.initial();
    take_observers();
    note_states();
    open_frame();
    while (placed_ < completed_.size() && !frames_.empty()) {
        if (out_of_budget()) {
            finish(Verdict::unknown);
            return std::move(result_);
        }
        advance();
    }
    finish(placed_ == completed_.size() ? Verdict::valid : Verdict::invalid);
    return std::move(result_);
}

}  // namespace

SearchResult find_linear_order(Model& model, std::span<const LinOp> ops, const Budget& budget) {
    CHECK(ops.size() < kNoOperation / 2);
    return Search(model, ops, budget).run();
}

}  // namespace stormglass::sim::checks
