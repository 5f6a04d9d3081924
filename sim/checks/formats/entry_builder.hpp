// EntryBuilder: one element of a history, already parsed, to an entry: which fields there are, what
// they may hold, and how foreign words map to ours. One each for maps and for lines of Jepsen's
// log.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/result.hpp"
#include "sim/checks/formats/reader.hpp"
#include "sim/checks/recording.hpp"

namespace stormglass::sim::checks {

class EntryBuilder {
  public:
    EntryBuilder(Format format, Recording& recording) : format_(format), recording_(recording) {}

    Result<void> add_map(Value map, std::uint32_t line);
    Result<void> add_log_line(std::string_view text, std::uint32_t line);
    /// Notes, once everything was read.
    void finish();

  private:
    enum class Field : std::uint8_t {
        index,
        time,
        process,
        type,
        f,
        value,
        key,
        node,
        group,
        epoch,
        trace,
        unknown
    };

    struct Parts {
        std::array<Value, 11> values;
        std::array<bool, 11> given = {};
        std::uint32_t line = 0;

        Value of(Field field) const { return values[static_cast<std::size_t>(field)]; }

        bool has(Field field) const { return given[static_cast<std::size_t>(field)]; }
    };

    struct Ignored {
        std::string name;
        std::uint64_t count = 0;
    };

    Field field_of(Value key) const;
    void note_ignored(Value key);
    Result<void> check_index(const Parts& parts);
    Result<void> fill_time(const Parts& parts, Entry& entry);
    Result<void> fill_process(const Parts& parts, Entry& entry);
    Result<void> fill_function(const Parts& parts, Entry& entry);
    Result<void> add_extras(const Parts& parts);
    Error refusal(std::uint32_t line, const std::string& text) const;
    Result<void> append(const Parts& parts);

    Format format_;
    Recording& recording_;
    std::vector<Ignored> ignored_;
    std::int64_t last_index_ = -1;
    std::uint64_t last_time_ = 0;
    std::uint32_t next_nameless_ = 0;  // processes made up for entries that name none
    bool nameless_open_ = false;
};

}  // namespace stormglass::sim::checks
