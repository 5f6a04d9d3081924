// Redis Streams: XADD, XREADGROUP and XACK through hiredis, pipelined where the work allows it.
#include <cstring>
#include <thread>

#include "tests/bench/contender.hpp"
#include "tests/bench/servers.hpp"

#include <hiredis/hiredis.h>
#include <poll.h>

namespace stormglass::bench {
namespace {

using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

class Redis {
  public:
    explicit Redis(int port) {
        for (int tries = 0; tries < 500 && context_ == nullptr; ++tries) {
            redisContext* made = redisConnect("127.0.0.1", port);
            if (made != nullptr && made->err == 0) {
                context_ = made;
                return;
            }
            redisFree(made);
            ::usleep(10'000);
        }
        CHECK(context_ != nullptr);
    }

    ~Redis() { redisFree(context_); }

    Redis(const Redis&) = delete;
    Redis& operator=(const Redis&) = delete;

    Reply take() {
        void* reply = nullptr;
        CHECK(redisGetReply(context_, &reply) == REDIS_OK);
        Reply owned(static_cast<redisReply*>(reply), &freeReplyObject);
        CHECK(owned->type != REDIS_REPLY_ERROR);
        return owned;
    }

    template <class... Arguments>
    void ask(const char* format, Arguments... arguments) {
        CHECK(redisAppendCommand(context_, format, arguments...) == REDIS_OK);
    }

    template <class... Arguments>
    Reply call(const char* format, Arguments... arguments) {
        ask(format, arguments...);
        return take();
    }

    /// Sends what was gathered; otherwise that happens when a reply is waited for.
    void flush() {
        for (int done = 0; done == 0;) {
            CHECK(redisBufferWrite(context_, &done) == REDIS_OK);
        }
    }

    /// Takes the replies that need no waiting; returns how many.
    std::size_t take_what_is_there() {
        pollfd wanted{context_->fd, POLLIN, 0};
        if (::poll(&wanted, 1, 0) == 1) {
            CHECK(redisBufferRead(context_) == REDIS_OK);
        }
        for (std::size_t taken = 0;; ++taken) {
            void* reply = nullptr;
            CHECK(redisGetReplyFromReader(context_, &reply) == REDIS_OK);
            if (reply == nullptr) {
                return taken;
            }
            const Reply owned(static_cast<redisReply*>(reply), &freeReplyObject);
            CHECK(owned->type != REDIS_REPLY_ERROR);
        }
    }

    void add(const std::string& payload) {
        ask("XADD orders * k a e %b", payload.data(), payload.size());
    }

  private:
    redisContext* context_ = nullptr;
};

class RedisContender final : public Contender {
  public:
    explicit RedisContender(Safety safety)
        : name_(safety == Safety::synced ? "Redis always" : "Redis everysec"),
          port_(free_port()),
          child_({"redis-server",
                  "--bind",
                  "127.0.0.1",
                  "--port",
                  std::to_string(port_),
                  "--dir",
                  dir_.path(),
                  "--appendonly",
                  "yes",
                  "--appendfsync",
                  safety == Safety::synced ? "always" : "everysec",
                  "--save",
                  "",
                  "--maxmemory",
                  "0",
                  "--auto-aof-rewrite-percentage",
                  "0"},
                 dir_.path() + "/log") {
        Redis redis(port_);
        const Reply info = redis.call("INFO server");
        const std::string line = "process_id:" + std::to_string(child_.pid()) + "\r";
        CHECK(std::strstr(info->str, line.c_str()) != nullptr);  // ours, no other
        redis.call("XGROUP CREATE orders g $ MKSTREAM");
    }

    std::string name() const override { return name_; }

    std::size_t publish(Window window, double for_seconds) override {
        Redis redis(port_);
        const std::string payload(kPayloadBytes, 'p');
        return keep_under_way(
            window.events, for_seconds, [&] { redis.add(payload); }, [&] { redis.take(); });
    }

    Latencies end_to_end(double per_second, double for_seconds) override {
        const auto count = static_cast<std::size_t>(per_second * for_seconds);
        Redis setup(port_);
        setup.call("XGROUP SETID orders g $");
        Latencies latencies;
        std::thread consumer([&] {
            Redis redis(port_);
            while (latencies.all.size() < count) {
                const Reply got =
                    redis.call("XREADGROUP GROUP g c COUNT 256 BLOCK 1000 STREAMS orders >");
                take(redis, *got, [&](const std::string& payload) {
                    latencies.all.push_back(us_since_stamp(payload));
                });
            }
        });
        Redis redis(port_);
        std::size_t acknowledged = 0;
        pace(
            per_second,
            for_seconds,
            [&](std::int64_t due) {
                redis.add(stamped_payload(due));
                redis.flush();
            },
            [&] { acknowledged += redis.take_what_is_there(); });
        for (; acknowledged < count; ++acknowledged) {
            redis.take();
        }
        consumer.join();
        return latencies;
    }

    double consume(std::size_t events) override {
        Redis redis(port_);
        redis.call("XGROUP SETID orders g $");
        const std::string payload(kPayloadBytes, 'p');
        for (std::size_t n = 0; n < events; ++n) {
            redis.add(payload);
            if (n % 1'000 == 999) {
                for (int i = 0; i < 1'000; ++i) {
                    redis.take();
                }
            }
        }
        for (std::size_t n = 0; n < events % 1'000; ++n) {
            redis.take();
        }
        std::size_t taken = 0;
        const Instant from = clock_now();
        while (taken < events) {
            const Reply got = redis.call("XREADGROUP GROUP g c COUNT 256 STREAMS orders >");
            taken += take(redis, *got, [](const std::string&) {});
        }
        return static_cast<double>(taken) / seconds_since(from);
    }

    double server_cpu() const override { return child_.cpu_seconds(); }

  private:
    /// Hands out and acknowledges what was read.
    template <class What>
    static std::size_t take(Redis& redis, const redisReply& got, What what) {
        if (got.type != REDIS_REPLY_ARRAY || got.elements == 0) {
            return 0;
        }
        const redisReply& entries = *got.element[0]->element[1];
        for (std::size_t n = 0; n < entries.elements; ++n) {
            const redisReply& entry = *entries.element[n];
            const redisReply& value = *entry.element[1]->element[3];
            what(std::string(value.str, value.len));
            redis.ask("XACK orders g %s", entry.element[0]->str);
        }
        for (std::size_t n = 0; n < entries.elements; ++n) {
            redis.take();
        }
        return entries.elements;
    }

    std::string name_;
    TempDir dir_;
    int port_;
    Child child_;
};

}  // namespace

std::unique_ptr<Contender> start_redis(Safety safety) {
    return std::make_unique<RedisContender>(safety);
}

}  // namespace stormglass::bench
