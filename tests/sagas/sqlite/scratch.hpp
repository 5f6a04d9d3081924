// A folder of its own for each test, gone with it, and questions to a database as anybody asks
// them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include <sqlite3.h>
#include <unistd.h>

namespace stormglass::sagas::tests {

class Scratch {
  public:
    Scratch() {
        // Where syncing costs nothing, if there is such a place: these are tests of what is
        // written.
        const std::filesystem::path shared = "/dev/shm";
        std::string name =
            (std::filesystem::is_directory(shared) ? shared
                                                   : std::filesystem::temp_directory_path()) /
            "stormglass-sqlite-XXXXXX";
        EXPECT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
    }

    ~Scratch() { std::filesystem::remove_all(folder_); }

    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    std::string file(const std::string& name) const { return folder_ / name; }

  private:
    std::filesystem::path folder_;
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
