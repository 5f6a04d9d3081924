// A bus seen through its journal's files: the machine is built anew from them, events are read
// where they stand. A running bus is not disturbed; what it has not written yet is not seen.
#include <cerrno>
#include <cstring>
#include <map>

#include "scenarios/operate/bus_view.hpp"
#include "scenarios/operate/files.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace stormglass::scenarios {
namespace {

class Builder final : public bus::ScanListener {
  public:
    explicit Builder(bus::Machine& machine) : machine_(machine) {}

    void on_scanned(const bus::ScannedRecord& record) override {
        if (unknown_ != 0) {
            return;
        }
        bus::CommittedEntry entry;
        entry.kind = static_cast<bus::entry::Kind>(record.header.kind);
        entry.body_at = record.body_at;
        entry.body = record.body;
        if (!machine_.apply(entry).understood) {
            unknown_ = record.header.index;
        }
    }

    bus::Index unknown() const { return unknown_; }

  private:
    bus::Machine& machine_;
    bus::Index unknown_ = 0;
};

class BusFiles final : public BusView {
  public:
    explicit BusFiles(std::map<std::uint64_t, std::string> segments)
        : segments_(std::move(segments)) {}

    ~BusFiles() override { close_segment(); }

    BusFiles(const BusFiles&) = delete;
    BusFiles& operator=(const BusFiles&) = delete;

    bus::Machine& machine() { return machine_; }

    Result<std::vector<bus::TopicInfo>> topics() override { return bus::topic_infos(machine_); }

    Result<std::vector<bus::GroupInfo>> groups() override { return bus::group_infos(machine_); }

    Result<std::vector<bus::DeadLetterInfo>> dead_letters(const std::string& group) override {
        return bus::dead_letter_infos(machine_, group);
    }

    Result<void> read(const std::string& topic, bus::Position from, const Reader& reader) override {
        const bus::Topic* found = machine_.topics().find(topic);
        if (found == nullptr) {
            return Error{"topic.unknown", "there is no topic '" + topic + "'"};
        }
        for (bus::Position position = from; position < found->length(); ++position) {
            if (auto loaded = load(found->at(position).at); !loaded) {
                return loaded;
            }
            if (reader(position, bytes_) == More::no) {
                break;
            }
        }
        return {};
    }

  private:
    Result<void> load(const bus::Location& at) {
        if (auto opened = open_segment(at.segment); !opened) {
            return opened;
        }
        bytes_.resize(at.size);
        const ssize_t count = pread(file_, bytes_.data(), bytes_.size(), at.offset);
        if (count != static_cast<ssize_t>(at.size)) {
            return Error{"file.missing",
                         "cannot read " + std::to_string(at.size) + " bytes at " +
                             std::to_string(at.offset) + " of " + bus::segment_name(at.segment)};
        }
        return {};
    }

    Result<void> open_segment(std::uint64_t number) {
        if (open_ == number) {
            return {};
        }
        close_segment();
        const auto found = segments_.find(number);
        if (found != segments_.end()) {
            file_ = open(found->second.c_str(), O_RDONLY | O_CLOEXEC);
        }
        if (file_ < 0) {
            return Error{"file.missing",
                         "cannot open " + bus::segment_name(number) + ": " + std::strerror(errno)};
        }
        open_ = number;
        return {};
    }

    void close_segment() {
        if (file_ >= 0) {
            close(file_);
        }
        file_ = -1;
        open_ = 0;
    }

    bus::Machine machine_;
    std::map<std::uint64_t, std::string> segments_;  // number -> path
    std::uint64_t open_ = 0;
    int file_ = -1;
    ByteBuffer bytes_;
};

}  // namespace

Result<std::unique_ptr<BusView>> open_bus_files(const std::string& folder) {
    auto journal = find_journal(folder);
    if (!journal) {
        return std::move(journal).error();
    }
    if (journal->extent == bus::JournalScan::Extent::part) {
        return Error{"file.foreign",
                     "'" + folder + "' is one segment; a bus is named by its folder"};
    }
    std::map<std::uint64_t, std::string> segments;
    for (const JournalFile& file : journal->files) {
        segments.emplace(file.number, file.path);
    }
    auto files = std::make_unique<BusFiles>(std::move(segments));
    Builder builder(files->machine());
    auto end = scan_files(*journal, builder);
    if (!end) {
        return std::move(end).error();
    }
    if (builder.unknown() != 0) {
        return Error{"journal.corrupt",
                     "entry " + std::to_string(builder.unknown()) +
                         " is of a kind that this version does not know"};
    }
    return std::unique_ptr<BusView>(std::move(files));
}

}  // namespace stormglass::scenarios
