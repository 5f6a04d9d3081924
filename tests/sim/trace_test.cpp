// Trace, digest, distribution: the hash moves with every field, differences are found, numbers are
// the same on every platform.
#include "sim/trace.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "sim/digest.hpp"
#include "sim/distribution.hpp"

namespace stormglass::tests {
namespace {

using sim::Distribution;
using sim::DistributionKind;
using sim::Trace;
using sim::TraceKind;
using sim::TraceOptions;
using sim::TraceRecord;

std::vector<TraceRecord> some_records() {
    std::vector<TraceRecord> records;
    for (std::uint64_t i = 0; i < 100; ++i) {
        records.push_back({{i * 1000},
                           {static_cast<std::uint32_t>(i % 3 + 1)},
                           i % 2 == 0 ? TraceKind::send : TraceKind::deliver,
                           sim::digest64(as_bytes("payload " + std::to_string(i))),
                           i % 5,
                           {}});
    }
    return records;
}

std::uint64_t hash_of(const std::vector<TraceRecord>& records) {
    Trace trace;
    for (const TraceRecord& record : records) {
        trace.add(record);
    }
    return trace.hash();
}

TEST(Trace, hash_changes_with_the_time_process_kind_or_one_payload_byte_of_one_event) {
    const auto base = some_records();
    std::set<std::uint64_t> hashes{hash_of(base)};
    for (std::size_t i = 0; i < base.size(); ++i) {
        auto time = base;
        time[i].time.ns += 1;
        auto process = base;
        process[i].process.value += 1;
        auto kind = base;
        kind[i].kind = TraceKind::reply;
        auto payload = base;
        payload[i].digest = sim::digest64(as_bytes("paylobd " + std::to_string(i)));
        for (const auto& changed : {time, process, kind, payload}) {
            hashes.insert(hash_of(changed));
        }
    }
    EXPECT_EQ(hashes.size(), 1 + 4 * base.size());
}

TEST(Trace, hash_changes_with_the_order_of_events) {
    auto swapped = some_records();
    std::swap(swapped[10], swapped[11]);
    EXPECT_NE(hash_of(swapped), hash_of(some_records()));
}

TEST(Trace, leaves_faults_out_of_the_hash_and_shows_them_to_people) {
    Trace trace;
    const std::uint64_t before = trace.hash();
    trace.add({{5}, {}, TraceKind::fault, 0, 0, "loss#0"});
    EXPECT_EQ(trace.hash(), before);
    EXPECT_NE(trace.last_lines({}, 5).find("loss#0"), std::string::npos);
}

TEST(Trace, mixes_kind_and_fields_of_a_note) {
    const auto hash = [](const Site& kind, std::vector<NoteField> fields) {
        Trace trace;
        trace.add_note({1}, {1}, Note{kind, fields});
        return trace.hash();
    };
    const std::set<std::uint64_t> hashes{hash("a", {{"x", 1}}),
                                         hash("b", {{"x", 1}}),
                                         hash("a", {{"y", 1}}),
                                         hash("a", {{"x", 2}}),
                                         hash("a", {{"x", std::string_view("1")}}),
                                         hash("a", {})};
    EXPECT_EQ(hashes.size(), 6U);
}

Trace traced(const std::vector<TraceRecord>& records, TraceOptions options) {
    Trace trace(options);
    for (const TraceRecord& record : records) {
        trace.add(record);
    }
    return trace;
}

TEST(Trace, first_difference_narrows_to_a_checkpoint_and_then_to_the_event) {
    const auto left = some_records();
    auto right = left;
    right[37].time.ns += 1;
    TraceOptions options;
    options.checkpoint_every = 10;
    const auto coarse = first_difference(traced(left, options), traced(right, options));
    ASSERT_TRUE(coarse.has_value());
    EXPECT_EQ(coarse->first, 30U);
    EXPECT_EQ(coarse->last, 40U);
    EXPECT_FALSE(coarse->left.has_value());
    options.record_from = coarse->first;
    options.record_count = coarse->last - coarse->first;
    const auto exact = first_difference(traced(left, options), traced(right, options));
    ASSERT_TRUE(exact.has_value());
    EXPECT_EQ(exact->first, 37U);
    EXPECT_EQ(exact->left, left[37]);
    EXPECT_EQ(exact->right, right[37]);
}

TEST(Trace, first_difference_is_the_end_of_the_shorter_run) {
    const auto left = some_records();
    const std::vector<TraceRecord> right(left.begin(), left.begin() + 95);
    TraceOptions options;
    options.checkpoint_every = 10;
    options.record_from = 90;
    options.record_count = 20;
    const auto found = first_difference(traced(left, options), traced(right, options));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->first, 95U);
    EXPECT_EQ(found->left, left[95]);
    EXPECT_FALSE(found->right.has_value());
}

TEST(Trace, equal_runs_have_no_difference) {
    const auto records = some_records();
    EXPECT_FALSE(first_difference(traced(records, {}), traced(records, {})).has_value());
}

TEST(Trace, prints_lines_for_people) {
    TraceOptions options;
    options.lines = 2;
    options.notes = TraceOptions::Notes::fields;
    Trace trace(options);
    const std::vector<std::string> names{"-", "payments"};
    trace.add({{1}, {1}, TraceKind::start, 0, 1, {}});
    trace.add({{12'034'567'890}, {1}, TraceKind::deliver, 0, 7, {}});
    const NoteField fields[] = {{"saga", 4}, {"text", std::string_view("a\nb")}};
    trace.add_note({12'034'567'891}, {1}, Note{"payments.charged", fields});
    EXPECT_EQ(trace.last_lines(names, 20),
              "12.034567 s   payments        deliver from #7\n"
              "12.034567 s   payments        note    payments.charged saga=4 text=a.b\n");
}

RC_GTEST_PROP(Digest, differs_when_one_bit_differs, (std::vector<std::uint8_t> bytes)) {
    RC_PRE(!bytes.empty());
    const auto view = std::as_bytes(std::span(bytes));
    const std::uint64_t before = sim::digest64(view);
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size() * 8);
    bytes[at / 8] = static_cast<std::uint8_t>(bytes[at / 8] ^ (1U << (at % 8)));
    RC_ASSERT(sim::digest64(view) != before);
}

TEST(Digest, tells_zeros_of_different_length_apart) {
    std::set<std::uint64_t> digests;
    const std::vector<std::byte> zeros(100);
    for (std::size_t size = 0; size <= zeros.size(); ++size) {
        digests.insert(sim::digest64(Bytes(zeros).first(size)));
    }
    EXPECT_EQ(digests.size(), zeros.size() + 1);
}

/// Mean of many samples, ns.
std::int64_t mean_of(const Distribution& distribution) {
    constexpr std::int64_t kSamples = 200'000;
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < kSamples; ++i) {
        sum += distribution.sample(mix64(static_cast<std::uint64_t>(i) + 1)).ns / 16;
    }
    return sum / kSamples * 16;
}

class EachDistribution : public testing::TestWithParam<DistributionKind> {};

TEST_P(EachDistribution, has_about_its_mean) {
    const Duration mean = milliseconds(10);
    const std::int64_t seen = mean_of(Distribution::with_mean(GetParam(), mean));
    EXPECT_NEAR(static_cast<double>(seen), 1e7, 3e5);
}

TEST_P(EachDistribution, is_zero_at_mean_zero) {
    const Distribution none = Distribution::with_mean(GetParam(), {});
    for (std::uint64_t i = 0; i < 100; ++i) {
        EXPECT_EQ(none.sample(mix64(i)).ns, 0);
    }
}

TEST_P(EachDistribution, has_a_name_that_reads_back) {
    EXPECT_EQ(sim::distribution_kind(name_of(GetParam())), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         EachDistribution,
                         testing::Values(DistributionKind::constant,
                                         DistributionKind::uniform,
                                         DistributionKind::exponential,
                                         DistributionKind::long_tail,
                                         DistributionKind::bimodal),
                         [](const auto& param) {
                             std::string name(name_of(param.param));
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST(Distribution, draws_the_same_exponential_times_on_every_platform) {
    // Recomputed with 60 digits: -ln(draw / 2^64) * 1e9; the table is right to 2e-6.
    EXPECT_NEAR(
        static_cast<double>(sim::exponential_ns(1ULL << 63, 1'000'000'000)), 693147180.6, 2000);
    EXPECT_NEAR(static_cast<double>(sim::exponential_ns(~0ULL, 1'000'000'000)), 0, 2000);
    EXPECT_NEAR(static_cast<double>(sim::exponential_ns(1, 1'000'000'000)), 44361419555.8, 50000);
    EXPECT_NEAR(
        static_cast<double>(sim::exponential_ns(3ULL << 62, 1'000'000'000)), 287682072.5, 2000);
    std::uint64_t golden = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        golden = sim::mix_pair(golden, i, sim::exponential_ns(mix64(i), 1'000'000));
    }
    EXPECT_EQ(golden, 262048250275824121U);  // as computed with big integers elsewhere
}

}  // namespace
}  // namespace stormglass::tests
