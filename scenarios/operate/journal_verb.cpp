// `journal verify` and `journal dump`: strict, bounded, reading alone. A torn tail is what a crash
// leaves and costs nothing that was synced; damage costs something, and says where.
#include <nlohmann/json.hpp>

#include "scenarios/operate/entry_json.hpp"
#include "scenarios/operate/files.hpp"
#include "scenarios/operate/verbs.hpp"

namespace stormglass::scenarios {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kUnknownShown = 10;

/// Counts entries and remembers the first ones that this version cannot read.
class Verifier final : public bus::ScanListener {
  public:
    void on_scanned(const bus::ScannedRecord& record) override {
        first_ = entries_ == 0 ? record.header.index : first_;
        ++entries_;
        if (!understood(record)) {
            ++unknown_count_;
            if (unknown_.size() < kUnknownShown) {
                unknown_.push_back(record.header.index);
            }
        }
    }

    std::uint64_t entries() const { return entries_; }

    bus::Index first() const { return first_; }

    std::uint64_t unknown_count() const { return unknown_count_; }

    const std::vector<bus::Index>& unknown() const { return unknown_; }

  private:
    std::uint64_t entries_ = 0;
    bus::Index first_ = 0;
    std::uint64_t unknown_count_ = 0;
    std::vector<bus::Index> unknown_;
};

class Dumper final : public bus::ScanListener {
  public:
    explicit Dumper(const Session& session) : session_(session) {}

    void on_scanned(const bus::ScannedRecord& record) override {
        const OperateOptions& asked = session_.options().operate;
        if (record.header.index < asked.from.value_or(0) ||
            printed_ >= asked.limit.value_or(~std::uint64_t{0})) {
            return;
        }
        ++printed_;
        session_.print(session_.options().json ? entry_json(record).dump() + "\n"
                                               : entry_text(record));
    }

  private:
    const Session& session_;
    std::uint64_t printed_ = 0;
};

/// What a journal's files are found to be.
struct Finding {
    std::string state;  // "sound", "torn-tail", "damaged", "unknown-entries"
    Json json;
    std::string words;
    int exit_code = kExitPassed;
};

std::uint64_t garbage_bytes(const bus::ScanEnd& end) {
    std::uint64_t bytes = 0;
    for (const bus::Garbage& garbage : end.garbage) {
        bytes += garbage.size;
    }
    return bytes;
}

Finding judge(const Result<bus::ScanEnd>& end, const Verifier& seen) {
    Finding found;
    if (!end) {
        found.state = "damaged";
        found.words = end.error().text;
        found.exit_code = kExitRefuted;
    } else if (seen.unknown_count() > 0) {
        found.state = "unknown-entries";
        found.words =
            std::to_string(seen.unknown_count()) +
            " entries are of a kind that this version does not know, the first is entry " +
            std::to_string(seen.unknown().front()) +
            "; a later version wrote them, and this one would refuse to start";
        found.exit_code = kExitRefuted;
    } else if (!end->garbage.empty()) {
        const bus::Garbage& first = end->garbage.front();
        found.state = "torn-tail";
        found.words = bus::segment_name(first.segment) + " at byte " +
                      std::to_string(first.offset) + ": " + std::to_string(garbage_bytes(*end)) +
                      " bytes of a write that did not finish; nothing that was synced is lost, and "
                      "the next start clears them";
    } else {
        found.state = "sound";
        found.words = "every record is as it was written";
    }
    return found;
}

int verify(const Session& session, const JournalFiles& journal) {
    Verifier seen;
    const Result<bus::ScanEnd> end = scan_files(journal, seen);
    if (!end && end.error().code != "journal.corrupt") {
        return complain(session, end.error());
    }
    const Finding found = judge(end, seen);
    std::uint64_t bytes = 0;
    for (const JournalFile& file : journal.files) {
        bytes += file.bytes;
    }
    const bus::Index last = seen.entries() == 0 ? 0 : seen.first() + seen.entries() - 1;
    if (session.options().json) {
        Json json = {{"schema", 1},
                     {"state", found.state},
                     {"text", found.words},
                     {"segments", journal.files.size()},
                     {"file_bytes", bytes},
                     {"entries", seen.entries()},
                     {"first_index", seen.first()},
                     {"last_index", last}};
        if (end) {
            json["synced"] = end->synced_floor;
            Json tail = Json::array();
            for (const bus::Garbage& garbage : end->garbage) {
                tail.push_back({{"file", bus::segment_name(garbage.segment)},
                                {"offset", garbage.offset},
                                {"bytes", garbage.size}});
            }
            json["torn"] = std::move(tail);
        }
        session.print(json.dump(2) + "\n");
        return found.exit_code;
    }
    session.print(found.state + ": " + found.words + "\n" + std::to_string(seen.entries()) +
                  " entries (" + std::to_string(seen.first()) + " ... " + std::to_string(last) +
                  ") in " + std::to_string(journal.files.size()) +
                  (journal.files.size() == 1 ? " segment" : " segments") +
                  (end ? ", known to be synced up to " + std::to_string(end->synced_floor) : "") +
                  "\n");
    return found.exit_code;
}

}  // namespace

int journal_verb(const Session& session) {
    const OperateOptions& asked = session.options().operate;
    const auto journal = find_journal(asked.operands.front());
    if (!journal) {
        return complain(session, journal.error());
    }
    if (asked.action == "verify") {
        return verify(session, *journal);
    }
    Dumper dumper(session);
    const auto end = scan_files(*journal, dumper);
    if (!end) {
        session.complain(session.program() + ": " + end.error().text + "\n");
        return end.error().code == "journal.corrupt" ? kExitRefuted : kExitNoInput;
    }
    return kExitPassed;
}

}  // namespace stormglass::scenarios
