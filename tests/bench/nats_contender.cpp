// NATS JetStream: a file stream of one replica, acknowledged publishes, and a push consumer that
// acknowledges each event explicitly.
#include <cstdio>
#include <thread>

#include "tests/bench/contender.hpp"
#include "tests/bench/nats_client.hpp"
#include "tests/bench/servers.hpp"

namespace stormglass::bench {
namespace {

class NatsContender final : public Contender {
  public:
    NatsContender()
        : port_(free_port()),
          server_name_("bench-" + std::to_string(::getpid()) + "-" + std::to_string(port_)),
          child_({"nats-server",
                  "--addr",
                  "127.0.0.1",
                  "--port",
                  std::to_string(port_),
                  "--name",
                  server_name_,
                  "--jetstream",
                  "--store_dir",
                  dir_.path()},
                 dir_.path() + "/log") {
        NatsClient nats(port_, server_name_);
        nats.subscribe("asked");
        nats.request("$JS.API.STREAM.CREATE.bench",
                     R"({"name":"bench","subjects":["orders","paced.*","stored.*"],)"
                     R"("storage":"file","num_replicas":1,"retention":"limits"})");
    }

    std::string name() const override { return "JetStream"; }

    std::size_t publish(Window window, double for_seconds) override {
        NatsClient nats(port_, server_name_);
        nats.subscribe("told");
        const std::string payload(kPayloadBytes, 'p');
        return keep_under_way(
            window.events,
            for_seconds,
            [&] { nats.publish("orders", "told", payload); },
            [&] { take_acknowledgement(nats); });
    }

    Latencies end_to_end(double per_second, double for_seconds) override {
        const auto count = static_cast<std::size_t>(per_second * for_seconds);
        const std::string subject = "paced." + std::to_string(++subjects_);
        Latencies latencies;
        NatsClient consumer(port_, server_name_);
        begin_consuming(consumer, subject);
        std::thread consuming([&] {
            while (latencies.all.size() < count) {
                const NatsClient::Message event = consumer.next();
                if (event.subject.empty()) {
                    return;  // nothing more comes
                }
                latencies.all.push_back(us_since_stamp(event.payload));
                consumer.publish(event.reply, {}, "+ACK");
                consumer.flush();
            }
        });
        NatsClient publisher(port_, server_name_);
        publisher.subscribe("told");
        pace(
            per_second,
            for_seconds,
            [&](std::int64_t due) {
                publisher.publish(subject, "told", stamped_payload(due));
                publisher.flush();
            },
            [&] {
                while (publisher.readable()) {
                    take_acknowledgement(publisher);
                }
            });
        consuming.join();
        CHECK(latencies.all.size() >= count / 2);
        if (latencies.all.size() < count) {
            std::printf(
                "JetStream: %zu of %zu events did not come\n", count - latencies.all.size(), count);
        }
        return latencies;
    }

    double consume(std::size_t events) override {
        const std::string subject = "stored." + std::to_string(++subjects_);
        {
            NatsClient publisher(port_, server_name_);
            publisher.subscribe("told");
            const std::string payload(kPayloadBytes, 'p');
            for (std::size_t n = 0; n < events; ++n) {
                publisher.publish(subject, "told", payload);
                if (n % kStoredAtOnce == kStoredAtOnce - 1) {
                    for (std::size_t i = 0; i < kStoredAtOnce; ++i) {
                        take_acknowledgement(publisher);
                    }
                }
            }
            for (std::size_t n = 0; n < events % kStoredAtOnce; ++n) {
                take_acknowledgement(publisher);
            }
        }
        NatsClient consumer(port_, server_name_);
        const Instant from = clock_now();
        begin_consuming(consumer, subject);
        for (std::size_t taken = 0; taken < events; ++taken) {
            consumer.publish(consumer.next().reply, {}, "+ACK");  // leaves when it has to wait
        }
        consumer.flush();
        return static_cast<double>(events) / seconds_since(from);
    }

    double server_cpu() const override { return child_.cpu_seconds(); }

  private:
    static constexpr std::size_t kStoredAtOnce = 1'000;

    static void take_acknowledgement(NatsClient& nats) {
        const NatsClient::Message told = nats.next();
        CHECK(told.subject == "told");
        CHECK(told.payload.find("\"seq\":") != std::string::npos);
    }

    void begin_consuming(NatsClient& nats, const std::string& subject) {
        const std::string durable = "g" + std::to_string(subjects_);
        nats.subscribe("asked");
        const std::string path = "$JS.API.CONSUMER.DURABLE.CREATE.bench." + durable;
        nats.request(path,
                     R"({"stream_name":"bench","config":{"durable_name":")" + durable +
                         R"(","deliver_subject":"to-)" + durable + R"(","filter_subject":")" +
                         subject +
                         R"(","deliver_policy":"all","ack_policy":"explicit",)"
                         R"("max_ack_pending":1024}})");
        nats.subscribe("to-" + durable);
        nats.flush();
    }

    TempDir dir_;
    int port_;
    std::string server_name_;
    Child child_;
    int subjects_ = 0;
};

}  // namespace

std::unique_ptr<Contender> start_nats() {
    return std::make_unique<NatsContender>();
}

}  // namespace stormglass::bench
