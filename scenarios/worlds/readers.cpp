#include "scenarios/worlds/readers.hpp"

#include <charconv>

namespace stormglass::scenarios {
namespace {

/// The number behind the last blank; 0 when there is none.
bus::Position last_number(std::string_view text) {
    const std::size_t blank = text.rfind(' ');
    bus::Position number = 0;
    if (blank != text.npos) {
        std::from_chars(text.data() + blank + 1, text.data() + text.size(), number);
    }
    return number;
}

}  // namespace

void Readers::look(const std::string& order, std::optional<bus::Position> written) {
    std::string request = "show " + order;
    if (written) {
        request += " " + std::to_string(*written);
    }
    ClientRead read;
    read.order = order;
    read.written = written;
    read.asked_at = world_.now().ns;
    const std::size_t index = reads_.size();
    reads_.push_back(std::move(read));
    world_.request(dashboard_, as_bytes(request), [this, index](const sim::Reply& reply) {
        answer(index, reply);
    });
}

void Readers::answer(std::size_t index, const sim::Reply& reply) {
    if (reply.status != sim::ReplyStatus::answered) {
        return;  // the dashboard was down, or died: nothing was seen
    }
    ClientRead& read = reads_[index];
    const std::string_view text = as_text(reply.body);
    read.answered_at = world_.now().ns;
    if (text.starts_with("refused")) {
        read.answer = ClientRead::Answer::refused;
        return;
    }
    read.answer =
        text.starts_with("order ") ? ClientRead::Answer::shown : ClientRead::Answer::absent;
    read.position = last_number(text);
}

void Readers::operate(Duration every, MonotonicTime until) {
    std::uint64_t round = 0;
    for (MonotonicTime at = MonotonicTime{} + every; at <= until; at = at + every) {
        world_.at(at, [this, number = ++round] { visit(number); });
    }
}

void Readers::visit(std::uint64_t round) {
    const auto act = world_.visit(kRebuildFault, dashboard_, {round});
    if (!act) {
        keep_snapshot();
        return;
    }
    // From the beginning, or from the last snapshot.
    std::string request = "rebuild";
    if (act->draw % 2 == 0 && !snapshot_.empty()) {
        request += ' ';
        request += as_text(snapshot_);
    }
    world_.request(
        dashboard_, as_bytes(request), [this, fault = act->fault](const sim::Reply& reply) {
            if (reply.status == sim::ReplyStatus::answered && as_text(reply.body) == "rebuilding") {
                begun_.push_back({fault, world_.now().ns});
            }
        });
}

void Readers::keep_snapshot() {
    world_.request(dashboard_, as_bytes("snapshot"), [this](const sim::Reply& reply) {
        if (reply.status == sim::ReplyStatus::answered &&
            !as_text(reply.body).starts_with("refused")) {
            snapshot_.assign(reply.body.begin(), reply.body.end());
        }
    });
}

}  // namespace stormglass::scenarios
