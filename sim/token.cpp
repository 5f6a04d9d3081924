#include "sim/token.hpp"

#include <array>
#include <optional>
#include <vector>

#include "runtime/check.hpp"

namespace stormglass::sim {
namespace {

constexpr std::string_view kPrefix = "sg1:";
constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kFaultsMax = 4'096;
constexpr std::uint64_t kIndexMax = 0xffff'ffff;

using Octets = std::vector<std::uint8_t>;

std::uint16_t crc16(std::span<const std::uint8_t> bytes) {
    std::uint32_t crc = 0xffff;
    for (const std::uint8_t byte : bytes) {
        crc ^= static_cast<std::uint32_t>(byte) << 8;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
        }
    }
    return static_cast<std::uint16_t>(crc & 0xffff);
}

void put_word(Octets& out, std::uint64_t word) {
    for (int shift = 0; shift < 64; shift += 8) {
        out.push_back(static_cast<std::uint8_t>(word >> shift & 0xff));
    }
}

void put_varint(Octets& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<std::uint8_t>(value & 0x7f) | 0x80);
        value >>= 7;
    }
    out.push_back(static_cast<std::uint8_t>(value));
}

/// 0 keeps all; n + 1 stands for n ranges, each as its distance from the one before and its length.
void put_set(Octets& out, const IndexSet& set) {
    if (set.is_all()) {
        put_varint(out, 0);
        return;
    }
    put_varint(out, set.ranges().size() + 1);
    std::uint64_t least = 0;
    for (const IndexRange& range : set.ranges()) {
        put_varint(out, range.first - least);
        put_varint(out, range.last - range.first);
        least = std::uint64_t{range.last} + 2;
    }
}

class Reader {
  public:
    explicit Reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

    bool done() const { return rest_.empty(); }

    bool fine() const { return fine_; }

    std::uint8_t byte() {
        if (rest_.empty()) {
            fine_ = false;
            return 0;
        }
        const std::uint8_t first = rest_.front();
        rest_ = rest_.subspan(1);
        return first;
    }

    std::uint64_t word() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 8) {
            value |= std::uint64_t{byte()} << shift;
        }
        return value;
    }

    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const std::uint8_t part = byte();
            const bool overflows = shift == 63 && part > 1;
            const bool padded = shift > 0 && part == 0;  // a second spelling of a shorter one
            fine_ = fine_ && !overflows && !padded;
            value |= std::uint64_t{part} << shift & (std::uint64_t{0x7f} << shift);
            if (part < 0x80) {
                return value;
            }
        }
        fine_ = false;
        return 0;
    }

    IndexSet set() {
        const std::uint64_t count = varint();
        if (count == 0) {
            return IndexSet::all();
        }
        std::vector<IndexRange> ranges;
        std::uint64_t least = 0;
        for (std::uint64_t i = 1; i < count && fine_; ++i) {
            const std::uint64_t gap = varint();
            const std::uint64_t length = varint();
            fine_ = fine_ && gap <= kIndexMax && length <= kIndexMax &&
                    least + gap + length <= kIndexMax;
            if (fine_) {
                ranges.push_back({static_cast<std::uint32_t>(least + gap),
                                  static_cast<std::uint32_t>(least + gap + length)});
                least += gap + length + 2;
            }
        }
        return fine_ ? IndexSet::of_ranges(std::move(ranges)) : IndexSet::none();
    }

  private:
    std::span<const std::uint8_t> rest_;
    bool fine_ = true;
};

std::size_t characters_of(std::size_t bytes) {
    return kPrefix.size() + (bytes * 4 + 2) / 3;
}

void append_base64(std::string& out, std::span<const std::uint8_t> bytes) {
    std::uint32_t bits = 0;
    int held = 0;
    for (const std::uint8_t byte : bytes) {
        bits = (bits << 8 | byte) & 0xffff;
        held += 8;
        while (held >= 6) {
            held -= 6;
            out += kDigits[bits >> held & 0x3f];
        }
    }
    if (held > 0) {
        out += kDigits[bits << (6 - held) & 0x3f];
    }
}

struct Unpacked {
    Octets bytes;
    bool whole = true;                       // no bits over that are not zero
    std::optional<std::size_t> odd_one_out;  // position of a character that is no digit
};

Unpacked unpack(std::string_view text) {
    Unpacked out;
    std::uint32_t bits = 0;
    int held = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::size_t digit = kDigits.find(text[i]);
        if (digit == kDigits.npos) {
            out.odd_one_out = i;
            return out;
        }
        bits = (bits << 6 | static_cast<std::uint32_t>(digit)) & 0x3fff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out.bytes.push_back(static_cast<std::uint8_t>(bits >> held & 0xff));
        }
    }
    out.whole = held < 6 && (bits & ((1U << held) - 1)) == 0;
    return out;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t from = text.find_first_not_of(kSpace);
    return from == text.npos ? std::string_view()
                             : text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

