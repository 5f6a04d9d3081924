#include "scenarios/worlds/services.hpp"

#include "runtime/check.hpp"
#include "scenarios/worlds/business.hpp"
#include "scenarios/worlds/checkout_saga.hpp"

namespace stormglass::scenarios {
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
    std::string answer = "started " + std::to_string(recorded_);
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

void OrderDesk::on_recorded(std::string_view, bus::Position position, Moment, Effects&) {
    recorded_ = position;
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

}  // namespace stormglass::scenarios
