// Mutations of valid input, from a seed: flips, cuts, insertions, repeats, and length fields set to
// extremes. Blind to formats; what must stay right (a checksum) is put right by the caller.
#pragma once

#include <array>
#include <cstring>

#include "runtime/bytes.hpp"
#include "tests/bus/frames.hpp"

namespace stormglass::bus::fuzz {

class Mutator {
  public:
    explicit Mutator(std::uint64_t seed) : stream_(seed) {}

    /// One to four changes.
    void mutate(ByteBuffer& bytes) {
        for (std::uint64_t left = 1 + stream_.below(4); left > 0; --left) {
            change(bytes);
        }
    }

    std::uint64_t below(std::uint64_t bound) { return stream_.below(bound); }

  private:
    void change(ByteBuffer& bytes) {
        if (bytes.empty()) {
            bytes.push_back(byte());
            return;
        }
        const std::size_t at = stream_.below(bytes.size());
        const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        switch (stream_.below(8)) {
            case 0:
                bytes[at] ^= std::byte{1} << stream_.below(8);
                break;
            case 1:
                bytes[at] = byte();
                break;
            case 2:
                bytes.resize(at);
                break;
            case 3:
                bytes.insert(place, 1 + stream_.below(16), byte());
                break;
            case 4:
                bytes.erase(place,
                            place + static_cast<std::ptrdiff_t>(
                                        std::min(bytes.size() - at, 1 + stream_.below(8))));
                break;
            case 5:
                repeat(bytes, at);
                break;
            default:
                overwrite_number(bytes, at);
        }
    }

    std::byte byte() { return static_cast<std::byte>(stream_.next()); }

    void repeat(ByteBuffer& bytes, std::size_t at) {
        const std::size_t size = std::min(bytes.size() - at, 1 + stream_.below(40));
        const ByteBuffer piece(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                               bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
        const auto to = static_cast<std::ptrdiff_t>(stream_.below(bytes.size() + 1));
        bytes.insert(bytes.begin() + to, piece.begin(), piece.end());
    }

    /// A number of 1, 2, 4 or 8 bytes, at an edge of some kind.
    void overwrite_number(ByteBuffer& bytes, std::size_t at) {
        static constexpr std::array<std::uint64_t, 12> kEdges = {0,
                                                                 1,
                                                                 0x7f,
                                                                 0x80,
                                                                 0xff,
                                                                 0x401,
                                                                 0x7fff,
                                                                 0xffff,
                                                                 0x10001,
                                                                 0x7fffffff,
                                                                 0xffffffff,
                                                                 ~std::uint64_t{0}};
        std::uint64_t value = kEdges[stream_.below(kEdges.size())];
        if (stream_.below(2) == 0) {
            value = __builtin_bswap64(value);  // attributes are big-endian, frames little-endian
        }
        const std::size_t size = std::min<std::size_t>(bytes.size() - at, 1U << stream_.below(4));
        std::memcpy(bytes.data() + at, &value, size);
    }

    bus::tests::Stream stream_;
};

}  // namespace stormglass::bus::fuzz
