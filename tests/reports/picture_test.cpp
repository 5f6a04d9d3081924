// The layout of the space-time picture, for any steps at all: everything inside, in order, apart.
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "reports/picture_layout.hpp"

namespace stormglass::reports {
namespace {

Picture any_picture() {
    const auto lanes = *rc::gen::inRange<std::uint32_t>(1, kPictureLanesMost + 1);
    Picture picture;
    for (std::uint32_t lane = 0; lane < lanes; ++lane) {
        picture.lanes.push_back(*rc::gen::arbitrary<std::string>());
    }
    const auto steps = *rc::gen::inRange<std::size_t>(1, kPictureStepsMost + 1);
    const auto any_lane = rc::gen::inRange<std::uint32_t>(0, lanes);
    for (std::size_t at = 0; at < steps; ++at) {
        PictureStep step;
        step.kind = static_cast<StepKind>(*rc::gen::inRange(0, 10));
        step.lane = *any_lane;
        step.time_ns = *rc::gen::arbitrary<std::int64_t>();
        step.until_ns = *rc::gen::arbitrary<std::int64_t>();
        step.text = *rc::gen::arbitrary<std::string>();
        if (*rc::gen::arbitrary<bool>()) {
            step.to = *any_lane;
        }
        picture.steps.push_back(step);
    }
    picture.spans = {{"fault",
                      *rc::gen::arbitrary<std::int64_t>(),
                      *rc::gen::arbitrary<std::int64_t>(),
                      {*any_lane}}};
    return picture;
}

RC_GTEST_PROP(PictureLayout, keeps_everything_inside_in_order_and_apart, ()) {
    const Picture picture = any_picture();
    const PictureLayout layout = lay_out(picture);
    RC_ASSERT(layout.lanes.size() == picture.lanes.size());
    RC_ASSERT(layout.lanes.back() < layout.words_x && layout.words_x < layout.width);
    int above = layout.top - 1;
    std::int64_t before = std::numeric_limits<std::int64_t>::min();
    std::size_t steps = 0;
    for (const PictureRow& row : layout.rows) {
        RC_ASSERT(row.y > above && row.y < layout.height);
        RC_ASSERT(row.time_ns >= before);
        above = row.y;
        before = row.time_ns;
        steps += row.kind == PictureRow::Kind::step ? 1 : 0;
    }
    RC_ASSERT(steps == picture.steps.size());
    for (const PictureArrow& arrow : layout.arrows) {
        const PictureStep& step = picture.steps[arrow.step];
        RC_ASSERT(arrow.x1 == layout.lanes[step.lane] && arrow.x2 == layout.lanes[*step.to]);
        RC_ASSERT(arrow.y1 < arrow.y2);  // time runs down
        RC_ASSERT(arrow.y2 < layout.height);
    }
    for (const auto* stretches : {&layout.down, &layout.faults}) {
        for (const PictureStretch& stretch : *stretches) {
            RC_ASSERT(stretch.y1 < stretch.y2);
            RC_ASSERT(stretch.lane < picture.lanes.size());
        }
    }
}

RC_GTEST_PROP(PictureLayout, cuts_words_to_the_room_they_have, ()) {
    const auto text = *rc::gen::arbitrary<std::string>();
    const auto room = *rc::gen::inRange<std::size_t>(1, 30);
    RC_ASSERT(fitted(text, room).size() <= room * 4 + 3);
    RC_ASSERT(fitted("abc", 3) == "abc");
    RC_ASSERT(fitted("abcd", 3) == "ab\u2026");
}

TEST(PictureLayout, gives_a_message_a_row_of_its_own_where_it_arrives_late) {
    Picture picture;
    picture.lanes = {"a", "b"};
    picture.steps = {{StepKind::message, 0, 1, 1'000, 5'000, "slow"},
                     {StepKind::event, 1, {}, 2'000, 2'000, "meanwhile"}};
    const PictureLayout layout = lay_out(picture);
    ASSERT_EQ(layout.rows.size(), 3U);
    EXPECT_EQ(row_words(picture, layout.rows[2]), "\u2026 arrives: slow");
    EXPECT_EQ(layout.arrows.at(0).y2, layout.rows[2].y);
}

TEST(PictureLayout, says_idle_time_in_a_narrow_row) {
    Picture picture;
    picture.lanes = {"a"};
    picture.steps = {{StepKind::event, 0, {}, 0, 0, "first"},
                     {StepKind::crash, 0, {}, 2'000'000'000, 2'000'000'000, "second"},
                     {StepKind::restart, 0, {}, 2'000'000'001, 2'000'000'001, "third"}};
    const PictureLayout layout = lay_out(picture);
    ASSERT_EQ(layout.rows.size(), 4U);
    EXPECT_EQ(layout.rows[1].kind, PictureRow::Kind::gap);
    ASSERT_EQ(layout.down.size(), 1U);
    EXPECT_EQ(layout.down[0].y1, layout.rows[2].y);
    EXPECT_EQ(layout.down[0].y2, layout.rows[3].y);
}

}  // namespace
}  // namespace stormglass::reports
