// libFuzzer entry: the files that people write. The first byte chooses scenario, claims or the
// document under review.
#include "runtime/check.hpp"
#include "scenarios/files/claims.hpp"
#include "scenarios/files/document.hpp"
#include "scenarios/files/scenario.hpp"
#include "tests/scenarios/test_names.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace stormglass;  // NOLINT: an entry point, not a header
    if (size == 0) {
        return 0;
    }
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    scenarios::Problems problems("fuzzed.yaml");
    const unsigned choice = data[0] % 3U;
    if (choice == 0) {
        const auto read = scenarios::read_scenario(text, tests::test_names(), problems);
        CHECK(read.has_value() == problems.empty());
    } else if (choice == 1) {
        const auto read = scenarios::read_claims(text, tests::test_names(), problems);
        CHECK(read.has_value() == problems.empty());
    } else {
        static_cast<void>(scenarios::read_document(text));
    }
    CHECK(problems.text().size() < 1U << 20);
    return 0;
}
