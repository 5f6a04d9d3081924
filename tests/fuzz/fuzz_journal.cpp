// libFuzzer entry: a journal of two segments. The input writes records, whole and with right
// checksums, then overwrites bytes anywhere; what the scan lets through goes to the entry decoders.
#include <algorithm>
#include <array>

#include "bus/entry.hpp"
#include "bus/journal_scan.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::uint64_t kSalt = 0x5eed;

class Input {
  public:
    explicit Input(Bytes bytes) : bytes_(bytes) {}

    bool more() const { return !bytes_.empty(); }

    std::uint8_t byte() {
        return more() ? static_cast<std::uint8_t>(take(1).front()) : std::uint8_t{0};
    }

    Bytes take(std::size_t count) {
        const Bytes taken = bytes_.first(std::min(count, bytes_.size()));
        bytes_ = bytes_.subspan(taken.size());
        return taken;
    }

  private:
    Bytes bytes_;
};

template <class Entry>
void decode_as(Bytes body) {
    Entry entry;
    static_cast<void>(decode(body, entry));
}

class Decoding final : public ScanListener {
  public:
    void on_scanned(const ScannedRecord& record) override {
        CHECK(record.header.index == last_ + 1 || last_ == 0);
        CHECK(record.body.size() == record.header.length);
        last_ = record.header.index;
        const Bytes body = record.body;
        decode_as<entry::Boot>(body);
        decode_as<entry::Grant>(body);
        decode_as<entry::Group>(body);
        decode_as<entry::Assignment>(body);
        decode_as<entry::Batch>(body);
        decode_as<entry::Delivered>(body);
        decode_as<entry::Failed>(body);
        decode_as<entry::Dead>(body);
        decode_as<entry::Buried>(body);
        decode_as<entry::Release>(body);
        decode_as<entry::Refused>(body);
        decode_as<entry::Gap>(body);
    }

    Index last() const { return last_; }

  private:
    Index last_ = 0;
};

struct Journal {
    std::array<ByteBuffer, 2> segments;
    Index next = 1;

    void begin(std::size_t segment, std::uint64_t salt) {
        append_segment_header({segment + 1, next, salt}, segments[segment]);
    }

    void append(std::size_t segment, std::uint64_t salt, Input& input) {
        const std::uint32_t kind = input.byte();
        const Bytes body = input.take(input.byte());
        RecordHeader header;
        header.kind = kind;
        header.length = static_cast<std::uint32_t>(body.size());
        header.index = next;
        header.term = 1;
        header.synced = next - 1;
        append_record(header, body, salt, segments[segment]);
        ++next;
    }

    void overwrite(Input& input) {
        ByteBuffer& segment = segments[input.byte() % segments.size()];
        const std::size_t at = input.byte() * 256U + input.byte();
        if (at < segment.size()) {
            segment[at] = static_cast<std::byte>(input.byte());
        }
    }
};

void exercise(Input input) {
    Journal journal;
    journal.begin(0, kSalt);
    for (int left = input.byte() % 16; left > 0; --left) {
        journal.append(0, kSalt, input);
    }
    const std::uint64_t salt = next_salt(kSalt, 2);
    journal.begin(1, salt);
    for (int left = input.byte() % 16; left > 0; --left) {
        journal.append(1, salt, input);
    }
    while (input.more()) {
        journal.overwrite(input);
    }
    const std::array<SegmentBytes, 2> segments = {SegmentBytes{1, journal.segments[0]},
                                                  SegmentBytes{2, journal.segments[1]}};
    Decoding decoding;
    const auto end = scan_journal(segments, decoding);
    CHECK(!end.ok() || end->last_index == decoding.last());
}

}  // namespace
}  // namespace stormglass::bus

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace stormglass;  // NOLINT: an entry point, not a header
    bus::exercise(bus::Input({reinterpret_cast<const std::byte*>(data), size}));
    return 0;
}
