#include "scenarios/worlds/services.hpp"

#include "runtime/check.hpp"
#include "scenarios/worlds/business.hpp"
#include "scenarios/worlds/checkout_saga.hpp"

namespace stormglass::scenarios {
namespace {

constexpr Duration kRetry = milliseconds(50);
constexpr TimerId kRetryTimer{1};

}  // namespace

Handled OrderDesk::on_request(RequestId id, const Request& request, Moment now, Effects& out) {
    CHECK(coordinator_ != nullptr);
    const std::string_view text = as_text(request.body);
    const std::string saga(text.substr(0, text.find('|')));
    if (waiting_.size() >= kWaitingMax) {
        out.reply(id, as_bytes("refused desk-full"));
        return Handled::yes;
    }
    sagas::StartRequest start;
    start.saga = saga;
    start.definition = kSagaName;
    start.payload = request.body;
    const auto asked = coordinator_->start_saga(start, now, out);
    if (asked) {
        waiting_[saga].push_back(id);
    } else {
        out.reply(id, as_bytes("refused " + std::string(asked.error().code)));
    }
    return Handled::yes;
}

void OrderDesk::on_start(std::string_view saga,
                         sagas::StartOutcome outcome,
                         std::string_view code,
                         Moment,
                         Effects& out) {
    const auto waiting = waiting_.find(std::string(saga));
    if (waiting == waiting_.end()) {
        return;  // asked for in an earlier life, or by nobody here
    }
    std::string answer = "started";
    if (outcome == sagas::StartOutcome::already_started) {
        answer = "known";
    } else if (outcome == sagas::StartOutcome::refused) {
        answer = "refused " + std::string(code);
    }
    for (const RequestId id : waiting->second) {
        out.reply(id, as_bytes(answer));
    }
    waiting_.erase(waiting);
}

void OrderDesk::on_finished(const sagas::Instance& instance, Moment now, Effects& out) {
    const std::string_view state = sagas::name_of(instance.state);
    bus::Publication news;
    news.topic = topics::kNotifications;
    news.type = "order.finished.v1";
    news.partition_key = instance.id;
    news.correlation_id = instance.id;
    news.causation_id = instance.id;
    news.trace_parent = instance.trace_parent;
    news.payload = as_bytes(state);
    client_.emit(news, now, out);
}

void Dashboard::on_ready(std::uint32_t, Moment now, Effects& out) {
    bus::Subscription journal;
    journal.topic = topics::kJournal;
    journal.group = kJournalGroup;
    client_.subscribe(journal, now, out);
    bus::Subscription news;
    news.topic = topics::kNotifications;
    news.group = kNewsGroup;
    client_.subscribe(news, now, out);
}

void Dashboard::on_delivery(const bus::Delivery& delivery, Moment now, Effects& out) {
    ++seen_;
    answers_.push_back({delivery.group == kJournalGroup ? kJournalGroup : kNewsGroup,
                        std::string(delivery.topic()),
                        delivery.position,
                        delivery.receipt});
    settle(now, out);
}

void Dashboard::settle(Moment now, Effects& out) {
    batch_.clear();
    for (const Answer& answer : answers_) {
        bus::Settlement settlement;
        settlement.group = answer.group;
        settlement.topic = answer.topic;
        settlement.position = answer.position;
        settlement.receipt = answer.receipt;
        batch_.settlements.push_back(settlement);
    }
    if (client_.publish(batch_, bus::Durability::synced, now, out)) {
        answers_.clear();
    } else {
        // Too much is outstanding: what is not settled now is settled with the next, or comes back.
        out.set_timer(kRetryTimer, now.monotonic + kRetry);
    }
}

void Dashboard::on_timer(TimerId, Moment now, Effects& out) {
    if (!answers_.empty()) {
        settle(now, out);
    }
}

void Dashboard::on_outcome(const bus::BatchOutcome&, Moment, Effects&) {
    // A refused settlement means that the event is already settled, or will come again.
}

}  // namespace stormglass::scenarios
