#include "bus/machine_topics.hpp"

#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::bus {

const StoredEvent& Topic::at(Position position) const {
    CHECK(position < events_.size());
    return events_[position];
}

const std::string& Topic::key_name(KeyId key) const {
    CHECK(key < keys_.size());
    return *keys_[key].name;
}

std::uint64_t Topic::key_length(std::string_view key) const {
    const auto at = key_ids_.find(key);
    return at == key_ids_.end() ? 0 : keys_[at->second].length;
}

KeyId Topic::intern(std::string_view key) {
    const auto at = key_ids_.find(key);
    if (at != key_ids_.end()) {
        return at->second;
    }
    const auto id = static_cast<KeyId>(keys_.size());
    const auto added = key_ids_.emplace(std::string(key), id).first;
    keys_.push_back({&added->first, 0});
    return id;
}

Position Topic::append(const StoredEvent& event) {
    CHECK(event.key < keys_.size());
    CHECK(event.at.size > 0);
    ++keys_[event.key].length;
    events_.push_back(event);
    return events_.size() - 1;
}

std::uint64_t Topic::digest(std::uint64_t seed) const {
    std::uint64_t hash = chain64(chain64(seed, name_hash(name_)), events_.size());
    for (const StoredEvent& event : events_) {
        hash = chain64(hash, event.digest);  // covers the key
    }
    return hash;
}

TopicId Topics::declare(std::string_view name) {
    CHECK(!name.empty());
    const auto at = ids_.find(name);
    if (at != ids_.end()) {
        return at->second;
    }
    const auto id = static_cast<TopicId>(topics_.size());
    ids_.emplace(std::string(name), id);
    topics_.emplace_back(std::string(name));
    return id;
}

const Topic* Topics::find(std::string_view name) const {
    const auto at = ids_.find(name);
    return at == ids_.end() ? nullptr : &topics_[at->second];
}

TopicId Topics::id_of(std::string_view name) const {
    const auto at = ids_.find(name);
    CHECK(at != ids_.end());
    return at->second;
}

}  // namespace stormglass::bus
