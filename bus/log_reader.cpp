#include "bus/log_reader.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::bus {
namespace {

constexpr std::uint32_t kReadBytesMin = 64 << 10;  // neighbours are wanted next, most of the time

}  // namespace

LogReader::LogReader(std::size_t cache_bytes, std::uint64_t tokens_from)
    : cache_bytes_(cache_bytes),
      tokens_from_(tokens_from) {
    CHECK(cache_bytes_ > 0);
}

// The ring is as large as what was added, up to its bound: many buses never fill it. Until then
// nothing wraps around, so that growing moves no byte to another place.
void LogReader::grow_to(std::uint64_t end) {
    if (end <= ring_.size() || ring_.size() == cache_bytes_) {
        return;
    }
    const std::uint64_t wanted = std::max<std::uint64_t>({end, 2 * ring_.size(), kReadBytesMin});
    ring_.resize(std::min<std::uint64_t>(wanted, cache_bytes_));
}

void LogReader::add(Location body_at, Bytes body) {
    CHECK(body.size() == body_at.size);
    const bool next_segment =
        spans_.empty() || spans_[spans_.size() - 1].segment != body_at.segment;
    if (next_segment) {
        spans_.push_back({body_at.segment, body_at.offset, end_});
    }
    const Span& span = spans_[spans_.size() - 1];
    CHECK(body_at.offset >= span.offset);
    const std::uint64_t at = span.at + (body_at.offset - span.offset);
    CHECK(at >= end_);
    end_ = at + body.size();
    grow_to(end_);
    newest_ = body_at;
    from_ = std::max(from_, end_ > cache_bytes_ ? end_ - cache_bytes_ : 0);
    if (body.size() > cache_bytes_) {
        from_ = end_;
    } else {
        const std::size_t place = at % cache_bytes_;
        const std::size_t head = std::min(body.size(), cache_bytes_ - place);
        std::copy_n(body.begin(), head, ring_.begin() + static_cast<std::ptrdiff_t>(place));
        std::copy(body.begin() + static_cast<std::ptrdiff_t>(head), body.end(), ring_.begin());
    }
    while (spans_.size() > 1 && spans_[1].at <= from_) {
        spans_.pop_front();
    }
}

std::optional<LogReader::Found> LogReader::find(Location at) {
    for (std::size_t n = spans_.size(); n > 0; --n) {
        const Span& span = spans_[n - 1];
        if (span.segment != at.segment || at.offset < span.offset) {
            continue;
        }
        const std::uint64_t counted = span.at + (at.offset - span.offset);
        if (counted < from_ || counted + at.size > end_) {
            break;
        }
        const std::size_t place = counted % cache_bytes_;
        if (place + at.size <= cache_bytes_) {
            return Found{Bytes(ring_).subspan(place, at.size), false};
        }
        const Bytes head = Bytes(ring_).subspan(place);
        scratch_.assign(head.begin(), head.end());
        scratch_.insert(scratch_.end(),
                        ring_.begin(),
                        ring_.begin() + static_cast<std::ptrdiff_t>(at.size - head.size()));
        return Found{scratch_, false};
    }
    for (const Window& window : windows_) {
        if (window.state == Window::State::ready && covers(window, at, window.bytes.size())) {
            return Found{Bytes(window.bytes).subspan(at.offset - window.at.offset, at.size), true};
        }
    }
    return std::nullopt;
}

bool LogReader::covers(const Window& window, Location at, std::size_t size) {
    return window.at.segment == at.segment && window.at.offset <= at.offset &&
           std::uint64_t{at.offset} + at.size <= std::uint64_t{window.at.offset} + size;
}

void LogReader::want(Location at, Effects& out) {
    Window* oldest = nullptr;
    for (Window& window : windows_) {
        if (window.state == Window::State::reading) {
            if (covers(window, at, window.at.size)) {
                return;
            }
            continue;
        }
        if (oldest == nullptr || window.age < oldest->age) {
            oldest = &window;
        }
    }
    if (oldest == nullptr) {
        return;
    }
    oldest->state = Window::State::reading;
    oldest->age = ++asked_;
    oldest->at = {at.segment, at.offset, std::max(at.size, kReadBytesMin)};
    if (at.segment == newest_.segment) {
        // What stands behind the newest entry is not written yet: read now, it would be wrong
        // later.
        const std::uint32_t end = newest_.offset + newest_.size;
        CHECK(at.offset + at.size <= end);
        oldest->at.size = std::min(oldest->at.size, end - at.offset);
    }
    oldest->needed = at.size;
    const auto index = static_cast<std::uint64_t>(oldest - windows_.data());
    out.read({tokens_from_ + index}, segment_name(at.segment), oldest->at.offset, oldest->at.size);
}

bool LogReader::owns(StorageToken token) const {
    return token.value >= tokens_from_ && token.value < tokens_from_ + kLogReaderTokens;
}

bool LogReader::on_storage(StorageToken token, const StorageResult& result) {
    CHECK(owns(token));
    Window& window = windows_[token.value - tokens_from_];
    CHECK(window.state == Window::State::reading);
    if (result.status != StorageStatus::ok || result.bytes.size() < window.needed) {
        window.state = Window::State::empty;
        return false;
    }
    window.state = Window::State::ready;
    window.bytes.assign(result.bytes.begin(), result.bytes.end());
    return true;
}

}  // namespace stormglass::bus
