// In a file of its own, so that a test program can link another choice in its place and run the
// unit tests under a planted defect (tests/defects/).
#include "sagas/projection_rules.hpp"

namespace stormglass::sagas {

const ProjectionRules& sound_projection_rules() {
    static const ProjectionRules rules;
    return rules;
}

}  // namespace stormglass::sagas
