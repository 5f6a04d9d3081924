#include "bus/engines/detail/client_core.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::bus::detail {
namespace {

constexpr std::size_t kAcksTogether = 256;      // settlements of one batch
constexpr std::size_t kAcksWaitingMax = 4'096;  // batches of our own beside the caller's
constexpr Duration kDeadlinePoll = milliseconds(100);
constexpr Duration kRetryAfter = milliseconds(50);

Publication view_of(const Event& event) {
    Publication view;
    view.topic = event.topic;
    view.type = event.type;
    view.partition_key = event.partition_key;
    view.correlation_id = event.correlation_id;
    view.causation_id = event.causation_id;
    view.trace_parent = event.trace_parent;
    view.subject = event.subject;
    view.payload = as_bytes(event.payload);
    view.delay = event.delay;
    view.lifetime = event.lifetime;
    return view;
}

/// What a handler publishes goes on from what it handled, unless it says otherwise.
void go_on_from(const Delivery& delivery, Event& event) {
    if (event.trace_parent.empty()) {
        event.trace_parent = delivery.trace_parent;
    }
    if (event.correlation_id.empty() && event.causation_id.empty()) {
        event.correlation_id = delivery.event.correlation_id;
        event.causation_id = delivery.event.id;
    }
}

Published failed(Published::Status status, std::string_view code, std::string text) {
    Published what;
    what.status = status;
    what.code = code;
    what.text = std::move(text);
    return what;
}

}  // namespace

// ---- batches with texts of their own ----

OwnedBatch OwnedBatch::from(EventBatch batch, PublishHandler handler) {
    OwnedBatch owned;
    for (const Condition& condition : batch.conditions) {
        owned.conditions.push_back({condition.kind,
                                    std::string(condition.name),
                                    std::string(condition.key),
                                    condition.value});
    }
    for (const Settlement& settlement : batch.settlements) {
        owned.add(settlement);
    }
    owned.events = std::move(batch.events);
    owned.handler = std::move(handler);
    return owned;
}

void OwnedBatch::add(const Settlement& settlement) {
    OwnedSettlement& owned = settlements.emplace_back();
    owned.group = settlement.group;
    owned.topic = settlement.topic;
    owned.detail = settlement.detail;
    owned.fields = settlement;
}

void OwnedBatch::view(Batch& to) const {
    to.clear();
    for (const OwnedCondition& condition : conditions) {
        to.conditions.push_back({condition.kind, condition.name, condition.key, condition.value});
    }
    for (const OwnedSettlement& owned : settlements) {
        Settlement& settlement = to.settlements.emplace_back(owned.fields);
        settlement.group = owned.group;
        settlement.topic = owned.topic;
        settlement.detail = owned.detail;
    }
    for (const Event& event : events) {
        to.publications.push_back(view_of(event));
    }
}

// ---- steps ----

/// Remembers the step under way, so that handlers may call back into it.
class ClientCore::InStep {
  public:
    InStep(ClientCore& core, Moment now, Effects& out) : core_(core), before_(core.out_) {
        core.out_ = &out;
        core.now_ = now;
    }

    ~InStep() { core_.out_ = before_; }

    InStep(const InStep&) = delete;
    InStep& operator=(const InStep&) = delete;

  private:
    ClientCore& core_;
    Effects* before_;
};

ClientCore::ClientCore(asio::Host& host, NodeId node, ConnectOptions options)
    : host_(host),
      node_(node),
      options_(std::move(options)) {}

template <class What>
void ClientCore::with_step(What what) {
    if (out_ != nullptr) {
        what();
        return;
    }
    host_.step(node_, [&](Moment now, Effects& out) {
        const InStep in(*this, now, out);
        what();
    });
}

void ClientCore::tell(const PublishHandler& handler, Published what) {
    if (handler) {
        handler(what);
    }
}

// ---- publishing ----

void ClientCore::publish(std::unique_ptr<OwnedBatch> batch) {
    if (ended_) {
        tell(batch->handler, failed(Published::Status::unreachable, "bus.closed", "it is closed"));
        return;
    }
    if (sent_.size() + waiting_.size() >= options_.outstanding_max) {
        Published what = failed(
            Published::Status::overloaded, "bus.overloaded", "too many batches without an outcome");
        what.retry_after = kRetryAfter;
        tell(batch->handler, std::move(what));
        return;
    }
    batch->deadline = host_.now().monotonic + options_.publish_timeout;
    arm_deadlines();
    if (!ready_ || !waiting_.empty()) {
        waiting_.push_back(std::move(batch));
        return;
    }
    with_step([&] {
        if (!try_publish(batch)) {
            waiting_.push_back(std::move(batch));
        }
    });
}

