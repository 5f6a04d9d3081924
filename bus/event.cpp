// Writing events: a draft becomes canonical form, signature and payload in one pass over one
// buffer. Reading them: event_decode.cpp.
#include "bus/event.hpp"

#include <charconv>
#include <cstring>

#include "bus/attributes.hpp"
#include "bus/event_layout.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

/// Texts of a draft's attributes that are not text in the draft.
struct DraftTexts {
    char time[kTimeChars];
    char expiry[kTimeChars];
    char sequence[20];
    char epoch[10];
};

std::string_view write_padded(std::uint64_t value, char* to) {
    for (int i = 19; i >= 0; --i) {
        to[i] = static_cast<char>('0' + value % 10);
        value /= 10;
    }
    return {to, 20};
}

/// The attributes of a draft as the decoder would see them; times before 1970 stay absent.
AttributeSet attributes_of(const EventDraft& draft, DraftTexts& texts) {
    AttributeSet set;
    set[Attribute::audience].value = draft.audience;
    set[Attribute::causationid].value = draft.causation_id;
    set[Attribute::correlationid].value = draft.correlation_id;
    set[Attribute::datacontenttype].value = draft.data_content_type;
    set[Attribute::dataschema].value = draft.data_schema;
    char* epoch_end = std::to_chars(texts.epoch, std::end(texts.epoch), draft.epoch).ptr;
    set[Attribute::epoch].value = {texts.epoch, static_cast<std::size_t>(epoch_end - texts.epoch)};
    if (draft.expiry.ns > 0) {
        write_time(draft.expiry, texts.expiry);
        set[Attribute::expirytime].value = {texts.expiry, kTimeChars};
    }
    set[Attribute::id].value = draft.id;
    set[Attribute::keyid].value = draft.key_id;
    set[Attribute::partitionkey].value = draft.partition_key;
    set[Attribute::sequence].value = write_padded(draft.sequence, texts.sequence);
    set[Attribute::source].value = draft.source;
    set[Attribute::specversion].value = "1.0";
    set[Attribute::subject].value = draft.subject;
    if (draft.time.ns >= 0) {
        write_time(draft.time, texts.time);
        set[Attribute::time].value = {texts.time, kTimeChars};
    }
    set[Attribute::traceparent].value = draft.trace_parent;
    set[Attribute::tracestate].value = draft.trace_state;
    set[Attribute::type].value = draft.type;
    return set;
}

/// Bytes of the canonical form of these attributes, and how many there are.
std::size_t canonical_size(const AttributeSet& set, PayloadForm form, std::uint16_t& count) {
    std::size_t size = kAttributesAt + 1 + (form == PayloadForm::none ? 0 : kDigestBytes);
    for (std::size_t i = 0; i < kAttributeKinds; ++i) {
        if (!set.entries[i].value.empty()) {
            size += kAttributeOverhead + spec_of(static_cast<Attribute>(i)).name.size();
            size += set.entries[i].value.size();
            ++count;
        }
    }
    return size;
}

class Cursor {
  public:
    explicit Cursor(std::byte* at) : at_(at) {}

    void byte(std::uint8_t value) { *at_++ = std::byte{value}; }

    void bytes(const void* from, std::size_t size) {
        if (size > 0) {
            std::memcpy(at_, from, size);
        }
        at_ += size;
    }

    void u32be(std::uint32_t value) {
        value = __builtin_bswap32(value);
        bytes(&value, 4);
    }

    std::byte* at() const { return at_; }

  private:
    std::byte* at_;
};

PayloadForm form_of(const EventDraft& draft) {
    return draft.payload.empty() ? PayloadForm::none : PayloadForm::binary;
}

}  // namespace

void encode_event(const EventDraft& draft, Signing& signing, ByteBuffer& out) {
    DraftTexts texts;
    const AttributeSet set = attributes_of(draft, texts);
    const PayloadForm form = form_of(draft);
    std::uint16_t count = 0;
    const std::size_t signed_size = canonical_size(set, form, count);
    const std::size_t size = signed_size + kSignatureBytes + draft.payload.size();
    CHECK(count >= 14);  // the mandatory attributes but the signature
    CHECK(size <= kEventSizeMax);
    const std::size_t start = out.size();
    out.resize(start + size);
    Cursor cursor(out.data() + start);
    cursor.bytes(kEventTag.data(), kEventTag.size());
    cursor.byte(static_cast<std::uint8_t>(count >> 8));
    cursor.byte(static_cast<std::uint8_t>(count));
    for (std::size_t i = 0; i < kAttributeKinds; ++i) {
        const std::string_view value = set.entries[i].value;
        if (value.empty()) {
            continue;
        }
        const AttributeSpec& spec = spec_of(static_cast<Attribute>(i));
        cursor.byte(static_cast<std::uint8_t>(spec.name.size()));
        cursor.bytes(spec.name.data(), spec.name.size());
        cursor.byte(static_cast<std::uint8_t>(spec.kind));
        cursor.u32be(static_cast<std::uint32_t>(value.size()));
        cursor.bytes(value.data(), value.size());
    }
    cursor.byte(static_cast<std::uint8_t>(form));
    if (form == PayloadForm::binary) {
        const Digest digest = signing.digest(draft.payload);
        cursor.bytes(digest.data(), digest.size());
    }
    CHECK(cursor.at() == out.data() + start + signed_size);
    const Signature signature = signing.sign(draft.key_id, {out.data() + start, signed_size});
    cursor.bytes(signature.data(), signature.size());
    cursor.bytes(draft.payload.data(), draft.payload.size());
    CHECK(cursor.at() == out.data() + out.size());
}

Result<void> check_draft(const EventDraft& draft) {
    DraftTexts texts;
    const AttributeSet set = attributes_of(draft, texts);
    if (draft.time.ns < 0 || draft.expiry.ns < 0) {
        return attribute_error({"EV_TIME_INVALID", "before 1970"}, "time", 0);
    }
    if (draft.epoch > 0x7fffffff) {
        return attribute_error({"EV_EPOCH_INVALID", "over 2^31 - 1"}, "epoch", 0);
    }
    for (std::size_t i = 0; i < kAttributeKinds; ++i) {
        const std::string_view value = set.entries[i].value;
        if (value.empty()) {
            continue;
        }
        const AttributeSpec& spec = spec_of(static_cast<Attribute>(i));
        if (const Violation violation = check_value(spec.kind, value)) {
            return attribute_error(violation, spec.name, 0);
        }
    }
    const PayloadForm form = form_of(draft);
    std::uint16_t count = 0;
    if (canonical_size(set, form, count) + kSignatureBytes + draft.payload.size() > kEventSizeMax) {
        return Error{"EV_LIMIT", "event"};
    }
    return check_attributes(set, form);
}

}  // namespace stormglass::bus
