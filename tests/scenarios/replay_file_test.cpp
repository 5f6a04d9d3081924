// .replay files: there and back, and what is wrong with a bad one.
#include "scenarios/files/replay_file.hpp"

#include "tests/sim/reductions.hpp"

namespace stormglass::scenarios {
namespace {

rc::Gen<std::string> any_text() {
    const auto character =
        rc::gen::oneOf(rc::gen::inRange(' ', '\x7f'), rc::gen::element('"', '\\', '#', ':'));
    return rc::gen::map(rc::gen::container<std::string>(character),
                        [](const std::string& text) { return "x" + text; });
}

rc::Gen<ReplayFile> any_file() {
    return rc::gen::exec([]() -> ReplayFile {
        ReplayFile file;
        file.name = "calm-reverse-order";
        file.scenario = *any_text();
        file.check = "reverse-order";
        file.sentence = *any_text();
        file.token = *tests::any_token();
        file.token.events >>= 16;
        file.token.kept = file.token.kept.normal();
        const auto count = *rc::gen::inRange(0, 4);
        for (int i = 0; i < count; ++i) {
            NamedDecision decision;
            decision.fault = *rc::gen::inRange<std::size_t>(0, 64);
            decision.number = *rc::gen::arbitrary<std::uint32_t>();
            decision.about = *rc::gen::arbitrary<std::uint64_t>();
            decision.at = *rc::gen::arbitrary<std::uint64_t>() >> 16;
            decision.name = *any_text();
            file.decisions.push_back(std::move(decision));
        }
        if (*rc::gen::arbitrary<bool>()) {
            file.issue = *rc::gen::inRange<std::int64_t>(1, 5'000);
            file.fixed = "3512f04";
        }
        return file;
    });
}

RC_GTEST_PROP(ReplayFile, read_after_write_is_identity, ()) {
    const ReplayFile file = *any_file();
    Problems problems("x.replay");
    const auto back = read_replay(write_replay(file), problems);
    RC_LOG(problems.text());
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == file);
}

TEST(ReplayFile, names_every_mistake_with_its_place) {
    Problems problems("bad.replay");
    const auto read = read_replay(
        "format: 1\n"
        "name: Not A Slug\n"
        "sentence: it broke\n"
        "check: termination\n"
        "scenario: calm\n"
        "scenario-hash: 12\n"
        "engine: 0x1\n"
        "sead: 0x1\n"
        "trace: 0x12345678123456789\n"
        "events: 12\n"
        "faults:\n"
        "  - {fault: 1, kept: [3-7, 8]}\n"
        "  - {fault: 65, kept: []}\n",
        problems);
    EXPECT_FALSE(read.has_value());
    const std::string text = problems.text();
    for (const char* says : {"bad.replay:2:7: name takes small letters",
                             "bad.replay:6:16: scenario-hash takes 0x",
                             "bad.replay:8:1: unknown key 'sead'; did you mean 'seed'",
                             "bad.replay:9:8: trace takes 0x and up to 16 hex digits",
                             "bad.replay:12:28: kept takes rising numbers",
                             "bad.replay:13:13: fault must be between 1 and 64"}) {
        EXPECT_NE(text.find(says), std::string::npos) << says << "\n" << text;
    }
}

}  // namespace
}  // namespace stormglass::scenarios