// False when it has to wait. Within a step.
bool ClientCore::try_publish(std::unique_ptr<OwnedBatch>& batch) {
    CHECK(out_ != nullptr);
    batch->view(batch_);
    const auto id = session_->publish(batch_, options_.durability, now_, *out_);
    if (id.ok()) {
        sent_[id->value] = std::move(batch);
        return true;
    }
    if (id.error().code == "overloaded" || id.error().code == "not-ready") {
        return false;
    }
    tell(batch->handler, failed(Published::Status::refused, id.error().code, id.error().text));
    batch.reset();
    return true;
}

void ClientCore::pump() {
    while (ready_ && !waiting_.empty()) {
        if (!try_publish(waiting_.front())) {
            return;
        }
        waiting_.pop_front();
    }
}

bool ClientCore::emit(const Event& event) {
    bool taken = false;
    if (ended_) {
        return false;
    }
    with_step([&] { taken = session_->emit(view_of(event), now_, *out_); });
    return taken;
}

void ClientCore::on_ready(std::uint32_t, Moment now, Effects& out) {
    const InStep in(*this, now, out);
    ready_ = true;
    pump();
}

void ClientCore::on_outcome(const BatchOutcome& outcome, Moment now, Effects& out) {
    const InStep in(*this, now, out);
    const auto at = sent_.find(outcome.id.value);
    if (at == sent_.end()) {
        return;  // its caller was told `unknown` when its time was up
    }
    const auto batch = std::move(at->second);
    sent_.erase(at);
    if (!outcome.accepted && batch->settlements.size() > 1 && batch->events.empty() &&
        !batch->handler) {
        // Gathered by us: one that came too late must not take the others with it.
        for (const auto& settlement : batch->settlements) {
            auto one = std::make_unique<OwnedBatch>();
            one->settlements.push_back(settlement);
            waiting_.push_back(std::move(one));
        }
        pump();
        return;
    }
    Published what;
    what.status = outcome.accepted ? Published::Status::accepted : Published::Status::refused;
    what.code = outcome.code;
    if (!outcome.accepted) {
        what.text = "the bus refused the batch: ";
        what.text += outcome.code;
    }
    what.duplicate = outcome.duplicate;
    what.positions.assign(outcome.positions.begin(), outcome.positions.end());
    tell(batch->handler, std::move(what));
    pump();
}

// ---- consuming ----

void ClientCore::subscribe(const Subscription& as, DeliveryHandler handler) {
    Subscribed& kept = subscribed_.emplace_back();
    kept.topic = as.topic;
    kept.group = as.group;
    kept.as = as;
    kept.as.topic = kept.topic;
    kept.as.group = kept.group;
    kept.handler = std::move(handler);
    with_step([&] { session_->subscribe(kept.as, now_, *out_); });
}

void ClientCore::on_delivery(const Delivery& delivery, Moment now, Effects& out) {
    const InStep in(*this, now, out);
    // The newest subscription of that name: it replaced the others.
    const auto at =
        std::find_if(subscribed_.rbegin(), subscribed_.rend(), [&](const Subscribed& each) {
            return each.group == delivery.group && each.topic == delivery.topic();
        });
    if (at == subscribed_.rend() || ended_) {
        return;
    }
    Answer answer = at->handler(delivery);
    if (!answer.later) {
        acknowledge(delivery, std::move(answer));
    }
}

void ClientCore::acknowledge(const Delivery& delivery, Answer answer) {
    Settlement settlement;
    settlement.group = delivery.group;
    settlement.topic = delivery.topic();
    settlement.position = delivery.position;
    settlement.receipt = delivery.receipt;
    settlement.verdict = answer.verdict;
    settlement.delay = answer.delay;
    settlement.detail = std::string_view(answer.detail).substr(0, 512);
    if (!answer.events.empty()) {
        EventBatch batch;
        batch.settlements.push_back(settlement);
        batch.events = std::move(answer.events);
        for (Event& event : batch.events) {
            go_on_from(delivery, event);
        }
        settle(std::make_unique<OwnedBatch>(OwnedBatch::from(std::move(batch), {})));
        return;
    }
    if (acks_ == nullptr) {
        acks_ = std::make_unique<OwnedBatch>();
    }
    acks_->add(settlement);
    if (acks_->settlements.size() >= kAcksTogether) {
        flush();
    } else if (!flush_posted_) {
        flush_posted_ = true;
        host_.post([this] {
            flush_posted_ = false;
            flush();
        });
    }
}

