#include "tests/bench/nats_client.hpp"

#include <cerrno>
#include <cstdio>
#include <sstream>
#include <vector>

#include "runtime/check.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace stormglass::bench {
namespace {

constexpr int kTries = 500;
constexpr useconds_t kBetweenTriesUs = 10'000;
constexpr timeval kPatience{5, 0};

int connect_to(int port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    for (int tries = 0; tries < kTries; ++tries) {
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        CHECK(fd >= 0);
        if (::connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof(at)) == 0) {
            const int on = 1;
            CHECK(::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0);
            CHECK(::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience)) == 0);
            return fd;
        }
        ::close(fd);
        ::usleep(kBetweenTriesUs);
    }
    CHECK(false);
}

}  // namespace

NatsClient::NatsClient(int port, const std::string& server_name) : fd_(connect_to(port)) {
    const std::string info = line();
    CHECK(info.starts_with("INFO "));
    CHECK(info.find("\"server_name\":\"" + server_name + "\"") != std::string::npos);  // ours
    out_ +=
        "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"bench\",\"version\":\"1\"}\r\n"
        "PING\r\n";
    flush();
    CHECK(line() == "PONG");
}

NatsClient::~NatsClient() {
    ::close(fd_);
}

void NatsClient::subscribe(const std::string& subject) {
    out_ += "SUB " + subject + " " + std::to_string(++subscriptions_) + "\r\n";
}

void NatsClient::publish(std::string_view subject,
                         std::string_view reply,
                         std::string_view payload) {
    out_ += "PUB ";
    out_ += subject;
    out_ += ' ';
    if (!reply.empty()) {
        out_ += reply;
        out_ += ' ';
    }
    out_ += std::to_string(payload.size());
    out_ += "\r\n";
    out_ += payload;
    out_ += "\r\n";
}

void NatsClient::flush() {
    for (std::size_t sent = 0; sent < out_.size();) {
        const auto wrote = ::send(fd_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
        CHECK(wrote > 0);
        sent += static_cast<std::size_t>(wrote);
    }
    out_.clear();
}

bool NatsClient::readable() {
    if (read_ < in_.size()) {
        return true;
    }
    pollfd wanted{fd_, POLLIN, 0};
    return ::poll(&wanted, 1, 0) == 1;
}

bool NatsClient::receive() {
    flush();
    if (read_ == in_.size()) {
        in_.clear();
        read_ = 0;
    }
    char buffer[64 << 10];
    const auto got = ::recv(fd_, buffer, sizeof buffer, 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return false;
    }
    CHECK(got > 0);
    in_.append(buffer, static_cast<std::size_t>(got));
    return true;
}

std::string NatsClient::line() {
    std::size_t end = 0;
    while ((end = in_.find("\r\n", read_)) == std::string::npos) {
        if (!receive()) {
            return {};
        }
    }
    std::string found = in_.substr(read_, end - read_);
    read_ = end + 2;
    return found;
}

std::string NatsClient::bytes(std::size_t size) {
    while (in_.size() - read_ < size + 2) {
        CHECK(receive());
    }
    std::string found = in_.substr(read_, size);
    read_ += size + 2;
    return found;
}

NatsClient::Message NatsClient::next() {
    for (;;) {
        const std::string head = line();
        if (head.empty()) {
            return {};
        }
        if (head == "PING") {
            out_ += "PONG\r\n";
            flush();
            continue;
        }
        if (!head.starts_with("MSG ")) {
            std::fprintf(stderr, "nats-server says: %s\n", head.c_str());
            CHECK(head == "PONG" || head.starts_with("INFO "));
            continue;
        }
        std::istringstream words(head);
        std::vector<std::string> parts;
        for (std::string word; words >> word;) {
            parts.push_back(word);
        }
        CHECK(parts.size() == 4 || parts.size() == 5);
        Message message;
        message.subject = parts[1];
        message.reply = parts.size() == 5 ? parts[3] : "";
        message.payload = bytes(std::stoul(parts.back()));
        return message;
    }
}

std::string NatsClient::request(const std::string& subject, const std::string& body) {
    publish(subject, "asked", body);
    const Message answer = next();
    CHECK(answer.subject == "asked");
    if (answer.payload.find("\"error\"") != std::string::npos) {
        std::fprintf(stderr, "nats-server says: %s\n", answer.payload.c_str());
        CHECK(false);
    }
    return answer.payload;
}

}  // namespace stormglass::bench
