#include "runtime/asio/host.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>

#include <boost/asio/post.hpp>

#include "runtime/asio/detail/host_impl.hpp"

namespace stormglass::asio {
namespace {

constexpr Duration kLate = milliseconds(20);    // of a timer: the loop was held up
constexpr Duration kEndPoll = milliseconds(2);  // between looks at whether all is quiet
constexpr int kPollEvery = 64;                  // turns of a driven host between looks outside

}  // namespace

// ---- the loop ----

Host::Impl::Impl(HostOptions with)
    : options(std::move(with)),
      core(*this, options.observer),
      net(io, core, options.links, [this] { after_handler(); }) {
    core.set_storage(make_storage(options.storage,
                                  [this] { boost::asio::post(io, [this] { turn_storage(); }); }));
}

Host::Impl::~Impl() {
    core.set_storage(nullptr);  // ends its threads before what they wake
}

void Host::Impl::transmit(NodeId from, NodeId to, Bytes frame) {
    net.transmit(from, to, frame);
}

void Host::Impl::after_handler() {
    do {
        core.settle();
        net.deliver_events();
    } while (net.has_events());
    net.flush();
    if (core.unsettled() || net.has_events()) {
        if (!after_posted) {
            after_posted = true;
            boost::asio::post(io, [this] {
                after_posted = false;
                after_handler();
            });
        }
    } else if (core.has_storage_work() && !storage_posted) {
        storage_posted = true;
        post_behind([this] {
            storage_posted = false;
            turn_storage();
        });
    }
    arm_timer();
}

void Host::Impl::turn_storage() {
    core.turn_storage();
    after_handler();
}

void Host::Impl::arm_timer() {
    const auto due = core.timers().next_due();
    if (!due.has_value() || (timer_at.has_value() && *timer_at <= *due)) {
        return;
    }
    timer_at = due;
    timer.expires_at(std::chrono::steady_clock::time_point(
        std::chrono::nanoseconds(static_cast<std::int64_t>(due->ns))));
    timer.async_wait([this](boost::system::error_code error) {
        if (error) {
            return;  // moved forward, or the end
        }
        const bool late = detail::Core::now().monotonic > *timer_at + kLate;
        timer_at.reset();
        const auto fire = [this] {
            core.fire_timers();
            after_handler();
        };
        if (late) {
            // The process was stopped, or a sync took long: what came in time is heard first.
            post_behind(fire);
        } else {
            fire();
        }
    });
}

// Behind all that is ready, on sockets too: those are looked at once between two posts.
void Host::Impl::post_behind(std::function<void()> what) {
    boost::asio::post(
        io, [this, what = std::move(what)]() mutable { boost::asio::post(io, std::move(what)); });
}

// ---- the end ----

void Host::Impl::begin_end() {
    if (ending) {
        return;
    }
    ending = true;
    core.note({}, "host.stopping", {});
    net.stop_accepting();
    const MonotonicTime until = detail::Core::now().monotonic + options.drain;
    core.call_at(until, [this] { try_to_end(true); });
    try_to_end(false);
}

void Host::Impl::try_to_end(bool time_is_up) {
    if (ended) {
        return;
    }
    bool done = !core.unsettled() && core.storage_outstanding() == 0 && net.all_sent();
    for (const auto& [node, is_quiet] : quiet) {
        done = done && is_quiet();
    }
    if (!done && !time_is_up) {
        core.call_at(detail::Core::now().monotonic + kEndPoll, [this] { try_to_end(false); });
        arm_timer();
        return;
    }
    ended = true;
    if (auto synced = core.sync_all(); !synced) {
        core.note({}, "host.sync-failed", {{"text", std::string_view(synced.error().text)}});
    }
    core.note({}, "host.stopped", {{"in-time", done ? 1 : 0}});
    net.close_all();
    io.stop();
}

void Host::Impl::wait_for_signal() {
    signals.async_wait([this](boost::system::error_code error, int signal) {
        if (error) {
            return;
        }
        if (ending) {
            std::_Exit(128 + signal);
        }
        begin_end();
        wait_for_signal();
        after_handler();
    });
}

// ---- the host ----

Host::Host(HostOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Host::~Host() = default;

void Host::post(std::function<void()> what) {
    boost::asio::post(impl_->io, [impl = impl_.get(), what = std::move(what)] {
        what();
        impl->after_handler();
    });
}

void Host::stop() {
    boost::asio::post(impl_->io, [impl = impl_.get()] {
        impl->begin_end();
        impl->after_handler();
    });
}

void Host::stop_now() {
    boost::asio::post(impl_->io, [impl = impl_.get()] {
        impl->ending = true;
        impl->ended = true;
        impl->net.close_all();
        impl->io.stop();
    });
}

Result<void> Host::add(NodeId id, Node& node, NodeOptions options) {
    std::unique_ptr<Directory> directory;
    if (!options.data.empty()) {
        auto opened = Directory::open(options.data);
        if (!opened) {
            return opened.error();
        }
        directory = std::move(opened).value();
    }
    if (options.quiet) {
        impl_->quiet[id.value] = std::move(options.quiet);
    }
    impl_->core.add(id, node, std::move(directory));
    boost::asio::post(impl_->io, [impl = impl_.get()] { impl->after_handler(); });
    return {};
}

void Host::remove(NodeId id) {
    impl_->quiet.erase(id.value);
    impl_->core.remove(id);
}

Result<std::string> Host::listen(std::string_view address,
                                 NodeId node,
                                 std::shared_ptr<LinkAuth> auth) {
    return impl_->net.listen(address, node, std::move(auth));
}

void Host::dial(DialOptions options) {
    impl_->net.dial(std::move(options));
    impl_->arm_timer();
}

void Host::step(NodeId node, const std::function<void(Moment, Effects&)>& what) {
    impl_->core.step(node, [&](Node&, Moment at, Effects& out) { what(at, out); });
}

void Host::request(NodeId node, Bytes body, std::function<void(Bytes)> on_reply) {
    impl_->core.request(node, body, std::move(on_reply));
}

void Host::ask(NodeId peer, Bytes body, AnswerHandler on_answer) {
    impl_->net.ask(peer, body, std::move(on_answer));
}

void Host::serve_questions(Question question) {
    impl_->net.set_question(std::move(question));
}

void Host::stop_on_signals() {
    boost::system::error_code ignored;
    impl_->signals.add(SIGINT, ignored);
    impl_->signals.add(SIGTERM, ignored);
    std::signal(SIGXFSZ, SIG_IGN);
    impl_->wait_for_signal();
}

void Host::run() {
    const CheckScope scope(impl_->core);
    impl_->after_handler();
    impl_->io.run();
}

bool Host::run_until(const std::function<bool()>& done, Duration at_most) {
    const CheckScope scope(impl_->core);
    if (done()) {
        return true;
    }
    const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds(at_most.ns);
    impl_->after_handler();
    for (int turns = 0; !impl_->io.stopped(); ++turns) {
        if (done()) {
            return true;
        }
        const bool look_outside = turns % kPollEvery == kPollEvery - 1;
        if (!look_outside && impl_->core.has_storage_work()) {
            impl_->turn_storage();
            continue;
        }
        if (impl_->io.run_one_until(until) == 0 && std::chrono::steady_clock::now() >= until) {
            return done();
        }
    }
    return done();
}

void Host::call_after(Duration wait, std::function<void()> what) {
    impl_->core.call_at(detail::Core::now().monotonic + wait, std::move(what));
    impl_->arm_timer();
}

Moment Host::now() const {
    return detail::Core::now();
}

bool Host::stopping() const {
    return impl_->ending;
}

LinkCounts Host::link_counts() const {
    return impl_->net.counts();
}

const std::map<std::string_view, std::uint64_t>& Host::covered() const {
    return impl_->core.covered();
}

std::uint64_t Host::bytes_free(NodeId node) const {
    const Directory* const directory = impl_->core.directory(node);
    return directory == nullptr ? 0 : directory->bytes_free();
}

}  // namespace stormglass::asio
