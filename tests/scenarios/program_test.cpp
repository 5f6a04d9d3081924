// The program as a user meets it: exit codes, streams, suggestions, refusals, planted defects.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include <sys/wait.h>

namespace stormglass::scenarios {
namespace {

struct Ended {
    int code = -1;
    std::string text;  // both streams
};

class ProgramTest : public testing::Test {
  protected:
    void SetUp() override {
        folder = std::filesystem::temp_directory_path() /
                 ("stormglass-test-" + std::to_string(getpid()));
        std::filesystem::create_directories(folder);
    }

    void TearDown() override { std::filesystem::remove_all(folder); }

    Ended run(const std::string& binary, const std::string& arguments) const {
        const std::string command =
            "cd '" + folder.string() + "' && '" + binary + "' " + arguments + " 2>&1";
        Ended ended;
        std::FILE* pipe = popen(command.c_str(), "r");
        std::array<char, 4096> buffer;
        while (std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
            ended.text.append(buffer.data(), count);
        }
        const int status = pclose(pipe);
        ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return ended;
    }

    Ended stormglass(const std::string& arguments) const {
        return run(STORMGLASS_BINARY, arguments);
    }

    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder / name) << text;
        return name;
    }

    std::string read(const std::string& name) const {
        std::ifstream file(folder / name, std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }

    std::filesystem::path folder;
};

TEST_F(ProgramTest, answers_each_mistake_with_its_exit_code_and_a_suggestion) {
    struct Row {
        const char* arguments;
        int code;
        const char* says;
    };

    for (const Row& row : {Row{"", 64, "stormglass"},
                           Row{"rum", 64, "did you mean 'run'"},
                           Row{"run --sedes 3", 64, "--seeds"},
                           Row{"run cordinator-crash", 64, "did you mean 'coordinator-crash'"},
                           Row{"run missing.yaml", 66, "missing.yaml"},
                           Row{"list sceanrios", 64, "scenarios"},
                           Row{"review --document missing.md --seeds 1", 66, "missing.md"},
                           Row{"report", 64, "say which results"},
                           Row{"report a.json b.json", 64, "unexpected 'b.json'"},
                           Row{"report a.json --htm b", 64, "did you mean '--html'"},
                           Row{"report a.json --seeds 3", 64, "belongs to run, gate, review"},
                           Row{"report a.json --html a.json", 64, "must not overwrite"},
                           Row{"report missing.json", 66, "missing.json"},
                           Row{"reprot a.json", 64, "did you mean 'report'"},
                           Row{"version", 0, "0.1.0"},
                           Row{"list checks", 0, "lost-write"},
                           Row{"help exit-codes", 0, "70"}}) {
        const Ended ended = stormglass(row.arguments);
        EXPECT_EQ(ended.code, row.code) << row.arguments << "\n" << ended.text;
        EXPECT_NE(ended.text.find(row.says), std::string::npos) << row.arguments << "\n"
                                                                << ended.text;
    }
}

TEST_F(ProgramTest, refuses_a_broken_scenario_with_its_place) {
    const std::string file = write("bad.yaml", "format: 1\nname: bad\nname: again\n");
    const Ended ended = stormglass("run ./" + file);
    EXPECT_EQ(ended.code, 65);
    EXPECT_NE(ended.text.find("bad.yaml:3:1"), std::string::npos) << ended.text;
}

TEST_F(ProgramTest, runs_a_scenario_and_writes_every_output) {
    const Ended ended = stormglass("run lossy-network --seeds 3 --twins 2 --out here");
    EXPECT_TRUE(ended.code == 0 || ended.code == 2) << ended.text;
    for (const char* name : {"index.html", "results.json", "report.md", "junit.xml"}) {
        EXPECT_TRUE(std::filesystem::exists(folder / "here" / "latest" / name)) << name;
    }
}

TEST_F(ProgramTest, writes_the_same_outputs_again_from_its_results) {
    ASSERT_EQ(run(STORMGLASS_DEFECTS_BINARY,
                  "run partition-during-checkout --defect two-coordinators --seeds 2 --twins 0 "
                  "--out here")
                  .code,
              1);
    const Ended ended =
        stormglass("report here/latest/results.json --html a.html --md a.md --junit a.xml");
    ASSERT_EQ(ended.code, 0) << ended.text;
    EXPECT_TRUE(read("a.html") == read("here/latest/index.html"));
    EXPECT_TRUE(read("a.md") == read("here/latest/report.md"));
    EXPECT_TRUE(read("a.xml") == read("here/latest/junit.xml"));
    EXPECT_NE(read("a.html").find("<svg"), std::string::npos) << "no picture of what failed";
    EXPECT_EQ(stormglass("report here/latest/results.json --json > again.json").code, 0);
    EXPECT_TRUE(read("again.json") == read("here/latest/results.json"));
    EXPECT_NE(stormglass("report here/latest/results.json").text.find("FAILED"), std::string::npos);
}

TEST_F(ProgramTest, refuses_results_that_are_not_ours_with_their_place) {
    write("bad.json", "{\n \"schema\": 1,\n \"jobs\": \"many\"\n}\n");
    const Ended ended = stormglass("report bad.json --html page.html");
    EXPECT_EQ(ended.code, 65);
    EXPECT_NE(ended.text.find("bad.json:3:10: results.jobs is not"), std::string::npos)
        << ended.text;
    EXPECT_FALSE(std::filesystem::exists(folder / "page.html"));
    EXPECT_EQ(stormglass("report bad.json --md /dev/null/x").code, 65);
    write("good.json", "{\"schema\": 1}");
    EXPECT_EQ(stormglass("report good.json --md /dev/null/x").code, 74);
}

TEST_F(ProgramTest, says_so_when_an_output_cannot_be_written) {
    write("file", "");
    const Ended ended = stormglass("run calm --seeds 1 --twins 0 --out file/below");
    EXPECT_EQ(ended.code, 74) << ended.text;
}

TEST_F(ProgramTest, knows_no_planted_defect) {
    EXPECT_EQ(stormglass("run calm --defect compensate-forward").code, 64);
    std::ifstream binary(STORMGLASS_BINARY, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(binary)), {});
    EXPECT_EQ(bytes.find("CompensateForward"), std::string::npos);
    EXPECT_EQ(bytes.find("AckBeforePersist"), std::string::npos);
}

