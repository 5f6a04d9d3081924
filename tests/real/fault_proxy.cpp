#include "tests/real/fault_proxy.hpp"

#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "runtime/check.hpp"

namespace stormglass::tests {
namespace {

namespace net = boost::asio;
using tcp = net::ip::tcp;
using boost::system::error_code;

enum class End { orderly, reset };

struct Weather {
    std::chrono::milliseconds delay{0};
    bool swallows = false;
    std::atomic<std::size_t> held_up{0};
};

/// Two sockets and the pieces under way between them.
class Pair : public std::enable_shared_from_this<Pair> {
  public:
    Pair(tcp::socket client, Weather& weather)
        : client_(std::move(client)),
          server_(client_.get_executor()),
          weather_(weather) {}

    void open(const tcp::endpoint& upstream) {
        server_.async_connect(upstream, [self = shared_from_this()](error_code failed) {
            if (failed) {
                self->end(End::orderly);
                return;
            }
            self->forward(self->there_);
            self->forward(self->back_);
        });
    }

    void end(End how) {
        for (tcp::socket* socket : {&client_, &server_}) {
            error_code ignored;
            if (how == End::reset) {
                socket->set_option(net::socket_base::linger(true, 0), ignored);
            }
            socket->close(ignored);
        }
    }

  private:
    struct Way {
        Way(tcp::socket& in, tcp::socket& out) : from(in), to(out), timer(in.get_executor()) {}

        tcp::socket& from;
        tcp::socket& to;
        net::steady_timer timer;
        std::array<char, 16 << 10> bytes{};
    };

    void forward(Way& way) {
        way.from.async_read_some(net::buffer(way.bytes),
                                 [self = shared_from_this(), &way](error_code failed, size_t got) {
                                     if (failed) {
                                         self->end(End::orderly);
                                         return;
                                     }
                                     self->pass(way, got);
                                 });
    }

    void pass(Way& way, std::size_t size) {
        if (weather_.swallows) {
            ++weather_.held_up;
            return;
        }
        if (weather_.delay.count() == 0) {
            write(way, size);
            return;
        }
        ++weather_.held_up;
        way.timer.expires_after(weather_.delay);
        way.timer.async_wait([self = shared_from_this(), &way, size](error_code failed) {
            if (!failed) {
                self->write(way, size);
            }
        });
    }

    void write(Way& way, std::size_t size) {
        net::async_write(way.to,
                         net::buffer(way.bytes.data(), size),
                         [self = shared_from_this(), &way](error_code failed, size_t) {
                             if (failed) {
                                 self->end(End::orderly);
                                 return;
                             }
                             self->forward(way);
                         });
    }

    tcp::socket client_;
    tcp::socket server_;
    Weather& weather_;
    Way there_{client_, server_};
    Way back_{server_, client_};
};

}  // namespace

struct FaultProxy::Impl {
    net::io_context loop{1};
    tcp::acceptor acceptor{loop, {net::ip::address_v4::loopback(), 0}};
    tcp::endpoint upstream;
    Weather weather;
    std::atomic<std::size_t> connections{0};
    std::vector<std::weak_ptr<Pair>> pairs;
    std::thread thread;

    void accept() {
        acceptor.async_accept([this](error_code failed, tcp::socket socket) {
            if (failed) {
                return;
            }
            ++connections;
            const auto pair = std::make_shared<Pair>(std::move(socket), weather);
            pairs.push_back(pair);
            pair->open(upstream);
            accept();
        });
    }

    void end_all(End how) {
        for (const auto& weak : std::exchange(pairs, {})) {
            if (const auto pair = weak.lock()) {
                pair->end(how);
            }
        }
    }

    void now(const std::function<void()>& change) {
        std::promise<void> done;
        net::post(loop, [&] {
            change();
            done.set_value();
        });
        done.get_future().wait();
    }
};

FaultProxy::FaultProxy(const std::string& upstream) : impl_(std::make_unique<Impl>()) {
    const std::size_t colon = upstream.rfind(':');
    CHECK(colon != std::string::npos);
    impl_->upstream = {net::ip::make_address(upstream.substr(0, colon)),
                       static_cast<std::uint16_t>(std::stoi(upstream.substr(colon + 1)))};
    address_ = "127.0.0.1:" + std::to_string(impl_->acceptor.local_endpoint().port());
    impl_->accept();
    impl_->thread = std::thread([impl = impl_.get()] { impl->loop.run(); });
}

FaultProxy::~FaultProxy() {
    impl_->now([this] {
        impl_->acceptor.close();
        impl_->end_all(End::orderly);
    });
    impl_->thread.join();
}

void FaultProxy::delay(std::chrono::milliseconds by) {
    impl_->now([&] { impl_->weather.delay = by; });
}

void FaultProxy::black_hole() {
    impl_->now([this] { impl_->weather.swallows = true; });
}

void FaultProxy::heal() {
    impl_->now([this] {
        impl_->weather.delay = std::chrono::milliseconds(0);
        if (std::exchange(impl_->weather.swallows, false)) {
            impl_->end_all(End::reset);
        }
    });
}

void FaultProxy::cut() {
    impl_->now([this] { impl_->end_all(End::orderly); });
}

void FaultProxy::reset() {
    impl_->now([this] { impl_->end_all(End::reset); });
}

std::size_t FaultProxy::connections() const {
    return impl_->connections;
}

std::size_t FaultProxy::held_up() const {
    return impl_->weather.held_up;
}

}  // namespace stormglass::tests
