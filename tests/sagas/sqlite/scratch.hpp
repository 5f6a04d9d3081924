// A folder of its own for each test, gone with it, and questions to a database as anybody asks
// them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

#include <sqlite3.h>

namespace stormglass::sagas::tests {

class Scratch {
  public:
    std::string file(const std::string& name) const { return folder_ / name; }

  private:
    // Where syncing costs nothing, if there is such a place: these are tests of what is written.
    static std::filesystem::path fast_place() {
        const std::filesystem::path shared = "/dev/shm";
        return std::filesystem::is_directory(shared) ? shared
                                                     : std::filesystem::temp_directory_path();
    }

    stormglass::tests::TempDir folder_{fast_place()};
};

/// The answer of a connection of its own: cells separated by '|', rows by newlines.
inline std::string ask(const std::string& file, const std::string& sql) {
    sqlite3* opened = nullptr;
    EXPECT_EQ(sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> connection(opened, sqlite3_close_v2);
    std::string text;
    const auto add = [](void* into, int count, char** cells, char**) {
        auto& all = *static_cast<std::string*>(into);
        all += all.empty() ? "" : "\n";
        for (int i = 0; i < count; ++i) {
            all += i == 0 ? "" : "|";
            all += cells[i] == nullptr ? "NULL" : cells[i];
        }
        return 0;
    };
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(opened, sql.c_str(), add, &text, &error), SQLITE_OK)
        << (error == nullptr ? "" : error);
    sqlite3_free(error);
    return text;
}

}  // namespace stormglass::sagas::tests
