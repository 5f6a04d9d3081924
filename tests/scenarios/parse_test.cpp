// Command lines: every verb, every wrong word, every contradiction, and what help prints.
#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "scenarios/cli/help.hpp"
#include "scenarios/cli/vocabulary.hpp"
#include "tests/scenarios/test_names.hpp"

namespace stormglass::scenarios {

namespace {

using tests::test_names;

std::vector<std::string> split(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) {
        words.push_back(word);
    }
    return words;
}

Parsed parsed(const std::string& line, const CliContext& context = {}) {
    return parse(split(line), test_names(), context);
}

Options options_of(const std::string& line, const CliContext& context = {}) {
    Parsed result = parsed(line, context);
    const Ending* ending = std::get_if<Ending>(&result);
    EXPECT_EQ(ending, nullptr) << line << ": " << (ending != nullptr ? ending->err : "");
    return ending == nullptr ? std::get<Options>(result) : Options{};
}

Ending ending_of(const std::string& line, const CliContext& context = {}) {
    Parsed result = parsed(line, context);
    EXPECT_TRUE(std::holds_alternative<Ending>(result)) << line;
    return std::holds_alternative<Ending>(result) ? std::get<Ending>(result) : Ending{};
}

}  // namespace

TEST(CommandLine, run_takes_scenarios_and_flags) {
    const Options options = options_of(
        "run calm broker-crash --seeds 10000 --jobs=2 --twins all --fail-fast --only "
        "step-once,lost-write --only termination --out o --md m.md --junit j.xml --json --quiet "
        "--no-progress --color never dir/own.yaml --dry-run");
    EXPECT_EQ(options.verb, Verb::run);
    EXPECT_EQ(options.scenarios,
              (std::vector<std::string>{"calm", "broker-crash", "dir/own.yaml"}));
    EXPECT_EQ(options.seeds, 10000);
    EXPECT_EQ(options.jobs, 2);
    EXPECT_TRUE(options.all_twins && options.fail_fast && options.json && options.quiet);
    EXPECT_TRUE(options.dry_run);
    EXPECT_FALSE(options.progress);
    EXPECT_EQ(options.only, (std::vector<std::string>{"step-once", "lost-write", "termination"}));
    EXPECT_EQ(options.out, "o");
    EXPECT_EQ(options.md, "m.md");
    EXPECT_EQ(options.junit, "j.xml");
    EXPECT_EQ(options.color, ColorWish::never);
}

TEST(CommandLine, seeds_are_hexadecimal) {
    EXPECT_EQ(options_of("run calm --seed 0x5ee1d0c4").seed, 0x5ee1d0c4U);
    EXPECT_EQ(options_of("run calm --seed=0xffffffffffffffff").seed, ~std::uint64_t{0});
}

TEST(CommandLine, gate_and_review_take_their_flags) {
    const Options gate = options_of(
        "gate --claims c.yaml --target 0.0001 --confidence 0.99 --allow-inconclusive A1,A5 --twins "
        "50 "
        "--seeds 100");
    EXPECT_EQ(gate.claims, "c.yaml");
    EXPECT_DOUBLE_EQ(gate.target.value(), 0.0001);
    EXPECT_DOUBLE_EQ(gate.confidence.value(), 0.99);
    EXPECT_EQ(gate.allow_inconclusive, (std::vector<std::string>{"A1", "A5"}));
    EXPECT_EQ(gate.twins, 50);
    const Options review = options_of("review --document ADR.md --tick out/ADR.md");
    EXPECT_EQ(review.verb, Verb::review);
    EXPECT_EQ(review.document, "ADR.md");
    EXPECT_EQ(review.tick, "out/ADR.md");
}

TEST(CommandLine, list_and_version) {
    const Options list = options_of("list faults partition --json");
    EXPECT_EQ(list.listing, Listing::faults);
    EXPECT_EQ(list.pattern, "partition");
    EXPECT_TRUE(list.json);
    EXPECT_EQ(options_of("version --json").verb, Verb::version);
    EXPECT_EQ(options_of("--version").verb, Verb::version);
}

