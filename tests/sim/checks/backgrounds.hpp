// Valid histories by construction, in short hand: processes overlap at random, each operation takes
// effect at one moment between its begin and its end on a correct object, some fail, some stay in
// doubt. One for each family of checks.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runtime/random.hpp"

namespace stormglass::tests {

inline constexpr std::uint64_t kNoKey = ~std::uint64_t{0};

/// What an effect answers when the object refuses: the operation fails.
inline constexpr const char* kRefusal = "refused";

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : seed_(seed) {}

    std::uint64_t below(std::uint64_t bound) {
        return mix64(seed_ + ++count_ * 0x9e3779b97f4a7c15ULL) % bound;
    }

    bool one_in(std::uint64_t n) { return below(n) == 0; }

  private:
    std::uint64_t seed_;
    std::uint64_t count_ = 0;
};

struct Deed {
    std::string f;
    std::string ask;
    std::function<std::string()> effect;  // what it is told; called at most once
    std::string group;
    bool may_fail = true;
};

/// Runs deeds on processes that overlap; returns lines.
inline std::vector<std::string> overlapped(Dice& dice,
                                           std::size_t count,
                                           std::size_t processes,
                                           const std::function<Deed(std::size_t process)>& next) {
    struct Client {
        std::size_t name;
        std::size_t stage = 0;  // idle, begun, done
        Deed deed;
        std::string told;
    };

    std::vector<Client> clients(processes);
    for (std::size_t p = 0; p < processes; ++p) {
        clients[p].name = p;
    }
    std::size_t names = processes;
    std::vector<std::string> lines;
    const auto line = [&lines](const Client& client, const char* type, const std::string& value) {
        lines.push_back(std::to_string(client.name) + " " + type + " " + client.deed.f + " " +
                        value + (client.deed.group.empty() ? "" : " @" + client.deed.group));
    };
    std::size_t begun = 0;
    std::size_t busy = 0;
    while (begun < count || busy > 0) {
        const std::size_t p = dice.below(processes);
        Client& client = clients[p];
        if (client.stage == 0 && begun < count) {
            client.deed = next(p);
            line(client, "invoke", client.deed.ask);
            client.stage = 1;
            ++begun;
            ++busy;
        } else if (client.stage == 1) {
            if (client.deed.may_fail && dice.one_in(12)) {
                line(client, "fail", client.deed.ask);
                client.stage = 0;
                --busy;
                continue;
            }
            client.told = client.deed.effect();
            client.stage = 2;
        } else if (client.stage == 2) {
            if (client.deed.may_fail && dice.one_in(16)) {
                line(client, "info", client.deed.ask);
                client.name = names++;
            } else {
                const bool refused = client.told == kRefusal;
                line(client, refused ? "fail" : "ok", refused ? client.deed.ask : client.told);
            }
            client.stage = 0;
            --busy;
        }
    }
    return lines;
}

/// JSON of a list.
inline std::string listed(const std::vector<std::uint64_t>& items) {
    std::string out = "[";
    for (const std::uint64_t item : items) {
        out += (out.size() > 1 ? "," : "") + std::to_string(item);
    }
    return out + "]";
}

inline std::vector<std::string> list_append_background(Dice& dice, std::size_t count) {
    std::map<std::uint64_t, std::vector<std::uint64_t>> store;
    std::uint64_t fresh = 0;
    return overlapped(dice, count, 4, [&](std::size_t) {
        struct Mop {
            bool append;
            std::uint64_t key;
            std::uint64_t value;
        };

        std::vector<Mop> mops;
        for (std::uint64_t i = 0; i <= dice.below(3); ++i) {
            mops.push_back({dice.one_in(2), dice.below(4), fresh++});
        }
        const auto text = [mops](const std::function<std::string(const Mop&)>& read) {
            std::string out = "[";
            for (const Mop& mop : mops) {
                out += (out.size() > 1 ? "," : "") +
                       std::string(mop.append ? "[\"append\"," : "[\"r\",") +
                       std::to_string(mop.key) + "," +
                       (mop.append ? std::to_string(mop.value) : read(mop)) + "]";
            }
            return out + "]";
        };
        Deed deed;
        deed.f = "txn";
        deed.ask = text([](const Mop&) { return std::string("null"); });
        deed.effect = [&store, mops] {
            std::string out = "[";
            for (const Mop& mop : mops) {
                auto& list = store[mop.key];
                if (mop.append) {
                    list.push_back(mop.value);
                }
                out += (out.size() > 1 ? "," : "") +
                       std::string(mop.append ? "[\"append\"," : "[\"r\",") +
                       std::to_string(mop.key) + "," +
                       (mop.append ? std::to_string(mop.value) : listed(list)) + "]";
            }
            return out + "]";
        };
        return deed;
    });
}

