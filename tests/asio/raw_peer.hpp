// A peer without manners: a plain blocking socket that sends what the test says, and knows just
// enough of the protocol to get through a handshake when it wants to.
#pragma once

#include <cstring>
#include <optional>
#include <string>

#include "runtime/asio/handshake.hpp"
#include "runtime/check.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace stormglass::tests {

class RawPeer {
  public:
    /// "127.0.0.1:PORT"
    explicit RawPeer(const std::string& address) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        CHECK(fd_ >= 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port =
            htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        CHECK(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0);
        const timeval patience{20, 0};
        CHECK(::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0);
        CHECK(::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) == 0);
    }

    ~RawPeer() { ::close(fd_); }

    RawPeer(const RawPeer&) = delete;
    RawPeer& operator=(const RawPeer&) = delete;

    /// False when the other end has closed.
    bool send(Bytes bytes) {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes = bytes.subspan(static_cast<std::size_t>(sent));
        }
        return true;
    }

    bool send_text(std::string_view text) { return send(as_bytes(text)); }

    bool send_frame(asio::FrameKind kind, Bytes body) {
        ByteBuffer frame;
        asio::append_frame(frame, kind, body);
        return send(frame);
    }

    /// The next frame; nothing at the end of the connection.
    std::optional<std::pair<asio::FrameKind, std::string>> next() {
        while (true) {
            const auto frame = reader_.next();
            CHECK(frame.ok());
            if (frame->has_value()) {
                return std::pair((*frame)->kind, std::string(as_text((*frame)->body)));
            }
            const auto room = reader_.room();
            const ssize_t got = ::recv(fd_, room.data(), room.size(), 0);
            if (got <= 0) {
                timed_out_ = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
                return std::nullopt;
            }
            reader_.filled(static_cast<std::size_t>(got));
        }
    }

    /// Reads until the connection ends, which it must within the socket's patience; returns the
    /// code of the refusal, if one came.
    std::string read_to_end() {
        std::string code;
        while (const auto frame = next()) {
            if (frame->first == asio::FrameKind::refuse) {
                code = asio::decode_refusal(as_bytes(frame->second))->code;
            }
        }
        CHECK(!timed_out_);
        return code;
    }

    /// As a dialler without a key.
    void shake_hands(std::string name = "raw") {
        ByteBuffer out;
        asio::append_preamble(out);
        asio::Hello hello;
        hello.name = std::move(name);
        asio::append_hello(out, asio::FrameKind::hello, hello);
        asio::append_proof(out, asio::FrameKind::proof, {});
        CHECK(send(out));
        CHECK(next()->first == asio::FrameKind::challenge);
        CHECK(next()->first == asio::FrameKind::welcome);
    }

  private:
    int fd_;
    asio::FrameReader reader_{std::size_t{8} << 20};
    bool timed_out_ = false;
};

}  // namespace stormglass::tests
