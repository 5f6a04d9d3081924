#include "sagas/file_store.hpp"

#include <algorithm>
#include <charconv>

#include "runtime/check.hpp"
#include "sagas/read_model_codec.hpp"

namespace stormglass::sagas {
namespace {

constexpr StorageToken kList{1};
constexpr StorageToken kRead{2};
constexpr StorageToken kCreate{3};
constexpr StorageToken kAppend{4};
constexpr StorageToken kSync{5};
constexpr StorageToken kRemove{6};
constexpr std::string_view kEnding = ".rows";

}  // namespace

std::string FileStore::file_name(std::uint64_t number) const {
    std::string name = options_.name;
    name += '.';
    name += std::to_string(number);
    name += kEnding;
    return name;
}

/// 0 when the file is none of ours.
std::uint64_t FileStore::number_of(std::string_view file) const {
    if (file.size() < options_.name.size() + 1 + kEnding.size() ||
        !file.starts_with(options_.name) || file[options_.name.size()] != '.' ||
        !file.ends_with(kEnding)) {
        return 0;
    }
    file.remove_prefix(options_.name.size() + 1);
    file.remove_suffix(kEnding.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(file.data(), file.data() + file.size(), number);
    return error == std::errc() && end == file.data() + file.size() ? number : 0;
}

void FileStore::load(std::uint64_t identity, Tables& into, Moment, Effects& out) {
    const auto scope = enter(out);
    CHECK(listener_ != nullptr);
    CHECK(state_ == State::idle);
    identity_ = identity;
    into_ = &into;
    current_ = 0;  // whatever comes next begins a file of its own: the tail may be torn
    state_ = State::listing;
    out.list(kList);
}

void FileStore::on_storage(StorageToken token,
                           const StorageResult& result,
                           Moment now,
                           Effects& out) {
    if (token == kRemove) {
        return;  // an old file that stays is tried last, and removed with the next
    }
    if (token == kList) {
        on_list(result, now, out);
    } else if (token == kRead) {
        on_read(result, now, out);
    } else {
        CHECK(state_ == State::syncing);
        worst_ = std::max(worst_, result.status);
        if (token == kSync) {
            on_synced(now, out);
        }
    }
}

void FileStore::on_list(const StorageResult& result, Moment now, Effects& out) {
    CHECK(state_ == State::listing);
    if (result.status != StorageStatus::ok) {
        loaded(Error{"PR_STORE", std::string(name_of(result.status))}, now, out);
        return;
    }
    numbers_.clear();
    for (const RecoveredFile& file : result.files) {
        if (const std::uint64_t number = number_of(file.name); number != 0) {
            numbers_.push_back(number);
        }
    }
    std::sort(numbers_.begin(), numbers_.end());
    newest_ = std::max(newest_, numbers_.empty() ? 0 : numbers_.back());
    candidate_ = numbers_.size();
    read_newest(now, out);
}

/// The newest file that nobody has tried yet: one whose snapshot was not synced is no good, and
/// the one before it is still there.
void FileStore::read_newest(Moment now, Effects& out) {
    content_.clear();
    if (candidate_ == 0) {
        loaded(Loaded{}, now, out);
        return;
    }
    --candidate_;
    state_ = State::reading;
    read_more(out);
}

void FileStore::read_more(Effects& out) {
    out.read(kRead, file_name(numbers_[candidate_]), content_.size(), options_.read_bytes_max);
}

void FileStore::on_read(const StorageResult& result, Moment now, Effects& out) {
    CHECK(state_ == State::reading);
    if (result.status != StorageStatus::ok) {
        loaded(Error{"PR_STORE", std::string(name_of(result.status))}, now, out);
        return;
    }
    content_.insert(content_.end(), result.bytes.begin(), result.bytes.end());
    if (result.bytes.size() == options_.read_bytes_max) {
        read_more(out);
    } else {
        fold_file(now, out);
    }
}

void FileStore::fold_file(Moment now, Effects& out) {
    Bytes rest = content_;
    Loaded found;
    while (!rest.empty()) {
        const auto record = next_record(rest);
        const bool first = found.kind == Loaded::Kind::absent;
        if (!record || first != (record->kind == StateRecord::snapshot)) {
            break;  // a torn tail, or nothing but one
        }
        if (record->head.identity != identity_ || !read_rows(record.value(), *into_)) {
            *into_ = Tables(into_->shapes());
            found.kind = Loaded::Kind::foreign;
            break;
        }
        found.kind = Loaded::Kind::found;
        found.position = record->head.position;
        rest = rest.subspan(record->size);
    }
    if (found.kind == Loaded::Kind::absent) {
        read_newest(now, out);
        return;
    }
    if (found.kind == Loaded::Kind::found && !rest.empty()) {
        COVER(out, "projection.torn-tail-cut");
    }
    into_->settle();
    loaded(found, now, out);
}

void FileStore::loaded(const Result<Loaded>& loaded, Moment now, Effects& out) {
    state_ = State::idle;
    content_ = {};
    into_ = nullptr;
    listener_->on_loaded(loaded, now, out);
}

void FileStore::commit(const Commit& commit, Moment, Effects& out) {
    const auto scope = enter(out);
    CHECK(state_ == State::idle);
    CHECK(commit.tables != nullptr);
    state_ = State::syncing;
    worst_ = StorageStatus::ok;
    record_.clear();
    const StateHead head{commit.identity, commit.position};
    const bool new_file = current_ == 0 || commit.kind == Commit::Kind::replace ||
                          change_bytes_ >= options_.change_bytes_max;
    if (new_file) {
        encode_snapshot(head, *commit.tables, record_);
        current_ = ++newest_;
        change_bytes_ = 0;
        out.create(kCreate, file_name(current_), 0);
        COVER(out, "projection.file-begun");
    } else {
        encode_changes(head, commit.changes, record_);
        change_bytes_ += record_.size();
    }
    out.append(kAppend, file_name(current_), record_);
    out.sync(kSync, file_name(current_));
}

void FileStore::on_synced(Moment now, Effects& out) {
    state_ = State::idle;
    if (worst_ != StorageStatus::ok) {
        // How much of it is there nobody knows: the next commit begins a file of its own.
        current_ = 0;
        listener_->on_committed(Error{"PR_STORE", std::string(name_of(worst_))}, now, out);
        return;
    }
    if (numbers_.empty() || numbers_.back() != current_) {
        for (const std::uint64_t old : numbers_) {
            out.remove(kRemove, file_name(old));
        }
        numbers_ = {current_};
    }
    listener_->on_committed({}, now, out);
}

}  // namespace stormglass::sagas