TEST(CommandLine, replay_and_keep) {
    const Options replay =
        options_of("replay sg1:abc --until saga.took-over --mask loss,delay --drift");
    EXPECT_EQ(replay.verb, Verb::replay);
    EXPECT_EQ(replay.history, "sg1:abc");
    EXPECT_TRUE(replay.trace);  // who says until when wants to see it
    EXPECT_EQ(replay.until, "saga.took-over");
    EXPECT_EQ(replay.mask, (std::vector<std::string>{"loss", "delay"}));
    EXPECT_TRUE(replay.drift);
    const Options keep = options_of("keep x.replay --name words --issue 17");
    EXPECT_EQ(keep.keep_name, "words");
    EXPECT_EQ(keep.issue, 17);
    EXPECT_EQ(options_of("run --shrink-budget 250ms").shrink_budget, milliseconds(250));
}

struct Wrong {
    const char* line;
    const char* says;
};

class WrongLines : public testing::TestWithParam<Wrong> {};

TEST_P(WrongLines, ends_with_64_and_a_sentence) {
    const Ending ending = ending_of(GetParam().line);
    EXPECT_EQ(ending.exit_code, kExitUsage);
    EXPECT_EQ(ending.out, "");
    EXPECT_EQ(ending.err, std::string(GetParam().says) + "\n");
}

constexpr Wrong kWrong[] = {
    {"reply", "stormglass: unknown command 'reply'; did you mean 'replay'?"},
    {"revew", "stormglass: unknown command 'revew'; did you mean 'review'?"},
    {"frobnicate", "stormglass: unknown command 'frobnicate'; `stormglass help` lists them"},
    {"orders.yaml",
     "stormglass: unknown command 'orders.yaml'; did you mean `stormglass run orders.yaml`?"},
    {"broker-crash",
     "stormglass: unknown command 'broker-crash'; did you mean `stormglass run broker-crash`?"},
    {"replay --trace", "stormglass replay: name a token (sg1:...) or a .replay file"},
    {"keep sg1:a sg1:b", "stormglass keep: one token or file at a time"},
    {"keep sg1:a --issue none",
     "stormglass keep: --issue wants a whole number from 1 to 100000000, got 'none'"},
    {"run --shrink-budget 30",
     "stormglass run: --shrink-budget wants a duration such as 30s, got '30'"},
    {"run --trace", "stormglass run: option '--trace' belongs to replay"},
    {"doctor", "stormglass: command 'doctor' is not in version 0.1.0"},
    {"--seeds 3", "stormglass: a command comes first, got '--seeds'; `stormglass help` lists them"},
    {"run --sedes 5",
     "stormglass run: unknown option '--sedes'; did you mean '--seeds' or '--seed'?"},
    {"run --sedes=5",
     "stormglass run: unknown option '--sedes'; did you mean '--seeds' or '--seed'?"},
    {"run -z", "stormglass run: unknown option '-z'"},
    {"run cordinator-crash",
     "stormglass run: no scenario 'cordinator-crash'; did you mean 'coordinator-crash'?"},
    {"run nonsense",
     "stormglass run: no scenario 'nonsense'; `stormglass list scenarios` names them"},
    {"run --seed 3",
     "stormglass run: --seed wants 0x and up to 16 hex digits, got '3'; did you mean '--seeds 3'?"},
    {"run --seed 0xfg", "stormglass run: --seed wants 0x and up to 16 hex digits, got '0xfg'"},
    {"run --seed 0x11112222333344445",
     "stormglass run: --seed wants 0x and up to 16 hex digits, got '0x11112222333344445'"},
    {"run --seeds", "stormglass run: option '--seeds' needs a value, N"},
    {"run --seeds --quiet", "stormglass run: option '--seeds' needs a value, N"},
    {"run --seeds x", "stormglass run: --seeds wants a whole number from 1 to 100000000, got 'x'"},
    {"run --seeds 0", "stormglass run: --seeds wants a whole number from 1 to 100000000, got '0'"},
    {"run --seeds 1.5",
     "stormglass run: --seeds wants a whole number from 1 to 100000000, got '1.5'"},
    {"run --seeds 99999999999999999999",
     "stormglass run: --seeds wants a whole number from 1 to 100000000, got "
     "'99999999999999999999'"},
    {"run --seeds 1 --seeds 2", "stormglass run: option '--seeds' is given twice"},
    {"run --quiet=1", "stormglass run: option '--quiet' takes no value"},
    {"run --jobs 0", "stormglass run: --jobs wants a whole number from 1 to 1024, got '0'"},
    {"run --only step-onse", "stormglass run: no check 'step-onse'; did you mean 'step-once'?"},
    {"run --only step-once,",
     "stormglass run: --only wants names with commas between them, got 'step-once,'"},
    {"run --twins some", "stormglass run: --twins wants a whole number or 'all', got 'some'"},
    {"run --color alwys",
     "stormglass run: --color wants auto, always or never, got 'alwys'; did you mean 'always'?"},
    {"run calm --seed 0x1 --seeds 2",
     "stormglass run: options '--seed' and '--seeds' exclude each other"},
    {"run --seed 0x1", "stormglass run: '--seed' repeats one run; name its scenario"},
    {"run --claims c.yaml", "stormglass run: option '--claims' belongs to gate, review, list"},
    {"run --defect no-inbox-dedupe",
     "stormglass run: option '--defect' needs stormglass-defects, the program with planted "
     "defects"},
    {"gate calm", "stormglass gate: unexpected 'calm'; this command takes options only"},
    {"gate --target 5",
     "stormglass gate: --target wants a number between 0 and 1 such as 0.001, "
     "got '5'"},
    {"review --tick out.md",
     "stormglass review: '--tick' copies the document; give it with '--document'"},
    {"review --document a.md --tick a.md",
     "stormglass review: '--tick' writes a copy, it must not overwrite the document"},
    {"list", "stormglass list: say what: scenarios, faults, checks, probes, defects or claims"},
    {"list fault", "stormglass list: cannot list 'fault'; did you mean 'faults'?"},
    {"list faults a b", "stormglass list: unexpected 'b'"},
    {"version now", "stormglass version: unexpected 'now'; this command takes options only"},
    {"help exit-code", "stormglass help: no topic 'exit-code'; did you mean 'exit-codes'?"},
    {"help run gate", "stormglass help: one command or topic at a time"},
};

