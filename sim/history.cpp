// The history's columns and their JSON.
#include "sim/history.hpp"

#include <limits>

#include "runtime/bytes.hpp"
#include "runtime/check.hpp"
#include "sim/digest.hpp"
#include "sim/utf8.hpp"

namespace stormglass::sim {
namespace {

constexpr std::uint32_t kNoNode = 0xffff'ffff;
constexpr std::uint64_t kNoEpoch = ~0ULL;

void append_control(char c, std::string& out) {
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (c) {
        case '\n':
            out += "\\n";
            return;
        case '\t':
            out += "\\t";
            return;
        case '\r':
            out += "\\r";
            return;
        default:
            out += "\\u00";
            out += kHex[static_cast<unsigned char>(c) >> 4];
            out += kHex[static_cast<unsigned char>(c) & 15U];
    }
}

void append_field(std::string_view name, std::string& out) {
    out += ",\"";
    out += name;
    out += "\":";
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
    out += '"';
    while (!text.empty()) {
        const char c = text.front();
        const std::size_t length = utf8_length(text);
        if (length == 0) {
            out += "\\ufffd";
        } else if (static_cast<unsigned char>(c) < 0x20) {
            append_control(c, out);
        } else {
            if (c == '"' || c == '\\') {
                out += '\\';
            }
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out += '"';
}

std::string_view name_of(OpType type) {
    switch (type) {
        case OpType::invoke:
            return "invoke";
        case OpType::ok:
            return "ok";
        case OpType::fail:
            return "fail";
        case OpType::info:
            return "info";
    }
    CHECK(false);
}

std::string_view name_of(OpFunction f) {
    constexpr std::string_view kNames[] = {
        "send",    "poll",    "txn",    "assign",   "subscribe", "commit",  "crash",
        "enqueue", "dequeue", "ack",    "nack",     "drain",     "add",     "read",
        "write",   "cas",     "append", "transfer", "acquire",   "release", "fault"};
    const auto index = static_cast<std::size_t>(f);
    CHECK(index < std::size(kNames));
    return kNames[index];
}

History::Slice History::keep(std::string_view text) {
    CHECK(arena_.size() + text.size() <= std::numeric_limits<std::uint32_t>::max());
    const Slice slice{static_cast<std::uint32_t>(arena_.size()),
                      static_cast<std::uint32_t>(text.size())};
    arena_ += text;
    return slice;
}

std::string_view History::view(Slice slice) const {
    return std::string_view(arena_).substr(slice.at, slice.size);
}

std::uint64_t History::append(const OpEntry& entry) {
    CHECK(times_.empty() || entry.time.ns >= times_.back());
    times_.push_back(entry.time.ns);
    processes_.push_back(entry.process);
    types_.push_back(entry.type);
    functions_.push_back(entry.f);
    value_kinds_.push_back(entry.value.kind);
    numbers_.push_back(entry.value.number);
    texts_.push_back(keep(entry.value.text));
    nodes_.push_back(entry.node ? entry.node->value : kNoNode);
    groups_.push_back(keep(entry.group));
    epochs_.push_back(entry.epoch.value_or(kNoEpoch));
    traces_.push_back(keep(entry.trace));
    return times_.size() - 1;
}

OpEntry History::at(std::size_t index) const {
    CHECK(index < size());
    OpEntry entry;
    entry.time = {times_[index]};
    entry.process = processes_[index];
    entry.type = types_[index];
    entry.f = functions_[index];
    entry.value = {value_kinds_[index], numbers_[index], view(texts_[index])};
    if (nodes_[index] != kNoNode) {
        entry.node = NodeId{nodes_[index]};
    }
    entry.group = view(groups_[index]);
    if (epochs_[index] != kNoEpoch) {
        entry.epoch = epochs_[index];
    }
    entry.trace = view(traces_[index]);
    return entry;
}

void History::clear() {
    *this = History();
}

std::uint64_t History::digest() const {
    std::uint64_t state = size();
    for (std::size_t i = 0; i < size(); ++i) {
        const std::uint64_t what = (static_cast<std::uint64_t>(processes_[i]) << 24) |
                                   (static_cast<std::uint64_t>(types_[i]) << 16) |
                                   (static_cast<std::uint64_t>(functions_[i]) << 8) |
                                   static_cast<std::uint64_t>(value_kinds_[i]);
        state = mix_pair(state, times_[i], what);
        state = mix_pair(
            state, static_cast<std::uint64_t>(numbers_[i]), digest64(as_bytes(view(texts_[i]))));
        state = mix_pair(state, nodes_[i], epochs_[i]);
        state = mix_pair(
            state, digest64(as_bytes(view(groups_[i]))), digest64(as_bytes(view(traces_[i]))));
    }
    return state;
}

void History::write_entry(std::size_t index, std::string& out) const {
    out += "{\"index\":";
    out += std::to_string(index);
    append_field("time", out);
    out += std::to_string(times_[index]);
    append_field("process", out);
    out += processes_[index] == kFaultProcess ? "\"faults\"" : std::to_string(processes_[index]);
    append_field("type", out);
    append_json_string(name_of(types_[index]), out);
    append_field("f", out);
    append_json_string(name_of(functions_[index]), out);
    append_field("value", out);
    switch (value_kinds_[index]) {
        case OpValue::Kind::nil:
            out += "null";
            break;
        case OpValue::Kind::number:
            out += std::to_string(numbers_[index]);
            break;
        case OpValue::Kind::text:
            append_json_string(view(texts_[index]), out);
            break;
        case OpValue::Kind::json:
            out += view(texts_[index]);
            break;
    }
    if (nodes_[index] != kNoNode) {
        append_field("node", out);
        out += std::to_string(nodes_[index]);
    }
    if (groups_[index].size != 0) {
        append_field("group", out);
        append_json_string(view(groups_[index]), out);
    }
    if (epochs_[index] != kNoEpoch) {
        append_field("epoch", out);
        out += std::to_string(epochs_[index]);
    }
    if (traces_[index].size != 0) {
        append_field("trace", out);
        append_json_string(view(traces_[index]), out);
    }
    out += "}\n";
}

void History::write_ndjson(std::string& out) const {
    for (std::size_t i = 0; i < size(); ++i) {
        write_entry(i, out);
    }
}

}  // namespace stormglass::sim