TEST_F(ProgramTest, lists_exactly_the_defects_that_are_planted) {
    const Ended shipped = stormglass("list defects");
    const Ended planted = run(STORMGLASS_DEFECTS_BINARY, "list defects");
    std::istringstream names(shipped.text);
    std::size_t count = 0;
    for (std::string name; names >> name; ++count) {
        // With a description only where it is compiled in.
        EXPECT_NE(planted.text.find(name + "  "), std::string::npos) << name;
    }
    EXPECT_EQ(count, 23U);
}

TEST_F(ProgramTest, with_a_defect_fails_says_why_and_repeats_it) {
    const Ended ended =
        run(STORMGLASS_DEFECTS_BINARY, "gate --defect compensate-forward --seeds 50 --out here");
    EXPECT_EQ(ended.code, 1) << ended.text;
    const std::string lead = "stormglass-defects run calm --seed ";
    const std::size_t at = ended.text.find(lead);
    ASSERT_NE(at, std::string::npos) << ended.text;
    const std::string line = ended.text.substr(at + 19, ended.text.find('\n', at) - at - 19);
    const Ended again = run(STORMGLASS_DEFECTS_BINARY, line + " --twins 0 --out again");
    EXPECT_EQ(again.code, 1) << line << "\n" << again.text;
    EXPECT_NE(again.text.find("reverse-order"), std::string::npos);
}

/// What stands after `lead` on its line, the first time.
std::string after(const std::string& text, const std::string& lead) {
    const std::size_t at = text.find(lead);
    if (at == text.npos) {
        ADD_FAILURE() << "no '" << lead << "' in\n" << text;
        return {};
    }
    const std::size_t from = at + lead.size();
    return text.substr(from, text.find('\n', from) - from);
}