void ClientCore::flush() {
    if (acks_ != nullptr) {
        settle(std::move(acks_));
        acks_ = nullptr;
    }
}

// What is lost here comes again: the bus delivers what is not settled.
void ClientCore::settle(std::unique_ptr<OwnedBatch> settlement) {
    if (ended_ || waiting_.size() >= kAcksWaitingMax + options_.outstanding_max) {
        tell(settlement->handler,
             failed(Published::Status::unreachable, "bus.closed", "it was not settled"));
        return;
    }
    settlement->deadline = host_.now().monotonic + options_.publish_timeout;
    with_step([&] {
        waiting_.push_back(std::move(settlement));
        pump();
    });
}

// ---- reading ----

void ClientCore::read(const std::string& topic,
                      Position from,
                      std::function<void(const Record&)> on_record,
                      std::function<void(const Result<void>&)> on_end) {
    constexpr std::size_t kReadingsMax = 512;
    const bool named = !topic.empty() && topic.size() <= wire::kNameBytesMax;
    if (!named || ended_ || readings_.size() >= kReadingsMax) {
        on_end(Error{named ? "bus.overloaded" : "bus.topic", "it cannot be read now, or never"});
        return;
    }
    with_step([&] {
        const ReadId id = session_->read(topic, from, now_, *out_);
        readings_[id.value] = {std::move(on_record), std::move(on_end)};
    });
}

void ClientCore::on_records(
    ReadId read, std::span<const Record> records, bool last, Moment now, Effects& out) {
    const InStep in(*this, now, out);
    const auto at = readings_.find(read.value);
    if (at == readings_.end()) {
        return;
    }
    for (const Record& record : records) {
        at->second.on_record(record);
    }
    if (last) {
        const auto on_end = std::move(at->second.on_end);
        readings_.erase(at);
        on_end({});
    }
}

// ---- time, and the end ----

void ClientCore::arm_deadlines() {
    if (!deadlines_armed_) {
        deadlines_armed_ = true;
        host_.call_after(kDeadlinePoll, [this] {
            deadlines_armed_ = false;
            check_deadlines();
        });
    }
}

void ClientCore::check_deadlines() {
    const MonotonicTime now = host_.now().monotonic;
    while (!waiting_.empty() && waiting_.front()->deadline <= now) {
        const auto batch = std::move(waiting_.front());
        waiting_.pop_front();
        tell(batch->handler,
             failed(Published::Status::unreachable,
                    "bus.unreachable",
                    "the bus could not be reached in time"));
    }
    for (auto at = sent_.begin(); at != sent_.end() && at->second->deadline <= now;) {
        const auto batch = std::move(at->second);
        at = sent_.erase(at);
        tell(batch->handler,
             failed(Published::Status::unknown,
                    "bus.unknown-outcome",
                    "the bus did not answer in time; it may take effect yet"));
    }
    if (!waiting_.empty() || !sent_.empty()) {
        arm_deadlines();
    }
}

bool ClientCore::quiet() const {
    return waiting_.empty() && sent_.empty() && acks_ == nullptr && readings_.empty();
}

void ClientCore::give_up() {
    ended_ = true;
    for (const auto& batch : std::exchange(waiting_, {})) {
        tell(batch->handler,
             failed(Published::Status::unreachable, "bus.closed", "the connection was closed"));
    }
    for (const auto& [id, batch] : std::exchange(sent_, {})) {
        tell(batch->handler,
             failed(Published::Status::unknown,
                    "bus.unknown-outcome",
                    "the connection was closed before the bus answered"));
    }
    for (const auto& [id, reading] : std::exchange(readings_, {})) {
        reading.on_end(Error{"bus.closed", "the connection was closed"});
    }
}

}  // namespace stormglass::bus::detail
