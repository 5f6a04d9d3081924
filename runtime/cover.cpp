#include "runtime/cover.hpp"

namespace stormglass {
namespace {

// Filled before main and only read afterwards.
std::vector<std::string_view>& registry() {
    // layer-ok: the same for every world
    static std::vector<std::string_view> marks;
    return marks;
}

}  // namespace

std::vector<std::string_view> cover_marks() {
    std::vector<std::string_view> marks = registry();
    std::sort(marks.begin(), marks.end());
    marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
    return marks;
}

bool detail::register_mark(std::string_view name) {
    registry().push_back(name);
    return true;
}

}  // namespace stormglass
