// Placing: all (key, offset, message) that were acknowledged or polled, sorted; offsets that nobody
// knows (transaction marks, gaps) leave no hole, since only the order of the known ones counts.
#include "sim/checks/log/log_history.hpp"

#include <algorithm>
#include <tuple>

namespace stormglass::sim::checks {
namespace {

struct Placed {
    std::int64_t offset;
    std::uint32_t key;
    std::uint32_t item;
};

}  // namespace

void LogHistory::begin(LogOp op) {
    op.first_item = static_cast<std::uint32_t>(items_.size());
    ops_.push_back(op);
}

std::uint32_t LogHistory::message(std::uint32_t key, std::uint64_t value) {
    if (key >= tables_.size()) {
        tables_.resize(key + 1);
    }
    const auto fresh = static_cast<std::uint32_t>(messages_.size());
    const std::uint32_t id = tables_[key].put(value, fresh);
    if (id == fresh) {
        messages_.push_back({.key = key});
        values_.push_back(value);
    }
    return id;
}

void LogHistory::add(ItemKind kind, std::uint32_t key, std::uint64_t value, std::int64_t offset) {
    const std::uint32_t id = message(key, value);
    const auto op = static_cast<std::uint32_t>(ops_.size() - 1);
    if (kind == ItemKind::send) {
        if (messages_[id].sender != kNoIndex) {
            repeated_ = repeated_ == kNoIndex ? id : repeated_;
        }
        messages_[id].sender = op;
    } else {
        messages_[id].seen = true;
        messages_[id].read = messages_[id].read || ops_.back().outcome == OpType::ok;
    }
    items_.push_back({offset, id, key, kNoIndex, kind});
}

void LogHistory::add_key(std::uint32_t key, std::int64_t offset) {
    if (key >= tables_.size()) {
        tables_.resize(key + 1);
    }
    items_.push_back({offset, kNoIndex, key, kNoIndex, ItemKind::key});
}

void LogHistory::finish() {
    committed_.assign(ops_.size(), 0);
    for (std::size_t op = 0; op < ops_.size(); ++op) {
        committed_[op] = ops_[op].outcome == OpType::ok ? 1 : 0;
        for (const LogItem& item : items(op)) {
            const bool doubt = ops_[op].outcome == OpType::info && item.kind == ItemKind::send;
            if (doubt && messages_[item.message].read) {
                committed_[op] = 1;
            }
        }
    }
    std::vector<Placed> placed;
    for (std::size_t op = 0; op < ops_.size(); ++op) {
        for (std::uint32_t i = ops_[op].first_item;
             i < ops_[op].first_item + static_cast<std::uint32_t>(items(op).size());
             ++i) {
            const LogItem& item = items_[i];
            const bool counts =
                item.kind == ItemKind::poll || (item.kind == ItemKind::send && committed_[op] != 0);
            if (counts && item.offset >= 0) {
                placed.push_back({item.offset, item.key, i});
            }
        }
    }
    std::sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
        return std::tie(a.key, a.offset, a.item) < std::tie(b.key, b.offset, b.item);
    });
    begins_.assign(tables_.size() + 1, 0);
    std::uint32_t key = 0;
    for (std::size_t i = 0; i < placed.size(); ++i) {
        LogItem& item = items_[placed[i].item];
        for (; key < item.key; ++key) {
            begins_[key + 1] = static_cast<std::uint32_t>(log_.size());
        }
        const bool same =
            i > 0 && placed[i - 1].key == item.key && placed[i - 1].offset == item.offset;
        if (!same) {
            offsets_.push_back(item.offset);
            log_.push_back(item.message);
        }
        item.index = static_cast<std::uint32_t>(log_.size() - 1) - begins_[key];
        if (item.message != log_.back()) {
            clashes_.push_back({key, item.index, item.message});
        }
        Message& message = messages_[item.message];
        message.first =
            message.first == kNoIndex ? item.index : std::min(message.first, item.index);
        message.last = message.last == kNoIndex ? item.index : std::max(message.last, item.index);
    }
    for (; key < tables_.size(); ++key) {
        begins_[key + 1] = static_cast<std::uint32_t>(log_.size());
    }
    peak_ = placed.capacity() * sizeof(Placed);
    for (const KeyTable& table : tables_) {
        peak_ += table.bytes();
    }
    tables_.clear();
}

std::span<const std::int64_t> LogHistory::offsets(std::uint32_t key) const {
    return {offsets_.data() + begins_[key], begins_[key + 1] - begins_[key]};
}

std::span<const std::uint32_t> LogHistory::log(std::uint32_t key) const {
    return {log_.data() + begins_[key], begins_[key + 1] - begins_[key]};
}

std::uint64_t LogHistory::bytes() const {
    return peak_ + ops_.capacity() * sizeof(LogOp) + items_.capacity() * sizeof(LogItem) +
           messages_.capacity() * sizeof(Message) + values_.capacity() * 8 +
           offsets_.capacity() * 8 + log_.capacity() * 4 + committed_.capacity();
}

}  // namespace stormglass::sim::checks