INSTANTIATE_TEST_SUITE_P(CommandLine, WrongLines, testing::ValuesIn(kWrong));

TEST(CommandLine, no_argument_prints_help_and_ends_with_64) {
    const Ending ending = std::get<Ending>(parse({}, test_names()));
    EXPECT_EQ(ending.exit_code, kExitUsage);
    EXPECT_EQ(ending.out, "");
    EXPECT_NE(ending.err.find("usage: stormglass COMMAND"), std::string::npos);
    EXPECT_EQ(ending_of("--help").exit_code, kExitPassed);
    EXPECT_EQ(ending_of("help").out, ending.err);
}

TEST(CommandLine, every_verb_has_help_with_one_example) {
    for (const VerbInfo& verb : verbs()) {
        const std::string name(verb.name);
        const Ending ending = ending_of(name + " --help");
        EXPECT_EQ(ending.exit_code, kExitPassed);
        EXPECT_EQ(ending.err, "");
        EXPECT_NE(ending.out.find("\nexample\n  stormglass " + name), std::string::npos) << name;
        EXPECT_EQ(ending_of("help " + name).out, ending.out);
        for (const std::string& flag : flag_names(verb.verb, Defects::absent)) {
            EXPECT_NE(ending.out.find("  " + flag), std::string::npos) << name << " " << flag;
        }
        EXPECT_EQ(ending.out.find("--defect "), std::string::npos);
    }
    EXPECT_EQ(ending_of("run calm -h --seeds 3").exit_code, kExitPassed);
}

TEST(CommandLine, examples_of_help_parse) {
    for (const VerbInfo& verb : verbs()) {
        const std::string line(verb.example.substr(verb.example.find(' ') + 1));
        const Parsed result = parsed(line);
        if (const Ending* ending = std::get_if<Ending>(&result)) {
            EXPECT_EQ(ending->exit_code, kExitPassed) << line << ": " << ending->err;
        }
    }
}

TEST(CommandLine, topics_print_every_row_of_their_tables) {
    const std::string codes = ending_of("help exit-codes").out;
    for (const ExitCodeRow& row : kExitCodes) {
        EXPECT_NE(codes.find("  " + std::to_string(row.code) + " "), std::string::npos);
        EXPECT_NE(codes.find(row.word), std::string::npos);
    }
    EXPECT_NE(ending_of("help scenario").out.find("max-failure-probability"), std::string::npos);
    EXPECT_NE(ending_of("help claims").out.find("claims[].legs[].needs.faults"), std::string::npos);
}

