// Disk: requests, their times, and the difference between the current and the durable image of each
// file. What a crash makes of that difference is in disk_crash.cpp.
#include "sim/disk.hpp"

#include <algorithm>

#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::sim {
namespace {

constexpr Site kDiskLatency = "sim.disk.latency";

}  // namespace

void FileImage::write(std::uint64_t offset, Bytes data) {
    if (data.empty()) {
        return;
    }
    const std::uint64_t end = offset + data.size();
    if (end > bytes_.size()) {
        bytes_.resize(static_cast<std::size_t>(end));
    }
    std::copy(data.begin(), data.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
    size_ = std::max(size_, end);
}

void FileImage::resize(std::uint64_t size) {
    if (size < bytes_.size()) {
        bytes_.resize(static_cast<std::size_t>(size));
    }
    size_ = size;
}

void FileImage::read(std::uint64_t offset, std::uint64_t length, ByteBuffer& out) const {
    out.clear();
    if (offset >= size_) {
        return;
    }
    out.resize(static_cast<std::size_t>(std::min(length, size_ - offset)));
    if (offset < bytes_.size()) {
        const auto from = bytes_.begin() + static_cast<std::ptrdiff_t>(offset);
        const std::uint64_t stored = std::min<std::uint64_t>(out.size(), bytes_.size() - offset);
        std::copy(from, from + static_cast<std::ptrdiff_t>(stored), out.begin());
    }
}

Disk::Disk(DiskOptions options, std::uint64_t seed) : options_(options), seed_(seed) {}

std::uint32_t Disk::take_request() {
    if (free_requests_.empty()) {
        requests_.emplace_back();
        return static_cast<std::uint32_t>(requests_.size() - 1);
    }
    const std::uint32_t index = free_requests_.back();
    free_requests_.pop_back();
    return index;
}

MonotonicTime Disk::due(const Request& request, MonotonicTime now) {
    const bool reads = request.verb == EffectKind::read || request.verb == EffectKind::list;
    const Distribution& latency = reads                              ? options_.read
                                  : request.verb == EffectKind::sync ? options_.sync
                                                                     : options_.write;
    const std::uint64_t n = ++asked_;
    const auto takes = static_cast<std::uint64_t>(
        latency.is_constant() ? latency.base.ns
                              : latency.sample(keyed_draw(seed_, kDiskLatency.hash, {n})).ns);
    if (request.verb == EffectKind::list) {
        return {busy_all_ = std::max(busy_all_, now.ns) + takes};  // sees all asked before
    }
    const auto busy_of = [this](const std::string& name) -> std::uint64_t& {
        const auto found = busy_.find(name);
        return found != busy_.end() ? found->second : busy_[name];
    };
    std::uint64_t& busy = busy_of(request.name);
    std::uint64_t begin = std::max(busy, now.ns);
    if (request.verb == EffectKind::rename) {
        std::uint64_t& other = busy_of(request.new_name);
        begin = std::max(begin, other);
        other = begin + takes;
    }
    busy = begin + takes;
    busy_all_ = std::max(busy_all_, busy);
    return {busy};
}

Disk::Ticket Disk::submit(const Effect& effect, const Effects& effects, MonotonicTime now) {
    const std::uint32_t index = take_request();
    Request& request = requests_[index];
    request.verb = effect.kind;
    request.token = effect.token;
    request.name = effects.file_of(effect);
    request.new_name = effects.new_file_of(effect);
    request.offset = effect.offset;
    request.length = effect.length;
    const Bytes bytes = effects.bytes_of(effect);
    request.bytes.assign(bytes.begin(), bytes.end());
    in_flight_.push_back(index);
    return {index, due(request, now)};
}

Disk::Answer Disk::complete(std::uint32_t index) {
    const auto place = std::find(in_flight_.begin(), in_flight_.end(), index);
    CHECK(place != in_flight_.end());
    in_flight_.erase(place);
    const EffectKind verb = requests_[index].verb;
    Answer answer;
    answer.token = requests_[index].token;
    answer.result.status = apply(index);
    if (verb == EffectKind::read && answer.result.status == StorageStatus::ok) {
        answer.result.bytes = read_buffer_;
    }
    if (verb == EffectKind::list) {
        answer.result.files = files();
    }
    return answer;
}

/// Carries out one request and gives its record back, unless it is an unsynced write.
StorageStatus Disk::apply(std::uint32_t index) {
    Request& request = requests_[index];
    StorageStatus status = StorageStatus::ok;
    bool kept = false;
    if (request.verb == EffectKind::create) {
        status = apply_create(index);
        kept = status == StorageStatus::ok && request.length != 0;
    } else if (request.verb != EffectKind::list) {
        const auto found = names_.find(request.name);
        if (found == names_.end()) {
            status = StorageStatus::not_found;
        } else if (request.verb == EffectKind::append || request.verb == EffectKind::write_at) {
            status = apply_write(index, files_[found->second]);
            kept = status == StorageStatus::ok;
        } else if (request.verb == EffectKind::truncate) {
            status = apply_truncate(index, files_[found->second]);
            kept = status == StorageStatus::ok;
        } else if (request.verb == EffectKind::sync) {
            apply_sync(found->second);
        } else if (request.verb == EffectKind::read) {
            files_[found->second].current.read(request.offset, request.length, read_buffer_);
        } else if (request.verb == EffectKind::rename) {
            status = apply_rename(request);
        } else {
            CHECK(request.verb == EffectKind::remove);
            apply_remove(request);
        }
    }
    if (!kept) {
        free_requests_.push_back(index);
    }
    return status;
}

/// A crash may bring removed files back, so that more is used than there is.
std::uint64_t Disk::room() const {
    return options_.capacity > used_ ? options_.capacity - used_ : 0;
}

bool Disk::fits(const File& file, std::uint64_t size) const {
    const std::uint64_t grows = size > file.current.size() ? size - file.current.size() : 0;
    return grows <= room();
}

void Disk::resized(File& file, std::uint64_t before) {
    CHECK(used_ >= before);
    used_ = used_ - before + file.current.size();
}

void Disk::remember(std::uint32_t request, File& file) {
    file.unsynced.push_back(request);
    ++unsynced_;
}

StorageStatus Disk::apply_create(std::uint32_t index) {
    const Request& request = requests_[index];
    if (names_.contains(request.name)) {
        return StorageStatus::already_exists;
    }
    if (request.length > room()) {
        return StorageStatus::out_of_space;
    }
    const auto id = static_cast<FileId>(files_.size());
    files_.emplace_back();
    names_.emplace(request.name, id);
    name_changes_.push_back({EffectKind::create, id, request.name, {}});
    if (request.length != 0) {
        // Preallocation is a change of size, unsynced as any other.
        requests_[index].verb = EffectKind::truncate;
        requests_[index].offset = request.length;
        return apply_truncate(index, files_[id]);
    }
    return StorageStatus::ok;
}

StorageStatus Disk::apply_write(std::uint32_t index, File& file) {
    Request& request = requests_[index];
    const std::uint64_t before = file.current.size();
    if (request.verb == EffectKind::append) {
        request.offset = before;
        request.verb = EffectKind::write_at;
    }
    if (request.offset > options_.capacity || !fits(file, request.offset + request.bytes.size())) {
        return StorageStatus::out_of_space;
    }
    replay(request, file.current);
    resized(file, before);
    remember(index, file);
    return StorageStatus::ok;
}

StorageStatus Disk::apply_truncate(std::uint32_t index, File& file) {
    const Request& request = requests_[index];
    if (request.offset > options_.capacity || !fits(file, request.offset)) {
        return StorageStatus::out_of_space;
    }
    const std::uint64_t before = file.current.size();
    replay(request, file.current);
    resized(file, before);
    remember(index, file);
    return StorageStatus::ok;
}

StorageStatus Disk::apply_rename(const Request& request) {
    if (request.name == request.new_name) {
        return StorageStatus::ok;
    }
    const FileId id = names_.find(request.name)->second;
    const auto replaced = names_.find(request.new_name);
    if (replaced != names_.end()) {
        used_ -= files_[replaced->second].current.size();
    }
    names_.erase(request.name);
    names_.insert_or_assign(request.new_name, id);
    name_changes_.push_back({EffectKind::rename, id, request.name, request.new_name});
    return StorageStatus::ok;
}

void Disk::apply_remove(const Request& request) {
    const auto found = names_.find(request.name);
    used_ -= files_[found->second].current.size();
    name_changes_.push_back({EffectKind::remove, found->second, request.name, {}});
    names_.erase(found);
}

void Disk::apply_sync(FileId id) {
    File& file = files_[id];
    for (const std::uint32_t index : file.unsynced) {
        replay(requests_[index], file.durable);
        free_requests_.push_back(index);
    }
    unsynced_ -= file.unsynced.size();
    file.unsynced.clear();
    CHECK(file.durable.size() == file.current.size());
    if (name_changes_.empty()) {
        return;
    }
    std::erase_if(name_changes_, [&](const NameChange& change) {
        const bool covered = change.file == id || change.verb == EffectKind::remove;
        if (covered) {
            commit_name(change);
        }
        return covered;
    });
    drop_nameless();
}

void Disk::replay(const Request& request, FileImage& image) {
    if (request.verb == EffectKind::write_at) {
        image.write(request.offset, request.bytes);
    } else {
        CHECK(request.verb == EffectKind::truncate);
        image.resize(request.offset);
    }
}

void Disk::commit_name(const NameChange& change) {
    const auto forget = [&](const std::string& name) {
        const auto found = durable_names_.find(name);
        if (found != durable_names_.end() && found->second == change.file) {
            durable_names_.erase(found);
        }
    };
    switch (change.verb) {
        case EffectKind::create:
            durable_names_.insert_or_assign(change.name, change.file);
            return;
        case EffectKind::rename:
            forget(change.name);
            durable_names_.insert_or_assign(change.new_name, change.file);
            return;
        default:
            CHECK(change.verb == EffectKind::remove);
            forget(change.name);
    }
}

/// Gives back the memory of files that no name, current or durable, leads to any more.
void Disk::drop_nameless() {
    std::vector<bool> named(files_.size());
    for (const auto& [name, id] : names_) {
        named[id] = true;
    }
    for (const auto& [name, id] : durable_names_) {
        named[id] = true;
    }
    for (const NameChange& change : name_changes_) {
        named[change.file] = true;
    }
    for (FileId id = 0; id < files_.size(); ++id) {
        if (!named[id]) {
            File& file = files_[id];
            unsynced_ -= file.unsynced.size();
            free_requests_.insert(free_requests_.end(), file.unsynced.begin(), file.unsynced.end());
            file = {};
        }
    }
}

std::span<const RecoveredFile> Disk::files() {
    listed_.clear();
    for (const auto& [name, id] : names_) {
        listed_.push_back({name, files_[id].current.size()});
    }
    return listed_;
}

std::optional<std::uint64_t> Disk::size_of(std::string_view file) const {
    const auto found = names_.find(file);
    if (found == names_.end()) {
        return std::nullopt;
    }
    return files_[found->second].current.size();
}

ByteBuffer Disk::bytes_of(std::string_view file) const {
    ByteBuffer bytes;
    const auto found = names_.find(file);
    if (found != names_.end()) {
        const FileImage& image = files_[found->second].current;
        image.read(0, image.size(), bytes);
    }
    return bytes;
}

}  // namespace stormglass::sim
