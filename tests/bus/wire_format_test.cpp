// docs/wire_format.md is true: its examples are what the encoders write, byte for byte. When one
// differs, the failure prints the block that should stand there.
#include <fstream>
#include <sstream>

#include "bus/wire.hpp"
#include "tests/bus/samples.hpp"

namespace stormglass::bus {
namespace {

std::string hex_block(Bytes bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text = "```\n";
    for (std::size_t line = 0; line < bytes.size(); line += 16) {
        const Bytes part = bytes.subspan(line, std::min<std::size_t>(16, bytes.size() - line));
        std::string printable;
        std::string hex;
        for (const std::byte byte : part) {
            const auto value = std::to_integer<unsigned>(byte);
            hex += std::string(1, kDigits[value >> 4]) + kDigits[value & 15] + " ";
            printable += value >= 0x20 && value < 0x7f ? static_cast<char>(value) : '.';
        }
        hex.resize(16 * 3, ' ');
        text += hex + " " + printable + "\n";
    }
    return text + "```\n";
}

std::string hex_block(const wire::Frame& frame) {
    ByteBuffer bytes;
    wire::encode(frame, bytes);
    return hex_block(bytes);
}

/// Heading of the section, and the example in it.
std::vector<std::pair<std::string, std::string>> examples() {
    using namespace wire;
    // Frames carry encoded events; three bytes stand for one here.
    const Bytes event = as_bytes("...");
    constexpr std::uint64_t kAttachment = 0x1122334455667788;
    PublishBatch batch;
    batch.batch = 0x0000000700000002;
    batch.epoch = 7;
    batch.follows = 1;
    batch.conditions = {{Condition::Kind::fence, "saga", "", 4}};
    batch.settlements = {{"ship", "orders", 5, 1, Verdict::nack, seconds(1), "later"}};
    batch.events = {{event, {}}};
    const EventDraft draft = tests::sample_draft();
    return {
        {"## The event", hex_block(tests::encoded(draft))},
        {"### 1 Attach", hex_block(Attach{"urn:agent:orders", 0x0123456789abcdef})},
        {"### 2 PublishBatch", hex_block(batch)},
        {"### 3 Emit", hex_block(Emit{event})},
        {"### 4 Subscribe", hex_block(Subscribe{kAttachment, {"orders", "ship"}})},
        {"### 5 Heartbeat", hex_block(Heartbeat{kAttachment})},
        {"### 6 Read", hex_block(Read{0x0000000700000001, "orders", 10, 262'144})},
        {"### 7 Attached", hex_block(Attached{0x0123456789abcdef, 7, kAttachment})},
        {"### 8 Unattached", hex_block(Unattached{kAttachment})},
        {"### 9 Outcome",
         hex_block(Outcome{0x0000000700000002, OutcomeStatus::accepted, false, "", {40}})},
        {"### 10 Deliver", hex_block(Deliver{"ship", 5, 1, 0, event, kAttachment})},
        {"### 11 Assigned", hex_block(Assigned{"ship", 3, kAttachment})},
        {"### 12 Revoked", hex_block(Revoked{"ship", 3})},
        {"### 13 Records", hex_block(Records{0x0000000700000001, 10, true, {{10, event}}})},
    };
}

TEST(WireFormat, the_documents_examples_are_what_is_written) {
    std::ifstream file(STORMGLASS_SOURCE_DIR "/docs/wire_format.md");
    ASSERT_TRUE(file) << "docs/wire_format.md is missing";
    std::stringstream content;
    content << file.rdbuf();
    const std::string document = content.str();
    for (const auto& [heading, block] : examples()) {
        const std::size_t at = document.find(heading + "\n");
        ASSERT_NE(at, std::string::npos) << "no section " << heading;
        const std::size_t begin = document.find("```\n", at);
        const std::size_t end = document.find("\n```\n", begin + 4);
        ASSERT_NE(end, std::string::npos) << "no example below " << heading;
        EXPECT_EQ(document.substr(begin, end + 5 - begin), block)
            << "below " << heading << " should stand:\n"
            << block;
    }
}

}  // namespace
}  // namespace stormglass::bus
