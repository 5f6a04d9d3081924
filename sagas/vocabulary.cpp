#include "sagas/vocabulary.hpp"

namespace stormglass::sagas {

std::string_view name_of(StepKind kind) {
    switch (kind) {
        case StepKind::compensatable:
            return "compensatable";
        case StepKind::pivot:
            return "pivot";
        case StepKind::retriable:
            return "retriable";
    }
    CHECK(false);
}

std::string_view name_of(Direction direction) {
    switch (direction) {
        case Direction::forward:
            return "do";
        case Direction::undo:
            return "undo";
        case Direction::cancel:
            return "cancel";
    }
    CHECK(false);
}

std::string_view name_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::ok:
            return "ok";
        case Outcome::failed:
            return "failed";
        case Outcome::refused:
            return "refused";
    }
    CHECK(false);
}

std::string_view name_of(Impact impact) {
    switch (impact) {
        case Impact::applied:
            return "applied";
        case Impact::noop:
            return "noop";
        case Impact::refused:
            return "refused";
    }
    CHECK(false);
}

std::string_view name_of(Course course) {
    switch (course) {
        case Course::commit:
            return "commit";
        case Course::abort:
            return "abort";
    }
    CHECK(false);
}

std::string_view name_of(SagaState state) {
    switch (state) {
        case SagaState::running:
            return "running";
        case SagaState::compensating:
            return "compensating";
        case SagaState::completed:
            return "completed";
        case SagaState::compensated:
            return "compensated";
        case SagaState::needs_operator:
            return "needs-operator";
    }
    CHECK(false);
}

}  // namespace stormglass::sagas
