// The next segment is prepared, and synced, while the first records of this one are not: a power
// failure then leaves two that are blank. The broker that came back created the second one again
// and halted on "already_exists". Found by 1 of 3,500 runs of broker-crash.
#include <gtest/gtest.h>

#include "tests/support/journal_life.hpp"

namespace stormglass::bus {
namespace {

using namespace tests;  // NOLINT: the journal of tests/support

TEST(Journal, goes_on_over_more_than_one_blank_segment) {
    TinyDisk disk;
    std::size_t appended = 0;
    {
        Life life(disk, small_segments(WriteTiming::at_once));
        life.settle();
        while (disk.recovered().files.size() < 3 && appended < 10) {
            life.journal().append(7, body_of(appended++, 3000), Urgency::urgent);
            life.flush(Journal::Take::what_is_urgent);
            while (!disk.idle()) {
                life.complete_one();
                life.flush(Journal::Take::what_is_urgent);
            }
        }
    }
    disk.crash_power(TinyDisk::Tear::lose_all, 1);
    ASSERT_EQ(disk.recovered().files.size(), 3u);
    Life life(disk, small_segments());
    life.settle();
    const std::size_t kept = life.recovered().size();
    ASSERT_LT(kept, appended) << "the first records of the second segment were lost";
    for (std::size_t n = 0; n < 8; ++n) {
        life.journal().append(7, body_of(n, 3000), Urgency::urgent);
        life.settle();
    }
    EXPECT_EQ(life.journal().state(), Journal::State::ready);
    EXPECT_EQ(life.journal().progress().synced, kept + 8);
}

}  // namespace
}  // namespace stormglass::bus
