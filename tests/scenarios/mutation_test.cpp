// 20,000 spoilt files: bytes flipped, pieces cut, copied and crossed over. Each must be read or
// refused with a problem; a crash or a hang fails the test program.
#include <filesystem>

#include <gtest/gtest.h>

#include "runtime/random.hpp"
#include "scenarios/files/claims.hpp"
#include "scenarios/files/replay_file.hpp"
#include "scenarios/files/scenario.hpp"
#include "tests/scenarios/test_names.hpp"

namespace stormglass::scenarios {

namespace {

constexpr Site kMutation = "tests.mutation";
constexpr std::uint64_t kSeed = 20'240'501;

/// A stream of draws for one file.
class Draws {
  public:
    explicit Draws(std::uint64_t file) : file_(file) {}

    std::size_t below(std::size_t bound) {
        return bound == 0 ? 0 : keyed_draw(kSeed, kMutation.hash, {file_, ++visit_}) % bound;
    }

  private:
    std::uint64_t file_;
    std::uint64_t visit_ = 0;
};

const std::vector<std::string>& tokens() {
    static const std::vector<std::string> words = {"[",
                                                   "]",
                                                   "{",
                                                   "}",
                                                   ":",
                                                   ": ",
                                                   ",",
                                                   "- ",
                                                   "\n",
                                                   "\n  ",
                                                   "#",
                                                   "&a ",
                                                   "*a",
                                                   "!!str ",
                                                   "|\n",
                                                   ">\n",
                                                   "? ",
                                                   "---\n",
                                                   "...\n",
                                                   "\t",
                                                   "\"",
                                                   "'",
                                                   "%",
                                                   "0",
                                                   "-1",
                                                   "1e9",
                                                   "~",
                                                   "null",
                                                   "<<: ",
                                                   "\r\n",
                                                   "\xff",
                                                   "\xc3\xa9",
                                                   "\0x",
                                                   "fault: ",
                                                   "{}",
                                                   "[]",
                                                   "99999999999999999999",
                                                   "0.05",
                                                   "15s",
                                                   "'*'",
                                                   "@",
                                                   "`",
                                                   "when",
                                                   "with",
                                                   "check",
                                                   "\\x1b",
                                                   "\x1b[2J"};
    return words;
}

std::string mutate(std::string text, const std::vector<std::string>& corpus, Draws& draw) {
    const std::size_t edits = 1 + draw.below(4);
    for (std::size_t i = 0; i < edits && !text.empty(); ++i) {
        const std::size_t at = draw.below(text.size());
        const std::size_t length = 1 + draw.below(24);
        switch (draw.below(7)) {
            case 0:
                text[at] = static_cast<char>(draw.below(256));
                break;
            case 1:
                text.erase(at, length);
                break;
            case 2:
                text.insert(at, tokens()[draw.below(tokens().size())]);
                break;
            case 3:
                text.insert(draw.below(text.size()), text.substr(at, length));
                break;
            case 4: {
                const std::string& other = corpus[draw.below(corpus.size())];
                text.replace(at, length, other.substr(draw.below(other.size()), length));
                break;
            }
            case 5: {  // a whole line somewhere else
                const std::size_t end = std::min(text.find('\n', at), text.size() - 1);
                const std::size_t start =
                    text.rfind('\n', at) == std::string::npos ? 0 : text.rfind('\n', at) + 1;
                const std::string line = text.substr(start, end - start + 1);
                text.insert(text.find('\n', draw.below(text.size())) + 1, line);
                break;
            }
            default:
                text.resize(at + 1);
                break;
        }
    }
    return text;
}

std::vector<std::string> shipped() {
    std::vector<std::string> corpus = {tests::good_scenario()};
    for (const NamedThing& thing : tests::test_names().scenarios) {
        corpus.push_back(
            tests::read_file(STORMGLASS_SOURCE_DIR "/scenarios/data/" + thing.name + ".yaml"));
    }
    return corpus;
}

}  // namespace

TEST(Mutations, every_spoilt_scenario_is_read_or_refused) {
    const std::vector<std::string> corpus = shipped();
    std::size_t read = 0;
    std::size_t refused = 0;
    for (std::uint64_t file = 0; file < 20'000; ++file) {
        Draws draw(file);
        const std::string text = mutate(corpus[file % corpus.size()], corpus, draw);
        Problems problems("mutant.yaml");
        const std::optional<Scenario> scenario = read_scenario(text, tests::test_names(), problems);
        ASSERT_NE(scenario.has_value(), problems.count() > 0) << "mutant " << file;
        for (const Problem& problem : problems.sorted()) {
            ASSERT_GE(problem.place.line, 1) << "mutant " << file;
            ASSERT_GE(problem.place.column, 1) << "mutant " << file;
            ASSERT_FALSE(problem.text.empty()) << "mutant " << file;
            ASSERT_EQ(problem.text.find('\x1b'), std::string::npos) << "mutant " << file;
        }
        ++(scenario.has_value() ? read : refused);
    }
    // Both ways must have been taken, or the mutator is too kind or too rough.
    EXPECT_GT(read, 500U);
    EXPECT_GT(refused, 10'000U);
}

TEST(Mutations, every_spoilt_replay_file_is_read_or_refused) {
    const std::string text = tests::read_file(
        STORMGLASS_SOURCE_DIR "/tests/regressions/sagas-hang-after-a-revoked-owner.replay");
    const std::vector<std::string> corpus = {text, tests::good_scenario()};
    std::size_t read = 0;
    for (std::uint64_t file = 0; file < 5'000; ++file) {
        Draws draw(2'000'000 + file);
        Problems problems("mutant.replay");
        const auto replay = read_replay(mutate(text, corpus, draw), problems);
        ASSERT_NE(replay.has_value(), problems.count() > 0) << "mutant " << file;
        if (replay) {
            ++read;
            Problems none("again.replay");
            ASSERT_TRUE(read_replay(write_replay(*replay), none).has_value())
                << "mutant " << file << "\n"
                << none.text();
        }
    }
    EXPECT_GT(read, 100U);
}

TEST(Mutations, every_spoilt_claims_file_is_read_or_refused) {
    const std::string text =
        tests::read_file(STORMGLASS_SOURCE_DIR "/scenarios/claims/ADR-OS-024.claims.yaml");
    const std::vector<std::string> corpus = {text, tests::good_scenario()};
    for (std::uint64_t file = 0; file < 1'000; ++file) {
        Draws draw(1'000'000 + file);
        Problems problems("mutant.yaml");
        const std::optional<Claims> claims =
            read_claims(mutate(text, corpus, draw), tests::test_names(), problems);
        ASSERT_NE(claims.has_value(), problems.count() > 0) << "mutant " << file;
    }
}

}  // namespace stormglass::scenarios
