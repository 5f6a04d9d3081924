// The loop of a Host: what runs when, and how it ends.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime/asio/detail/net.hpp"

namespace stormglass::asio {

struct Host::Impl final : private detail::Surroundings {
    explicit Impl(HostOptions with);
    ~Impl() override;

    void transmit(NodeId from, NodeId to, Bytes frame) override;

    /// The end of every handler: what follows from it, then what waits for that.
    void after_handler();
    void turn_storage();
    void post_behind(std::function<void()> what);
    void arm_timer();
    void begin_end();
    void try_to_end(bool time_is_up);
    void wait_for_signal();

    HostOptions options;
    boost::asio::io_context io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
        io.get_executor()};
    boost::asio::steady_timer timer{io};
    boost::asio::signal_set signals{io};
    std::optional<MonotonicTime> timer_at;
    detail::Core core;
    detail::Net net;
    std::map<std::uint32_t, std::function<bool()>> quiet;  // by node
    bool storage_posted = false;
    bool after_posted = false;
    bool ending = false;
    bool ended = false;
};

}  // namespace stormglass::asio
