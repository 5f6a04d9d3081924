// Valid histories of the families that have no keys of their own, or one object: counters, banks,
// ids, forks, locks, queues in one linear order, texts.
#pragma once

#include "tests/sim/checks/backgrounds.hpp"

namespace stormglass::tests {

inline std::vector<std::string> counter_background(Dice& dice, std::size_t count) {
    auto sum = std::make_shared<std::int64_t>(0);
    return overlapped(dice, count, 4, [&](std::size_t) {
        Deed deed;
        const bool adds = dice.one_in(2);
        const std::int64_t amount = static_cast<std::int64_t>(dice.below(9)) - 3;
        deed.f = adds ? "add" : "read";
        deed.ask = adds ? std::to_string(amount) : "null";
        deed.effect = [sum, adds, amount] {
            *sum += adds ? amount : 0;
            return std::to_string(adds ? amount : *sum);
        };
        return deed;
    });
}

inline std::vector<std::string> bank_background(Dice& dice, std::size_t count) {
    auto held =
        std::make_shared<std::array<std::int64_t, 3>>(std::array<std::int64_t, 3>{50, 30, 20});
    return overlapped(dice, count, 4, [&](std::size_t) {
        Deed deed;
        const bool moves = dice.one_in(2);
        const std::size_t from = dice.below(3);
        const std::size_t to = dice.below(3);
        const std::string amount = std::to_string(dice.below(9));
        deed.f = moves ? "transfer" : "read";
        deed.ask = moves ? "{\"from\":\"a" + std::to_string(from) + "\",\"to\":\"a" +
                               std::to_string(to) + "\",\"amount\":" + amount + "}"
                         : "null";
        deed.effect = [held, moves, from, to, amount, ask = deed.ask] {
            if (moves) {
                (*held)[from] -= std::stoll(amount);
                (*held)[to] += std::stoll(amount);
                return ask;
            }
            return "{\"a0\":" + std::to_string((*held)[0]) +
                   ",\"a1\":" + std::to_string((*held)[1]) +
                   ",\"a2\":" + std::to_string((*held)[2]) + "}";
        };
        return deed;
    });
}

inline std::vector<std::string> ids_background(Dice& dice, std::size_t count) {
    auto fresh = std::make_shared<std::uint64_t>(0);
    return overlapped(dice, count, 4, [fresh](std::size_t) {
        Deed deed;
        deed.f = "add";
        deed.ask = "null";
        deed.effect = [fresh] { return std::to_string((*fresh)++); };
        return deed;
    });
}

/// Pairs of keys, each key written once; reads of a pair see one store.
inline std::vector<std::string> fork_background(Dice& dice, std::size_t count) {
    auto written = std::make_shared<std::set<std::uint64_t>>();
    std::uint64_t next = 0;
    return overlapped(dice, count, 4, [&](std::size_t) {
        Deed deed;
        deed.f = "txn";
        const std::uint64_t key = dice.one_in(2) ? next++ : kNoKey;
        const std::uint64_t pair = next < 2 ? 0 : 2 * dice.below(next / 2);
        const auto read = [](std::uint64_t k, bool seen) {
            return "[\"r\"," + std::to_string(k) + (seen ? ",1]" : ",null]");
        };
        deed.ask = key == kNoKey ? "[" + read(pair, false) + "," + read(pair + 1, false) + "]"
                                 : "[[\"w\"," + std::to_string(key) + ",1]]";
        deed.effect = [written, key, pair, read, ask = deed.ask] {
            if (key != kNoKey) {
                written->insert(key);
                return ask;
            }
            return "[" + read(pair, written->contains(pair)) + "," +
                   read(pair + 1, written->contains(pair + 1)) + "]";
        };
        return deed;
    });
}

inline std::vector<std::string> causal_background(Dice& dice, std::size_t count) {
    auto seen = std::make_shared<std::vector<std::uint64_t>>();
    std::uint64_t fresh = 0;
    return overlapped(dice, count, 4, [&](std::size_t) {
        Deed deed;
        const bool writes = dice.one_in(2);
        deed.f = writes ? "write" : "read";
        deed.ask = writes ? std::to_string(fresh++) : "null";
        deed.effect = [seen, writes, ask = deed.ask] {
            if (writes) {
                seen->push_back(std::stoull(ask));
            }
            return writes ? ask : listed(*seen);
        };
        return deed;
    });
}

/// One lock; who finds it held asks again later, so that every answer is a success. Free at the
/// end.
inline std::vector<std::string> mutex_background(Dice& dice, std::size_t count) {
    std::vector<std::string> lines;
    std::uint64_t holder = dice.below(4);
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t next = dice.below(4);
        const std::string p = std::to_string(holder);
        lines.push_back(p + " invoke acquire null");
        lines.push_back(p + " ok acquire null");
        const std::string q = std::to_string(next);
        if (next != holder) {  // asks while it is held
            lines.push_back(p + " invoke release null");
            lines.push_back(q + " invoke acquire null");
            const bool first = dice.one_in(2);
            lines.push_back((first ? q : p) + (first ? " ok acquire null" : " ok release null"));
            lines.push_back((first ? p : q) + (first ? " ok release null" : " ok acquire null"));
            lines.push_back(q + " invoke release null");
            lines.push_back(q + " ok release null");
        } else {
            lines.push_back(p + " invoke release null");
            lines.push_back(p + " ok release null");
        }
        holder = next;
    }
    return lines;
}

/// A queue as work queues are, but emptied by dequeues, for the strict model.
inline std::vector<std::string> fifo_background(Dice& dice, std::size_t count) {
    auto lines = queue_background(dice, count);
    const std::string drained = lines.back();
    lines.resize(lines.size() - 2);
    const std::size_t open = drained.find('[');
    std::string item;
    for (const char c : drained.substr(open + 1)) {
        if (c >= '0' && c <= '9') {
            item += c;
        } else if (!item.empty()) {
            lines.push_back("900 invoke dequeue null");
            lines.push_back("900 ok dequeue " + item);
            item.clear();
        }
    }
    return lines;
}

inline std::vector<std::string> text_background(Dice& dice, std::size_t count) {
    auto held = std::make_shared<std::map<std::string, std::string>>();
    return overlapped(dice, count, 4, [&](std::size_t) {
        Deed deed;
        const std::string key = dice.one_in(2) ? "k" : "l";
        const std::uint64_t kind = dice.below(4);
        const std::string text = std::string(1, static_cast<char>('a' + dice.below(3)));
        deed.f = kind < 2 ? "append" : kind == 2 ? "write" : "read";
        const auto pair = [key](const std::string& what) {
            return "[\"" + key + "\"," + what + "]";
        };
        deed.ask = pair(kind == 3 ? "null" : "\"" + text + "\"");
        deed.effect = [held, key, kind, text, pair] {
            std::string& now = (*held)[key];
            now = kind < 2 ? now + text : kind == 2 ? text : now;
            return pair(kind == 3 ? "\"" + now + "\"" : "\"" + text + "\"");
        };
        return deed;
    });
}

}  // namespace stormglass::tests
