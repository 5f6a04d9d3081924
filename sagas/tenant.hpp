// What acts for an exclusive group, one process at a time: a coordinator or a participant. Its
// memory is a fold over a topic of its own; it reads that topic anew whenever it comes into charge,
// and forgets everything when it goes. How one comes and goes: tenure.hpp.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "bus/client.hpp"
#include "sagas/tenure.hpp"

namespace stormglass::sagas {

class Tenant : public Component, public bus::Listener {
  public:
    /// The past has been read and what is delivered is handled.
    bool in_charge() const { return tenure_.stage() == TenureStage::held; }

    bus::Generation generation() const { return tenure_.generation(); }

    void on_outcome(const bus::BatchOutcome& outcome, Moment now, Effects& out) final;
    void on_records(bus::ReadId read,
                    std::span<const bus::Record> records,
                    bool last,
                    Moment now,
                    Effects& out) final;
    void on_assigned(std::string_view group,
                     bus::Generation generation,
                     Moment now,
                     Effects& out) final;
    void on_revoked(std::string_view group,
                    bus::Generation generation,
                    Moment now,
                    Effects& out) final;

  protected:
    /// `topic` is the one that is read; the client must outlive the tenant.
    Tenant(bus::Client& client, std::string group, std::string topic);

    /// Back to knowing nothing.
    virtual void forget() = 0;
    /// A record of the past, in order; damaged ones are noted and skipped.
    virtual void replay(const bus::Record& record, Moment now, Effects& out) = 0;
    /// All of the past has been told: act.
    virtual void take_charge(Moment now, Effects& out) = 0;
    /// What became of a batch that is not a claim.
    virtual void batch_done(const bus::BatchOutcome& outcome, Moment now, Effects& out) = 0;
    /// A fence refused it. Called before everything is forgotten.
    virtual void fenced(Effects& out) = 0;

    /// Whether a delivery is of this tenure. One that is not stays unanswered, and comes again to
    /// whoever is in charge.
    bool is_mine(const bus::Delivery& delivery, Moment now, Effects& out);
    /// A batch came back as fenced.
    void lose(std::string_view code, Effects& out);

    /// When the timer Tenure::kRetryTimer fires.
    void retry_claim(Moment now, Effects& out) { tenure_.on_retry(now, out); }

  private:
    void assign(bus::Generation generation, Moment now, Effects& out);

    std::string group_;
    std::string topic_;
    Tenure tenure_;
};

}  // namespace stormglass::sagas
