#include <algorithm>
#include <utility>

#include "sim/checks/rule.hpp"

namespace stormglass::sim::checks {

bool Findings::wants(Rule rule) const {
    return counts_[static_cast<std::size_t>(rule)] < kKeptPerRule && rule_enabled(rule);
}

void Findings::count(Rule rule) {
    if (rule_enabled(rule)) {
        ++counts_[static_cast<std::size_t>(rule)];
    }
}

void Findings::add(Rule rule, std::string sentence, std::vector<std::uint32_t> operations) {
    if (!rule_enabled(rule)) {
        return;
    }
    if (++counts_[static_cast<std::size_t>(rule)] <= kKeptPerRule) {
        list_.push_back({rule, std::move(sentence), std::move(operations), 1});
    }
}

std::vector<Finding> Findings::take() {
    std::stable_sort(list_.begin(), list_.end(), [](const Finding& a, const Finding& b) {
        return a.rule < b.rule;
    });
    for (std::size_t i = 0; i < list_.size(); ++i) {
        if (i == 0 || list_[i].rule != list_[i - 1].rule) {
            list_[i].count = count_of(list_[i].rule);
        }
    }
    return std::move(list_);
}

}  // namespace stormglass::sim::checks
