// Our own bus over loopback: a server in a process of its own, programs through `bus::connect`.
#include <condition_variable>
#include <mutex>

#include "bus/engines/connection.hpp"
#include "bus/engines/server.hpp"
#include "tests/bench/contender.hpp"
#include "tests/bench/servers.hpp"

namespace stormglass::bench {
namespace {

bus::Event event_of(std::string topic, std::string payload) {
    bus::Event event;
    event.topic = std::move(topic);
    event.type = "bench.event.v1";
    event.partition_key = "a";
    event.payload = std::move(payload);
    return event;
}

class StormglassContender final : public Contender {
  public:
    StormglassContender(Safety safety, const std::string& self)
        : safety_(safety),
          port_(free_port()),
          child_({self,
                  "--serve",
                  dir_.path(),
                  std::to_string(port_),
                  safety == Safety::synced ? "synced" : "written"},
                 dir_.path() + "/log") {}

    std::string name() const override { return "Stormglass"; }

    std::size_t publish(Window window, double for_seconds) override {
        const std::size_t events = window.per_batch;
        const std::size_t batches = window.events / events;
        const auto bus = join("publisher", bus::Driving::caller);
        bus::EventBatch batch;
        for (std::size_t n = 0; n < events; ++n) {
            batch.events.push_back(event_of("orders", std::string(kPayloadBytes, 'p')));
        }
        std::size_t done = 0;
        std::size_t under_way = 0;
        const Instant from = clock_now();
        std::function<void()> send = [&] {
            ++under_way;
            bus->publish(batch, [&](const bus::Published& what) {
                CHECK(what.ok());
                --under_way;
                done += events;
                if (seconds_since(from) < for_seconds) {
                    send();
                }
            });
        };
        for (std::size_t n = 0; n < batches; ++n) {
            send();
        }
        CHECK(bus->run_until([&] { return under_way == 0; }, minutes(1)));
        return done;
    }

    Latencies end_to_end(double per_second, double for_seconds) override {
        const auto count = static_cast<std::size_t>(per_second * for_seconds);
        const std::string topic = "paced-" + std::to_string(++topics_);
        Latencies latencies;
        std::mutex mutex;
        std::condition_variable all;
        const auto consumer = join("consumer", bus::Driving::own_thread);
        bool consuming = false;  // the first event found it there: from then on it is measured
        consumer->subscribe(group_of(topic), [&](const bus::Delivery& delivery) {
            const std::lock_guard hold(mutex);
            if (consuming) {
                latencies.all.push_back(
                    us_since_stamp(std::string(as_text(delivery.event.payload))));
            }
            consuming = true;
            all.notify_one();
            return bus::Answer::ack();
        });
        const auto publisher = join("publisher", bus::Driving::own_thread);
        CHECK(publisher->publish(event_of(topic, "first")).get().ok());
        std::unique_lock hold(mutex);
        CHECK(all.wait_for(hold, std::chrono::seconds(60), [&] { return consuming; }));
        hold.unlock();
        pace(
            per_second,
            for_seconds,
            [&](std::int64_t due) {
                bus::EventBatch batch;
                batch.events.push_back(event_of(topic, stamped_payload(due)));
                publisher->publish(std::move(batch),
                                   [](const bus::Published& what) { CHECK(what.ok()); });
            },
            [] {});
        hold.lock();
        CHECK(all.wait_for(
            hold, std::chrono::seconds(60), [&] { return latencies.all.size() >= count; }));
        return latencies;
    }

    double consume(std::size_t events) override {
        const std::string topic = "consumed-" + std::to_string(++topics_);
        const auto bus = join("publisher", bus::Driving::caller);
        std::size_t under_way = 0;
        for (std::size_t n = 0; n < events; n += 64) {
            bus::EventBatch batch;
            for (std::size_t i = 0; i < std::min<std::size_t>(64, events - n); ++i) {
                batch.events.push_back(event_of(topic, std::string(kPayloadBytes, 'p')));
                batch.events.back().partition_key = std::to_string(i);
            }
            ++under_way;
            bus->publish(std::move(batch), [&](const bus::Published& what) {
                CHECK(what.ok());
                --under_way;
            });
            CHECK(bus->run_until([&] { return under_way < 64; }, minutes(1)));
        }
        CHECK(bus->run_until([&] { return under_way == 0; }, minutes(1)));
        std::size_t taken = 0;
        const Instant from = clock_now();
        bus->subscribe(group_of(topic), [&](const bus::Delivery&) {
            ++taken;
            return bus::Answer::ack();
        });
        CHECK(bus->run_until([&] { return taken >= events; }, minutes(1)));
        return static_cast<double>(taken) / seconds_since(from);
    }

    double server_cpu() const override { return child_.cpu_seconds(); }

  private:
    bus::ConnectionPtr join(const std::string& name, bus::Driving driving) {
        bus::ConnectOptions options;
        options.source = name;
        options.data = dir_.path();
        options.driving = driving;
        options.outstanding_max = 1 << 16;  // whoever keeps a pace is not refused for a slow disk
        options.durability =
            safety_ == Safety::synced ? bus::Durability::synced : bus::Durability::written;
        for (int tries = 0; tries < 500; ++tries) {
            auto bus = bus::connect("stormglass://127.0.0.1:" + std::to_string(port_), options);
            if (bus.ok()) {
                return std::move(bus).value();
            }
            ::usleep(10'000);  // it is still making its key
        }
        CHECK(false);
    }

    static bus::Subscription group_of(const std::string& topic) {
        bus::Subscription group;
        group.topic = topic;
        group.group = "g";
        group.in_flight_max = 1'024;
        group.order = bus::KeyOrder::none;  // as in Redis
        return group;
    }

    Safety safety_;
    TempDir dir_;
    int port_;
    Child child_;
    int topics_ = 0;
};

}  // namespace

std::unique_ptr<Contender> start_stormglass(Safety safety, const std::string& self) {
    return std::make_unique<StormglassContender>(safety, self);
}

int serve_stormglass(const std::string& data, const std::string& port, Safety safety) {
    bus::ServerOptions options;
    options.data = data;
    options.listen = {"127.0.0.1:" + port};
    options.durability =
        safety == Safety::synced ? bus::Durability::synced : bus::Durability::written;
    auto server = bus::Server::open(std::move(options));
    if (!server.ok()) {
        std::fprintf(stderr, "%s\n", server.error().text.c_str());
        return 1;
    }
    (*server)->host().stop_on_signals();
    (*server)->run();
    return 0;
}

}  // namespace stormglass::bench