TEST_F(ProgramTest, prints_a_token_that_repeats_the_smallest_failing_run) {
    const Ended failed = run(STORMGLASS_DEFECTS_BINARY,
                             "run partition-during-checkout --defect two-coordinators --seeds 40 "
                             "--fail-fast --twins 0 --out here");
    ASSERT_EQ(failed.code, 1) << failed.text;
    const std::size_t found = failed.text.find("stormglass-defects replay sg1:");
    EXPECT_LT(found, failed.text.find("smallest"));  // a killed job has something to replay
    const std::string token = after(failed.text, "replay exactly   stormglass-defects replay ");
    const Ended again = run(STORMGLASS_DEFECTS_BINARY, "replay " + token);
    EXPECT_EQ(again.code, 1) << again.text;
    EXPECT_TRUE(again.text.starts_with("repeated: ")) << again.text;
    EXPECT_NE(again.text.find(" equal, "), std::string::npos) << again.text;

    const Ended traced =
        run(STORMGLASS_DEFECTS_BINARY, "replay " + token + " --until saga.took-over");
    EXPECT_NE(traced.text.find("#1 "), std::string::npos);
    const Ended masked =
        run(STORMGLASS_DEFECTS_BINARY, "replay " + token + " --mask partition-complete");
    EXPECT_EQ(masked.code, 0) << masked.text;

    // Without the defect it is another build, and the run goes another way.
    const Ended other = stormglass("replay " + token);
    EXPECT_EQ(other.code, 65) << other.text;
    EXPECT_NE(other.text.find("made by build"), std::string::npos) << other.text;
    EXPECT_NE(other.text.find("--drift"), std::string::npos) << other.text;
    EXPECT_EQ(stormglass("replay " + token + " --drift").code, 0);
}

TEST_F(ProgramTest, refuses_histories_that_are_none) {
    struct Row {
        std::string arguments;
        int code;
        const char* says;
    };

    const std::string token =
        "sg1:AVKId2ZVRDMiEQD_7t3Mu6qZxNDhXgAAAABxDD0AAAAAAJYgAgEDAwAMAAcAAgEAAAAAAAABAgC3qQ";
    write("bad.replay", "format: 1\nname: bad\n");
    for (const Row& row :
         {Row{"replay", 64, "name a token"},
          Row{"replay " + token + " more", 64, "one token or file"},
          Row{"replay missing.replay", 66, "missing.replay"},
          Row{"replay bad.replay", 65, "key 'seed' is missing"},
          Row{"replay " + token.substr(0, 41), 65, "41 of 82 characters"},
          Row{"replay " + token.substr(0, 60) + "x" + token.substr(61), 65, "altered"},
          Row{"replay sg7:abcdefghijk", 65, "another format"},
          Row{"replay " + token, 65, "--scenario FILE"},
          Row{"replay " + token + " --scenario calm", 65, "more faults than"},
          Row{"replay " + token + " --until soon", 64, "--until wants a time"},
          Row{"keep " + token, 65, "--scenario FILE"}}) {
        const Ended ended = stormglass(row.arguments);
        EXPECT_EQ(ended.code, row.code) << row.arguments << "\n" << ended.text;
        EXPECT_NE(ended.text.find(row.says), std::string::npos) << row.arguments << "\n"
                                                                << ended.text;
    }
}

TEST_F(ProgramTest, keeps_a_failure_and_replays_it_first_from_then_on) {
    const Ended failed =
        run(STORMGLASS_DEFECTS_BINARY,
            "run calm --defect compensate-forward --seeds 20 --twins 0 --fail-fast --out here");
    const std::string token = after(failed.text, "keep it          stormglass-defects keep ");
    const Ended kept =
        run(STORMGLASS_DEFECTS_BINARY, "keep " + token + " --name 'Undone forwards' --issue 17");
    EXPECT_EQ(kept.code, 0) << kept.text;
    EXPECT_NE(kept.text.find("tests/regressions/undone-forwards.replay"), std::string::npos);
    EXPECT_EQ(run(STORMGLASS_DEFECTS_BINARY, "keep " + token + " --name 'Undone forwards'").code,
              64);
    std::ifstream index(folder / "tests" / "regressions" / "index.md");
    const std::string lines((std::istreambuf_iterator<char>(index)), {});
    EXPECT_NE(lines.find("issue 17"), std::string::npos) << lines;

    // The sound program replays it and finds it mended; the broken one finds it, whatever its
    // seeds.
    const Ended mended = stormglass("run calm --seeds 3 --twins 0 --out here");
    EXPECT_EQ(mended.code, 0) << mended.text;
    EXPECT_NE(mended.text.find("kept failures replayed first: 1, 0 failing"), std::string::npos);
    const Ended broken = run(STORMGLASS_DEFECTS_BINARY,
                             "run calm --defect compensate-forward --seed 0x1 --twins 0 --out here "
                             "--shrink-budget 0s");
    EXPECT_NE(broken.text.find("replayed first: 1, 1 failing"), std::string::npos) << broken.text;
    EXPECT_EQ(broken.code, 1);
}

