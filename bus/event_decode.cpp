// Reading events: one bounded walk over the attributes, then the rules, all on views.
#include <algorithm>
#include <charconv>
#include <cstring>

#include "bus/attributes.hpp"
#include "bus/event.hpp"
#include "bus/event_layout.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

std::uint32_t load_u32be(const std::byte* at) {
    std::uint32_t value = 0;
    std::memcpy(&value, at, 4);
    return __builtin_bswap32(value);
}

/// Walks the attributes of an encoded event. A step fails where the structure does not hold.
class Walker {
  public:
    explicit Walker(Bytes bytes) : bytes_(bytes), at_(kAttributesAt) {}

    /// Whether tag and count are there.
    bool begin() {
        if (bytes_.size() < kAttributesAt ||
            std::memcmp(bytes_.data(), kEventTag.data(), kEventTag.size()) != 0) {
            return false;
        }
        count_ = (std::to_integer<std::size_t>(bytes_[kEventTag.size()]) << 8) |
                 std::to_integer<std::size_t>(bytes_[kEventTag.size() + 1]);
        return true;
    }

    /// Reads one attribute's head and value into name, kind, value; false at a cut.
    bool next() {
        CHECK(at_ <= bytes_.size());
        if (bytes_.size() - at_ < 1) {
            return false;
        }
        const auto name_size = std::to_integer<std::size_t>(bytes_[at_]);
        if (bytes_.size() - at_ < kAttributeOverhead + name_size) {
            return false;
        }
        name = as_text(bytes_.subspan(at_ + 1, name_size));
        kind = static_cast<char>(bytes_[at_ + 1 + name_size]);
        const std::size_t value_size = load_u32be(bytes_.data() + at_ + 2 + name_size);
        const std::size_t value_at = at_ + kAttributeOverhead + name_size;
        if (bytes_.size() - value_at < value_size) {
            return false;
        }
        value = as_text(bytes_.subspan(value_at, value_size));
        value_offset = value_at;
        at_ = value_at + value_size;
        return true;
    }

    std::size_t count() const { return count_; }

    std::size_t at() const { return at_; }

    std::string_view name;
    char kind = 0;
    std::string_view value;
    std::size_t value_offset = 0;

  private:
    Bytes bytes_;
    std::size_t at_;
    std::size_t count_ = 0;
};

Error malformed(std::size_t offset, std::string_view why) {
    std::string text("at byte ");
    text.append(std::to_string(offset)).append(": ").append(why);
    return {"EV_MALFORMED", std::move(text)};
}

Violation check_name(std::string_view name) {
    if (name.empty() || name.size() > kAttributeNameBytesMax || name == "data" || name == "sig") {
        return {"EV_ATTR_NAME", "a name has 1 to 20 characters and is not data or sig"};
    }
    for (const char c : name) {
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
            return {"EV_ATTR_NAME", "illegal character in a name"};
        }
    }
    return {};
}

std::string_view name_of(std::size_t attribute) {
    return spec_of(static_cast<Attribute>(attribute)).name;
}

/// Reads all attributes; those with a meaning land in `set`. Ends at the payload's form.
Result<void> read_attributes(Walker& walker, AttributeSet& set) {
    if (walker.count() > kAttributeCountMax) {
        return Error{"EV_LIMIT", "attributes"};
    }
    std::string_view before;
    bool before_known = true;
    std::size_t next_known = 0;  // names ascend in table and event: one walk finds all
    for (std::size_t i = 0; i < walker.count(); ++i) {
        const std::size_t head = walker.at();
        if (!walker.next()) {
            return malformed(head, "cut within an attribute");
        }
        int order = 1;
        while (next_known < kAttributeKinds &&
               (order = name_of(next_known).compare(walker.name)) < 0) {
            ++next_known;
        }
        const bool known = next_known < kAttributeKinds && order == 0;
        if (const Violation violation = known ? Violation{} : check_name(walker.name)) {
            return attribute_error(violation, "?", head);
        }
        // Two known names ascend because the table does.
        if (!(known && before_known) && walker.name <= before) {
            const bool same = walker.name == before;
            return attribute_error({same ? "EV_DUPLICATE_MEMBER" : "EV_MALFORMED",
                                    same ? "stands twice" : "not in order of names"},
                                   walker.name,
                                   head);
        }
        before = walker.name;
        before_known = known;
        Violation violation = check_value(walker.kind, walker.value);
        if (known) {
            if (!violation && spec_of(static_cast<Attribute>(next_known)).kind != walker.kind) {
                violation = {"EV_ATTR_TYPE", "wrong kind"};
            }
            set.entries[next_known++] = {walker.value,
                                         static_cast<std::uint32_t>(walker.value_offset)};
        }
        if (violation) {
            return attribute_error(violation, walker.name, walker.value_offset);
        }
    }
    return {};
}

