// What callers ask of a connection, brought to its loop.
#include "bus/engines/detail/connection_impl.hpp"
#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr Duration kLong = minutes(60);

}  // namespace

// ---- calls ----

// In the order of the calls. Those that come while the loop is busy go in together.
void Connection::Impl::on_loop(std::function<void()> what) {
    if (here() || closed) {
        what();  // of a closed one: it says so
        return;
    }
    bool first = false;
    {
        const std::lock_guard hold(mutex);
        first = calls.empty();
        calls.push_back(std::move(what));
    }
    if (first) {
        host->post([this] {
            std::vector<std::function<void()>> taken;
            {
                const std::lock_guard hold(mutex);
                taken.swap(calls);
            }
            for (const auto& call : taken) {
                call();
            }
        });
    }
}

void Connection::publish(EventBatch batch, PublishHandler handler) {
    auto owned =
        std::make_shared<std::unique_ptr<detail::OwnedBatch>>(std::make_unique<detail::OwnedBatch>(
            detail::OwnedBatch::from(std::move(batch), std::move(handler))));
    impl_->on_loop([impl = impl_.get(), owned] { impl->core->publish(std::move(*owned)); });
}

std::future<Published> Connection::publish(EventBatch batch) {
    const auto promise = std::make_shared<std::promise<Published>>();
    publish(std::move(batch), [promise](const Published& what) { promise->set_value(what); });
    return promise->get_future();
}

std::future<Published> Connection::publish(Event event) {
    EventBatch batch;
    batch.events.push_back(std::move(event));
    return publish(std::move(batch));
}

Published Connection::publish_and_wait(EventBatch batch) {
    if (impl_->options.driving == Driving::own_thread) {
        return publish(std::move(batch)).get();
    }
    bool told = false;
    Published outcome;
    publish(std::move(batch), [&](const Published& what) {
        outcome = what;
        told = true;
    });
    impl_->host->run_until([&] { return told; }, kLong);  // its own deadline comes before
    return outcome;
}

bool Connection::emit(Event event) {
    constexpr std::size_t kWaitingMax = 4'096;
    Impl& impl = *impl_;
    if (impl.closed) {
        return false;
    }
    if (impl.here()) {
        const bool taken = impl.core->emit(event);
        const std::lock_guard hold(impl.mutex);
        impl.emits_dropped += taken ? 0 : 1;
        return taken;
    }
    {
        const std::lock_guard hold(impl.mutex);
        if (impl.emits_waiting >= kWaitingMax) {
            ++impl.emits_dropped;
            return false;
        }
        ++impl.emits_waiting;
    }
    impl.on_loop([&impl, event = std::move(event)] {
        const bool taken = impl.core->emit(event);
        const std::lock_guard hold(impl.mutex);
        --impl.emits_waiting;
        impl.emits_dropped += taken ? 0 : 1;
    });
    return true;
}

std::uint64_t Connection::emits_dropped() const {
    const std::lock_guard hold(impl_->mutex);
    return impl_->emits_dropped;
}

void Connection::subscribe(const Subscription& as, DeliveryHandler handler) {
    impl_->on_loop([impl = impl_.get(),
                    as,
                    topic = std::string(as.topic),
                    group = std::string(as.group),
                    handler = std::move(handler)] {
        Subscription named = as;
        named.topic = topic;
        named.group = group;
        impl->core->subscribe(named, handler);
    });
}

void Connection::settle(const Settlement& settlement, PublishHandler handler) {
    EventBatch batch;
    batch.settlements.push_back(settlement);
    auto owned =
        std::make_shared<std::unique_ptr<detail::OwnedBatch>>(std::make_unique<detail::OwnedBatch>(
            detail::OwnedBatch::from(std::move(batch), std::move(handler))));
    impl_->on_loop([impl = impl_.get(), owned] { impl->core->settle(std::move(*owned)); });
}

void Connection::read(std::string topic,
                      Position from,
                      std::function<void(const Record&)> on_record,
                      std::function<void(const Result<void>&)> on_end) {
    impl_->on_loop(
        [impl = impl_.get(),
         topic = std::move(topic),
         from,
         on_record = std::move(on_record),
         on_end = std::move(on_end)] { impl->core->read(topic, from, on_record, on_end); });
}

std::future<Result<std::vector<ReadEvent>>> Connection::read(std::string topic, Position from) {
    using Events = std::vector<ReadEvent>;
    const auto promise = std::make_shared<std::promise<Result<Events>>>();
    const auto events = std::make_shared<Events>();
    read(
        std::move(topic),
        from,
        [events](const Record& record) { events->push_back(copy_of(record)); },
        [events, promise](const Result<void>& end) {
            promise->set_value(end.ok() ? Result<Events>(std::move(*events))
                                        : Result<Events>(end.error()));
        });
    return promise->get_future();
}

std::future<Result<std::string>> Connection::ask(std::string question) {
    const auto promise = std::make_shared<std::promise<Result<std::string>>>();
    impl_->on_loop([impl = impl_.get(), promise, question = std::move(question)] {
        const auto tell = [promise](const Result<ByteBuffer>& answer) {
            promise->set_value(answer.ok() ? Result<std::string>(std::string(as_text(*answer)))
                                           : Result<std::string>(answer.error()));
        };
        if (impl->server != nullptr) {
            tell(impl->server->answer_question(as_bytes(question)));
        } else {
            impl->host->ask(kBrokerNode, as_bytes(question), tell);
        }
    });
    return promise->get_future();
}

bool Connection::run_until(const std::function<bool()>& done, Duration at_most) {
    CHECK(impl_->options.driving == Driving::caller);
    return impl_->host->run_until(done, at_most);
}

const std::string& Connection::source() const {
    return impl_->source;
}

// ---- small things ----

ReadEvent copy_of(const Record& record) {
    ReadEvent copy;
    copy.position = record.position;
    copy.id = record.event.id;
    copy.source = record.event.source;
    copy.type = record.event.type;
    copy.time = record.event.time;
    copy.partition_key = record.event.partition_key;
    copy.correlation_id = record.event.correlation_id;
    copy.trace_parent = record.event.trace_parent;
    copy.payload = as_text(record.event.payload);
    return copy;
}

std::string_view name_of(Published::Status status) {
    switch (status) {
        case Published::Status::accepted:
            return "accepted";
        case Published::Status::refused:
            return "refused";
        case Published::Status::overloaded:
            return "overloaded";
        case Published::Status::unreachable:
            return "unreachable";
        case Published::Status::unknown:
            return "unknown";
    }
    CHECK(false);
}

Answer Answer::publish(std::vector<Event> events) {
    Answer answer;
    answer.events = std::move(events);
    return answer;
}

Answer Answer::nack(Duration delay, std::string detail) {
    Answer answer;
    answer.verdict = Verdict::nack;
    answer.delay = delay;
    answer.detail = std::move(detail);
    return answer;
}

Answer Answer::reject(std::string detail) {
    Answer answer;
    answer.verdict = Verdict::reject;
    answer.detail = std::move(detail);
    return answer;
}

Answer Answer::wait() {
    Answer answer;
    answer.later = true;
    return answer;
}

}  // namespace stormglass::bus
