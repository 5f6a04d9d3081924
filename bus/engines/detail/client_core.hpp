// ClientCore: the listener of one session and everything that waits for an answer of it. Lives on
// the loop's thread alone; connection.cpp brings calls from other threads to it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bus/engines/connection.hpp"
#include "bus/session.hpp"
#include "runtime/asio/host.hpp"

namespace stormglass::bus::detail {

/// A batch with texts of its own, and who wants to know.
struct OwnedBatch {
    struct OwnedCondition {
        Condition::Kind kind = Condition::Kind::fence;
        std::string name, key;
        std::uint64_t value = 0;
    };

    struct OwnedSettlement {
        std::string group, topic, detail;
        Settlement fields;  // its texts are not used
    };

    std::vector<OwnedCondition> conditions;
    std::vector<OwnedSettlement> settlements;
    std::vector<Event> events;
    PublishHandler handler;
    MonotonicTime deadline;
    bool retried = false;  // of settlements that were refused together

    static OwnedBatch from(EventBatch batch, PublishHandler handler);
    void add(const Settlement& settlement);
    void view(Batch& to) const;
};

class ClientCore final : public Listener {
  public:
    ClientCore(asio::Host& host, NodeId node, ConnectOptions options);

    /// The session to use, from now on; before it starts.
    void set_session(Session& session) { session_ = &session; }

    // What callers ask: within a step of the session's node, or not.
    void publish(std::unique_ptr<OwnedBatch> batch);
    bool emit(const Event& event);
    void subscribe(const Subscription& as, DeliveryHandler handler);
    void settle(std::unique_ptr<OwnedBatch> settlement);
    void read(const std::string& topic,
              Position from,
              std::function<void(const Record&)> on_record,
              std::function<void(const Result<void>&)> on_end);

    /// Sends what is gathered. At the end of what the loop did at once.
    void flush();

    /// Everything that waits gets `unknown` or `unreachable`.
    void give_up();

    bool ready() const { return ready_; }

    bool quiet() const;

    bool in_step() const { return out_ != nullptr; }

    void on_ready(std::uint32_t epoch, Moment now, Effects& out) override;
    void on_outcome(const BatchOutcome& outcome, Moment now, Effects& out) override;
    void on_delivery(const Delivery& delivery, Moment now, Effects& out) override;
    void on_records(
        ReadId read, std::span<const Record> records, bool last, Moment now, Effects& out) override;

    void on_assigned(std::string_view, Generation, Moment, Effects&) override {}

    void on_revoked(std::string_view, Generation, Moment, Effects&) override {}

  private:
    class InStep;

    struct Subscribed {
        std::string topic, group;
        Subscription as;
        DeliveryHandler handler;
    };

    struct Reading {
        std::function<void(const Record&)> on_record;
        std::function<void(const Result<void>&)> on_end;
    };

    template <class What>
    void with_step(What what);
    bool try_publish(std::unique_ptr<OwnedBatch>& batch);
    void pump();
    void acknowledge(const Delivery& delivery, Answer answer);
    void check_deadlines();
    void arm_deadlines();
    static void tell(const PublishHandler& handler, Published what);

    asio::Host& host_;
    NodeId node_;
    ConnectOptions options_;
    Session* session_ = nullptr;
    bool ready_ = false;
    bool ended_ = false;
    Effects* out_ = nullptr;  // of the step under way
    Moment now_;

    std::deque<std::unique_ptr<OwnedBatch>> waiting_;            // for an epoch, or for room
    std::map<std::uint64_t, std::unique_ptr<OwnedBatch>> sent_;  // by batch id
    std::unique_ptr<OwnedBatch> acks_;                           // gathered
    bool flush_posted_ = false;
    bool deadlines_armed_ = false;
    std::deque<Subscribed> subscribed_;  // stays in place: the session keeps views
    std::map<std::uint64_t, Reading> readings_;
    Batch batch_;  // reused
};

}  // namespace stormglass::bus::detail
