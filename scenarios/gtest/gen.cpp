#include "scenarios/gtest/gen.hpp"

#include <algorithm>
#include <numeric>

#include "scenarios/gtest/repeat.hpp"

namespace stormglass::gen {
namespace {

/// Without halves, quarters, ... and single ones.
std::vector<sim::IndexSet> thinner(const std::vector<std::uint32_t>& numbers, std::size_t least) {
    std::vector<sim::IndexSet> sets;
    for (std::size_t piece = numbers.size() / 2; piece > 0; piece /= 2) {
        for (std::size_t at = 0; at < numbers.size(); at += piece) {
            std::vector<std::uint32_t> rest = numbers;
            const auto from = rest.begin() + static_cast<std::ptrdiff_t>(at);
            const std::size_t size = std::min(piece, numbers.size() - at);
            rest.erase(from, from + static_cast<std::ptrdiff_t>(size));
            if (rest.size() >= least) {
                sets.push_back(sim::IndexSet::of(rest));
            }
        }
    }
    return sets;
}

Schedule with_kept(const Schedule& schedule, std::vector<sim::IndexSet> kept) {
    Schedule simpler;  // with a size of its own: another run
    simpler.seed = schedule.seed;
    simpler.kept = std::move(kept);
    return simpler;
}

template <class T>
rc::Shrinkable<T> shrinkable(T value) {
    return rc::shrinkable::shrinkRecur(
        std::move(value), [](const T& larger) { return rc::seq::fromContainer(simpler(larger)); });
}

void show(std::ostream& out, const sim::IndexSet& set) {
    if (set.is_all()) {
        out << "all";
        return;
    }
    out << "{";
    const char* comma = "";
    for (const sim::IndexRange& range : set.ranges()) {
        out << comma << range.first;
        if (range.last > range.first) {
            out << "-" << range.last;
        }
        comma = ", ";
    }
    out << "}";
}

std::optional<trial::Case> wished_case(const trial::Trial& trial) {
    const std::string token = trial::wish_of_environment().token;
    if (token.empty()) {
        return std::nullopt;
    }
    const auto which = trial.from_token(token);
    return which.ok() ? std::optional(*which) : std::nullopt;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Schedule& schedule) {
    out << "seed 0x" << std::hex << schedule.seed << std::dec;
    for (std::size_t i = 0; i < schedule.kept.size(); ++i) {
        out << ", fault " << i + 1 << " ";
        show(out, schedule.kept[i]);
    }
    return out;
}

std::ostream& operator<<(std::ostream& out, const Workload& workload) {
    out << "choices ";
    show(out, workload.choices);
    return out << " of " << workload.count;
}

rc::Gen<Schedule> schedule(const Shape& shape) {
    return [shape](const rc::Random& random, int) {
        rc::Random draws = random;
        Schedule drawn;
        drawn.seed = draws.next();
        const std::uint64_t present = draws.next();
        for (std::size_t i = 0; i < shape.faults; ++i) {
            const bool there = (present >> (i % 64) & 1) != 0;
            drawn.kept.push_back(there ? sim::IndexSet::all() : sim::IndexSet::none());
        }
        return shrinkable(std::move(drawn));
    };
}

rc::Gen<Workload> workload(const Shape& shape) {
    return [shape](const rc::Random& random, int size) {
        rc::Random draws = random;
        Workload drawn;
        drawn.count = shape.choices;
        const std::uint64_t most = std::max<std::uint64_t>(
            1, std::uint64_t{shape.choices} * static_cast<unsigned>(size) / 50);
        const std::uint64_t wanted = 1 + bounded(draws.next(), most);
        if (wanted < shape.choices) {
            drawn.choices = sim::IndexSet::of_ranges({{0, static_cast<std::uint32_t>(wanted - 1)}});
        }
        return shrinkable(std::move(drawn));
    };
}

rc::Gen<Schedule> schedule(const trial::Trial& trial) {
    if (const auto which = wished_case(trial)) {
        Schedule same;
        same.seed = which->seed;
        same.kept = which->kept.faults;
        return rc::gen::just(same);
    }
    return schedule(Shape{trial.faults(), trial.choices()});
}

rc::Gen<Workload> workload(const trial::Trial& trial) {
    if (const auto which = wished_case(trial)) {
        return rc::gen::just(Workload{which->kept.choices, trial.choices()});
    }
    return workload(Shape{trial.faults(), trial.choices()});
}

std::vector<Schedule> simpler(const Schedule& schedule) {
    const auto decisions = [&](std::size_t fault) {
        const auto& all = schedule.showed->decisions;
        return schedule.kept[fault].below(fault < all.size() ? all[fault] : 0);
    };
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < schedule.kept.size(); ++i) {
        if (!schedule.kept[i].is_none()) {
            order.push_back(i);
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return decisions(a).size() > decisions(b).size();
    });
    std::vector<Schedule> all;
    if (order.size() > 1) {
        const std::vector<sim::IndexSet> none(schedule.kept.size(), sim::IndexSet::none());
        all.push_back(with_kept(schedule, none));
    }
    for (const std::size_t fault : order) {
        std::vector<sim::IndexSet> without = schedule.kept;
        without[fault] = sim::IndexSet::none();
        all.push_back(with_kept(schedule, std::move(without)));
    }
    for (const std::size_t fault : order) {
        for (sim::IndexSet& fewer : thinner(decisions(fault), 1)) {
            std::vector<sim::IndexSet> kept = schedule.kept;
            kept[fault] = std::move(fewer);
            all.push_back(with_kept(schedule, std::move(kept)));
        }
    }
    return all;
}

std::vector<Workload> simpler(const Workload& workload) {
    std::vector<Workload> all;
    for (sim::IndexSet& fewer : thinner(workload.choices.below(workload.count), 1)) {
        all.push_back({std::move(fewer), workload.count});
    }
    return all;
}

sim::Reduction kept(const Schedule& schedule, const Workload& workload) {
    return sim::Reduction{schedule.kept, workload.choices}.normal();
}

trial::Case case_of(const Schedule& schedule, const Workload& workload) {
    return {schedule.seed, kept(schedule, workload)};
}

void must_hold(const trial::Trial& trial, const Schedule& schedule, const Workload& workload) {
    if (!trial.problems().empty()) {
        RC_FAIL(trial.problems());
    }
    const std::string token = trial::wish_of_environment().token;
    if (!token.empty()) {
        // Never silently another run than the one that was asked for.
        const auto wished = trial.from_token(token);
        if (!wished) {
            RC_FAIL(wished.error().text);
        }
    }
    const trial::Case which = case_of(schedule, workload);
    const trial::Outcome outcome = trial.run(which);
    if (outcome.holds()) {
        return;
    }
    *schedule.showed = outcome.size;
    trial::Trial::TellOptions options;
    options.repeat = trial::Trial::TellOptions::Repeat::token;
    RC_LOG("repeats it: " + trial::repeat_line("STORMGLASS_REPLAY=" + trial.token(which, outcome)));
    RC_LOG(trial.tell(which, options));
    RC_FAIL(trial::signature_of(trial, outcome));
}

}  // namespace stormglass::gen
