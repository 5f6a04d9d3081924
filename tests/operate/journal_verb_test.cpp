// `journal verify` and `journal dump` on real files: sound, torn, damaged, foreign, a part.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "bus/journal_scan.hpp"
#include "scenarios/operate/files.hpp"
#include "tests/operate/sample_bus.hpp"

namespace stormglass::scenarios {
namespace {

using Json = nlohmann::json;
using tests::Ran;
using tests::SampleBus;

/// Where each record starts.
struct Places final : bus::ScanListener {
    void on_scanned(const bus::ScannedRecord& record) override {
        const bus::Location& body = record.body_at;
        starts.push_back(
            {body.segment, body.offset - std::uint32_t{bus::kRecordHeaderBytes}, body.size});
        synced.push_back(record.header.synced);
    }

    std::vector<bus::Location> starts;
    std::vector<bus::Index> synced;
};

/// As findings name it.
std::string named(const bus::Location& at) {
    return bus::segment_name(at.segment) + " at byte " + std::to_string(at.offset);
}

Places places_in(const SampleBus& bus) {
    Places places;
    auto files = find_journal(bus.folder().string());
    EXPECT_TRUE(files.ok());
    EXPECT_TRUE(scan_files(*files, places).ok());
    return places;
}

void overwrite(const std::string& path, std::uint64_t at, const std::string& bytes) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(at));
    file << bytes;
}

class JournalVerb : public testing::Test {
  protected:
    SampleBus bus{"calm", 3};
};

TEST_F(JournalVerb, finds_an_honest_journal_sound) {
    const Ran ran = bus.stormglass("journal verify {}");
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(ran.out.starts_with("sound: ")) << ran.out;
    const Json json = Json::parse(bus.stormglass("journal verify {} --json").out);
    EXPECT_EQ(json["state"], "sound");
    EXPECT_EQ(json["first_index"], 1);
    EXPECT_EQ(json["entries"], places_in(bus).starts.size());
}

TEST_F(JournalVerb, tells_a_torn_tail_from_damage_and_names_the_place) {
    const Places places = places_in(bus);
    const bus::Location last = places.starts.back();
    // The last record is not known to be synced by any other: losing it is a torn tail.
    overwrite(bus.segment(last.segment), last.offset + 60, "torn");
    const Ran torn = bus.stormglass("journal verify {}");
    EXPECT_EQ(torn.code, 0) << torn.out << torn.err;
    EXPECT_TRUE(torn.out.starts_with("torn-tail: " + named(last))) << torn.out << named(last);
    // One in the middle was synced: later records say so.
    const bus::Location middle = places.starts[places.starts.size() / 2];
    overwrite(bus.segment(middle.segment), middle.offset + 50, "damage");
    const Ran damaged = bus.stormglass("journal verify {}");
    EXPECT_EQ(damaged.code, 1) << damaged.out << damaged.err;
    EXPECT_TRUE(damaged.out.starts_with("damaged: " + named(middle))) << damaged.out;
    EXPECT_EQ(Json::parse(bus.stormglass("journal verify {} --json").out)["state"], "damaged");
    const Ran dump = bus.stormglass("journal dump {}");
    EXPECT_EQ(dump.code, 1);
    EXPECT_NE(dump.err.find(named(middle)), std::string::npos) << dump.err;
}

TEST_F(JournalVerb, dumps_every_entry_for_people_and_for_programs) {
    const std::size_t entries = places_in(bus).starts.size();
    std::istringstream lines(bus.stormglass("journal dump {} --json").out);
    std::size_t count = 0;
    std::size_t events = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const Json json = Json::parse(line);
        EXPECT_EQ(json["index"], count + 1);
        EXPECT_NE(json["kind"], "unknown") << line;
        events += json.contains("events") ? json["events"].size() : 0;
    }
    EXPECT_EQ(count, entries);
    std::uint64_t stored = 0;
    for (bus::TopicId id = 0; id < bus.machine().topics().size(); ++id) {
        stored += bus.machine().topics()[id].length();
    }
    EXPECT_GE(events, stored);
    const Ran text = bus.stormglass("journal dump {}");
    EXPECT_NE(text.out.find("\n#2  "), std::string::npos);
    EXPECT_NE(text.out.find("do reserve of order-"), std::string::npos) << text.out.substr(0, 3000);
    EXPECT_EQ(text.out.find('\x1b'), std::string::npos);
    const Ran some = bus.stormglass("journal dump {} --from 5 --limit 2");
    EXPECT_TRUE(some.out.starts_with("#5  ")) << some.out;
    EXPECT_NE(some.out.find("\n#6  "), std::string::npos);
    EXPECT_EQ(some.out.find("\n#7  "), std::string::npos);
}

TEST_F(JournalVerb, reads_one_segment_alone_under_any_name) {
    const std::filesystem::path copy = bus.folder() / "copy.bin";
    std::filesystem::copy_file(bus.segment(), copy);
    const Ran ran = bus.stormglass("journal verify {}/copy.bin");
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_NE(ran.out.find("in 1 segment"), std::string::npos) << ran.out;
}

TEST_F(JournalVerb, refuses_what_is_no_journal) {
    std::ofstream(bus.folder() / "letter.txt") << "dear journal";
    std::filesystem::create_directory(bus.folder() / "empty");
    EXPECT_EQ(bus.stormglass("journal verify {}/letter.txt").code, 65);
    EXPECT_EQ(bus.stormglass("journal verify {}/empty").code, 65);
    EXPECT_EQ(bus.stormglass("journal verify {}/missing").code, 66);
    EXPECT_EQ(bus.stormglass("journal verify").code, 64);
    const Ran misspelt = bus.stormglass("journal verfy {}");
    EXPECT_EQ(misspelt.code, 64);
    EXPECT_NE(misspelt.err.find("did you mean 'verify'"), std::string::npos) << misspelt.err;
}

TEST(JournalFiles, of_any_damage_are_read_without_harm) {
    const SampleBus bus("calm", 5);
    auto files = find_journal(bus.folder().string());
    ASSERT_TRUE(files.ok());
    Places whole;
    const auto end = scan_files(*files, whole);
    ASSERT_TRUE(end.ok());
    // The last segment: before it, damage is told from a torn tail by what comes after.
    const std::string path = bus.segment(whole.starts.back().segment);
    const auto original = read_bytes(path, 0, 64 << 20);
    ASSERT_TRUE(original.ok());
    rc::check("any few bytes changed: a prefix of the records, or a refusal", [&] {
        const auto at = *rc::gen::inRange<std::uint64_t>(0, end->offset);
        const auto byte = static_cast<char>(*rc::gen::inRange(0, 256));
        overwrite(path, at, std::string(3, byte));
        Places seen;
        const auto result = scan_files(*files, seen);
        RC_ASSERT(seen.starts.size() <= whole.starts.size());
        for (std::size_t i = 0; i < seen.starts.size(); ++i) {
            RC_ASSERT(seen.starts[i] == whole.starts[i]);
        }
        const bool judged = result.ok() || result.error().code == "journal.corrupt";
        RC_ASSERT(judged);
        overwrite(path, at, std::string(as_text(Bytes(*original).subspan(at, 3))));
    });
}

}  // namespace
}  // namespace stormglass::scenarios
