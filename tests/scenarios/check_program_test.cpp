// `stormglass check` as a user meets it: verdicts, exit codes, witnesses, JSON, the page.
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sim/checks/examples.hpp"

#include <sys/wait.h>
#include <unistd.h>

namespace stormglass::scenarios {
namespace {

struct Ended {
    int code = -1;
    std::string text;
};

class CheckTest : public testing::Test {
  protected:
    void SetUp() override {
        folder = std::filesystem::temp_directory_path() /
                 ("stormglass-check-" + std::to_string(getpid()));
        std::filesystem::create_directories(folder);
        write("good.jsonl", "0 invoke write 1\n0 ok write 1\n1 invoke read null\n1 ok read 1");
        write("lost.jsonl", "0 invoke write 1\n0 ok write 1\n1 invoke read null\n1 ok read 0");
        write("empty.jsonl", "f info fault \"split\"");
        std::ofstream(folder / "torn.edn") << "[{:process 0 :type :invoke :f :read";
        std::ofstream(folder / "foreign.txt") << "hello\n";
    }

    void TearDown() override { std::filesystem::remove_all(folder); }

    void write(const std::string& name, const std::string& short_hand) const {
        std::ofstream(folder / name) << sim::checks::history_of_short_hand(short_hand);
    }

    /// `streams`: "2>&1" for both, "2>/dev/null" for stdout alone.
    Ended check(const std::string& arguments, const std::string& streams = "2>&1") const {
        const std::string command = "cd '" + folder.string() +
                                    "' && '" STORMGLASS_BINARY "' check " + arguments + " " +
                                    streams;
        Ended ended;
        std::FILE* pipe = popen(command.c_str(), "r");
        std::array<char, 4096> buffer;
        while (std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
            ended.text.append(buffer.data(), count);
        }
        const int status = pclose(pipe);
        ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
        return ended;
    }

    std::filesystem::path folder;
};

TEST_F(CheckTest, answers_with_the_exit_code_of_its_verdict) {
    struct Row {
        const char* arguments;
        int code;
        const char* says;
    };

    for (const Row& row :
         {Row{"good.jsonl --model 'register(0)'", 0, "valid"},
          Row{"lost.jsonl --model 'register(0)'",
              1,
              "Process 0 wrote 1 and was told that it succeeded; after that process 1 read 0, but "
              "the "
              "register could only hold 1 then."},
          Row{"lost.jsonl --model 'register(0), sessions'", 0, "valid"},
          Row{"empty.jsonl --model 'register(0)'", 2, "the history has no operations"},
          Row{"torn.edn", 65, "line 1: the history ends inside an element"},
          Row{"foreign.txt", 65, "no known format"},
          Row{"missing.edn", 66, "cannot be read"},
          Row{".", 66, "cannot be read"},
          Row{"good.jsonl lost.jsonl missing.edn --model 'register(0)'", 1, "missing.edn"},
          Row{"good.jsonl torn.edn missing.edn --model 'register(0)'", 66, "missing.edn"},
          Row{"good.jsonl empty.jsonl torn.edn --model 'register(0)'", 65, "torn.edn"},
          Row{"good.jsonl empty.jsonl --model 'register(0)'", 2, "empty.jsonl"},
          Row{"good.jsonl --model 'register(0'", 64, "does not take"},
          Row{"good.jsonl --model regster", 64, "no model 'regster'"},
          Row{"good.jsonl --model register --guarantee serializable", 64, "it has linearizable"},
          Row{"good.jsonl --budget 5", 64, "--budget wants a time"},
          Row{"", 64, "name at least one history"},
          Row{"good.jsonl --model set", 65, "line 2: a set has no operation 'write'"}}) {
        const Ended ended = check(row.arguments);
        EXPECT_EQ(ended.code, row.code) << row.arguments << "\n" << ended.text;
        EXPECT_NE(ended.text.find(row.says), std::string::npos) << row.arguments << "\n"
                                                                << ended.text;
    }
}

TEST_F(CheckTest, infers_the_model_and_says_so) {
    const Ended ended = check("good.jsonl");
    EXPECT_EQ(ended.code, 0) << ended.text;
    const Ended json = check("good.jsonl --json", "2>/dev/null");
    const auto document = nlohmann::json::parse(json.text);
    EXPECT_EQ(document["histories"][0]["model"], "register(nil)");
    EXPECT_EQ(document["histories"][0]["model-inferred"], true);
    EXPECT_EQ(document["histories"][0]["format"], "stormglass");
}

TEST_F(CheckTest, prints_one_document_on_stdout_with_the_witness) {
    const Ended ended = check("lost.jsonl torn.edn --model 'register(0)' --json", "2>/dev/null");
    EXPECT_EQ(ended.code, 1);
    const auto document = nlohmann::json::parse(ended.text);
    EXPECT_EQ(document["schema"], 1);
    const auto& lost = document["histories"][0];
    EXPECT_EQ(lost["verdict"], "invalid");
    EXPECT_EQ(lost["guarantee"], "linearizable");
    EXPECT_EQ(lost["findings"][0]["rule"], "L1-register");
    EXPECT_EQ(lost["findings"][0]["witness"].size(), 2U);
    EXPECT_EQ(lost["findings"][0]["witness"][0]["begin"], 0);
    EXPECT_EQ(document["histories"][1]["verdict"], "refused");
}

TEST_F(CheckTest, what_the_guarantee_allows_is_reported_and_refutes_nothing) {
    write("twice.jsonl",
          "0 invoke send [1,10]\n0 ok send [1,[0,10]]\n"
          "2 invoke poll null\n2 ok poll {\"1\":[[0,10],[1,10]]}");
    EXPECT_EQ(check("twice.jsonl --guarantee exactly-once-effect").code, 1);
    const Ended allowed = check("twice.jsonl --guarantee at-least-once");
    EXPECT_EQ(allowed.code, 0);
    EXPECT_NE(allowed.text.find("- B2 duplicate"), std::string::npos) << allowed.text;
}

TEST_F(CheckTest, draws_the_witness_on_a_page_that_escapes_what_it_shows) {
    write("a&b.jsonl",
          "0 invoke write \"<script>\"\n0 ok write \"<script>\"\n1 invoke read null\n1 ok read 0");
    const Ended ended = check("'a&b.jsonl' good.jsonl --model 'register(0)' --explain");
    EXPECT_EQ(ended.code, 1) << ended.text;
    std::ostringstream page;
    page << std::ifstream(folder / "out/check/a&b.jsonl.html").rdbuf();
    EXPECT_NE(page.str().find("<svg"), std::string::npos);
    EXPECT_NE(page.str().find("&lt;script&gt;"), std::string::npos);
    EXPECT_EQ(page.str().find("<script>"), std::string::npos);
    std::ostringstream proof;
    proof << std::ifstream(folder / "out/check/good.jsonl.html").rdbuf();
    EXPECT_NE(proof.str().find("An order that explains all of it"), std::string::npos);
}

TEST_F(CheckTest, a_page_that_cannot_be_written_leaves_the_verdict_and_ends_with_74) {
    const Ended ended = check("good.jsonl --model 'register(0)' --explain --out good.jsonl/x");
    EXPECT_EQ(ended.code, 74);
    EXPECT_NE(ended.text.find("valid"), std::string::npos);
}

}  // namespace
}  // namespace stormglass::scenarios
