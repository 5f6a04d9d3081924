// An entry for libFuzzer: `make fuzz`.
// Whatever was accepted must be written and read back unchanged, and be judged without a crash.
#include <string_view>

#include "runtime/check.hpp"
#include "sim/checks/formats/reader.hpp"
#include "sim/checks/judge.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace stormglass::sim::checks;  // NOLINT: an entry point, not a header
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto recording = read_history(text);
    if (!recording) {
        CHECK(recording.error().code.starts_with("HI_"));
        return 0;
    }
    const std::string written = write_history(*recording);
    const auto again = read_history(written, Format::ndjson);
    CHECK(again.ok() && write_history(*again) == written);
    const auto model = infer_model(*recording);
    if (model.ok()) {
        const auto guarantee = parse_guarantee("", *model);
        Budget budget;
        budget.nodes = 10'000;
        static_cast<void>(judge(*recording, *model, *guarantee, budget));
    }
    return 0;
}