inline std::vector<std::string> rw_register_background(Dice& dice, std::size_t count) {
    std::map<std::uint64_t, std::uint64_t> store;
    std::uint64_t fresh = 0;
    return overlapped(dice, count, 4, [&](std::size_t) {
        Deed deed;
        deed.f = "txn";
        std::string ask = "[";
        std::vector<std::array<std::uint64_t, 3>> mops;
        for (std::uint64_t i = 0; i <= dice.below(3); ++i) {
            const bool writes = dice.one_in(2);
            const std::uint64_t key = dice.below(4);
            mops.push_back({writes ? 1U : 0U, key, fresh});
            ask += (ask.size() > 1 ? "," : "") + std::string(writes ? "[\"w\"," : "[\"r\",") +
                   std::to_string(key) + "," + (writes ? std::to_string(fresh) : "null") + "]";
            ++fresh;
        }
        deed.ask = ask + "]";
        deed.effect = [&store, mops] {
            std::string out = "[";
            for (const auto& [writes, key, value] : mops) {
                if (writes != 0) {
                    store[key] = value;
                }
                const auto held = store.find(key);
                out += (out.size() > 1 ? "," : "") +
                       std::string(writes != 0 ? "[\"w\"," : "[\"r\",") + std::to_string(key) +
                       "," + (held == store.end() ? "null" : std::to_string(held->second)) + "]";
            }
            return out + "]";
        };
        return deed;
    });
}

/// Producers 0-2, consumers 3-5 of group "bg" with a key of their own each, which commit now and
/// then.
inline std::vector<std::string> log_background(Dice& dice, std::size_t count) {
    struct Key {
        std::vector<std::uint64_t> log;
        std::size_t polled = 0;
    };

    auto keys = std::make_shared<std::array<Key, 3>>();
    std::uint64_t fresh = 0;
    auto lines = overlapped(dice, count, 6, [&](std::size_t process) {
        Deed deed;
        const std::uint64_t key = process % 3;
        if (process >= 3) {
            const std::size_t polled = (*keys)[key].polled;
            deed.group = "bg";
            deed.may_fail = false;
            const bool commits = polled > 0 && dice.one_in(4);
            deed.f = commits ? "commit" : "poll";
            deed.ask = commits
                           ? "{\"" + std::to_string(key) + "\":" + std::to_string(polled - 1) + "}"
                           : "null";
            deed.effect = [keys, key, commits, ask = deed.ask, most = 1 + dice.below(3)] {
                if (commits) {
                    return ask;
                }
                Key& own = (*keys)[key];
                std::string out = "{\"" + std::to_string(key) + "\":[";
                for (std::uint64_t i = 0; i < most && own.polled < own.log.size();
                     ++i, ++own.polled) {
                    out += (i > 0 ? ",[" : "[") + std::to_string(own.polled) + "," +
                           std::to_string(own.log[own.polled]) + "]";
                }
                return out + "]}";
            };
            return deed;
        }
        const std::uint64_t first = fresh;
        const bool batch = dice.one_in(3);
        fresh += batch ? 2 : 1;
        const std::string k = std::to_string(key);
        deed.f = batch ? "txn" : "send";
        const auto text = [batch, k, first](const std::string& a, const std::string& b) {
            return batch ? "[[\"send\"," + k + "," + a + "],[\"send\"," + k + "," + b + "]]"
                         : "[" + k + "," + a + "]";
        };
        deed.ask = text(std::to_string(first), std::to_string(first + 1));
        deed.effect = [keys, key, batch, first, text] {
            auto& log = (*keys)[key].log;
            const auto placed = [&log](std::uint64_t value) {
                log.push_back(value);
                return "[" + std::to_string(log.size() - 1) + "," + std::to_string(value) + "]";
            };
            const std::string a = placed(first);
            return text(a, batch ? placed(first + 1) : "");
        };
        return deed;
    });
    // Everything is read to its end, so that a drain may follow.
    for (std::uint64_t key = 0; key < 3; ++key) {
        Key& own = (*keys)[key];
        const std::string name = std::to_string(key + 3);
        std::string told = "{\"" + std::to_string(key) + "\":[";
        for (std::size_t i = own.polled; i < own.log.size(); ++i) {
            told += (i > own.polled ? ",[" : "[") + std::to_string(i) + "," +
                    std::to_string(own.log[i]) + "]";
        }
        lines.push_back(name + " invoke poll null @bg");
        lines.push_back(name + " ok poll " + told + "]} @bg");
    }
    return lines;
}

