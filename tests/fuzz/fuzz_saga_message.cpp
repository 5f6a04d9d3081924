// libFuzzer entry: what coordinator and participants read from each other and from their journals.
#include "runtime/check.hpp"
#include "sagas/messages.hpp"

namespace stormglass::sagas {
namespace {

template <class Message>
void exercise(const Result<Message>& message, Bytes bytes) {
    if (!message.ok()) {
        CHECK(message.error().code.starts_with("SM_"));
        return;
    }
    ByteBuffer again;
    encode(message.value(), again);
    CHECK(as_text(again) == as_text(bytes));
}

}  // namespace
}  // namespace stormglass::sagas

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace stormglass::sagas;  // NOLINT: an entry point, not a header
    const stormglass::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
    static_cast<void>(kind_of(bytes));
    exercise(decode_command(bytes), bytes);
    exercise(decode_reply(bytes), bytes);
    exercise(decode_timer(bytes), bytes);
    exercise(decode_journal_event(bytes), bytes);
    exercise(decode_effect_record(bytes), bytes);
    exercise(decode_claim(bytes), bytes);
    return 0;
}
