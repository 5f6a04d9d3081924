// Plain stdio: it says why a file could not be read, which streams do not.
#include "scenarios/files/input_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "scenarios/files/suggest.hpp"

namespace stormglass::scenarios {

namespace {

struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

Error unreadable(const std::string& path, int cause) {
    return {"no-input",
            "cannot read " + in_quotes(path) + ": " + std::generic_category().message(cause)};
}

}  // namespace

Result<std::string> read_input_file(const std::string& path, std::size_t bytes_max) {
    errno = 0;
    const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rb"));
    if (file == nullptr) {
        return unreadable(path, errno);
    }
    std::string text;
    std::array<char, 65'536> block{};
    while (text.size() <= bytes_max) {
        const std::size_t got = std::fread(block.data(), 1, block.size(), file.get());
        text.append(block.data(), got);
        if (got < block.size()) {
            break;
        }
    }
    if (std::ferror(file.get()) != 0) {
        return unreadable(path, errno);
    }
    text.resize(std::min(text.size(), bytes_max + 1));
    return text;
}

}  // namespace stormglass::scenarios
