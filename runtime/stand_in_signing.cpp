#include "runtime/stand_in_signing.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass {
namespace {

using Lanes = std::array<std::uint64_t, 4>;

/// Eight bytes a step, spread over four lanes so that the multiplications overlap. Each step can be
/// undone, so two messages of one length that differ in one word never meet.
Lanes absorb(std::uint64_t key, Bytes message) {
    constexpr std::uint64_t kOdd = 0x9fb21c651e98df25ULL;
    Lanes lanes{key, mix64(key + 1), mix64(key + 2), mix64(key + 3)};
    const std::byte* at = message.data();
    std::size_t left = message.size();
    const auto step = [](std::uint64_t lane, std::uint64_t word) {
        return std::rotl((lane ^ word) * kOdd, 29);
    };
    for (; left >= 32; left -= 32, at += 32) {
        std::array<std::uint64_t, 4> words{};
        std::memcpy(words.data(), at, 32);
        for (std::size_t i = 0; i < 4; ++i) {
            lanes[i] = step(lanes[i], words[i]);
        }
    }
    for (std::size_t i = 0; left > 0; ++i) {
        std::uint64_t word = 0;
        const std::size_t size = std::min<std::size_t>(left, 8);
        std::memcpy(&word, at, size);
        lanes[i] = step(lanes[i], word);
        at += size;
        left -= size;
    }
    // Every lane of the result depends on all four, and on the length (words are padded with 0).
    const std::uint64_t all =
        chain64(chain64(lanes[0], lanes[1]), chain64(lanes[2], lanes[3] ^ message.size()));
    for (std::uint64_t& lane : lanes) {
        lane = chain64(all, lane);
    }
    return lanes;
}

Signature signature_of(std::string_view key_id, Bytes message) {
    const Lanes lanes = absorb(name_hash(key_id), message);
    std::array<std::uint64_t, 8> words{};
    for (std::size_t i = 0; i < words.size(); ++i) {
        words[i] = chain64(lanes[i % 4], i);
    }
    Signature signature;
    static_assert(sizeof(words) == sizeof(signature));
    std::memcpy(signature.data(), words.data(), sizeof(words));
    return signature;
}

}  // namespace

StandInSigning::StandInSigning(std::vector<std::string> key_ids) : key_ids_(std::move(key_ids)) {
    std::sort(key_ids_.begin(), key_ids_.end());
}

bool StandInSigning::knows(std::string_view key_id) const {
    return std::binary_search(key_ids_.begin(), key_ids_.end(), key_id, std::less<>{});
}

Signature StandInSigning::sign(std::string_view key_id, Bytes message) {
    CHECK(knows(key_id));
    return signature_of(key_id, message);
}

bool StandInSigning::verify(std::string_view key_id, Bytes message, const Signature& signature) {
    return knows(key_id) && signature_of(key_id, message) == signature;
}

Digest StandInSigning::digest(Bytes message) {
    const Lanes lanes = absorb(0, message);
    Digest digest;
    static_assert(sizeof(lanes) == sizeof(digest));
    std::memcpy(digest.data(), lanes.data(), sizeof(lanes));
    return digest;
}

}  // namespace stormglass
