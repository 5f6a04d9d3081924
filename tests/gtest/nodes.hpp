// Small nodes for tests of users' scenarios: a counter that a resend can fool, a client that
// resends, and a part that lives on the bus.
#pragma once

#include <map>
#include <set>
#include <string>

#include "bus/client.hpp"
#include "runtime/assertions.hpp"
#include "runtime/component.hpp"

namespace stormglass::tests {

/// A node that does nothing where its children do not say otherwise.
class QuietNode : public Node {
  public:
    void start(const Recovered&, Moment, Effects&) override {}

    void on_message(NodeId, Bytes, Moment, Effects&) override {}

    void on_timer(TimerId, Moment, Effects&) override {}

    void on_storage(StorageToken, const StorageResult&, Moment, Effects&) override {}

    void on_request(RequestId, const Request&, Moment, Effects&) override {}

    void on_link(NodeId, LinkState, Moment, Effects&) override {}
};

enum class Care : std::uint8_t { careless, careful };

/// Counts frames; a careful one counts each text once. Answers with the text.
class Counter final : public QuietNode {
  public:
    explicit Counter(Care care) : care_(care) {}

    std::uint64_t count() const { return count_; }

    void on_message(NodeId from, Bytes frame, Moment, Effects& out) override {
        const bool first = seen_.emplace(as_text(frame)).second;
        STORMGLASS_SOMETIMES(!first, "test.counted-again");
        STORMGLASS_ALWAYS(count_ < 1000, "test.count-bounded");
        count_ += first || care_ == Care::careless ? 1 : 0;
        out.send(from, frame);
    }

  private:
    Care care_;
    std::uint64_t count_ = 0;
    std::set<std::string, std::less<>> seen_;
};

/// Sends what it is asked to send until it comes back.
class Sender final : public QuietNode {
  public:
    explicit Sender(NodeId to) : to_(to) {}

    std::uint64_t asked() const { return asked_; }

    bool idle() const { return open_.empty(); }

    void on_request(RequestId id, const Request& request, Moment now, Effects& out) override {
        ++asked_;
        open_.emplace(as_text(request.body));
        out.send(to_, request.body);
        out.set_timer(TimerId{1}, now.monotonic + milliseconds(40));
        out.reply(id, {});
    }

    void on_message(NodeId, Bytes frame, Moment, Effects&) override {
        const auto found = open_.find(as_text(frame));
        if (found != open_.end()) {
            open_.erase(found);
        }
    }

    void on_timer(TimerId, Moment now, Effects& out) override {
        for (const std::string& text : open_) {
            out.send(to_, as_bytes(text));
        }
        if (!open_.empty()) {
            out.set_timer(TimerId{1}, now.monotonic + milliseconds(40));
        }
    }

  private:
    NodeId to_;
    std::uint64_t asked_ = 0;
    std::set<std::string, std::less<>> open_;
};

/// Publishes what it is asked to, and counts what it is delivered of its topic.
class Member final : public Component, public bus::Listener {
  public:
    Member(bus::Client& session, std::string topic) : session_(session), topic_(std::move(topic)) {}

    std::size_t received() const { return received_.size(); }

    std::uint64_t accepted() const { return accepted_; }

    void start(const Recovered&, Moment now, Effects& out) override {
        bus::Subscription subscription;
        subscription.topic = topic_;
        subscription.group = topic_;
        session_.subscribe(subscription, now, out);
    }

    Handled on_request(RequestId id, const Request& request, Moment now, Effects& out) override {
        bus::Batch batch;
        bus::Publication publication;
        publication.topic = topic_;
        publication.type = "test.happened.v1";
        publication.partition_key = "all";
        publication.payload = request.body;
        batch.publications.push_back(publication);
        const auto sent = session_.publish(batch, bus::Durability::synced, now, out);
        out.reply(id, as_bytes(sent.ok() ? std::string_view("sent") : sent.error().code));
        return Handled::yes;
    }

    void on_ready(std::uint32_t, Moment, Effects&) override {}

    void on_outcome(const bus::BatchOutcome& outcome, Moment, Effects&) override {
        accepted_ += outcome.accepted && !outcome.positions.empty() ? 1 : 0;
    }

    void on_delivery(const bus::Delivery& delivery, Moment now, Effects& out) override {
        received_.insert(delivery.position);
        bus::Batch batch;
        bus::Settlement settlement;
        settlement.group = delivery.group;
        settlement.topic = delivery.topic();
        settlement.position = delivery.position;
        settlement.receipt = delivery.receipt;
        batch.settlements.push_back(settlement);
        static_cast<void>(session_.publish(batch, bus::Durability::synced, now, out));
    }

    void on_records(bus::ReadId, std::span<const bus::Record>, bool, Moment, Effects&) override {}

    void on_assigned(std::string_view, bus::Generation, Moment, Effects&) override {}

    void on_revoked(std::string_view, bus::Generation, Moment, Effects&) override {}

  private:
    bus::Client& session_;
    std::string topic_;
    std::set<bus::Position> received_;
    std::uint64_t accepted_ = 0;
};

}  // namespace stormglass::tests
