// The topics' index: where each event stands in the journal, and how many events each key has.
// Positions and places only; payloads never pass through here.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bus/groups.hpp"

namespace stormglass::bus {

/// 24 bytes an event is all that stays in memory.
struct StoredEvent {
    Location at;
    KeyId key = 0;
    std::uint64_t digest = 0;  // first 8 bytes of the event's digest
};

class Topic {
  public:
    explicit Topic(std::string name) : name_(std::move(name)) {}

    Topic(Topic&&) = default;  // keys point into the map, whose nodes stay where they are
    Topic& operator=(Topic&&) = default;

    const std::string& name() const { return name_; }

    Position length() const { return events_.size(); }

    const StoredEvent& at(Position position) const;
    const std::string& key_name(KeyId key) const;

    std::size_t key_count() const { return keys_.size(); }

    /// How many events of the topic have this key.
    std::uint64_t key_length(std::string_view key) const;

    KeyId intern(std::string_view key);
    Position append(const StoredEvent& event);

    std::uint64_t digest(std::uint64_t seed) const;

  private:
    struct Key {
        const std::string* name = nullptr;  // the map's
        std::uint64_t length = 0;
    };

    std::string name_;
    std::vector<StoredEvent> events_;
    std::map<std::string, KeyId, std::less<>> key_ids_;
    std::vector<Key> keys_;
};

class Topics {
  public:
    /// Idempotent; ids are given in order of first declaration.
    TopicId declare(std::string_view name);

    const Topic* find(std::string_view name) const;

    Topic& operator[](TopicId id) { return topics_.at(id); }

    const Topic& operator[](TopicId id) const { return topics_.at(id); }

    /// Requires: the topic exists.
    TopicId id_of(std::string_view name) const;

    bool has(std::string_view name) const { return ids_.contains(name); }

    std::size_t size() const { return topics_.size(); }

  private:
    std::map<std::string, TopicId, std::less<>> ids_;
    std::vector<Topic> topics_;
};

}  // namespace stormglass::bus
