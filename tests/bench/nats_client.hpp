// A client of the NATS protocol, as far as the bench needs it: one connection, blocking, writes
// gathered until somebody waits. Errors end the bench.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stormglass::bench {

class NatsClient {
  public:
    struct Message {
        std::string subject;
        std::string reply;
        std::string payload;
    };

    /// Connects, retrying while the server starts, and asserts its name.
    NatsClient(int port, const std::string& server_name);
    ~NatsClient();
    NatsClient(const NatsClient&) = delete;
    NatsClient& operator=(const NatsClient&) = delete;

    void subscribe(const std::string& subject);
    void publish(std::string_view subject, std::string_view reply, std::string_view payload);

    /// Sends what was gathered.
    void flush();
    /// Something came that `next` has not returned yet, or part of it. Does not wait.
    bool readable();
    /// The next message; sends what was gathered first when it has to wait. Without a subject when
    /// none came for seconds: what was published may be neither acknowledged nor delivered.
    Message next();

    /// Asks JetStream; the answer must not be an error.
    std::string request(const std::string& subject, const std::string& body);

  private:
    std::string line();
    std::string bytes(std::size_t size);
    /// False when nothing came.
    bool receive();

    int fd_ = -1;
    std::string out_;
    std::string in_;
    std::size_t read_ = 0;
    int subscriptions_ = 0;
};

}  // namespace stormglass::bench
