// `stormglass export` as a user meets it; the commands of docs/traces.md are run by tests/docs.
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "reports/exports/readback.hpp"

#include <sys/wait.h>
#include <unistd.h>

namespace stormglass::scenarios {
namespace {

class ExportProgramTest : public testing::Test {
  protected:
    void SetUp() override {
        folder = std::filesystem::temp_directory_path() /
                 ("stormglass-export-" + std::to_string(getpid()));
        std::filesystem::create_directories(folder);
    }

    void TearDown() override { std::filesystem::remove_all(folder); }

    /// Exit code; what both streams said is in `said`.
    int run(const std::string& binary, const std::string& arguments) {
        const std::string command =
            "cd '" + folder.string() + "' && '" + binary + "' " + arguments + " 2>&1";
        said.clear();
        std::FILE* pipe = popen(command.c_str(), "r");
        std::array<char, 4096> buffer;
        while (std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
            said.append(buffer.data(), count);
        }
        const int status = pclose(pipe);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    std::string text_of(const std::string& name) const {
        std::ifstream file(folder / name, std::ios::binary);
        return {(std::istreambuf_iterator<char>(file)), {}};
    }

    std::filesystem::path folder;
    std::string said;
};

TEST_F(ExportProgramTest, writes_every_format_and_reads_it_back) {
    ASSERT_EQ(run(STORMGLASS_BINARY,
                  "export tracing-through-faults --seed 0x7 --otlp t.jsonl --perfetto p.json "
                  "--shiviz s.log --csv tables --check"),
              0)
        << said;
    EXPECT_GT(reports::read_otlp(text_of("t.jsonl"))->spans, 100U);
    EXPECT_GT(reports::read_perfetto(text_of("p.json"))->flows, 50U);
    EXPECT_GT(*reports::read_shiviz(text_of("s.log")), 100U);
    for (const char* table : {"events", "messages", "sagas", "faults"}) {
        EXPECT_GT(*reports::read_csv(text_of("tables/" + std::string(table) + ".csv")), 0U);
    }
    EXPECT_EQ(said.find("does not read back"), std::string::npos);
    EXPECT_NE(said.find("read back"), std::string::npos);
}

TEST_F(ExportProgramTest, says_what_is_missing_and_what_cannot_be_written) {
    struct Row {
        const char* arguments;
        int code;
        const char* says;
    };

    for (const Row& row :
         {Row{"export", 64, "say which run"},
          Row{"export calm --otlp t.jsonl", 64, "say which run"},
          Row{"export calm --seed 0x7", 64, "say what to write"},
          Row{"export clam --seed 0x7 --otlp t", 64, "did you mean 'calm'"},
          Row{"export calm --seed 7 --otlp t", 64, "hex"},
          Row{"export missing.yaml --seed 0x7 --otlp t", 66, "missing.yaml"},
          Row{"export calm --seed 0x7 --otlp no/such/folder/t.jsonl", 74, "cannot write"},
          Row{"export calm --seed 0x7 --seeds 3 --otlp t", 64, "belongs to"},
          Row{"export calm --at stormglass://127.0.0.1:1 --otlp t", 64, "reads a live bus"},
          Row{"export --at nonsense --otlp t", 66, "bus.url"},
          Row{"run calm --otlp t", 64, "belongs to export"}}) {
        EXPECT_EQ(run(STORMGLASS_BINARY, row.arguments), row.code) << row.arguments << "\n" << said;
        EXPECT_NE(said.find(row.says), std::string::npos) << row.arguments << "\n" << said;
    }
}

TEST_F(ExportProgramTest, of_a_planted_defect_shows_the_defect) {
    const char* arguments = "export tracing-through-faults --seed 0x7 --csv tables";
    ASSERT_EQ(run(STORMGLASS_BINARY, arguments), 0) << said;
    const std::string sound = text_of("tables/messages.csv");
    ASSERT_EQ(
        run(STORMGLASS_DEFECTS_BINARY, std::string(arguments) + " --defect undo-leaves-trace"), 0)
        << said;
    EXPECT_NE(text_of("tables/messages.csv"), sound);
}

TEST_F(ExportProgramTest, takes_the_token_and_the_file_of_a_failing_run) {
    ASSERT_EQ(run(STORMGLASS_DEFECTS_BINARY,
                  "run tracing-through-faults --defect undo-leaves-trace --only trace-isolation "
                  "--seeds 1 --twins 0 --out here"),
              1)
        << said;
    const std::size_t at = said.find("sg1:");
    ASSERT_NE(at, std::string::npos) << said;
    const std::string token = said.substr(at, said.find_first_of(" \n", at) - at);
    EXPECT_EQ(run(STORMGLASS_DEFECTS_BINARY, "export " + token + " --otlp token.jsonl --check"), 0)
        << said;
    std::string file;
    for (const auto& entry :
         std::filesystem::directory_iterator(folder / "here" / "latest" / "failures")) {
        file = entry.path().extension() == ".replay" ? entry.path().string() : file;
    }
    ASSERT_NE(file, "");
    ASSERT_EQ(run(STORMGLASS_DEFECTS_BINARY, "export '" + file + "' --otlp file.jsonl --check"), 0)
        << said;
    // The file holds the run as it was narrowed down: less to look at.
    EXPECT_LT(reports::read_otlp(text_of("file.jsonl"))->spans,
              reports::read_otlp(text_of("token.jsonl"))->spans);
    // The sound program does something else, and says so.
    EXPECT_EQ(run(STORMGLASS_BINARY, "export " + token + " --otlp sound.jsonl"), 65);
    EXPECT_NE(said.find("took another way"), std::string::npos) << said;
    EXPECT_EQ(run(STORMGLASS_BINARY, "export " + token + " --seed 0x7 --otlp t"), 64) << said;
}

}  // namespace
}  // namespace stormglass::scenarios
