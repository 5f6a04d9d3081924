// Ordering and printing of problems; the format is what editors and CI turn into links.
#include "scenarios/files/located.hpp"

#include <algorithm>

namespace stormglass::scenarios {

void Problems::add(Place place, std::string text) {
    ++count_;
    if (kept_.size() < kKeptMax) {
        kept_.push_back({place, std::move(text)});
    }
}

std::vector<Problem> Problems::sorted() const {
    std::vector<Problem> result = kept_;
    std::stable_sort(result.begin(), result.end(), [](const Problem& a, const Problem& b) {
        return a.place < b.place;
    });
    return result;
}

std::string Problems::text() const {
    std::string result;
    std::size_t shown = 0;
    for (const Problem& problem : sorted()) {
        if (shown == kShownMax) {
            break;
        }
        ++shown;
        result += file_ + ":" + std::to_string(problem.place.line) + ":" +
                  std::to_string(problem.place.column) + ": " + problem.text + "\n";
    }
    result += std::to_string(count_) + (count_ == 1 ? " problem" : " problems") + " in " + file_;
    if (shown < count_) {
        result += ", the first " + std::to_string(shown) + " are shown";
    }
    return result + "\n";
}

}  // namespace stormglass::scenarios
