// Component: a part of a node (a session, a participant, a projection). An Assembly is a node made
// of such parts; it routes timers and storage answers by the part number in the top byte of their
// ids, so that no part knows of another and nobody routes by hand.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/node.hpp"

namespace stormglass {

/// Whether a part took an input as its own; the next part is asked otherwise.
enum class Handled : std::uint8_t { no, yes };

/// The inputs are those of Node. A part ignores what it does not override.
class Component {
  public:
    virtual ~Component() = default;

    virtual void start(const Recovered& disk, Moment now, Effects& out);
    virtual Handled on_message(NodeId from, Bytes frame, Moment now, Effects& out);
    virtual void on_timer(TimerId timer, Moment now, Effects& out);
    virtual void on_storage(StorageToken token,
                            const StorageResult& result,
                            Moment now,
                            Effects& out);
    virtual Handled on_request(RequestId id, const Request& request, Moment now, Effects& out);
    virtual void on_link(NodeId peer, LinkState state, Moment now, Effects& out);

    /// Which part of its node this is, once an Assembly has taken it: needed by a part that is
    /// called by a sibling rather than by the host (see `enter`).
    std::uint8_t part() const { return part_; }

  protected:
    /// Parts call each other directly. Whoever is called opens its own scope first, so that the
    /// timers it sets come back to it: `const auto scope = enter(out);`
    [[nodiscard]] Effects::Scope enter(Effects& out) const { return {out, part_}; }

  private:
    friend class Assembly;
    std::uint8_t part_ = 0;
};

/// A node made of parts, asked in the order in which they were added.
class Assembly final : public Node {
  public:
    /// At most 255 parts. Returns the part, which the assembly owns from now on.
    template <class Part>
    Part& add(std::unique_ptr<Part> part) {
        Part& added = *part;
        adopt(std::move(part));
        return added;
    }

    void start(const Recovered& disk, Moment now, Effects& out) override;
    void on_message(NodeId from, Bytes frame, Moment now, Effects& out) override;
    void on_timer(TimerId timer, Moment now, Effects& out) override;
    void on_storage(StorageToken token,
                    const StorageResult& result,
                    Moment now,
                    Effects& out) override;
    void on_request(RequestId id, const Request& request, Moment now, Effects& out) override;
    void on_link(NodeId peer, LinkState state, Moment now, Effects& out) override;

  private:
    void adopt(std::unique_ptr<Component> part);
    Component* part_of(std::uint64_t id) const;

    std::vector<std::unique_ptr<Component>> parts_;
};

}  // namespace stormglass
