// Listening, routing, bounds in time, the end.
#include "runtime/asio/detail/net.hpp"

#include <algorithm>

#include "runtime/asio/detail/address.hpp"
#include "runtime/check.hpp"

namespace stormglass::asio::detail {
namespace {

constexpr std::uint32_t kFreshFrom = 0x8000'0000;  // ids of connections that nobody vouches for
constexpr Duration kSteady = seconds(3);  // a link this old worked: dial again without delay
constexpr Duration kWatchMax = milliseconds(500);
constexpr Duration kWatchMin = milliseconds(10);

}  // namespace

Net::Net(net::io_context& io,
         Core& core,
         const LinkLimits& limits,
         std::function<void()> after_handler)
    : io_(io),
      core_(core),
      limits_(limits),
      after_handler_(std::move(after_handler)),
      resolver_(io),
      next_fresh_(kFreshFrom) {}

Net::~Net() {
    for (const auto& link : links_) {
        boost::system::error_code ignored;
        link->socket.close(ignored);
    }
}

// ---- listening ----

Result<std::string> Net::listen(std::string_view address,
                                NodeId node,
                                std::shared_ptr<LinkAuth> auth) {
    const auto parsed = parse_address(address);
    if (!parsed) {
        return parsed.error();
    }
    boost::system::error_code error;
    net::ip::address at = net::ip::make_address(parsed->host, error);
    if (error) {
        const auto found = resolver_.resolve(parsed->host, "", tcp::resolver::passive, error);
        if (error || found.empty()) {
            return Error{"link.address", "no such address: " + parsed->host};
        }
        at = found.begin()->endpoint().address();
    }
    const tcp::endpoint endpoint(at, parsed->port);
    auto acceptor = std::make_shared<Acceptor>(io_);
    acceptor->node = node;
    acceptor->auth = std::move(auth);
    acceptor->socket.open(endpoint.protocol(), error);
    if (!error) {
        acceptor->socket.set_option(tcp::acceptor::reuse_address(true), error);
        acceptor->socket.bind(endpoint, error);
    }
    if (!error) {
        acceptor->socket.listen(net::socket_base::max_listen_connections, error);
    }
    if (error) {
        return Error{"link.listen",
                     "cannot listen at " + text_of(endpoint) + ": " + error.message()};
    }
    acceptors_.push_back(acceptor);
    accept(acceptor);
    return text_of(acceptor->socket.local_endpoint());
}

void Net::accept(const std::shared_ptr<Acceptor>& at) {
    at->socket.async_accept([this, at](boost::system::error_code error, tcp::socket socket) {
        if (error == net::error::operation_aborted || ending_) {
            return;
        }
        if (!error) {
            on_accepted(at, std::move(socket));
            accept(at);
        } else {
            // Out of descriptors, most likely: others must end first.
            core_.note(at->node, "host.accept-failed", {{"text", error.message()}});
            core_.call_at(Core::now().monotonic + milliseconds(100), [this, at] { accept(at); });
        }
        after_handler_();
    });
}

void Net::on_accepted(const std::shared_ptr<Acceptor>& at, tcp::socket socket) {
    ++counts_.accepted;
    boost::system::error_code error;
    const tcp::endpoint from = socket.remote_endpoint(error);
    if (error) {
        return;  // gone already
    }
    const auto same = [&](const auto& link) {
        boost::system::error_code ignored;
        return link->role == LinkRole::acceptor &&
               link->socket.remote_endpoint(ignored).address() == from.address();
    };
    const auto of_address =
        static_cast<std::size_t>(std::count_if(links_.begin(), links_.end(), same));
    auto link = std::make_shared<Link>(*this, std::move(socket), LinkRole::acceptor, at->auth);
    link->node = at->node;
    link->address = text_of(from);
    const bool too_many = links_.size() >= limits_.connections_max ||
                          of_address >= limits_.connections_per_address_max;
    links_.push_back(link);
    link->begin();
    if (too_many) {
        link->refuse({"link.too-many", "too many connections"});
        return;
    }
    watch();
}

// ---- what links report ----

void Net::link_up(Link& link, NodeId peer) {
    if (peer.value == 0) {
        peer = {next_fresh_++};
    }
    link.peer = peer;
    if (Link* const before = link_to(peer)) {
        before->refuse({"link.superseded", "the same peer has connected again"});
    }
    up_[peer.value] = &link;
    ++counts_.open;
    events_.push_back({link.node, peer, LinkState::up});
    core_.note(link.node,
               "host.link-up",
               {{"peer", peer.value}, {"address", std::string_view(link.address)}});
    if (link.dialler != nullptr) {
        if (link.dialler->options.on_attempt) {
            link.dialler->options.on_attempt(link.theirs_.realm);
        }
    }
}

// Called once, by the link that closes itself.
void Net::link_closed(Link& link, const Error& why) {
    const auto known = up_.find(link.peer.value);
    const bool was_up = known != up_.end() && known->second == &link;
    if (was_up) {
        up_.erase(known);
        --counts_.open;
        events_.push_back({link.node, link.peer, LinkState::down});
        fail_questions(link.peer);
    } else if (link.role == LinkRole::acceptor) {
        ++counts_.refused;
    }
    if (was_up || link.role == LinkRole::acceptor) {
        core_.note(link.node,
                   was_up ? Site("host.link-down") : Site("host.peer-refused"),
                   {{"peer", link.peer.value},
                    {"address", std::string_view(link.address)},
                    {"code", why.code},
                    {"text", std::string_view(why.text)}});
    }
    if (link.dialler != nullptr) {
        if (was_up) {
            if (Core::now().monotonic > link.opened + kSteady) {
                link.dialler->tries = 0;
            }
            dial_again(link.dialler);
        } else {
            attempt_failed(link.dialler, why);
        }
    }
    // The list may be under way in a loop: taken out later.
    net::post(io_, [this] {
        std::erase_if(links_, [](const auto& each) { return each->state == Link::State::closed; });
    });
}

void Net::deliver_events() {
    while (!events_.empty()) {
        const LinkEvent event = events_.front();
        events_.pop_front();
        core_.step(event.node, [&](Node& node, Moment at, Effects& out) {
            node.on_link(event.peer, event.state, at, out);
        });
    }
}

// ---- routing ----

Link* Net::link_to(NodeId peer) const {
    const auto known = up_.find(peer.value);
    return known == up_.end() ? nullptr : known->second;
}

void Net::transmit(NodeId, NodeId to, Bytes frame) {
    Link* const link = link_to(to);
    if (link == nullptr) {
        ++counts_.frames_dropped;
        return;
    }
    link->enqueue(FrameKind::message, {}, frame);
}

void Net::want_flush(Link& link) {
    if (!link.flushing_) {
        link.flushing_ = true;
        to_flush_.push_back(link.weak_from_this());
    }
}

void Net::flush() {
    for (std::size_t n = 0; n < to_flush_.size(); ++n) {
        if (const auto link = to_flush_[n].lock()) {
            link->flushing_ = false;
            link->flush();
        }
    }
    to_flush_.clear();
}

void Net::ask(NodeId peer, Bytes body, Host::AnswerHandler on_answer) {
    Link* const link = link_to(peer);
    if (link == nullptr) {
        on_answer(Error{"link.down", "there is no link to that peer"});
        return;
    }
    const std::uint64_t id = next_question_++;
    std::array<std::byte, 8> head{};
    for (std::size_t i = 0; i < head.size(); ++i) {
        head[i] = static_cast<std::byte>(id >> (8 * i));
    }
    asked_.emplace(id, Asked{peer, std::move(on_answer)});
    link->enqueue(FrameKind::request, head, body);
}

void Net::fail_questions(NodeId peer) {
    std::vector<Host::AnswerHandler> failed;
    for (auto at = asked_.begin(); at != asked_.end();) {
        if (at->second.peer == peer) {
            failed.push_back(std::move(at->second.handler));
            at = asked_.erase(at);
        } else {
            ++at;
        }
    }
    for (const auto& handler : failed) {
        handler(Error{"link.down", "the link broke before the answer came"});
    }
}

// ---- bounds in time ----

void Net::watch() {
    if (watching_ || ending_) {
        return;
    }
    watching_ = true;
    const Duration shortest = std::min(limits_.handshake, limits_.stall) / 4;
    const Duration every = std::clamp(shortest, kWatchMin, kWatchMax);
    core_.call_at(Core::now().monotonic + every, [this] {
        watching_ = false;
        const MonotonicTime now = Core::now().monotonic;
        const auto links = links_;  // closing changes the list
        for (const auto& link : links) {
            link->check(now);
        }
        if (!links_.empty()) {
            watch();
        }
    });
}

// ---- the end ----

void Net::stop_accepting() {
    ending_ = true;
    boost::system::error_code ignored;
    for (const auto& acceptor : acceptors_) {
        acceptor->socket.close(ignored);
    }
    for (const auto& link : links_) {
        if (link->role == LinkRole::acceptor) {
            link->stop_reading();  // nothing new; a dialled peer's answers are still wanted
        }
    }
}

bool Net::all_sent() const {
    return std::all_of(
        links_.begin(), links_.end(), [](const auto& link) { return link->all_sent(); });
}

void Net::close_all() {
    ending_ = true;
    const auto links = links_;
    for (const auto& link : links) {
        if (link->state == Link::State::up) {
            link->refuse({"link.closing", "the other end stops"});
        } else if (link->state != Link::State::closed) {
            link->close({"link.closing", "this end stops"});
        }
    }
    resolver_.cancel();
}

LinkCounts Net::counts() const {
    return counts_;
}

}  // namespace stormglass::asio::detail
