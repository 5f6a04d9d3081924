// Accounting: every order against what its saga says and what each participant did. The same
// function reads a live bus and the files of a simulated one.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "bus/broker.hpp"
#include "bus/engines/connection.hpp"
#include "bus/event.hpp"
#include "scenarios/operate/reach.hpp"
#include "scenarios/operate/saga_book.hpp"
#include "scenarios/worlds/checkout.hpp"
#include "scenarios/worlds/checkout_saga.hpp"

#include "examples/checkout/roles.hpp"

namespace stormglass::examples {
namespace {

using namespace scenarios;

constexpr std::chrono::milliseconds kPoll{300};
constexpr std::chrono::seconds kPatience{90};

/// What one step of one order did to the world.
struct Done {
    int forward = 0;  // effects applied
    int undone = 0;
    std::int64_t amount = 0;  // left standing
};

using Effects = std::map<std::pair<std::string, std::string>, Done>;  // by saga and step

Result<Effects> read_effects(BusView& view) {
    Effects effects;
    for (const std::string_view topic :
         {topics::kStockEffects, topics::kPaymentEffects, topics::kShippingEffects}) {
        auto read = view.read(std::string(topic), 0, [&](bus::Position, Bytes bytes) {
            const auto event = bus::decode_event(bytes);
            const auto effect = event.ok() ? sagas::decode_effect_record(event->payload)
                                           : Result<sagas::EffectRecord>(event.error());
            if (effect.ok() && effect->effect == sagas::Impact::applied) {
                Done& done = effects[{std::string(effect->saga), std::string(effect->step)}];
                ++(effect->direction == sagas::Direction::forward ? done.forward : done.undone);
                done.amount += effect->amount;
            }
            return More::yes;
        });
        if (!read) {
            return std::move(read).error();
        }
    }
    return effects;
}

bool replied_ok(const SagaStory& story,
                sagas::StepId step,
                sagas::Direction direction,
                bus::Position before) {
    for (const SagaFact& fact : story.facts) {
        if (fact.kind == sagas::JournalEvent::Kind::reply && fact.step == step &&
            fact.direction == direction && fact.outcome == sagas::Outcome::ok &&
            fact.position < before) {
            return true;
        }
    }
    return false;
}

/// A step is taken back only when all that followed it has been.
std::string order_of_undoing(const SagaStory& story) {
    for (const SagaFact& fact : story.facts) {
        if (fact.kind != sagas::JournalEvent::Kind::command ||
            fact.direction != sagas::Direction::undo) {
            continue;
        }
        for (const sagas::StepId later : story.known->step(fact.step).followers) {
            if (replied_ok(story, later, sagas::Direction::forward, fact.position) &&
                !replied_ok(story, later, sagas::Direction::undo, fact.position)) {
                return story.known->step(fact.step).name + " was taken back before " +
                       story.known->step(later).name;
            }
        }
    }
    return {};
}

/// What is wrong with one order; empty: it comes out.
std::string problem_of(const SagaStory& story, const Effects& effects) {
    if (story.known == nullptr || !story.misfits.empty()) {
        return "its journal does not fit together";
    }
    if (story.state != sagas::SagaState::completed &&
        story.state != sagas::SagaState::compensated) {
        return "it is " + std::string(sagas::name_of(story.state));
    }
    const bool completed = story.state == sagas::SagaState::completed;
    for (const sagas::Step& step : story.known->steps) {
        const auto found = effects.find({story.id, step.name});
        const Done done = found == effects.end() ? Done{} : found->second;
        if (done.forward > 1) {
            return step.name + " took effect " + std::to_string(done.forward) + " times";
        }
        if (completed && (done.forward != 1 || done.undone != 0)) {
            return "it is completed, and " + step.name + " does not stand";
        }
        if (!completed && done.forward != done.undone) {
            return "it is compensated, and " + step.name + " was " +
                   (done.forward > done.undone ? "not taken back" : "taken back too often");
        }
        if (!completed && done.amount != 0) {
            return "it is compensated, and " + step.name + " left " + std::to_string(done.amount);
        }
    }
    return order_of_undoing(story);
}

int judge(BusView& view, const Trial& trial) {
    const auto book = read_sagas(view);
    if (!book) {
        std::fprintf(stderr, "checkout-demo: %s\n", book.error().text.c_str());
        return 69;
    }
    const auto effects = read_effects(view);
    if (!effects) {
        std::fprintf(stderr, "checkout-demo: %s\n", effects.error().text.c_str());
        return 69;
    }
    std::map<std::string, int> counts;
    int problems = 0;
    for (int i = 1; i <= trial.plan.scenario.workload.count; ++i) {
        const std::string id = "order-" + std::to_string(i);
        const auto found = book->sagas.find(id);
        const std::string problem = found == book->sagas.end()
                                        ? "it is lost: no saga ever began"
                                        : problem_of(found->second, *effects);
        if (found != book->sagas.end()) {
            ++counts[std::string(sagas::name_of(found->second.state))];
        }
        if (!problem.empty()) {
            ++problems;
            std::printf("  %s: %s\n", id.c_str(), problem.c_str());
        }
    }
    std::string line;
    for (const auto& [state, count] : counts) {
        line += (line.empty() ? "" : ", ") + std::to_string(count) + " " + state;
    }
    std::printf("orders: %s\n", line.c_str());
    return problems == 0 ? 0 : 1;
}

bool all_ended(const SagaBook& book, std::size_t wanted) {
    std::size_t ended = 0;
    for (const auto& [id, story] : book.sagas) {
        ended += sagas::is_final(story.state) ? 1 : 0;
    }
    return ended >= wanted;
}

}  // namespace

int account(const BusAddress& bus, const Trial& trial) {
    bus::ConnectOptions options;
    options.data = bus.data;
    options.connect_timeout = seconds(20);
    auto connection = bus::connect("stormglass://" + bus.host_and_port, options);
    if (!connection) {
        std::fprintf(stderr, "checkout-demo: %s\n", connection.error().text.c_str());
        return 69;
    }
    const auto view = remote_view(std::move(connection).value());
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
        const auto book = read_sagas(*view);
        const auto wanted = static_cast<std::size_t>(trial.plan.scenario.workload.count);
        if ((book.ok() && all_ended(*book, wanted)) || std::chrono::steady_clock::now() > give_up) {
            return judge(*view, trial);
        }
        std::this_thread::sleep_for(kPoll);
    }
}

int simulate(const std::string& folder, const Trial& trial) {
    RunOptions options;
    options.seed = trial.seed;
    options.defect = trial.defect;
    CheckoutWorld world(trial.plan, options);
    if (!world.run()) {
        std::printf("  the run does not come to rest: %s\n", world.end_text().c_str());
    }
    std::filesystem::create_directories(folder);
    const NodeId broker = world.world().find("broker");
    for (std::uint64_t number = 1;; ++number) {
        const std::string name = bus::segment_name(number);
        const auto size = world.world().file_size(broker, name);
        if (!size.has_value()) {
            return 0;
        }
        ByteBuffer bytes = world.world().file_bytes(broker, name);
        bytes.resize(*size);
        std::ofstream(std::filesystem::path(folder) / name, std::ios::binary) << as_text(bytes);
    }
}

int account_files(const std::string& folder, const Trial& trial) {
    auto view = open_bus_files(folder);
    if (!view) {
        std::fprintf(stderr, "checkout-demo: %s\n", view.error().text.c_str());
        return 69;
    }
    return judge(**view, trial);
}

}  // namespace stormglass::examples
