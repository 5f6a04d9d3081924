// A bus as a tool looks at it, wherever it is: what there is, and the events themselves. Reading
// alone. `view_of` (verbs.hpp) gives the files of a bus, or a connection to a running one.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bus/inspect.hpp"
#include "runtime/result.hpp"
#include "scenarios/operate/bus_url.hpp"

namespace stormglass::scenarios {

enum class More { no, yes };

class BusView {
  public:
    /// Takes one event; its bytes live until the call returns.
    using Reader = std::function<More(bus::Position position, Bytes event)>;

    virtual ~BusView() = default;

    virtual Result<std::vector<bus::TopicInfo>> topics() = 0;
    virtual Result<std::vector<bus::GroupInfo>> groups() = 0;
    /// Of every group, or of one.
    virtual Result<std::vector<bus::DeadLetterInfo>> dead_letters(const std::string& group) = 0;

    /// Hands over the topic's events from `from` to its present head, in order. Fails with
    /// `topic.unknown`, or with why it could not be read.
    virtual Result<void> read(const std::string& topic,
                              bus::Position from,
                              const Reader& reader) = 0;
};

/// The files of a bus, read once when opened.
Result<std::unique_ptr<BusView>> open_bus_files(const std::string& folder);

}  // namespace stormglass::scenarios