Error incomplete(std::size_t have, std::uint64_t whole) {
    std::string text = "incomplete token: " + std::to_string(have);
    text += whole == 0 ? " characters" : " of " + std::to_string(whole) + " characters";
    return {"token.incomplete", std::move(text)};
}

Error altered(std::string why) {
    return {"token.altered", "altered token: " + std::move(why)};
}

Result<Token> read_body(Reader& in) {
    Token token;
    token.scenario = in.word();
    token.engine = in.word();
    token.seed = in.word();
    token.trace = in.word();
    token.events = in.varint();
    const std::uint64_t faults = in.varint();
    if (faults > kFaultsMax) {
        return altered("it names " + std::to_string(faults) + " faults");
    }
    for (std::uint64_t i = 0; i < faults && in.fine(); ++i) {
        token.kept.faults.push_back(in.set());
    }
    token.kept.choices = in.set();
    const bool trailing = !token.kept.faults.empty() && token.kept.faults.back().is_all();
    if (!in.fine() || !in.done() || trailing) {
        return altered("its content makes no sense");
    }
    return token;
}

}  // namespace

bool looks_like_token(std::string_view text) {
    text = trimmed(text);
    return text.size() >= 3 && text.substr(0, 2) == "sg" && text[2] >= '0' && text[2] <= '9';
}

std::string encode_token(const Token& token) {
    const Reduction kept = token.kept.normal();
    Octets body;
    for (const std::uint64_t word : {token.scenario, token.engine, token.seed, token.trace}) {
        put_word(body, word);
    }
    put_varint(body, token.events);
    put_varint(body, kept.faults.size());
    for (const IndexSet& set : kept.faults) {
        put_set(body, set);
    }
    put_set(body, kept.choices);
    // The length's own length depends on it: one octet more settles it.
    std::size_t length = 0;
    for (std::size_t octets = 1; octets <= 3 && length == 0; ++octets) {
        const std::size_t whole = characters_of(1 + octets + body.size() + 2);
        Octets spelt;
        put_varint(spelt, whole);
        length = spelt.size() == octets ? whole : 0;
    }
    CHECK(length > 0);
    Octets bytes = {kFormat};
    put_varint(bytes, length);
    bytes.insert(bytes.end(), body.begin(), body.end());
    const std::uint16_t crc = crc16(bytes);
    bytes.push_back(static_cast<std::uint8_t>(crc >> 8));
    bytes.push_back(static_cast<std::uint8_t>(crc & 0xff));
    std::string text(kPrefix);
    append_base64(text, bytes);
    CHECK(text.size() == length);
    return text;
}

Result<Token> decode_token(std::string_view given) {
    const std::string_view text = trimmed(given);
    if (!looks_like_token(text)) {
        return Error{"token.foreign", "not a replay token: one begins with 'sg1:'"};
    }
    if (text.substr(0, kPrefix.size()) != kPrefix.substr(0, text.size())) {
        return Error{"token.foreign", "a token of another format; this program reads 'sg1:'"};
    }
    if (text.size() <= kPrefix.size() + 4) {
        return incomplete(text.size(), 0);
    }
    if (text.size() > kTokenCharactersMax) {
        return altered("it is longer than any token");
    }
    const Unpacked unpacked = unpack(text.substr(kPrefix.size()));
    if (unpacked.odd_one_out) {
        return altered("a strange character at " +
                       std::to_string(kPrefix.size() + *unpacked.odd_one_out + 1));
    }
    Reader in(unpacked.bytes);
    const std::uint8_t format = in.byte();
    const std::uint64_t length = in.varint();
    if (format == kFormat && in.fine() && length <= kTokenCharactersMax && text.size() < length) {
        return incomplete(text.size(), length);
    }
    const std::span<const std::uint8_t> bytes(unpacked.bytes);
    const std::size_t body = bytes.size() - 2;
    const auto crc = static_cast<std::uint16_t>(bytes[body] << 8 | bytes[body + 1]);
    if (!unpacked.whole || format != kFormat || !in.fine() || text.size() != length ||
        crc != crc16(bytes.first(body))) {
        return altered("its checksum does not fit");
    }
    const auto before = static_cast<std::size_t>(length < 0x80 ? 2 : length < 0x4000 ? 3 : 4);
    if (body < before) {
        return altered("its content makes no sense");
    }
    Reader content(bytes.subspan(before, body - before));
    return read_body(content);
}

}  // namespace stormglass::sim
