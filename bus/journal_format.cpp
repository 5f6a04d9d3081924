#include "bus/journal_format.hpp"

#include <algorithm>
#include <cstring>

#include "bus/crc32c.hpp"
#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::bus {
namespace {

constexpr std::uint64_t kSegmentMagic = 0x314c4e4a47535453;  // "STSGJNL1"
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kSegmentCrcAt = 36;
constexpr std::size_t kRecordCrcAt = 4;
constexpr std::string_view kPrefix = "journal-";
constexpr std::string_view kSuffix = ".seg";
constexpr std::size_t kDigits = 10;

template <class T>
void put(std::byte* at, T value) {
    std::memcpy(at, &value, sizeof value);
}

template <class T>
T get(Bytes bytes, std::size_t at) {
    T value{};
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

std::uint32_t record_crc(Bytes record, std::size_t body, std::uint64_t salt) {
    const auto seed = static_cast<std::uint32_t>(salt >> 32);
    const std::uint32_t magic = crc32c(record.first(kRecordCrcAt), seed);
    return crc32c(record.subspan(kRecordCrcAt + 4, kRecordHeaderBytes - kRecordCrcAt - 4 + body),
                  magic);
}

}  // namespace

std::uint64_t next_salt(std::uint64_t salt, std::uint64_t next_number) {
    return chain64(salt, next_number);
}

std::uint32_t record_magic(std::uint64_t salt) {
    return static_cast<std::uint32_t>(mix64(salt)) | 1;  // never zero: zeros end a segment
}

void append_segment_header(const SegmentHeader& header, ByteBuffer& out) {
    CHECK(header.number > 0);
    const std::size_t at = out.size();
    out.resize(at + kSegmentHeaderBytes);
    std::byte* to = out.data() + at;
    put(to, kSegmentMagic);
    put(to + 8, kVersion);
    put(to + 12, header.number);
    put(to + 20, header.first_index);
    put(to + 28, header.salt);
    put(to + kSegmentCrcAt, crc32c(Bytes(to, kSegmentCrcAt)));
}

std::optional<SegmentHeader> read_segment_header(Bytes sector) {
    if (sector.size() < kSegmentHeaderBytes || get<std::uint64_t>(sector, 0) != kSegmentMagic ||
        get<std::uint32_t>(sector, 8) != kVersion) {
        return std::nullopt;
    }
    if (get<std::uint32_t>(sector, kSegmentCrcAt) != crc32c(sector.first(kSegmentCrcAt))) {
        return std::nullopt;
    }
    SegmentHeader header;
    header.number = get<std::uint64_t>(sector, 12);
    header.first_index = get<std::uint64_t>(sector, 20);
    header.salt = get<std::uint64_t>(sector, 28);
    return header;
}

void append_record(const RecordHeader& header, Bytes body, std::uint64_t salt, ByteBuffer& out) {
    CHECK(header.length == body.size());
    CHECK(header.synced < header.index);
    const std::size_t at = out.size();
    out.resize(at + record_bytes(body.size()));  // the padding stays zero
    std::byte* to = out.data() + at;
    put(to, record_magic(salt));
    put(to + 8, header.kind);
    put(to + 12, header.length);
    put(to + 16, header.index);
    put(to + 24, header.term);
    put(to + 32, header.synced);
    std::copy(body.begin(), body.end(), to + kRecordHeaderBytes);
    const Bytes record(to, kRecordHeaderBytes + body.size());
    put(to + kRecordCrcAt, record_crc(record, body.size(), salt));
}

std::optional<RecordHeader> read_record_header(Bytes bytes, std::uint64_t salt) {
    if (bytes.size() < kRecordHeaderBytes || get<std::uint32_t>(bytes, 0) != record_magic(salt)) {
        return std::nullopt;
    }
    RecordHeader header;
    header.kind = get<std::uint32_t>(bytes, 8);
    header.length = get<std::uint32_t>(bytes, 12);
    header.index = get<std::uint64_t>(bytes, 16);
    header.term = get<std::uint64_t>(bytes, 24);
    header.synced = get<std::uint64_t>(bytes, 32);
    if (header.length > kRecordBodyBytesMax) {
        return std::nullopt;
    }
    return header;
}

bool record_intact(Bytes bytes, const RecordHeader& header, std::uint64_t salt) {
    CHECK(bytes.size() >= kRecordHeaderBytes + header.length);
    return get<std::uint32_t>(bytes, kRecordCrcAt) == record_crc(bytes, header.length, salt);
}

std::string segment_name(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    CHECK(digits.size() <= kDigits);
    std::string name(kPrefix);
    name.append(kDigits - digits.size(), '0');
    name += digits;
    name += kSuffix;
    return name;
}

std::optional<std::uint64_t> segment_number(std::string_view file) {
    if (file.size() != kPrefix.size() + kDigits + kSuffix.size() || !file.starts_with(kPrefix) ||
        !file.ends_with(kSuffix)) {
        return std::nullopt;
    }
    std::uint64_t number = 0;
    for (const char c : file.substr(kPrefix.size(), kDigits)) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (number == 0) {
        return std::nullopt;
    }
    return number;
}

bool all_zero(Bytes bytes) {
    // Each byte equals its neighbour and the first is zero: one library call, at memory speed.
    return bytes.empty() || (bytes[0] == std::byte{0} &&
                             std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace stormglass::bus
