#include "tests/real/load.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "runtime/check.hpp"

namespace stormglass::tests {
namespace {

constexpr std::size_t kUnderWayMax = 512;
constexpr std::size_t kKeys = 256;          // one event of a key is handed out at a time
constexpr std::size_t kPayloadBytes = 200;  // as in the speed bars

std::size_t number_from(const char* variable, std::size_t otherwise) {
    const char* text = std::getenv(variable);  // NOLINT: nobody sets it meanwhile
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string payload_of(std::size_t number) {
    std::string payload = std::to_string(number) + " ";
    payload.resize(kPayloadBytes, '.');
    return payload;
}

/// kNone when it is none of ours.
std::size_t number_of(const std::string& payload, std::size_t none) {
    std::size_t number = none;
    std::from_chars(payload.data(), payload.data() + payload.size(), number);
    return number < none && payload == payload_of(number) ? number : none;
}

}  // namespace

std::size_t events_of_a_run() {
    return number_from("STORMGLASS_REAL_EVENTS", 10'000);
}

std::size_t rounds() {
    return number_from("STORMGLASS_REAL_ROUNDS", 2);
}

Consumer::Consumer(bus::Connection& bus, std::size_t count) : seen_(count) {
    bus::Subscription subscription;
    subscription.topic = "load";
    subscription.group = "readers";
    bus.subscribe(subscription, [this](const bus::Delivery& delivery) {
        const std::string payload(as_text(delivery.event.payload));
        const std::size_t number = number_of(payload, seen_.size());
        const std::lock_guard hold(mutex_);
        if (number < seen_.size() && std::exchange(seen_[number], std::uint8_t{1}) == 0) {
            ++different_;
            changed_.notify_all();
        }
        return bus::Answer::ack();
    });
}

void Consumer::wait_for_all() {
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [&] { return different_ == seen_.size(); });
}

Load::Load(bus::Connection& bus, std::size_t count)
    : bus_(bus),
      acked_(count),
      thread_([this] { publish_all(); }) {}

Load::~Load() {
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Load::publish_all() {
    for (std::size_t next = 0;;) {
        std::unique_lock hold(mutex_);
        changed_.wait(hold, [&] {
            return done_ == acked_.size() ||
                   (under_way_ < kUnderWayMax && (!again_.empty() || next < acked_.size()));
        });
        if (done_ == acked_.size()) {
            return;
        }
        std::size_t number = 0;
        if (again_.empty()) {
            number = next++;
        } else {
            number = again_.back();
            again_.pop_back();
        }
        ++under_way_;
        hold.unlock();
        publish(number);
    }
}

void Load::publish(std::size_t number) {
    bus::EventBatch batch;
    bus::Event& event = batch.events.emplace_back();
    event.topic = "load";
    event.type = "test.loaded.v1";
    event.payload = payload_of(number);
    event.partition_key = "key-" + std::to_string(number % kKeys);
    bus_.publish(std::move(batch),
                 [this, number](const bus::Published& done) { settle(number, done); });
}

void Load::settle(std::size_t number, const bus::Published& done) {
    const std::lock_guard hold(mutex_);
    --under_way_;
    switch (done.status) {
        case bus::Published::Status::accepted:
            acked_[number] = 1;
            ++done_;
            break;
        case bus::Published::Status::overloaded:
        case bus::Published::Status::unreachable:
            again_.push_back(number);  // certainly not done
            published_anew_ = true;
            break;
        case bus::Published::Status::refused:
        case bus::Published::Status::unknown:
            ++done_;
            if (refused_++ == 0) {
                first_refusal_ =
                    std::string(name_of(done.status)) + " " + done.code + ": " + done.text;
            }
            break;
    }
    changed_.notify_all();
}

void Load::wait_for_acks(std::size_t count) {
    std::unique_lock hold(mutex_);
    changed_.wait(hold, [&] { return done_ >= count; });
}

void Load::finish() {
    wait_for_acks(acked_.size());
    thread_.join();
}

std::size_t Load::acks() const {
    const std::lock_guard hold(mutex_);
    return done_ - refused_;
}

Verdict Load::judge(bus::Connection& reader) const {
    Verdict verdict;
    const auto say = [&](std::string text) {
        if (verdict.first.empty()) {
            verdict.first = std::move(text);
        }
    };
    auto events = reader.read("load").get();
    CHECK(events.ok());
    const std::lock_guard hold(mutex_);
    std::vector<std::uint32_t> seen(acked_.size());
    std::size_t last = 0;
    for (const bus::ReadEvent& event : events.value()) {
        const std::size_t number = number_of(event.payload, acked_.size());
        if (number == acked_.size()) {
            ++verdict.unexpected;
            say("an event that nobody published, at " + std::to_string(event.position));
            continue;
        }
        ++seen[number];
        if (!published_anew_ && number < last && seen[number] == 1) {
            ++verdict.misplaced;
            say("event " + std::to_string(number) + " stands behind " + std::to_string(last));
        }
        last = std::max(last, number);
    }
    verdict.stored = events->size();
    verdict.refused = refused_;
    if (refused_ > 0) {
        say(first_refusal_);
    }
    for (std::size_t number = 0; number < acked_.size(); ++number) {
        verdict.acknowledged += acked_[number];
        if (acked_[number] != 0 && seen[number] == 0) {
            ++verdict.lost;
            say("event " + std::to_string(number) + " was acknowledged and is not there");
        }
        if (seen[number] > 1) {
            ++verdict.doubled;
            say("event " + std::to_string(number) + " is there " + std::to_string(seen[number]) +
                " times");
        }
    }
    return verdict;
}

}  // namespace stormglass::tests