TEST_F(ProgramTest, says_of_a_kept_failure_that_it_is_stale) {
    write("stale.replay",
          "format: 1\nname: stale\nsentence: gone\ncheck: termination\nscenario: calm\n"
          "scenario-hash: 0x1\nengine: 0x1\nseed: 0x1\ntrace: 0x1\nevents: 1\n");
    const std::string stale = "run lossy-network --seeds 3 --twins 0 --regressions . --out here";
    EXPECT_EQ(stormglass(stale).text.find("stale"), std::string::npos);  // of another scenario
    std::ofstream(folder / "stale.replay", std::ios::app)
        << "decisions:\n  - {fault: 1, number: 0, about: 0x1, name: loss of nothing}\n";
    std::filesystem::rename(folder / "stale.replay", folder / "gone.replay");
    std::ofstream(folder / "stale.replay")
        << "format: 1\nname: stale\nsentence: gone\ncheck: termination\nscenario: lossy-network\n"
           "scenario-hash: 0x1\nengine: 0x1\nseed: 0x1\ntrace: 0x1\nevents: 1\n"
           "decisions:\n  - {fault: 1, number: 0, about: 0x1, name: loss of nothing}\n";
    const Ended warned = stormglass(stale);
    EXPECT_EQ(warned.code, 0) << warned.text;
    EXPECT_NE(warned.text.find("is stale: 0 of 1 decisions met"), std::string::npos) << warned.text;
    // Alone, so that no program with planted defects is beside it to hunt with.
    std::filesystem::copy_file(STORMGLASS_BINARY, folder / "alone");
    const Ended gate = run("./alone", "gate --seeds 2 --twins 0 --regressions . --out here");
    EXPECT_EQ(gate.code, 2) << gate.text;
    std::ifstream results(folder / "here" / "latest" / "results.json");
    const std::string json((std::istreambuf_iterator<char>(results)), {});
    EXPECT_NE(json.find("\"incomplete\": \"kept failure ./stale.replay is stale"), json.npos);
}

TEST_F(ProgramTest, finds_every_failure_kept_in_the_repository_mended) {
    const Ended ended = stormglass("run calm --seeds 8 --twins 0 --out here --regressions '" +
                                   std::string(STORMGLASS_SOURCE_DIR) + "/tests/regressions'");
    EXPECT_EQ(ended.code, 0) << ended.text;
    EXPECT_NE(ended.text.find(" 0 failing"), std::string::npos) << ended.text;
    EXPECT_EQ(ended.text.find("stale"), std::string::npos) << ended.text;
}

TEST_F(ProgramTest, reviews_the_document_when_it_is_there) {
    if (!std::filesystem::exists(STORMGLASS_ADR)) {
        GTEST_SKIP() << "the document is not at " << STORMGLASS_ADR;
    }
    const Ended ended = stormglass("review --seeds 2 --twins 2 --out here --document " +
                                   std::string(STORMGLASS_ADR));
    EXPECT_EQ(ended.code, 2) << ended.text;
    // One broker is a single point of failure: its control says so, and nothing else is refuted.
    const std::size_t refuted = ended.text.find("REFUTED");
    ASSERT_NE(refuted, std::string::npos) << ended.text;
    EXPECT_EQ(ended.text.find("REFUTED", refuted + 1), std::string::npos) << ended.text;
    const std::size_t row = ended.text.rfind('\n', refuted) + 1;
    EXPECT_EQ(ended.text.substr(row, 4), "R1c ") << ended.text;
    std::ifstream page(folder / "here" / "latest" / "index.html");
    const std::string html((std::istreambuf_iterator<char>(page)), {});
    for (const char* id : {"A1", "A4", "D2", "R3c", "C3", "Q5"}) {
        EXPECT_NE(html.find("id=\"" + std::string(id) + "\""), std::string::npos) << id;
    }
    EXPECT_NE(html.find("bus-available failed in 2 of 2 runs of github-2018-10-21"), html.npos);
}

}  // namespace
}  // namespace stormglass::scenarios
