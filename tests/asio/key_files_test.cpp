// Key files: made once, found again, refused when others could read them or they are broken.
#include "bus/engines/key_files.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace stormglass::bus {
namespace {

namespace fs = std::filesystem;
using tests::TempDir;

TEST(KeyFiles, the_local_key_is_made_once_and_for_its_owner_alone) {
    const TempDir data;
    EXPECT_EQ(load_local_key(data.path()).error().code, "key.missing");
    const auto made = make_local_key(data.path());
    ASSERT_TRUE(made.ok());
    EXPECT_EQ(make_local_key(data.path()).value(), made.value());
    EXPECT_EQ(load_local_key(data.path()).value(), made.value());
    const fs::path file = data / "keys/local.key";
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    fs::permissions(file, fs::perms::group_read, fs::perm_options::add);
    EXPECT_EQ(load_local_key(data.path()).error().code, "key.exposed");
    EXPECT_EQ(make_local_key(data.path()).error().code, "key.exposed");  // never made anew
}

TEST(KeyFiles, broken_ones_are_refused_and_kept) {
    const TempDir data;
    ASSERT_TRUE(make_local_key(data.path()).ok());
    const fs::path file = data / "keys/local.key";
    for (const std::string text :
         {"", "stormglass-local-key 1\n", "stormglass-local-key 1\nsecret 12\n"}) {
        std::ofstream(file, std::ios::trunc) << text;
        EXPECT_EQ(make_local_key(data.path()).error().code, "key.broken");
    }
    std::ofstream(data / "keys/bad-key-1.pub") << "stormglass-public-key 1\nid bad-key-1\n";
    EXPECT_EQ(list_keys(data.path()).error().code, "key.broken");
}

TEST(KeyFiles, pairs_are_made_listed_and_revoked) {
    const TempDir data;
    EXPECT_TRUE(list_keys(data.path())->empty());
    const auto made = new_signing_key(data.path(), "billing-2026", "urn:agent:billing");
    ASSERT_TRUE(made.ok()) << made.error().text;
    EXPECT_EQ(new_signing_key(data.path(), "billing-2026", "urn:x:y").error().code, "key.exists");
    EXPECT_EQ(new_signing_key(data.path(), "../escape", "urn:x:y").error().code, "key.name");
    EXPECT_EQ(new_signing_key(data.path(), "local-12", "urn:x:y").error().code, "key.name");
    const auto loaded = load_signing_key(data / "keys/billing-2026.key");
    ASSERT_TRUE(loaded.ok());
    EXPECT_EQ(loaded->key.source, "urn:agent:billing");
    EXPECT_EQ(loaded->pair.secret_key, made->pair.secret_key);
    auto keys = list_keys(data.path());
    ASSERT_EQ(keys->size(), 1U);
    EXPECT_EQ(keys->at(0).public_key, made->key.public_key);
    EXPECT_FALSE(keys->at(0).revoked);
    ASSERT_TRUE(revoke_key(data.path(), "billing-2026").ok());
    EXPECT_EQ(revoke_key(data.path(), "billing-2026").error().code, "key.missing");
    EXPECT_TRUE(list_keys(data.path())->at(0).revoked);
}

}  // namespace
}  // namespace stormglass::bus
