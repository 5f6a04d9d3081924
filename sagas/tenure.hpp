// Tenure: how one process comes to act for an exclusive group, and how it stops. It first raises
// the fence with a claim, so that nothing of a predecessor can be accepted any more, and only then
// reads the past: what it has read is all there is. Used by coordinators and participants alike.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "bus/client.hpp"
#include "sagas/batch_builder.hpp"

namespace stormglass::sagas {

enum class TenureStage : std::uint8_t {
    away,      // somebody else acts, or nobody
    claiming,  // the fence is being raised
    reading,   // the past is being read
    held       // may act, until a batch is refused as fenced
};

std::string_view name_of(TenureStage stage);

class Tenure {
  public:
    /// `topic` is what is read, and where the claim is written. Names must outlive this.
    Tenure(bus::Client& client, std::string_view group, std::string_view topic);

    TenureStage stage() const { return stage_; }

    bus::Generation generation() const { return generation_; }

    std::string_view group() const { return group_; }

    /// True when a new tenure begins: forget everything. The generation of the last one may come
    /// back after a revocation (a broker that restarted confirms the owner of record), but not
    /// after a fence has refused it.
    bool on_assigned(bus::Generation generation, Moment now, Effects& out);
    /// True when the tenure ended: forget everything.
    bool on_revoked(bus::Generation generation);
    /// A batch came back as fenced: over, until a newer generation is assigned.
    void on_fenced();

    enum class Claimed : std::uint8_t { not_mine, pending, reading, fenced };
    Claimed on_outcome(const bus::BatchOutcome& outcome, Moment now, Effects& out);

    /// Whether these records belong to the reading under way; the last ones complete it.
    bool on_records(bus::ReadId read, bool last);

    /// To be called when the owner's timer `retry_timer` fires.
    void on_retry(Moment now, Effects& out);

    /// The owner's other timers have other numbers.
    static constexpr TimerId kRetryTimer{1};

  private:
    void claim(Moment now, Effects& out);
    void leave();

    bus::Client& client_;
    std::string_view group_;
    std::string_view topic_;
    TenureStage stage_ = TenureStage::away;
    bus::Generation generation_ = 0;
    bus::Generation fenced_ = 0;  // tenures up to here are over for good
    std::optional<bus::BatchId> claim_;
    std::optional<bus::ReadId> read_;
    BatchBuilder builder_;
};

}  // namespace stormglass::sagas
