// A store in memory, for tests: rows and position in one value that outlives the projection. It can
// keep its answers back, so that a test may let a projection die before or after a commit.
#pragma once

#include <optional>
#include <string>

#include "sagas/projection_store.hpp"

namespace stormglass::sagas {

class MemoryStore final : public ProjectionStore {
  public:
    enum class Answers : std::uint8_t { at_once, when_asked };

    explicit MemoryStore(Answers answers = Answers::at_once) : answers_(answers) {}

    void listen(StoreListener& listener) override { listener_ = &listener; }

    void load(std::uint64_t identity, Tables& into, Moment now, Effects& out) override;
    void commit(const Commit& commit, Moment now, Effects& out) override;

    /// Gives the answer that is due. The commit is stored with it, not before.
    void answer(Moment now, Effects& out);

    /// The next commits fail with this code until it is empty again; they store nothing.
    void fail_with(std::string_view code) { failure_ = code; }

    /// The process dies: what was not answered was not stored.
    void crash();

    bool owes_answer() const { return next_.has_value(); }

    /// What is stored; null: nothing.
    const Tables* tables() const { return stored_ ? &stored_->tables : nullptr; }

    bus::Position position() const { return stored_ ? stored_->position : 0; }

  private:
    struct State {
        std::uint64_t identity = 0;
        bus::Position position = 0;
        Tables tables;
    };

    Answers answers_;
    StoreListener* listener_ = nullptr;
    std::optional<State> stored_;
    std::optional<State> next_;
    std::string_view failure_;
};

}  // namespace stormglass::sagas
