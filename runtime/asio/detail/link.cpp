// One connection: reading frames, writing what the turns of the loop gathered, ending.
#include <array>
#include <cerrno>

#include "runtime/asio/detail/net.hpp"
#include "runtime/check.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

namespace stormglass::asio::detail {
namespace {

constexpr std::size_t kKeepBytesMax = 1 << 20;  // of a queue's buffer, once it is empty

Error lost(int error) {
    return {"link.lost",
            error == 0 ? "the peer closed the connection"
                       : std::string(std::strerror(error))};  // NOLINT
}

std::uint64_t read_u64(Bytes from) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        value |= std::to_integer<std::uint64_t>(from[i]) << (8 * i);
    }
    return value;
}

}  // namespace

Link::Link(Net& of, tcp::socket of_peer, LinkRole plays, std::shared_ptr<LinkAuth> asks)
    : role(plays),
      auth(std::move(asks)),
      opened(Core::now().monotonic),
      socket(std::move(of_peer)),
      net_(&of),
      reader_(kHandshakeBytesMax) {}

// ---- writing ----

void Link::enqueue(FrameKind kind, Bytes head, Bytes body) {
    const std::size_t size = head.size() + body.size();
    const LinkLimits& limits = net_->limits_;
    if (state == State::closed || size > limits.frame_bytes_max) {
        ++net_->counts_.frames_dropped;
        return;
    }
    const bool over = queued() + size > limits.send_queue_bytes_max;
    if (over && !full_ && state == State::up) {
        full_ = true;
        net_->events_.push_back({node, peer, LinkState::down});
        net_->core_.note(node, "host.link-full", {{"peer", peer.value}, {"bytes", queued()}});
    }
    if (full_ && kind == FrameKind::message) {
        ++net_->counts_.frames_dropped;
        return;
    }
    if (queued() == 0) {
        progress_ = Core::now().monotonic;
    }
    append_frame_header(pending_, kind, size);
    pending_.insert(pending_.end(), head.begin(), head.end());
    pending_.insert(pending_.end(), body.begin(), body.end());
    ++net_->counts_.frames_out;
    net_->want_flush(*this);
}

void Link::flush() {
    if (state == State::closed || state == State::connecting || waits_writable_) {
        return;
    }
    write();
}

void Link::write() {
    while (true) {
        if (written_ == writing_.size()) {
            writing_.clear();
            written_ = 0;
            if (writing_.capacity() > kKeepBytesMax) {
                writing_.shrink_to_fit();
            }
            if (pending_.empty()) {
                break;
            }
            writing_.swap(pending_);  // one call for all frames of the turn
        }
        const ssize_t sent = ::send(socket.native_handle(),
                                    writing_.data() + written_,
                                    writing_.size() - written_,
                                    MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) {
            written_ += static_cast<std::size_t>(sent);
            progress_ = Core::now().monotonic;
        } else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            wait_writable();
            break;
        } else if (sent < 0 && errno != EINTR) {
            close(lost(errno));
            return;
        }
    }
    if (full_ && queued() <= net_->limits_.send_queue_bytes_max / 2) {
        full_ = false;
        net_->events_.push_back({node, peer, LinkState::writable});
        if (!waits_readable_) {
            wait_readable();
        }
    }
}

void Link::wait_writable() {
    waits_writable_ = true;
    socket.async_wait(tcp::socket::wait_write,
                      [self = shared_from_this()](boost::system::error_code error) {
                          self->waits_writable_ = false;
                          if (error || self->state == State::closed) {
                              return;
                          }
                          self->write();
                          self->net_->after_handler_();
                      });
}

// ---- reading ----

void Link::wait_readable() {
    // Who does not take our answers gets no more questions read: only accepted peers, since two
    // ends that both stopped reading would wait for each other.
    if (!reading_ || waits_readable_ || (full_ && role == LinkRole::acceptor)) {
        return;
    }
    waits_readable_ = true;
    socket.async_wait(tcp::socket::wait_read,
                      [self = shared_from_this()](boost::system::error_code error) {
                          self->waits_readable_ = false;
                          if (error || self->state == State::closed) {
                              return;
                          }
                          self->on_readable();
                          self->net_->after_handler_();
                      });
}

void Link::on_readable() {
    std::size_t budget = net_->limits_.read_bytes_per_turn;
    while (state != State::closed && reading_) {
        if (!read_some(budget) || !take_frames() || budget == 0) {
            break;
        }
    }
    if (state != State::closed) {
        wait_readable();
    }
}

// True when there may be more to read at once.
bool Link::read_some(std::size_t& budget) {
    const std::span<std::byte> room = reader_.room();
    const ssize_t got = ::recv(socket.native_handle(), room.data(), room.size(), MSG_DONTWAIT);
    if (got > 0) {
        const auto bytes = static_cast<std::size_t>(got);
        reader_.filled(bytes);
        budget -= std::min(budget, bytes);
        if (bytes < room.size()) {
            take_frames();
            return false;
        }
        return true;
    }
    if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
        close(lost(got == 0 ? 0 : errno));
    }
    return false;
}

