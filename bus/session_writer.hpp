// EventWriter: turns an application's publication into a complete draft (id, audience, schema,
// trace, times) for one place in the source's sequence. Its texts are reused from draft to draft.
#pragma once

#include <string>
#include <string_view>

#include "bus/client.hpp"
#include "bus/event.hpp"
#include "bus/trace_context.hpp"
#include "runtime/effects.hpp"
#include "runtime/result.hpp"

namespace stormglass::bus {

/// Who writes.
struct Author {
    std::string_view source;
    std::string_view key_id;
    std::string_view bus_id;
};

/// Where in the source's sequence an event stands.
struct EventPlace {
    std::uint32_t epoch = 0;
    std::uint64_t sequence = 0;
};

class EventWriter {
  public:
    /// The views must outlive the writer.
    explicit EventWriter(Author author);

    /// Completes and checks. Views in the draft live until the next call. Fails with the
    /// violation's `EV_*` code or, for a negative delay or lifetime, EB_DELAY.
    Result<EventDraft> draft(const Publication& publication,
                             EventPlace place,
                             WallTime time,
                             Effects& out);

  private:
    void write_id(EventPlace place);
    void write_schema(std::string_view type);
    bool write_trace(const Publication& publication, EventPlace place, Effects& out);

    Author author_;
    std::uint64_t source_hash_;
    std::string_view tail_;  // the readable end of the source
    std::string id_;
    std::string audience_;
    std::string schema_;
    TraceParentText trace_parent_{};
    std::string trace_state_;
};

}  // namespace stormglass::bus
