// Collects one batch and owns the bytes and texts that its views point to, until the next `clear`.
// Reused: in the steady state it allocates nothing.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "bus/client.hpp"
#include "bus/trace_context.hpp"
#include "sagas/messages.hpp"

namespace stormglass::sagas {

/// Where an event of a saga belongs in the story: its saga, its trace, its direct cause.
struct Thread {
    std::string_view saga;
    std::string_view trace_parent;  // the span that the event is created under
    std::string_view cause;         // id of an event; empty: the saga itself is the cause
};

class BatchBuilder {
  public:
    void clear();

    void fence(std::string_view name, std::uint64_t value);
    void key_is_new(std::string_view topic, std::string_view key);
    void settle(const bus::Settlement& settlement);
    /// The text of a context, valid until the next `clear`.
    std::string_view text_of(const bus::TraceContext& context);

    /// Adds an event that carries `message`. Texts of `thread` and names must outlive the batch.
    template <class Message>
    bus::Publication& publish(std::string_view topic,
                              std::string_view type,
                              const Thread& thread,
                              const Message& message) {
        bus::Publication& publication = open(topic, type, thread);
        ByteBuffer& bytes = buffer();
        encode(message, bytes);
        publication.payload = bytes;
        return publication;
    }

    const bus::Batch& batch() const { return batch_; }

  private:
    bus::Publication& open(std::string_view topic, std::string_view type, const Thread& thread);
    ByteBuffer& buffer();

    bus::Batch batch_;
    std::deque<bus::TraceParentText> traces_;
    std::size_t traces_used_ = 0;
    std::deque<ByteBuffer> buffers_;  // a deque: growing moves none of those in use
    std::size_t buffers_used_ = 0;
};

}  // namespace stormglass::sagas