// False when the link was closed.
bool Link::take_frames() {
    while (state != State::closed) {
        const auto frame = reader_.next();
        if (!frame) {
            refuse(frame.error());
            return false;
        }
        if (!frame->has_value()) {
            return true;
        }
        if (!on_frame(**frame)) {
            return false;
        }
    }
    return false;
}

bool Link::on_frame(const LinkFrame& frame) {
    if (frame.kind == FrameKind::refuse) {
        const auto refusal = decode_refusal(frame.body);
        std::string text = refusal.ok() ? refusal->text : refusal.error().text;
        if (refusal.ok()) {
            text += " [" + refusal->code + "]";
        }
        close({state == State::up ? "link.ended" : "link.refused", std::move(text)});
        return false;
    }
    if (state == State::greeting) {
        if (auto greeted = greet(frame); !greeted) {
            refuse(greeted.error());
            return false;
        }
        return true;
    }
    switch (frame.kind) {
        case FrameKind::message:
            ++net_->counts_.frames_in;
            net_->core_.step(node, [&](Node& what, Moment at, Effects& out) {
                what.on_message(peer, frame.body, at, out);
            });
            return true;
        case FrameKind::request:
            on_question(frame.body);
            return true;
        case FrameKind::reply:
            on_answer(frame.body);
            return true;
        default:
            refuse({"link.handshake", "a frame of the handshake after its end"});
            return false;
    }
}

void Link::on_question(Bytes body) {
    if (body.size() < 8) {
        refuse({"link.request", "a request without an id"});
        return;
    }
    const Bytes id = body.first(8);
    const auto reply = [](Link& link, Bytes to, bool failed, Bytes what) {
        std::array<std::byte, 9> head{};
        std::copy(to.begin(), to.end(), head.begin());
        head[8] = std::byte{failed};
        link.enqueue(FrameKind::reply, head, what);
    };
    if (!net_->question_ || questions >= net_->limits_.requests_per_link_max) {
        const bool busy = net_->question_ != nullptr;
        reply(*this, id, true, as_bytes(busy ? "link.overloaded" : "link.unanswerable"));
        return;
    }
    ++questions;
    std::array<std::byte, 8> name{};
    std::copy(id.begin(), id.end(), name.begin());
    net_->question_(peer,
                    body.subspan(8),
                    [weak = weak_from_this(), name, reply](const Result<ByteBuffer>& answer) {
                        const auto link = weak.lock();
                        if (link == nullptr || link->state != State::up) {
                            return;
                        }
                        --link->questions;
                        if (answer.ok()) {
                            reply(*link, name, false, answer.value());
                        } else {
                            reply(*link, name, true, as_bytes(answer.error().text));
                        }
                    });
}

void Link::on_answer(Bytes body) {
    if (body.size() < 9) {
        refuse({"link.request", "a reply without an id"});
        return;
    }
    const auto asked = net_->asked_.find(read_u64(body));
    if (asked == net_->asked_.end() || asked->second.peer != peer) {
        return;
    }
    const auto handler = std::move(asked->second.handler);
    net_->asked_.erase(asked);
    const Bytes what = body.subspan(9);
    if (body[8] == std::byte{0}) {
        handler(ByteBuffer(what.begin(), what.end()));
    } else {
        handler(Error{"link.answer", std::string(as_text(what))});
    }
}

// ---- ending ----

void Link::refuse(const Error& why) {
    if (state == State::closed) {
        return;
    }
    if (state == State::connecting) {
        close(why);  // nobody is there to be told
        return;
    }
    append_refusal(pending_, {std::string(why.code), why.text});
    if (!waits_writable_) {
        write();  // as much as the socket takes now: nobody waits for a peer like that
    }
    if (state != State::closed) {
        close(why);
    }
}

void Link::close(const Error& why) {
    CHECK(state != State::closed);
    const auto self = shared_from_this();
    state = State::closed;
    boost::system::error_code ignored;
    socket.shutdown(tcp::socket::shutdown_both, ignored);
    socket.close(ignored);
    pending_.clear();
    writing_.clear();
    written_ = 0;
    net_->link_closed(*this, why);
}

void Link::check(MonotonicTime now) {
    const LinkLimits& limits = net_->limits_;
    if (state == State::connecting || state == State::greeting) {
        if (now > opened + limits.handshake) {
            refuse({"link.slow", "the handshake takes too long"});
        }
        return;
    }
    if (state == State::up && queued() > 0 && now > progress_ + limits.stall) {
        close({"link.stalled", "it takes nothing of what waits for it"});
    }
}

}  // namespace stormglass::asio::detail
