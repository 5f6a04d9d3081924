// A directory of one test, removed with all in it at the end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "runtime/check.hpp"

namespace stormglass::tests {

class TempDir {
  public:
    explicit TempDir(const std::filesystem::path& in = std::filesystem::temp_directory_path()) {
        std::string pattern = (in / "stormglass-XXXXXX").string();
        CHECK(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }

    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    const std::string& path() const { return path_; }

    /// A name in it.
    std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

  private:
    std::string path_;
};

}  // namespace stormglass::tests
