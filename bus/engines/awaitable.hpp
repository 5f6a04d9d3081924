// The same calls for any completion token of Boost.Asio: coroutines (`use_awaitable`), callbacks,
// futures (`use_future`). This header needs Boost.Asio; connection.hpp does not.
//
//     boost::asio::awaitable<void> shop(bus::Connection& bus) {
//         bus::Published done = co_await bus::async_publish(bus, order,
//         boost::asio::use_awaitable);
//     }
//
// A handler runs on its own executor (that of the coroutine which waits), never on the connection's
// thread. The connection must outlive the call, and the executor's context the connection: its
// thread may still be about to return from handing over the last result.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "bus/engines/connection.hpp"

namespace stormglass::bus {
namespace detail {

/// A handler on its way, and what keeps its context running while the bus has the word.
template <class Handler, class Executor>
struct Waiting {
    explicit Waiting(Handler&& waits, const Executor& on) : handler(std::move(waits)), work(on) {}

    Handler handler;
    boost::asio::executor_work_guard<Executor> work;
};

/// Starts an operation with a callback that brings its result to the handler's executor.
template <class What, class Token, class Start>
auto async_call(Token&& token, Start start) {
    return boost::asio::async_initiate<Token, void(What)>(
        [](auto handler, Start begin) {
            auto executor = boost::asio::get_associated_executor(handler);
            using Kept = Waiting<decltype(handler), decltype(executor)>;
            auto kept = std::make_shared<Kept>(std::move(handler), executor);
            begin([kept, executor](What what) {
                boost::asio::post(executor, [kept, what = std::move(what)]() mutable {
                    kept->work.reset();
                    std::move(kept->handler)(std::move(what));
                });
            });
        },
        token,
        std::move(start));
}

}  // namespace detail

/// Completes with `Published`.
template <class Token>
auto async_publish(Connection& bus, EventBatch batch, Token&& token) {
    return detail::async_call<Published>(
        std::forward<Token>(token), [&bus, batch = std::move(batch)](auto tell) mutable {
            bus.publish(std::move(batch), [tell](const Published& what) { tell(what); });
        });
}

template <class Token>
auto async_publish(Connection& bus, Event event, Token&& token) {
    EventBatch batch;
    batch.events.push_back(std::move(event));
    return async_publish(bus, std::move(batch), std::forward<Token>(token));
}

/// Completes with `Result<std::vector<ReadEvent>>`: the topic from `from` to its head.
template <class Token>
auto async_read(Connection& bus, std::string topic, Position from, Token&& token) {
    using Events = Result<std::vector<ReadEvent>>;
    return detail::async_call<Events>(
        std::forward<Token>(token), [&bus, topic = std::move(topic), from](auto tell) mutable {
            auto events = std::make_shared<std::vector<ReadEvent>>();
            bus.read(
                std::move(topic),
                from,
                [events](const Record& record) { events->push_back(copy_of(record)); },
                [events, tell](const Result<void>& end) {
                    tell(end.ok() ? Events(std::move(*events)) : Events(end.error()));
                });
        });
}

}  // namespace stormglass::bus