/// Splits what follows the attributes: form, digest, signature, payload.
Result<PayloadForm> read_tail(Bytes bytes, std::size_t at, EventView& event) {
    if (at == bytes.size()) {
        return malformed(at, "cut before the payload's form");
    }
    const auto form = static_cast<PayloadForm>(bytes[at++]);
    if (form != PayloadForm::none && form != PayloadForm::binary) {
        std::string text("payload form at byte ");
        text.append(std::to_string(at - 1)).append(": neither none nor binary");
        return Error{"EV_DATA_FORM", std::move(text)};
    }
    if (form == PayloadForm::binary) {
        if (bytes.size() - at < kDigestBytes) {
            return malformed(at, "cut within the payload's digest");
        }
        at += kDigestBytes;
    }
    event.signed_bytes = bytes.first(at);
    const Bytes rest = bytes.subspan(at);
    if (rest.empty()) {
        return attribute_error({"EV_SIG_MISSING", "absent"}, "sig", at);
    }
    if (rest.size() < kSignatureBytes) {
        return malformed(at, "cut within the signature");
    }
    std::memcpy(event.signature.data(), rest.data(), kSignatureBytes);
    if (event.signature == Signature{}) {
        return attribute_error({"EV_SIG_MISSING", "all zero"}, "sig", at);
    }
    event.payload = rest.subspan(kSignatureBytes);
    if ((form == PayloadForm::none) != event.payload.empty()) {
        return malformed(at + kSignatureBytes, "payload and its form disagree");
    }
    return form;
}

void fill_view(const AttributeSet& set, EventView& event) {
    event.spec_version = set.value(Attribute::specversion);
    event.id = set.value(Attribute::id);
    event.source = set.value(Attribute::source);
    event.type = set.value(Attribute::type);
    event.time = set.value(Attribute::time);
    event.data_content_type = set.value(Attribute::datacontenttype);
    event.data_schema = set.value(Attribute::dataschema);
    event.trace_parent = set.value(Attribute::traceparent);
    event.correlation_id = set.value(Attribute::correlationid);
    event.partition_key = set.value(Attribute::partitionkey);
    event.audience = set.value(Attribute::audience);
    event.key_id = set.value(Attribute::keyid);
    event.causation_id = set.value(Attribute::causationid);
    event.expiry_time = set.value(Attribute::expirytime);
    event.subject = set.value(Attribute::subject);
    event.data_classification = set.value(Attribute::dataclassification);
    event.trace_state = set.value(Attribute::tracestate);
    const std::string_view sequence = set.value(Attribute::sequence);
    const std::string_view epoch = set.value(Attribute::epoch);
    std::from_chars(sequence.data(), sequence.data() + sequence.size(), event.sequence);
    std::from_chars(epoch.data(), epoch.data() + epoch.size(), event.epoch);
    CHECK(event.sequence > 0);
}

}  // namespace

std::string_view EventView::topic() const {
    return audience.substr(audience.find('/') + 1);
}

Result<EventView> decode_event(Bytes bytes) {
    if (bytes.size() > kEventSizeMax) {
        return Error{"EV_LIMIT", "event"};
    }
    Walker walker(bytes);
    if (!walker.begin()) {
        return malformed(0, "does not begin as an event");
    }
    AttributeSet set;
    if (auto read = read_attributes(walker, set); !read) {
        return std::move(read).error();
    }
    EventView event;
    event.bytes = bytes;
    const auto form = read_tail(bytes, walker.at(), event);
    if (!form) {
        return form.error();
    }
    if (auto checked = check_attributes(set, *form); !checked) {
        return std::move(checked).error();
    }
    fill_view(set, event);
    return event;
}

Result<void> verify_event(const EventView& event, Signing& signing) {
    CHECK(event.signed_bytes.size() > kAttributesAt);
    if (!event.payload.empty()) {
        CHECK(event.signed_bytes.size() > kAttributesAt + kDigestBytes);
        const Digest digest = signing.digest(event.payload);
        const Bytes claimed = event.signed_bytes.last(kDigestBytes);
        if (!std::equal(digest.begin(), digest.end(), claimed.begin())) {
            return Error{"EV_SIG_INVALID", "the payload is not the one that was signed"};
        }
    }
    if (!signing.verify(event.key_id, event.signed_bytes, event.signature)) {
        return Error{"EV_SIG_INVALID", "the signature does not hold under this key"};
    }
    return {};
}

EventOutline outline_of(Bytes event) {
    Walker walker(event);
    EventOutline outline;
    if (!walker.begin()) {
        return outline;
    }
    for (std::size_t i = 0; i < walker.count(); ++i) {
        if (!walker.next()) {
            return {};
        }
        const char* end = walker.value.data() + walker.value.size();
        if (walker.name == "audience") {
            outline.audience = walker.value;
        } else if (walker.name == "epoch") {
            std::from_chars(walker.value.data(), end, outline.epoch);
        } else if (walker.name == "id") {
            outline.id = walker.value;
        } else if (walker.name == "sequence") {
            std::from_chars(walker.value.data(), end, outline.sequence);
        } else if (walker.name == "source") {
            outline.source = walker.value;
        }
    }
    return outline;
}

std::vector<AttributeText> attributes_of(Bytes event) {
    Walker walker(event);
    std::vector<AttributeText> attributes;
    if (!walker.begin() || walker.count() > kAttributeCountMax) {
        return attributes;
    }
    for (std::size_t i = 0; i < walker.count(); ++i) {
        if (!walker.next()) {
            return {};
        }
        attributes.push_back({walker.name, walker.kind, walker.value});
    }
    return attributes;
}

Bytes payload_of(Bytes event) {
    Walker walker(event);
    bool holds = walker.begin();
    for (std::size_t i = 0; holds && i < walker.count(); ++i) {
        holds = walker.next();
    }
    EventView view;
    return holds && read_tail(event, walker.at(), view).ok() ? view.payload : Bytes{};
}

}  // namespace stormglass::bus