TEST(CommandLine, defects_exist_only_where_they_are_compiled_in) {
    CliContext context;
    context.program = "stormglass-defects";
    context.defects = Defects::compiled_in;
    EXPECT_EQ(options_of("gate --defect no-inbox-dedupe", context).defect, "no-inbox-dedupe");
    EXPECT_EQ(ending_of("gate --defect no-inbox-dedup", context).err,
              "stormglass-defects gate: no defect 'no-inbox-dedup'; did you mean "
              "'no-inbox-dedupe'?\n");
    EXPECT_NE(ending_of("gate --help", context).out.find("--defect NAME"), std::string::npos);
}

TEST(CommandLine, the_environment_yields_to_flags) {
    CliContext context;
    context.environment = {{"STORMGLASS_SEEDS", "7"}, {"STORMGLASS_OUT", "there"}};
    EXPECT_EQ(options_of("run calm", context).seeds, 7);
    EXPECT_EQ(options_of("run calm", context).out, "there");
    EXPECT_EQ(options_of("run calm --seeds 9", context).seeds, 9);
    EXPECT_EQ(options_of("run calm --seed 0x1", context).seeds, std::nullopt);
    EXPECT_EQ(options_of("list faults", context).seeds, std::nullopt);
    context.environment = {{"STORMGLASS_JOBS", "many"}};
    EXPECT_EQ(ending_of("run", context).err,
              "stormglass run: the environment's STORMGLASS_JOBS wants a whole number from 1 to "
              "1024, got 'many'\n");
}

TEST(CommandLine, claims_that_may_stay_inconclusive_must_exist) {
    Names names = test_names();
    names.claims = std::vector<std::string>{"A1", "A5"};
    const Parsed result = parse({"gate", "--allow-inconclusive", "A7"}, names);
    EXPECT_EQ(std::get<Ending>(result).err,
              "stormglass gate: no claim 'A7'; did you mean 'A1' or 'A5'?\n");
}

TEST(CommandLine, words_after_two_dashes_are_operands) {
    EXPECT_EQ(ending_of("run -- --seeds").err,
              "stormglass run: no scenario '--seeds'; `stormglass list scenarios` names them\n");
}

RC_GTEST_PROP(CommandLine, any_words_give_options_or_an_ending_with_a_reason, ()) {
    const auto word = rc::gen::oneOf(rc::gen::element<std::string>("run",
                                                                   "gate",
                                                                   "review",
                                                                   "list",
                                                                   "help",
                                                                   "calm",
                                                                   "--seeds",
                                                                   "--seed",
                                                                   "0x1",
                                                                   "5",
                                                                   "--",
                                                                   "-",
                                                                   "--json",
                                                                   "--only=x",
                                                                   "--x=",
                                                                   "=",
                                                                   "-h",
                                                                   "a.yaml",
                                                                   "--help=1",
                                                                   "--twins",
                                                                   "",
                                                                   "--color",
                                                                   "\x1b[2J",
                                                                   "-abc",
                                                                   "--seeds="),
                                     rc::gen::arbitrary<std::string>());
    const auto words = *rc::gen::container<std::vector<std::string>>(word);
    const Parsed result = parse(words, test_names());
    if (const Ending* ending = std::get_if<Ending>(&result)) {
        RC_ASSERT(ending->exit_code == kExitUsage || ending->exit_code == kExitPassed);
        RC_ASSERT((ending->exit_code == kExitUsage) == !ending->err.empty());
        RC_ASSERT(ending->err.find('\x1b') == std::string::npos);
    }
}

TEST(Color, flag_then_environment_then_terminal) {
    using Environment = std::map<std::string, std::string>;
    EXPECT_TRUE(use_color(ColorWish::automatic, Stream::terminal, {}));
    EXPECT_FALSE(use_color(ColorWish::automatic, Stream::other, {}));
    EXPECT_FALSE(use_color(ColorWish::automatic, Stream::terminal, Environment{{"NO_COLOR", "1"}}));
    EXPECT_TRUE(use_color(ColorWish::automatic, Stream::terminal, Environment{{"NO_COLOR", ""}}));
    EXPECT_FALSE(use_color(ColorWish::automatic, Stream::terminal, Environment{{"TERM", "dumb"}}));
    EXPECT_TRUE(
        use_color(ColorWish::automatic, Stream::other, Environment{{"CLICOLOR_FORCE", "1"}}));
    EXPECT_TRUE(use_color(ColorWish::always, Stream::other, Environment{{"NO_COLOR", "1"}}));
    EXPECT_FALSE(
        use_color(ColorWish::never, Stream::terminal, Environment{{"CLICOLOR_FORCE", "1"}}));
}

}  // namespace stormglass::scenarios
