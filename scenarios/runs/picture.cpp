#include "scenarios/runs/picture.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "scenarios/runs/recorder.hpp"
#include "scenarios/worlds/checkout.hpp"

namespace stormglass::scenarios {
namespace {

using reports::StepKind;

constexpr std::string_view kAttack = "attack";

/// The words of a violation that may name a saga or a place in the log.
std::set<std::string, std::less<>> names_in(const Violation& violation) {
    std::set<std::string, std::less<>> names;
    for (const std::string* text : {&violation.subject, &violation.sentence, &violation.observed}) {
        std::string word;
        for (const char c : *text + " ") {
            const bool inside = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '[' ||
                                c == ']';
            if (inside) {
                word += c;
            } else if (!word.empty()) {
                names.insert(word.substr(0, word.find_last_not_of('.') + 1));
                word.clear();
            }
        }
    }
    return names;
}

bool is_about(const Happening& happening, const std::set<std::string, std::less<>>& names) {
    return std::any_of(happening.keys.begin(), happening.keys.end(), [&](const std::string& key) {
        return names.contains(key);
    });
}

/// A violated place of the log stands for the saga whose event lies there.
void add_keys_at_places(const std::vector<Happening>& all,
                        std::set<std::string, std::less<>>& names) {
    for (const Happening& happening : all) {
        for (const std::string& key : happening.keys) {
            if (key.ends_with(']') && names.contains(key)) {
                names.insert(happening.keys.begin(), happening.keys.end());
            }
        }
    }
}

/// The most telling ones, later before earlier, at most as many as a picture holds.
std::vector<const Happening*> choose(const std::vector<Happening>& all,
                                     const std::set<std::string, std::less<>>& names,
                                     std::uint64_t& left_out) {
    std::vector<const Happening*> chosen;
    for (const Happening& happening : all) {
        if (happening.always || is_about(happening, names)) {
            chosen.push_back(&happening);
        }
    }
    std::stable_sort(chosen.begin(), chosen.end(), [](const Happening* a, const Happening* b) {
        return a->weight != b->weight ? a->weight < b->weight : a->at > b->at;
    });
    const std::size_t room = reports::kPictureStepsMost - 1;  // the violation is one
    left_out = chosen.size() - std::min(room, chosen.size());
    chosen.resize(std::min(room, chosen.size()));
    // Of one instant the broker's own deed comes first: it delivers what it has stored.
    const auto rank = [](const Happening* one) {
        return std::tuple{one->at, one->kind != StepKind::event || one->keys.size() < 2, one};
    };
    std::sort(chosen.begin(), chosen.end(), [&](const Happening* a, const Happening* b) {
        return rank(a) < rank(b);  // at last by its place in the recording
    });
    return chosen;
}

/// Processes from left to right as a message travels: coordinators, bus, services, adversary.
class Lanes {
  public:
    explicit Lanes(const sim::World& world) : world_(world) {}

    void use(NodeId node) {
        if (node.value != 0) {
            nodes_.insert({rank(node), node.value});
        }
    }

    std::uint32_t of(NodeId node) const {
        const auto found = nodes_.find({rank(node), node.value});
        return found == nodes_.end()
                   ? 0
                   : static_cast<std::uint32_t>(std::distance(nodes_.begin(), found));
    }

    bool has(NodeId node) const { return nodes_.contains({rank(node), node.value}); }

    std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& [rank, id] : nodes_) {
            names.emplace_back(world_.name({id}));
        }
        return names;
    }

  private:
    int rank(NodeId node) const {
        const std::string_view name = world_.name(node);
        if (node == world_.adversary()) {
            return 3;
        }
        return name.starts_with("orders") ? 0 : (name == "broker" ? 1 : 2);
    }

    const sim::World& world_;
    std::set<std::pair<int, std::uint32_t>> nodes_;
};

std::int64_t time_of(std::uint64_t ns) {
    return static_cast<std::int64_t>(ns);
}

void add_spans(const Plan& plan,
               const Recorder& recorder,
               const Lanes& lanes,
               std::uint64_t end,
               reports::Picture& picture) {
    for (const Holding& holding : recorder.holdings()) {
        reports::PictureSpan span{std::string(sim::kind_name(plan.schedule[holding.fault])),
                                  time_of(holding.from),
                                  time_of(holding.until == 0 ? end : holding.until),
                                  {}};
        for (const NodeId node : holding.nodes) {
            if (lanes.has(node)) {
                span.lanes.push_back(lanes.of(node));
            }
        }
        if (!span.lanes.empty()) {
            picture.spans.push_back(std::move(span));
        }
    }
}

}  // namespace

reports::Picture picture_of(const Plan& plan,
                            const RunOptions& options,
                            const Violation& violation,
                            const std::vector<std::size_t>& needed) {
    CheckoutWorld world(plan, options);
    Recorder recorder(world.world());
    world.world().add_observer(recorder);
    world.run_until({violation.at});

    auto names = names_in(violation);
    add_keys_at_places(recorder.happenings(), names);
    if (names.contains("alarm")) {
        names.emplace(kAttack);
    }
    reports::Picture picture;
    std::vector<const Happening*> chosen = choose(recorder.happenings(), names, picture.left_out);
    Lanes lanes(world.world());
    for (const Happening* happening : chosen) {
        lanes.use(happening->node);
        lanes.use(happening->to);
        for (const std::string& key : happening->keys) {
            if (names.contains(key) && key != kAttack && !key.ends_with(']')) {
                picture.about = key;
            }
        }
    }
    const NodeId broker = world.world().find("broker");
    const NodeId where = world.world().find(violation.node);
    lanes.use(where.value == 0 ? broker : where);
    picture.lanes = lanes.names();
    for (const Happening* happening : chosen) {
        reports::PictureStep step{happening->kind,
                                  lanes.of(happening->node),
                                  std::nullopt,
                                  time_of(happening->at),
                                  time_of(happening->at),
                                  happening->text};
        const bool counts = happening->fault.has_value() && happening->kind == StepKind::fault &&
                            std::count(needed.begin(), needed.end(), *happening->fault) > 0;
        step.text += counts ? " (without it the run passes)" : "";
        if (happening->to.value != 0) {
            step.to = lanes.of(happening->to);
            // Still on its way when the run was cut: it arrives below everything shown.
            step.until_ns = time_of(happening->until == 0 ? violation.at : happening->until);
        }
        picture.steps.push_back(std::move(step));
    }
    picture.steps.push_back({StepKind::violation,
                             lanes.of(where.value == 0 ? broker : where),
                             std::nullopt,
                             time_of(violation.at),
                             time_of(violation.at),
                             violation.sentence});
    add_spans(plan, recorder, lanes, violation.at, picture);
    return picture;
}

}  // namespace stormglass::scenarios
