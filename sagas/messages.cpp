#include "sagas/messages.hpp"

#include <algorithm>

#include "bus/trace_context.hpp"
#include "runtime/check.hpp"
#include "runtime/random.hpp"
#include "sagas/codec.hpp"

namespace stormglass::sagas {
namespace {

using codec::Reader;
using codec::Writer;

template <class Message>
Result<Message> finished(Reader& in, Message message) {
    if (auto read = in.finish(); !read) {
        return std::move(read).error();
    }
    return message;
}

}  // namespace

std::string_view name_of(JournalEvent::Kind kind) {
    switch (kind) {
        case JournalEvent::Kind::started:
            return "started";
        case JournalEvent::Kind::command:
            return "command";
        case JournalEvent::Kind::reply:
            return "reply";
        case JournalEvent::Kind::timeout:
            return "timeout";
        case JournalEvent::Kind::deadline:
            return "deadline";
        case JournalEvent::Kind::decided:
            return "decided";
        case JournalEvent::Kind::finished:
            return "finished";
    }
    CHECK(false);
}

std::string_view name_of(Timer::Kind kind) {
    switch (kind) {
        case Timer::Kind::attempt:
            return "attempt";
        case Timer::Kind::deadline:
            return "deadline";
    }
    CHECK(false);
}

std::string idempotency_key(std::string_view saga, std::string_view step, Direction direction) {
    const std::string_view suffix = name_of(direction);
    std::string key;
    key.reserve(saga.size() + step.size() + suffix.size() + 2);
    key.append(saga).append(1, '/').append(step).append(1, '/').append(suffix);
    return key;
}

std::string trace_parent_of(std::string_view saga) {
    // Two independent words, and a span; none of them all zero, which W3C forbids.
    const std::uint64_t seed = name_hash(saga);
    const bus::TraceContext root{
        {chain64(seed, 1) | 1, chain64(seed, 2)}, chain64(seed, 3) | 1, bus::kTraceSampled};
    return std::string(bus::view_of(write_trace_parent(root)));
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kTextBytesMax &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_event_type(std::string_view text) {
    const auto is_word = [](std::string_view word) {
        return !word.empty() && word[0] >= 'a' && word[0] <= 'z' &&
               std::all_of(word.begin(), word.end(), [](char c) {
                   return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
               });
    };
    const std::size_t last = text.rfind('.');
    if (!is_name(text) || last == std::string_view::npos || text.find('.') == last) {
        return false;
    }
    const std::string_view version = text.substr(last + 1);
    if (version.size() < 2 || version.size() > 6 || version[0] != 'v' || version[1] == '0' ||
        version.find_first_not_of("0123456789", 1) != std::string_view::npos) {
        return false;
    }
    for (std::size_t at = 0; at <= last; at = text.find('.', at) + 1) {
        if (!is_word(text.substr(at, text.find('.', at) - at))) {
            return false;
        }
    }
    return true;
}

bool is_trace_parent(std::string_view text) {
    return text.size() == bus::kTraceParentChars && text.starts_with("00") &&
           bus::parse_trace_parent(text).has_value();
}

std::optional<MessageKind> kind_of(Bytes bytes) {
    if (bytes.size() < 2 || std::to_integer<std::uint8_t>(bytes[0]) != codec::kFormat) {
        return std::nullopt;
    }
    const auto kind = std::to_integer<std::uint8_t>(bytes[1]);
    if (kind < static_cast<std::uint8_t>(MessageKind::command) ||
        kind > static_cast<std::uint8_t>(MessageKind::claim)) {
        return std::nullopt;
    }
    return static_cast<MessageKind>(kind);
}

void encode(const Command& message, ByteBuffer& out) {
    CHECK(message.attempt >= 1);
    Writer to(out, MessageKind::command);
    to.name(message.saga);
    to.name(message.definition);
    to.number(message.definition_hash);
    to.name(message.step);
    to.choice(message.direction);
    to.choice(message.kind);
    to.number(message.attempt);
    to.number(message.epoch);
    to.body(message.body);
}

Result<Command> decode_command(Bytes bytes) {
    Reader in(bytes, MessageKind::command);
    Command message;
    message.saga = in.name();
    message.definition = in.name();
    message.definition_hash = in.number64();
    message.step = in.name();
    message.direction = in.choice(Direction::cancel);
    message.kind = in.choice(StepKind::retriable);
    message.attempt = in.attempt();
    message.epoch = in.number64();
    message.body = in.body();
    return finished(in, message);
}

void encode(const Reply& message, ByteBuffer& out) {
    CHECK(message.attempt >= 1);
    Writer to(out, MessageKind::reply);
    to.name(message.saga);
    to.name(message.step);
    to.choice(message.direction);
    to.number(message.attempt);
    to.choice(message.outcome);
    to.body(message.body);
}

Result<Reply> decode_reply(Bytes bytes) {
    Reader in(bytes, MessageKind::reply);
    Reply message;
    message.saga = in.name();
    message.step = in.name();
    message.direction = in.choice(Direction::cancel);
    message.attempt = in.attempt();
    message.outcome = in.choice(Outcome::refused);
    message.body = in.body();
    return finished(in, message);
}

void encode(const Timer& message, ByteBuffer& out) {
    CHECK((message.kind == Timer::Kind::deadline) == message.step.empty());
    CHECK((message.kind == Timer::Kind::deadline) == (message.attempt == 0));
    Writer to(out, MessageKind::timer);
    to.choice(message.kind);
    to.name(message.saga);
    if (message.kind == Timer::Kind::attempt) {
        to.name(message.step);
        to.choice(message.direction);
        to.number(message.attempt);
    }
}

Result<Timer> decode_timer(Bytes bytes) {
    Reader in(bytes, MessageKind::timer);
    Timer message;
    message.kind = in.choice(Timer::Kind::deadline);
    message.saga = in.name();
    if (message.kind == Timer::Kind::attempt) {
        message.step = in.name();
        message.direction = in.choice(Direction::cancel);
        message.attempt = in.attempt();
    }
    return finished(in, message);
}

void encode(const JournalEvent& message, ByteBuffer& out) {
    using Kind = JournalEvent::Kind;
    Writer to(out, MessageKind::journal);
    to.choice(message.kind);
    to.name(message.saga);
    to.number(message.epoch);
    switch (message.kind) {
        case Kind::started:
            to.name(message.definition);
            to.number(message.definition_hash);
            to.name(message.trace_parent);
            to.body(message.payload);
            break;
        case Kind::command:
        case Kind::reply:
        case Kind::timeout:
            CHECK(message.attempt >= 1);
            to.number(message.step.value);
            to.choice(message.direction);
            to.number(message.attempt);
            to.choice(message.outcome);
            break;
        case Kind::deadline:
            break;
        case Kind::decided:
            to.choice(message.course);
            break;
        case Kind::finished:
            CHECK(is_final(message.state));
            to.choice(message.state);
            break;
    }
}

Result<JournalEvent> decode_journal_event(Bytes bytes) {
    using Kind = JournalEvent::Kind;
    Reader in(bytes, MessageKind::journal);
    JournalEvent message;
    message.kind = in.choice(Kind::finished);
    message.saga = in.name();
    message.epoch = in.number64();
    switch (message.kind) {
        case Kind::started:
            message.definition = in.name();
            message.definition_hash = in.number64();
            message.trace_parent = in.name();
            message.payload = in.body();
            break;
        case Kind::command:
        case Kind::reply:
        case Kind::timeout:
            message.step = {in.number8()};
            in.require(message.step.value < kStepsMax, "SM_VALUE");
            message.direction = in.choice(Direction::cancel);
            message.attempt = in.attempt();
            message.outcome = in.choice(Outcome::refused);
            break;
        case Kind::deadline:
            break;
        case Kind::decided:
            message.course = in.choice(Course::abort);
            break;
        case Kind::finished:
            message.state = in.choice(SagaState::needs_operator);
            in.require(is_final(message.state), "SM_VALUE");
            break;
    }
    return finished(in, message);
}

void encode(const EffectRecord& message, ByteBuffer& out) {
    CHECK(message.attempt >= 1);
    CHECK(message.effect != Impact::applied || message.answer == Outcome::ok);
    CHECK(message.effect != Impact::applied || message.binding);
    CHECK(!message.tombstone || message.direction != Direction::forward);
    Writer to(out, MessageKind::effect);
    to.name(message.saga);
    to.name(message.step);
    to.choice(message.direction);
    to.number(message.attempt);
    to.number(message.epoch);
    to.choice(message.effect);
    to.choice(message.answer);
    to.flag(message.binding);
    to.flag(message.tombstone);
    to.number(static_cast<std::uint64_t>(message.amount));
    to.optional_name(message.resource);
    to.body(message.body);
}

Result<EffectRecord> decode_effect_record(Bytes bytes) {
    Reader in(bytes, MessageKind::effect);
    EffectRecord message;
    message.saga = in.name();
    message.step = in.name();
    message.direction = in.choice(Direction::cancel);
    message.attempt = in.attempt();
    message.epoch = in.number64();
    message.effect = in.choice(Impact::refused);
    message.answer = in.choice(Outcome::refused);
    message.binding = in.flag();
    message.tombstone = in.flag();
    message.amount = static_cast<std::int64_t>(in.number64());
    message.resource = in.optional_name();
    message.body = in.body();
    const bool applied = message.effect == Impact::applied;
    in.require(!applied || (message.answer == Outcome::ok && message.binding), "SM_VALUE");
    in.require(!message.tombstone || message.direction != Direction::forward, "SM_VALUE");
    return finished(in, message);
}

void encode(const Claim& message, ByteBuffer& out) {
    Writer to(out, MessageKind::claim);
    to.name(message.group);
    to.number(message.generation);
}

Result<Claim> decode_claim(Bytes bytes) {
    Reader in(bytes, MessageKind::claim);
    Claim message;
    message.group = in.name();
    message.generation = in.number64();
    return finished(in, message);
}

}  // namespace stormglass::sagas
