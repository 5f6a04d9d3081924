// Fire and forget: an event leaves at once, waits in a bounded queue, or is dropped and counted.
#include "bus/session.hpp"
#include "tests/bus/dialogue.hpp"

namespace stormglass::bus {
namespace {

using namespace tests;  // NOLINT: the dialogue of this folder

TEST(Emit, leaves_at_once_and_is_forgotten) {
    Dialogue dialogue;
    dialogue.begin();
    const auto emit = [&](const Publication& publication) {
        return dialogue.step(
            [&](Effects& out) { dialogue.session.emit(publication, dialogue.now, out); });
    };
    EXPECT_EQ(emit(Dialogue::publication("a")),
              "-> emit orders#1\n"
              "note bus.emit epoch=7 sequence=1 topic=orders\n");
    EXPECT_EQ(dialogue.publish({"b"}),
              "note bus.publish epoch=7 first=2 count=1\n"
              "-> publish 7:1 orders#2\n"
              "timer retry +100ms\n")
        << "no batch waits for what has no outcome";
    Publication delayed = Dialogue::publication("c");
    delayed.delay = seconds(1);
    EXPECT_EQ(emit(delayed), "note bus.emit-dropped cause=invalid topic=orders\n");
    Publication untyped = Dialogue::publication("d");
    untyped.type = "";
    EXPECT_EQ(emit(untyped), "note bus.emit-dropped cause=invalid topic=orders\n");
    EXPECT_EQ(dialogue.session.emits_dropped(), 2U);
    EXPECT_EQ(emit(Dialogue::publication("e")),
              "-> emit orders#3\n"
              "note bus.emit epoch=7 sequence=3 topic=orders\n");
}

TEST(Session, notes_each_published_event_unless_told_not_to) {
    for (const EventNotes choice : {EventNotes::kept, EventNotes::left_out}) {
        SessionOptions options = sample_options();
        options.event_notes = choice;
        Dialogue dialogue(options);
        dialogue.begin();
        const std::string said = dialogue.publish({"a", "b"});
        EXPECT_NE(said.find("note bus.publish epoch=7 first=1 count=2\n"), std::string::npos);
        dialogue.step([&](Effects& out) {
            dialogue.session.emit(Dialogue::publication("c"), dialogue.now, out);
        });
        EXPECT_EQ(dialogue.published_notes, choice == EventNotes::kept ? 3U : 0U);
    }
}

TEST(Emit, waits_for_its_link_in_a_bounded_queue) {
    SessionOptions options = sample_options();
    options.emit_queue_max = 2;
    Dialogue dialogue(options);
    const auto emit = [&](std::string_view payload) {
        return dialogue.step([&](Effects& out) {
            dialogue.session.emit(Dialogue::publication(payload), dialogue.now, out);
        });
    };
    dialogue.start();
    EXPECT_EQ(emit("a"), "note bus.emit-dropped cause=not-ready topic=orders\n");
    dialogue.hear(wire::Attached{dialogue.nonce, 7, 70});
    dialogue.step([&](Effects& out) {
        dialogue.session.on_link(kBroker, LinkState::down, dialogue.now, out);
    });
    EXPECT_EQ(emit("b"), "");
    EXPECT_EQ(emit("c"), "");
    EXPECT_EQ(emit("d"), "note bus.emit-dropped cause=queue-full topic=orders\n");
    dialogue.publish({"e"});  // takes sequence 1: what waits has none yet
    EXPECT_EQ(dialogue.step([&](Effects& out) {
        dialogue.session.on_link(kBroker, LinkState::up, dialogue.now, out);
    }),
              "-> publish 7:1 orders#1\n"
              "-> emit orders#2\n"
              "note bus.emit epoch=7 sequence=2 topic=orders\n"
              "-> emit orders#3\n"
              "note bus.emit epoch=7 sequence=3 topic=orders\n");
    EXPECT_EQ(dialogue.session.emits_dropped(), 2U);
}

}  // namespace
}  // namespace stormglass::bus
