#include "sagas/tenure.hpp"

#include "runtime/check.hpp"

namespace stormglass::sagas {
namespace {

constexpr Duration kRetryDelay = milliseconds(50);  // the client was full or not attached

}  // namespace

std::string_view name_of(TenureStage stage) {
    switch (stage) {
        case TenureStage::away:
            return "away";
        case TenureStage::claiming:
            return "claiming";
        case TenureStage::reading:
            return "reading";
        case TenureStage::held:
            return "held";
    }
    CHECK(false);
}

Tenure::Tenure(bus::Client& client, std::string_view group, std::string_view topic)
    : client_(client),
      group_(group),
      topic_(topic) {
    CHECK(is_name(group));
    CHECK(is_name(topic));
}

void Tenure::on_fenced() {
    CHECK(fenced_ <= generation_);
    fenced_ = generation_;
    leave();
}

void Tenure::leave() {
    stage_ = TenureStage::away;
    claim_.reset();
    read_.reset();
}

bool Tenure::on_assigned(bus::Generation generation, Moment now, Effects& out) {
    const bool again = generation == generation_ && stage_ == TenureStage::away;
    if (generation <= fenced_ || generation < generation_ ||
        (generation == generation_ && !again)) {
        return false;  // Told twice, or overtaken by a newer one.
    }
    generation_ = generation;
    claim(now, out);
    CHECK(stage_ == TenureStage::claiming);
    return true;
}

bool Tenure::on_revoked(bus::Generation generation) {
    if (generation < generation_ || stage_ == TenureStage::away) {
        return false;
    }
    leave();
    return true;
}

void Tenure::claim(Moment now, Effects& out) {
    CHECK(generation_ > fenced_);
    stage_ = TenureStage::claiming;
    claim_.reset();
    read_.reset();
    builder_.clear();
    builder_.fence(group_, generation_);
    builder_.publish(topic_, kClaimType, {}, Claim{group_, generation_}).partition_key = group_;
    const auto sent = client_.publish(builder_.batch(), bus::Durability::synced, now, out);
    if (sent.ok()) {
        claim_ = sent.value();
    } else {
        out.set_timer(kRetryTimer, now.monotonic + kRetryDelay);
    }
}

void Tenure::on_retry(Moment now, Effects& out) {
    if (stage_ == TenureStage::claiming && !claim_.has_value()) {
        claim(now, out);
    }
}

Tenure::Claimed Tenure::on_outcome(const bus::BatchOutcome& outcome, Moment now, Effects& out) {
    if (!claim_.has_value() || outcome.id != *claim_) {
        return Claimed::not_mine;
    }
    CHECK(stage_ == TenureStage::claiming);
    claim_.reset();
    if (outcome.accepted) {
        stage_ = TenureStage::reading;
        read_ = client_.read(topic_, 0, now, out);
        return Claimed::reading;
    }
    if (outcome.code == "EB_FENCED") {
        on_fenced();
        return Claimed::fenced;
    }
    out.set_timer(kRetryTimer, now.monotonic + kRetryDelay);
    return Claimed::pending;
}

bool Tenure::on_records(bus::ReadId read, bool last) {
    if (stage_ != TenureStage::reading || !read_.has_value() || read != *read_) {
        return false;  // Of a tenure that is over.
    }
    CHECK(!claim_.has_value());
    if (last) {
        read_.reset();
        stage_ = TenureStage::held;
    }
    return true;
}

}  // namespace stormglass::sagas
