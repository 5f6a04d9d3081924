// Finding and reading what a user names: scenarios (by name or by file), claims, the document; and
// the registries that they are judged against.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/cli/options.hpp"
#include "scenarios/files/claims.hpp"
#include "scenarios/files/document.hpp"
#include "scenarios/runs/run.hpp"

namespace stormglass::scenarios {

/// Every name that files and arguments may use.
Names make_names(PlantedDefects defects);

/// The pages of docs/man/ by name: "tokens".
std::map<std::string, std::string> manual_pages();

/// What stops the program before anything ran: a message for people and an exit code.
struct InputRefusal {
    std::string text;
    int exit_code = 0;
};

/// A value, or why there is none.
template <class T>
struct Loaded {
    std::optional<T> value;
    InputRefusal refusal;
};

/// The text of a file; refused above `bytes_max`.
Loaded<std::string> read_file(const std::string& path, std::size_t bytes_max = 1 << 20);

/// The named scenarios (all that come with the program when none is named), ready to run.
Loaded<std::vector<Plan>> load_plans(const std::vector<std::string>& wanted, const Names& names);

/// The scenario that a history is about: `wanted` when given, else the one of that hash among those
/// that come with the program, else `named` (may be empty), a name or a file.
Loaded<Plan> load_plan_of(std::uint64_t hash,
                          const std::string& named,
                          const std::string& wanted,
                          const Names& names);

/// The claims at `path`, or those that come with the program.
Loaded<Claims> load_claims(const std::string& path, const Names& names);

struct LoadedDocument {
    std::string text;
    Document document;
};

Loaded<LoadedDocument> load_document(const std::string& path);

}  // namespace stormglass::scenarios
