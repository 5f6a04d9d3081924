// Columns of a recording, and the pairing of invocations with completions.
#include "sim/checks/recording.hpp"

#include <algorithm>

#include "sim/checks/table.hpp"

namespace stormglass::sim::checks {
namespace {

constexpr std::uint32_t kIdle = kOpen;

/// Functions whose completion repeats what the invocation asked for.
bool repeats_argument(OpFunction f) {
    return f == OpFunction::write || f == OpFunction::cas || f == OpFunction::append ||
           f == OpFunction::enqueue || f == OpFunction::transfer;
}

Error contradiction(const Recording& recording, std::size_t entry, const std::string& text) {
    return {"HI_PAIRING", place_of(recording, entry) + ": " + text};
}

std::string process_name(std::uint32_t process) {
    std::string name = "process ";
    return name += std::to_string(process);
}

}  // namespace

void Recording::append(const Entry& entry) {
    times_.push_back(entry.time);
    processes_.push_back(entry.process);
    types_.push_back(entry.type);
    functions_.push_back(entry.f);
    values_.push_back(entry.value);
    lines_.push_back(entry.line);
}

void Recording::add_extra(EntryExtra extra) {
    CHECK(size() > 0);
    extra.entry = static_cast<std::uint32_t>(size() - 1);
    extras_.push_back(extra);
}

const EntryExtra* Recording::extra(std::size_t i) const {
    const auto found = std::lower_bound(
        extras_.begin(), extras_.end(), i, [](const EntryExtra& extra, std::size_t at) {
            return extra.entry < at;
        });
    return found == extras_.end() || found->entry != i ? nullptr : &*found;
}

std::uint64_t Recording::bytes() const {
    return pool.bytes() + times_.capacity() * 8 + processes_.capacity() * 4 + types_.capacity() +
           functions_.capacity() + values_.capacity() * 8 + lines_.capacity() * 4 +
           extras_.capacity() * sizeof(EntryExtra);
}

std::string place_of(const Recording& recording, std::size_t entry) {
    std::string place = recording.line(entry) == 0 ? "entry " : "line ";
    return place += std::to_string(recording.line(entry) == 0 ? entry : recording.line(entry));
}

Result<std::vector<Operation>> pair_operations(const Recording& recording) {
    std::vector<Operation> operations;
    KeyTable places;                   // process -> its place in the columns below
    std::vector<std::uint32_t> open;   // the operation under way, or kIdle
    std::vector<char> ended_in_doubt;  // its last one ended `info`
    for (std::size_t i = 0; i < recording.size(); ++i) {
        const std::uint32_t process = recording.process(i);
        if (process == kFaultProcess) {
            continue;
        }
        const auto fresh = static_cast<std::uint32_t>(open.size());
        const std::uint32_t place = places.put(process, fresh);
        if (place == fresh) {
            open.push_back(kIdle);
            ended_in_doubt.push_back(0);
        }
        if (recording.type(i) == OpType::invoke) {
            if (ended_in_doubt[place] != 0) {
                return contradiction(recording,
                                     i,
                                     process_name(process) +
                                         " goes on although its last operation ended in doubt "
                                         "(info); its successor needs a new number");
            }
            if (open[place] != kIdle) {
                const std::size_t before = operations[open[place]].invoke;
                return contradiction(recording,
                                     i,
                                     process_name(process) + " begins an operation while that of " +
                                         place_of(recording, before) + " is under way");
            }
            open[place] = static_cast<std::uint32_t>(operations.size());
            operations.push_back({static_cast<std::uint32_t>(i), kOpen});
            continue;
        }
        if (open[place] == kIdle) {
            return contradiction(
                recording, i, process_name(process) + " completes an operation it never began");
        }
        Operation& operation = operations[open[place]];
        if (recording.function(operation.invoke) != recording.function(i)) {
            return contradiction(recording,
                                 i,
                                 process_name(process) + " completes '" +
                                     std::string(name_of(recording.function(i))) +
                                     "', but began '" +
                                     std::string(name_of(recording.function(operation.invoke))) +
                                     "' at " + place_of(recording, operation.invoke));
        }
        const Value asked = recording.value(operation.invoke);
        const Value done = recording.value(i);
        if (recording.type(i) == OpType::ok && repeats_argument(recording.function(i)) &&
            !done.is_nil() && !asked.is_nil() && !recording.pool.equal(asked, done)) {
            return contradiction(recording,
                                 i,
                                 "completes with " + recording.pool.printed(done) +
                                     " what began with " + recording.pool.printed(asked) + " at " +
                                     place_of(recording, operation.invoke));
        }
        operation.complete = static_cast<std::uint32_t>(i);
        open[place] = kIdle;
        ended_in_doubt[place] = recording.type(i) == OpType::info ? 1 : 0;
    }
    return operations;
}

}  // namespace stormglass::sim::checks
