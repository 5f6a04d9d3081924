// Hostile input: a million mutated frames and events under AddressSanitizer, fewer without. Each
// lies at the very end of its memory, before a page that nobody may read.
#include <cstring>

#include "bus/crc32c.hpp"
#include "bus/wire_codec.hpp"
#include "tests/bus/samples.hpp"
#include "tests/fuzz/exercise.hpp"
#include "tests/fuzz/mutate.hpp"
#include "tests/support/sanitized.hpp"

#include <sys/mman.h>

namespace stormglass::bus::fuzz {
namespace {

constexpr std::uint64_t kInputs = STORMGLASS_ADDRESS_SANITIZED != 0 ? 1'000'000 : 50'000;

/// Memory whose end is guarded. Without it, over-reads would show under a sanitizer only.
class GuardedMemory {
  public:
    GuardedMemory() {
        void* mapped = mmap(
            nullptr, kBytes + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(mapped != MAP_FAILED);
        start_ = static_cast<std::byte*>(mapped);
        CHECK(mprotect(start_ + kBytes, kPage, PROT_NONE) == 0);
    }

    ~GuardedMemory() { munmap(start_, kBytes + kPage); }

    GuardedMemory(const GuardedMemory&) = delete;
    GuardedMemory& operator=(const GuardedMemory&) = delete;

    Bytes hold(Bytes bytes) {
        CHECK(bytes.size() <= kBytes);
        std::byte* at = start_ + kBytes - bytes.size();
        if (!bytes.empty()) {
            std::memcpy(at, bytes.data(), bytes.size());
        }
        return {at, bytes.size()};
    }

  private:
    static constexpr std::size_t kPage = 4096;
    static constexpr std::size_t kBytes = 64 * kPage;
    std::byte* start_ = nullptr;
};

ByteBuffer sample_event(std::uint64_t seed) {
    bus::tests::RawEvent raw = bus::tests::RawEvent::sample();
    raw.attributes["sequence"].text = std::to_string(10'000'000'000'000'000'000U + seed % 97);
    if (seed % 3 == 0) {
        raw.attributes["expirytime"] = {'S', "2030-01-02T03:05:05Z"};
        raw.attributes["tracestate"] = {'S', "rojo=1,congo@sys=t61"};
        raw.attributes["subject"] = {'S', "gr\xc3\xbc\xc3\x9f"};
    }
    if (seed % 5 == 0) {
        raw.attributes["priority"] = {'I', "-12"};
        raw.attributes["dryrun"] = {'B', "true"};
        raw.form = 0;
        raw.payload.clear();
    }
    return raw.bytes();
}

ByteBuffer sample_frame(std::uint64_t seed, const ByteBuffer& event) {
    bus::tests::FrameMaker maker(seed);
    wire::Frame frame = maker.make(seed % bus::tests::FrameMaker::kKinds);
    if (auto* batch = std::get_if<wire::PublishBatch>(&frame)) {
        batch->events.push_back({event, seconds(1)});
    } else if (auto* deliver = std::get_if<wire::Deliver>(&frame)) {
        deliver->event = event;
    } else if (auto* records = std::get_if<wire::Records>(&frame)) {
        records->records.push_back({7, event});
    }
    ByteBuffer bytes;
    wire::encode(frame, bytes);
    return bytes;
}

/// As an attacker would: length and checksum of the changed frame are right.
void make_right(ByteBuffer& frame) {
    if (frame.size() < wire::kHeadBytes) {
        return;
    }
    const auto length = static_cast<std::uint32_t>(frame.size() - wire::kHeadBytes);
    std::memcpy(frame.data() + 2, &length, 4);
    const Bytes view(frame);
    const std::uint32_t crc =
        crc32c(view.subspan(wire::kHeadBytes), crc32c(view.first(wire::kChecksumAt)));
    std::memcpy(frame.data() + wire::kChecksumAt, &crc, 4);
}

TEST(Decoders, survive_mutated_frames) {
    GuardedMemory memory;
    std::uint64_t accepted = 0;
    for (std::uint64_t seed = 0; seed < kInputs; ++seed) {
        ByteBuffer bytes = sample_frame(seed, sample_event(seed));
        ASSERT_TRUE(exercise_frame(memory.hold(bytes))) << "seed " << seed;
        Mutator mutator(chain64(seed, 1));
        mutator.mutate(bytes);
        if (mutator.below(8) != 0) {
            make_right(bytes);
        }
        accepted += exercise_frame(memory.hold(bytes)) ? 1 : 0;
    }
    EXPECT_GT(accepted, kInputs / 100) << "the mutations no longer reach what lies behind";
    EXPECT_LT(accepted, kInputs);
}

TEST(Decoders, survive_mutated_events) {
    GuardedMemory memory;
    std::uint64_t accepted = 0;
    for (std::uint64_t seed = 0; seed < kInputs; ++seed) {
        ByteBuffer bytes = sample_event(seed);
        Mutator(chain64(seed, 2)).mutate(bytes);
        accepted += exercise_event(memory.hold(bytes)) ? 1 : 0;
    }
    EXPECT_GT(accepted, kInputs / 100) << "the mutations no longer reach what lies behind";
    EXPECT_LT(accepted, kInputs);
}

TEST(Decoders, survive_noise) {
    GuardedMemory memory;
    for (std::uint64_t seed = 0; seed < kInputs / 10; ++seed) {
        bus::tests::Stream stream(seed);
        ByteBuffer bytes(stream.below(200));
        for (std::byte& byte : bytes) {
            byte = static_cast<std::byte>(stream.next());
        }
        EXPECT_FALSE(exercise_event(memory.hold(bytes)));
        EXPECT_FALSE(exercise_frame(memory.hold(bytes)));
    }
}

TEST(Decoders, survive_every_cut_of_every_kind) {
    GuardedMemory memory;
    const ByteBuffer event = sample_event(15);
    for (std::uint64_t kind = 0; kind < bus::tests::FrameMaker::kKinds; ++kind) {
        const ByteBuffer whole = sample_frame(kind, event);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            ByteBuffer cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
            EXPECT_FALSE(exercise_frame(memory.hold(cut)));
            make_right(cut);
            EXPECT_FALSE(exercise_frame(memory.hold(cut))) << "kind " << kind << " size " << size;
        }
    }
    for (std::size_t size = 0; size < event.size(); ++size) {
        EXPECT_FALSE(exercise_event(memory.hold(Bytes(event).first(size)))) << size;
    }
}

}  // namespace
}  // namespace stormglass::bus::fuzz
