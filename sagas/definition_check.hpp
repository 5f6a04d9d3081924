// The checks that a definition must pass, each with a sentence for its author. Private to
// definition.cpp; what is refused and why is for users in docs/sagas.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sagas/definition.hpp"

namespace stormglass::sagas {

/// Checks a definition whose edges are still names, and fills in edges, order and pivot.
class DefinitionCheck {
  public:
    DefinitionCheck(Definition& definition, const std::vector<std::vector<std::string>>& after);

    Result<void> run();

  private:
    void refuse(std::string_view code, std::string text);

    void check_names();
    void check_limits();
    void resolve_edges();
    void check_shape();
    void close_over();
    void check_pivot();
    void check_beside_pivot(StepId pivot);
    void check_kinds();
    void check_deadline();

    std::string names(StepSet set, std::string_view separator) const;

    Definition& definition_;
    const std::vector<std::vector<std::string>>& after_;
    std::string_view code_;  // of the first refusal
    std::string text_;
};

}  // namespace stormglass::sagas
