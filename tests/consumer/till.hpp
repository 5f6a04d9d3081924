// A till that adds up payments, and a customer who pays until each payment is confirmed.
#pragma once

#include <cstdint>
#include <set>

#include <stormglass/runtime/node.hpp>

namespace shop {

/// Counts what was paid; confirms each payment by its number.
class Till final : public stormglass::Node {
  public:
    std::uint64_t total() const { return total_; }

    void start(const stormglass::Recovered& disk,
               stormglass::Moment now,
               stormglass::Effects& out) override;
    void on_message(stormglass::NodeId from,
                    stormglass::Bytes frame,
                    stormglass::Moment now,
                    stormglass::Effects& out) override;

    void on_timer(stormglass::TimerId, stormglass::Moment, stormglass::Effects&) override {}

    void on_storage(stormglass::StorageToken,
                    const stormglass::StorageResult&,
                    stormglass::Moment,
                    stormglass::Effects&) override {}

    void on_request(stormglass::RequestId,
                    const stormglass::Request&,
                    stormglass::Moment,
                    stormglass::Effects&) override {}

    void on_link(stormglass::NodeId,
                 stormglass::LinkState,
                 stormglass::Moment,
                 stormglass::Effects&) override {}

  private:
    std::uint64_t total_ = 0;
    std::set<std::uint8_t> seen_;
};

/// Each request of its application, a number from 1 to 255, is one payment of 1; what is not
/// confirmed is sent again.
class Customer final : public stormglass::Node {
  public:
    explicit Customer(stormglass::NodeId till) : till_(till) {}

    std::uint64_t paid() const { return paid_; }

    bool idle() const { return open_.empty(); }

    void start(const stormglass::Recovered& disk,
               stormglass::Moment now,
               stormglass::Effects& out) override;
    void on_message(stormglass::NodeId from,
                    stormglass::Bytes frame,
                    stormglass::Moment now,
                    stormglass::Effects& out) override;
    void on_timer(stormglass::TimerId timer,
                  stormglass::Moment now,
                  stormglass::Effects& out) override;

    void on_storage(stormglass::StorageToken,
                    const stormglass::StorageResult&,
                    stormglass::Moment,
                    stormglass::Effects&) override {}

    void on_request(stormglass::RequestId id,
                    const stormglass::Request& request,
                    stormglass::Moment now,
                    stormglass::Effects& out) override;

    void on_link(stormglass::NodeId,
                 stormglass::LinkState,
                 stormglass::Moment,
                 stormglass::Effects&) override {}

  private:
    stormglass::NodeId till_;
    std::uint64_t paid_ = 0;
    std::set<std::uint8_t> open_;
};

}  // namespace shop