/// A work queue that is emptied at the end.
inline std::vector<std::string> queue_background(Dice& dice, std::size_t count) {
    auto queue = std::make_shared<std::deque<std::uint64_t>>();
    std::uint64_t fresh = 0;
    auto lines = overlapped(dice, count, 4, [&](std::size_t) {
        Deed deed;
        if (dice.one_in(2)) {
            deed.f = "enqueue";
            deed.ask = std::to_string(fresh++);
            deed.effect = [queue, ask = deed.ask] {
                queue->push_back(std::stoull(ask));
                return ask;
            };
            return deed;
        }
        deed.f = "dequeue";
        deed.ask = "null";
        deed.may_fail = false;
        deed.effect = [queue] {
            if (queue->empty()) {
                return std::string("null");
            }
            const std::uint64_t value = queue->front();
            queue->pop_front();
            return std::to_string(value);
        };
        return deed;
    });
    lines.push_back("900 invoke drain null");
    lines.push_back("900 ok drain " + listed({queue->begin(), queue->end()}));
    return lines;
}

inline std::vector<std::string> set_background(Dice& dice, std::size_t count) {
    auto set = std::make_shared<std::vector<std::uint64_t>>(1, 77);
    std::uint64_t fresh = 0;
    auto lines = overlapped(dice, count, 4, [&](std::size_t) {
        Deed deed;
        const bool adds = !dice.one_in(3);
        deed.f = adds ? "add" : "read";
        deed.ask = adds ? std::to_string(fresh++) : "null";
        deed.effect = [set, adds, ask = deed.ask] {
            if (adds) {
                set->push_back(std::stoull(ask));
            }
            return adds ? ask : listed(*set);
        };
        return deed;
    });
    lines.insert(lines.begin(), {"800 invoke add 77", "800 ok add 77"});
    lines.push_back("900 invoke read null");
    lines.push_back("900 ok read " + listed(*set));
    return lines;
}

/// Keyed registers: the operations of register models, on key "a".
inline std::vector<std::string> register_background(Dice& dice, std::size_t count, bool cas) {
    auto held = std::make_shared<std::uint64_t>(0);
    return overlapped(dice, count, 4, [&](std::size_t) {
        Deed deed;
        const std::uint64_t kind = dice.below(cas ? 3 : 2);
        const std::string value = std::to_string(dice.below(4));
        const std::uint64_t from = *held;
        deed.f = kind == 0 ? "read" : kind == 1 ? "write" : "cas";
        deed.ask = kind == 0   ? "[\"a\",null]"
                   : kind == 1 ? "[\"a\"," + value + "]"
                               : "[\"a\",[" + std::to_string(from) + "," + value + "]]";
        deed.effect = [held, kind, value, from, ask = deed.ask] {
            if (kind == 0) {
                return "[\"a\"," + std::to_string(*held) + "]";
            }
            if (kind == 2 && *held != from) {
                return std::string(kRefusal);
            }
            *held = std::stoull(value);
            return ask;
        };
        return deed;
    });
}

}  // namespace stormglass::tests
