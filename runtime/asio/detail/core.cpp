#include "runtime/asio/detail/core.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "runtime/check.hpp"

#include <sys/random.h>

namespace stormglass::asio::detail {
namespace {

constexpr std::uint32_t kHostTimers = ~std::uint32_t{0};
constexpr std::size_t kSpareMax = 1'024;         // buffers kept for reuse
constexpr std::size_t kSpareBytesMax = 1 << 20;  // larger ones go back to the heap
constexpr std::size_t kMessagesAtOnce = 4'096;   // then others get their turn

}  // namespace

// ---- chance ----

SystemChance::SystemChance() {
    const ssize_t got = ::getrandom(&seed_, sizeof(seed_), 0);
    CHECK(got == static_cast<ssize_t>(sizeof(seed_)));  // eight bytes never come in part
}

std::uint64_t SystemChance::draw(Site site) {
    return keyed_draw(seed_, site.hash, {~std::uint64_t{0}, ++visits_});
}

std::uint64_t SystemChance::draw(Site site, Subject about) {
    return keyed_draw(seed_, site.hash, about);
}

// ---- nodes ----

const Core::Place* Core::place_of(NodeId id) const {
    for (const auto& place : places_) {
        if (place->id == id && place->node != nullptr) {
            return place.get();
        }
    }
    return nullptr;
}

Core::Place* Core::place_of(NodeId id) {
    return const_cast<Place*>(std::as_const(*this).place_of(id));
}

Directory* Core::directory(NodeId id) {
    Place* const place = place_of(id);
    return place == nullptr ? nullptr : place->directory.get();
}

void Core::add(NodeId id, Node& node, std::unique_ptr<Directory> directory) {
    CHECK(!has(id));
    CHECK(!stepping_);
    auto place = std::make_unique<Place>();
    place->id = id;
    place->node = &node;
    place->number = static_cast<std::uint32_t>(places_.size());
    place->directory = std::move(directory);
    places_.push_back(std::move(place));
    std::vector<StorageRequest::Entry> files;
    if (Directory* const dir = places_.back()->directory.get()) {
        if (auto found = dir->files()) {
            files = std::move(found).value();
        }
    }
    listed_.clear();
    for (const auto& file : files) {
        listed_.push_back({file.name, file.size});
    }
    step(id, [&](Node& what, Moment at, Effects& out) { what.start({listed_}, at, out); });
}

void Core::remove(NodeId id) {
    CHECK(!stepping_);
    Place* const place = place_of(id);
    if (place == nullptr) {
        return;
    }
    place->node = nullptr;
    timers_.cancel_all(place->number);
    while (place->under_way > 0) {
        if (!turn_storage()) {
            std::this_thread::yield();
        }
    }
    place->directory.reset();
}

Moment Core::now() {
    const auto monotonic = std::chrono::steady_clock::now().time_since_epoch();
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return {{static_cast<std::uint64_t>(
                std::chrono::duration_cast<std::chrono::nanoseconds>(monotonic).count())},
            {std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count()}};
}

void Core::request(NodeId id, Bytes body, ReplyHandler on_reply) {
    const RequestId request{next_request_++};
    asked_.emplace(request.value, std::move(on_reply));
    step(id,
         [&](Node& node, Moment at, Effects& out) { node.on_request(request, {body}, at, out); });
}

// ---- carrying out ----

void Core::execute(Place& place) {
    stepped_ = place.id;
    for (const Effect& effect : out_.sealed()) {
        execute(place, effect);
    }
    out_.clear();
}

void Core::execute(Place& place, const Effect& effect) {
    switch (effect.kind) {
        case EffectKind::send: {
            const Bytes frame = out_.bytes_of(effect);
            if (!has(effect.to)) {
                around_->transmit(place.id, effect.to, frame);
                return;
            }
            Message message{place.id, effect.to, {}};
            if (!spare_bytes_.empty()) {
                message.bytes = std::move(spare_bytes_.back());
                spare_bytes_.pop_back();
            }
            message.bytes.assign(frame.begin(), frame.end());
            messages_.push_back(std::move(message));
            return;
        }
        case EffectKind::set_timer:
            timers_.set({place.number, effect.timer}, effect.at);
            return;
        case EffectKind::cancel_timer:
            timers_.cancel({place.number, effect.timer});
            return;
        case EffectKind::create:
        case EffectKind::append:
        case EffectKind::write_at:
        case EffectKind::sync:
        case EffectKind::read:
        case EffectKind::truncate:
        case EffectKind::rename:
        case EffectKind::remove:
        case EffectKind::list:
            submit(place, effect);
            return;
        case EffectKind::reply: {
            const auto asked = asked_.find(effect.request.value);
            if (asked != asked_.end()) {
                const Bytes body = out_.bytes_of(effect);
                replies_.push_back({std::move(asked->second), {body.begin(), body.end()}});
                asked_.erase(asked);
            }
            return;
        }
        case EffectKind::note:
            if (observer_ != nullptr) {
                observer_->on_note(place.id, now(), out_.note_of(effect));
            }
            return;
        case EffectKind::cover:
            ++covered_[effect.site.name];
            return;
    }
    CHECK(false);
}

Storage::Request Core::spare_request() {
    if (spare_.empty()) {
        return std::make_unique<StorageRequest>();
    }
    Storage::Request request = std::move(spare_.back());
    spare_.pop_back();
    return request;
}

void Core::submit(Place& place, const Effect& effect) {
    Storage::Request request = spare_request();
    request->take(effect, out_);
    request->owner = place.number;
    ++place.under_way;
    CHECK(place.directory != nullptr);  // a node without files asks for none
    storage_->submit(std::move(request), *place.directory);
}

void Core::answer(Storage::Request request) {
    Place& place = *places_[request->owner];
    CHECK(place.under_way > 0);
    --place.under_way;
    if (place.node != nullptr) {
        if (request->status != StorageStatus::ok) {
            note(place.id,
                 "host.storage-failed",
                 {{"verb", name_of(request->verb)},
                  {"file", std::string_view(request->file)},
                  {"status", name_of(request->status)}});
        }
        StorageResult result;
        result.status = request->status;
        if (request->verb == EffectKind::read) {
            result.bytes = request->bytes;
        }
        listed_.clear();
        for (const auto& entry : request->entries) {
            listed_.push_back({entry.name, entry.size});
        }
        result.files = listed_;
        step(place.id, [&](Node& node, Moment at, Effects& out) {
            node.on_storage(request->token, result, at, out);
        });
    }
    if (spare_.size() < kSpareMax && request->bytes.capacity() <= kSpareBytesMax) {
        spare_.push_back(std::move(request));
    }
}

void Core::settle() {
    for (std::size_t n = 0; n < kMessagesAtOnce && !messages_.empty(); ++n) {
        Message message = std::move(messages_.front());
        messages_.pop_front();
        step(message.to, [&](Node& node, Moment at, Effects& out) {
            node.on_message(message.from, message.bytes, at, out);
        });
        if (spare_bytes_.size() < kSpareMax && message.bytes.capacity() <= kSpareBytesMax) {
            spare_bytes_.push_back(std::move(message.bytes));
        }
    }
    while (!replies_.empty()) {
        Reply reply = std::move(replies_.front());
        replies_.pop_front();
        reply.handler(reply.body);
    }
}

bool Core::turn_storage() {
    bool worked = false;
    const bool on_loop = storage_->has_work();
    while (Storage::Request request = storage_->take_done()) {
        worked = true;
        const bool group_ends = on_loop && request->verb == EffectKind::sync;
        answer(std::move(request));
        if (group_ends) {
            break;
        }
    }
    return worked;
}

void Core::fire_timers() {
    const MonotonicTime at = now().monotonic;
    while (const auto due = timers_.take_due(at)) {
        if (due->owner == kHostTimers) {
            const auto call = calls_.find(due->timer.value);
            CHECK(call != calls_.end());
            const auto what = std::move(call->second);
            calls_.erase(call);
            what();
            continue;
        }
        step(places_[due->owner]->id, [&](Node& node, Moment moment, Effects& out) {
            node.on_timer(due->timer, moment, out);
        });
    }
}

void Core::call_at(MonotonicTime at, std::function<void()> what) {
    calls_.emplace(next_call_, std::move(what));
    timers_.set({kHostTimers, {next_call_++}}, at);
}

void Core::note(NodeId node, Site kind, std::initializer_list<NoteField> fields) {
    if (observer_ != nullptr) {
        observer_->on_note(node, now(), {kind, {fields.begin(), fields.size()}});
    }
}

Result<void> Core::sync_all() {
    for (const auto& place : places_) {
        if (place->directory != nullptr) {
            if (auto synced = place->directory->sync_all(); !synced) {
                return synced;
            }
        }
    }
    return {};
}

void Core::describe(std::FILE* out) const {
    std::fprintf(out, "real host; last step: node %u\n", stepped_.value);
}

}  // namespace stormglass::asio::detail
