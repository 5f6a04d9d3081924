#include "sagas/coordinator.hpp"

#include <algorithm>
#include <utility>

#include "runtime/check.hpp"
#include "sagas/notes.hpp"
#include "sagas/trace.hpp"

namespace stormglass::sagas {
namespace {

constexpr TimerId kPumpTimer{2};
constexpr Duration kPumpDelay = milliseconds(20);  // the client was full: try what waits again

/// Refusals that say nothing about the batch itself: the same in a new one may pass.
bool is_passing(std::string_view code) {
    return code == "EV_EPOCH_STALE" || code == "EV_SEQ_GAP" || code == "EB_OVERLOADED";
}

}  // namespace

void CoordinatorObserver::on_start(
    std::string_view, StartOutcome, std::string_view, Moment, Effects&) {}

void CoordinatorObserver::on_recorded(std::string_view, bus::Position, Moment, Effects&) {}

void CoordinatorObserver::on_finished(const Instance&, Moment, Effects&) {}

Coordinator::Coordinator(bus::Client& client,
                         std::vector<Definition> definitions,
                         CoordinatorConfig config,
                         CoordinatorObserver* observer,
                         const Rules& rules)
    : Tenant(client, config.group, config.journal_topic),
      client_(client),
      definitions_(std::move(definitions)),
      config_(std::move(config)),
      observer_(observer),
      rules_(rules) {
    CHECK(!definitions_.empty());
    CHECK(is_name(config_.replies_topic));
    CHECK(config_.in_flight_max > 0);
    CHECK(config_.starts_max > 0);
    CHECK(config_.waiting_max > 0);
    CHECK(config_.finished_max > 0);
    for (const Definition& definition : definitions_) {
        CHECK(by_hash(definition.hash) == &definition);
    }
}

const Definition* Coordinator::newest(std::string_view name) const {
    const Definition* found = nullptr;
    for (const Definition& definition : definitions_) {
        if (definition.name == name && (found == nullptr || definition.version > found->version)) {
            found = &definition;
        }
    }
    return found;
}

const Definition* Coordinator::by_hash(std::uint64_t hash) const {
    const auto found = std::find_if(
        definitions_.begin(), definitions_.end(), [hash](auto& each) { return each.hash == hash; });
    return found == definitions_.end() ? nullptr : &*found;
}

const Instance* Coordinator::find(std::string_view saga) const {
    const auto found = entries_.find(saga);
    return found == entries_.end() || !found->second.on_bus ? nullptr : &found->second.instance;
}

const Definition* Coordinator::definition_of(const Instance& instance) const {
    const Definition* definition = by_hash(instance.definition_hash);
    CHECK(definition != nullptr);
    return definition;
}

Result<void> Coordinator::start_saga(const StartRequest& request, Moment now, Effects& out) {
    const auto scope = enter(out);
    if (!is_name(request.saga) || request.saga == config_.group ||
        !(request.cause.empty() || is_name(request.cause)) ||
        !(request.trace_parent.empty() || is_trace_parent(request.trace_parent))) {
        return Error{"SG_NAME",
                     "a saga's id and cause are 1 to 128 printable characters without blanks, its "
                     "trace a W3C traceparent; the id is not that of the group"};
    }
    const Definition* definition = newest(request.definition);
    if (definition == nullptr) {
        return Error{"SG_UNKNOWN_DEFINITION",
                     "no saga is defined as \"" + std::string(request.definition) + "\""};
    }
    if (request.payload.size() > kBodyBytesMax) {
        return Error{"SG_PAYLOAD",
                     "the payload has " + std::to_string(request.payload.size()) +
                         " bytes; at most " + std::to_string(kBodyBytesMax) + " are possible"};
    }
    if (starts_.size() >= config_.starts_max) {
        return Error{"SG_BUSY",
                     std::to_string(starts_.size()) + " sagas wait to be started; ask again later"};
    }
    Start& start = starts_.emplace_back();
    start.saga = request.saga;
    start.definition = definition;
    start.payload.assign(request.payload.begin(), request.payload.end());
    start.trace_parent = trace_parent_of(request.saga);
    if (const auto asked = bus::parse_trace_parent(request.trace_parent)) {
        const bus::TraceParentText root = write_trace_parent(root_span(*asked, request.saga));
        start.trace_parent = bus::view_of(root);
    }
    start.cause = request.cause;
    pump_starts(now, out);
    return {};
}

void Coordinator::on_ready(std::uint32_t, Moment now, Effects& out) {
    const auto scope = enter(out);
    bus::Subscription subscription;
    subscription.topic = config_.replies_topic;
    subscription.group = config_.group;
    subscription.mode = bus::GroupMode::effectively_once;
    // Any order will do: an instance takes only what can follow, and a timer must not hold up the
    // replies behind it.
    subscription.order = bus::KeyOrder::none;
    subscription.on_dead = bus::OnDead::skip;
    subscription.sharing = bus::Sharing::exclusive;
    subscription.in_flight_max = config_.in_flight_max;
    client_.subscribe(subscription, now, out);
    pump_starts(now, out);
}

void Coordinator::on_timer(TimerId timer, Moment now, Effects& out) {
    if (timer == Tenure::kRetryTimer) {
        retry_claim(now, out);
        return;
    }
    CHECK(timer == kPumpTimer);
    pump_starts(now, out);
    for (auto& [saga, entry] : entries_) {
        pump(entry, now, out);
    }
}

void Coordinator::retry_later(Moment now, Effects& out) {
    out.set_timer(kPumpTimer, now.monotonic + kPumpDelay);
}

void Coordinator::on_delivery(const bus::Delivery& delivery, Moment now, Effects& out) {
    const auto scope = enter(out);
    if (!is_mine(delivery, now, out)) {
        return;
    }
    auto input = decode_input(delivery);
    if (!input) {
        if (in_charge()) {
            reject(delivery, input.error(), now, out);
        }
        return;
    }
    if (in_charge()) {
        accept(std::move(input).value(), now, out);
    } else if (held_.size() < config_.in_flight_max) {
        held_.push_back(std::move(input).value());
    }
}

Result<Coordinator::SagaInput> Coordinator::decode_input(const bus::Delivery& delivery) const {
    SagaInput arrived;
    Input& input = arrived.input;
    input.position = delivery.position;
    input.receipt = delivery.receipt;
    input.cause = delivery.event.id;
    if (kind_of(delivery.event.payload) == MessageKind::timer) {
        const auto timer = decode_timer(delivery.event.payload);
        if (!timer) {
            return timer.error();
        }
        arrived.saga = timer->saga;
        input.kind = Input::Kind::timer;
        input.timer = timer->kind;
        input.step = timer->step;
        input.direction = timer->direction;
        input.attempt = timer->attempt;
    } else {
        const auto reply = decode_reply(delivery.event.payload);
        if (!reply) {
            return reply.error();
        }
        arrived.saga = reply->saga;
        input.kind = Input::Kind::reply;
        input.step = reply->step;
        input.direction = reply->direction;
        input.attempt = reply->attempt;
        input.outcome = reply->outcome;
    }
    if (arrived.saga != delivery.event.partition_key) {
        return Error{"SG_KEY", "the message is about another saga than its partition key says"};
    }
    return arrived;
}

void Coordinator::keep(std::deque<Input>& waiting, Input input) const {
    const auto same = std::find_if(waiting.begin(), waiting.end(), [&input](const Input& each) {
        return each.kind != Input::Kind::rearm && each.position == input.position;
    });
    if (same != waiting.end()) {
        same->receipt = std::max(same->receipt, input.receipt);  // Delivered again meanwhile.
    } else if (waiting.size() < config_.waiting_max) {
        waiting.push_back(std::move(input));
    }
    // Beyond the bound it stays unanswered and comes again.
    CHECK(waiting.size() <= config_.waiting_max + 1);  // and one wish to arm anew
}

void Coordinator::accept(SagaInput arrived, Moment now, Effects& out) {
    CHECK(in_charge());
    const auto found = entries_.find(arrived.saga);
    if (found == entries_.end()) {
        settle_only(arrived.saga, arrived.input, "unknown saga", now, out);
        return;
    }
    keep(found->second.waiting, std::move(arrived.input));
    pump(found->second, now, out);
}

void Coordinator::pump_starts(Moment now, Effects& out) {
    while (in_charge() && !starts_.empty()) {
        // Taken out first: an observer may ask for more sagas from within its callback.
        Start start = std::move(starts_.front());
        starts_.pop_front();
        if (const auto found = entries_.find(start.saga); found != entries_.end()) {
            // On its way counts too: its outcome will say the same to whoever asked first.
            if (observer_ != nullptr) {
                observer_->on_start(start.saga, StartOutcome::already_started, {}, now, out);
            }
        } else if (send_start(start, now, out) == Sent::no) {
            starts_.push_front(std::move(start));
            retry_later(now, out);
            return;
        }
    }
}

void Coordinator::pump(Entry& entry, Moment now, Effects& out) {
    while (in_charge() && !entry.busy && !entry.waiting.empty()) {
        const Input& input = entry.waiting.front();
        if (input.kind != Input::Kind::rearm && !fact_of_input(entry, input).has_value()) {
            settle_only(entry.instance.id, input, "late, repeated or foreign", now, out);
        } else if (decide(entry, input, now, out) == Sent::no) {
            retry_later(now, out);
            return;
        }
        entry.waiting.pop_front();
    }
}

void Coordinator::batch_done(const bus::BatchOutcome& outcome, Moment now, Effects& out) {
    const auto found = pending_.find(outcome.id);
    if (found == pending_.end()) {
        return;  // Of a tenure that is over.
    }
    CHECK(in_charge());
    Pending done = std::move(found->second);
    pending_.erase(found);
    if (outcome.accepted) {
        if (done.kind == Pending::Kind::start && observer_ != nullptr) {
            observer_->on_recorded(done.saga, outcome.positions.front(), now, out);
        }
        accepted(done, now, out);
    } else if (outcome.code == "EB_FENCED") {
        if (done.kind == Pending::Kind::start) {
            starts_.push_front(std::move(done.start));
        }
        lose(outcome.code, out);
    } else {
        refused(done, outcome.code, now, out);
    }
}

void Coordinator::accepted(const Pending& done, Moment now, Effects& out) {
    if (done.kind == Pending::Kind::settlement) {
        return;
    }
    CHECK(!done.saga.empty());
    const auto found = entries_.find(done.saga);
    CHECK(found != entries_.end());
    Entry& entry = found->second;
    CHECK(entry.busy);
    entry.busy = false;
    const auto commands = std::count_if(done.facts.begin(), done.facts.end(), [](auto& fact) {
        return fact.kind == JournalEvent::Kind::command;
    });
    out.note(notes::kDecisionAcknowledged,
             {{"saga", done.saga},
              {"epoch", generation()},
              {"events", done.facts.size()},
              {"commands", commands}});
    for (const JournalEvent& fact : done.facts) {
        if (fact.kind == JournalEvent::Kind::started) {
            CHECK(!entry.on_bus);
            entry.on_bus = true;
            ++live_;
        } else {
            const auto applied = apply(entry.instance, *entry.definition, fact);
            CHECK(applied.ok());
        }
        note_fact(entry, fact, out);
    }
    if (done.kind == Pending::Kind::start && observer_ != nullptr) {
        observer_->on_start(done.saga, StartOutcome::started, {}, now, out);
    }
    if (!done.facts.empty() && done.facts.back().kind == JournalEvent::Kind::finished) {
        finish(entry, now, out);
    }
    pump(entry, now, out);
}

void Coordinator::refused(Pending& done, std::string_view code, Moment now, Effects& out) {
    CHECK(code != "EB_FENCED");
    if (done.kind == Pending::Kind::settlement) {
        return;  // Answered already, or the delivery comes again.
    }
    const auto found = entries_.find(done.saga);
    CHECK(found != entries_.end());
    Entry& entry = found->second;
    CHECK(entry.busy);
    entry.busy = false;
    if (done.kind == Pending::Kind::start) {
        entries_.erase(found);
        if (is_passing(code)) {
            starts_.push_back(std::move(done.start));
            retry_later(now, out);
            return;
        }
        if (observer_ != nullptr) {
            observer_->on_start(
                done.saga,
                code == "EB_CONDITION" ? StartOutcome::already_started : StartOutcome::refused,
                code,
                now,
                out);
        }
        return;
    }
    if (done.rearms) {
        entry.waiting.push_front(Input{});  // Nobody else would arm this saga's timers.
        retry_later(now, out);
        return;
    }
    pump(entry, now, out);  // The input was settled, or comes again; memory has not moved.
}

void Coordinator::finish(Entry& entry, Moment now, Effects& out) {
    CHECK(is_final(entry.instance.state));
    CHECK(live_ > 0);
    --live_;
    if (entry.instance.state == SagaState::completed) {
        COVER(out, "saga.completed");
    } else if (entry.instance.state == SagaState::compensated) {
        COVER(out, "saga.compensated");
    } else {
        COVER(out, "saga.needs-operator");
        out.note(notes::kOperator,
                 {{"saga", entry.instance.id},
                  {"epoch", generation()},
                  {"why", describe(entry.instance, *entry.definition)}});
    }
    if (observer_ != nullptr) {
        observer_->on_finished(entry.instance, now, out);
    }
    entry.payload = {};
    remember_end(entry);
}

void Coordinator::remember_end(const Entry& entry) {
    CHECK(is_final(entry.instance.state));
    finished_.push_back(entry.instance.id);
    if (finished_.size() > config_.finished_max) {
        // Never the one just finished: the bound is at least one.
        entries_.erase(finished_.front());
        finished_.pop_front();
    }
    CHECK(finished_.size() <= config_.finished_max);
}

}  // namespace stormglass::sagas
