// The scenarios and claims that come with the program, as they stand in the repository.
#pragma once

#include <span>
#include <string_view>

namespace stormglass::scenarios {

struct EmbeddedFile {
    std::string_view path;  // relative to the repository: "scenarios/data/calm.yaml"
    std::string_view text;
};

std::span<const EmbeddedFile> embedded_files();

}  // namespace stormglass::scenarios
