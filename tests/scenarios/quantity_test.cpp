// Numbers with units: what is read, what is refused and how, and that writing is the inverse.
#include "scenarios/files/quantity.hpp"

#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace stormglass::scenarios {

namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

QuantityRule rule(ValueKind kind, std::int64_t low = 0, std::int64_t high = kMax) {
    return {"it", kind, low, high};
}

std::string refusal(std::string_view text, const QuantityRule& r) {
    const Result<std::int64_t> value = read_quantity(text, r);
    return value ? "read as " + std::to_string(*value) : value.error().text;
}

}  // namespace

TEST(Quantity, reads_units_exactly) {
    struct Row {
        std::string_view text;
        ValueKind kind;
        std::int64_t value;
    };

    const Row rows[] = {{"250ms", ValueKind::duration, 250'000'000},
                        {"15s", ValueKind::duration, 15'000'000'000},
                        {"2min", ValueKind::duration, 120'000'000'000},
                        {"1.5s", ValueKind::duration, 1'500'000'000},
                        {"0", ValueKind::duration, 0},
                        {"1d", ValueKind::duration, 86'400'000'000'000},
                        {"64KiB", ValueKind::bytes, 65'536},
                        {"512B", ValueKind::bytes, 512},
                        {"0.05", ValueKind::probability, 50'000},
                        {"0.1", ValueKind::probability, 100'000},
                        {"1", ValueKind::probability, 1'000'000},
                        {"200ppm", ValueKind::ppm, 200},
                        {"42", ValueKind::count, 42}};
    for (const Row& row : rows) {
        const Result<std::int64_t> value = read_quantity(row.text, rule(row.kind));
        ASSERT_TRUE(value) << row.text;
        EXPECT_EQ(*value, row.value) << row.text;
    }
}

TEST(Quantity, refusals_say_what_to_write) {
    const QuantityRule percent{"probability", ValueKind::probability, 0, 1'000'000};
    const QuantityRule quiesce{"quiesce", ValueKind::duration, 1, kMax};
    EXPECT_EQ(refusal("5", percent), "probability must be between 0 and 1, got 5 (5 % is 0.05)");
    EXPECT_EQ(refusal("30", quiesce), "quiesce needs a unit, got 30 (write 30s)");
    EXPECT_EQ(refusal("2m", quiesce), "quiesce: 'm' is not a unit, got 2m (write min or ms)");
    EXPECT_EQ(refusal("soon", quiesce),
              "quiesce must be a time such as 250ms, 15s or 2min, got soon");
    EXPECT_EQ(refusal("0.5ns", rule(ValueKind::duration)),
              "it is finer than can be kept, got 0.5ns");
    EXPECT_EQ(refusal("0.0000001", percent),
              "probability is finer than can be kept, got 0.0000001");
    EXPECT_EQ(refusal("1.5", rule(ValueKind::count)), "it must be a whole number, got 1.5");
    EXPECT_EQ(refusal("64", rule(ValueKind::bytes)), "it needs a unit, got 64 (write 64KiB)");
    EXPECT_EQ(refusal("1e3", rule(ValueKind::count)), "it must be a whole number, got 1e3");
    EXPECT_EQ(refusal("-1s", quiesce).find("quiesce must be between"), 0U);
}

TEST(Quantity, hostile_numbers_are_refused) {
    for (const char* text : {"",
                             ".",
                             "-",
                             "-.5",
                             "1.",
                             "1.2.3",
                             "999999999999999999999999",
                             "0x10",
                             "1 s",
                             "+1s",
                             "nan",
                             "inf",
                             "99999999999999999d",
                             "--1s",
                             "1_000"}) {
        EXPECT_FALSE(read_quantity(text, rule(ValueKind::duration, 1))) << text;
        EXPECT_FALSE(read_quantity(text, rule(ValueKind::count, 1, 100))) << text;
    }
}

RC_GTEST_PROP(Quantity, reading_what_was_written_is_the_identity, ()) {
    const ValueKind kind =
        *rc::gen::element(ValueKind::duration, ValueKind::bytes, ValueKind::count, ValueKind::ppm);
    const auto value = *rc::gen::suchThat(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t v) {
        return v >= 0 && v < 1'000'000'000'000'000'000;
    });
    const Result<std::int64_t> again = read_quantity(write_quantity(value, kind), rule(kind));
    RC_ASSERT(again.ok());
    RC_ASSERT(*again == value);
}

RC_GTEST_PROP(Quantity, probabilities_survive_writing, ()) {
    const auto ppm = *rc::gen::inRange<std::int64_t>(0, 1'000'001);
    const std::string text = write_quantity(ppm, ValueKind::probability);
    const Result<std::int64_t> again = read_quantity(text, rule(ValueKind::probability));
    RC_ASSERT(again.ok());
    RC_ASSERT(*again == ppm);
}

RC_GTEST_PROP(Quantity, any_text_gives_a_value_in_range_or_a_sentence, (const std::string& text)) {
    for (const ValueKind kind : {ValueKind::duration,
                                 ValueKind::probability,
                                 ValueKind::count,
                                 ValueKind::bytes,
                                 ValueKind::ppm}) {
        const Result<std::int64_t> value = read_quantity(text, rule(kind, 3, 1'000));
        RC_ASSERT((value.ok() ? *value >= 3 && *value <= 1'000 : !value.error().text.empty()));
    }
}

TEST(Quantity, fractions_lie_strictly_between_zero_and_one) {
    ASSERT_TRUE(read_fraction("0.001", "target"));
    EXPECT_DOUBLE_EQ(*read_fraction("0.001", "target"), 0.001);
    EXPECT_EQ(read_fraction("95", "confidence").error().text,
              "confidence must lie between 0 and 1, got 95 (95 % is 0.95)");
    for (const char* text : {"0", "1", "0.0", "1.0", "-0.5", "x", "", "0.0000000001", "0.1s"}) {
        EXPECT_FALSE(read_fraction(text, "target")) << text;
    }
}

}  // namespace stormglass::scenarios
