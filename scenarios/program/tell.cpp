// Telling failures while the program runs: first the sentence and a line that replays the run, then
// the search for a smaller one; and the files of what was found.
#include <algorithm>
#include <chrono>
#include <filesystem>

#include "scenarios/program/provenance.hpp"
#include "scenarios/program/session.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::uint64_t kTriesMax = 5'000;  // of one failure, whatever the budget

double since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string history_path(const Session& session,
                         const reports::Results& results,
                         const ReplayFile& replay) {
    const std::filesystem::path out = session.options().out;
    return (out / results.run_id / "failures" / (replay.name + ".replay")).string();
}

/// The failure that a told one became; failures of kept runs have none.
reports::Failure* find_failure(reports::Results& results, const Tried& tried, const Told& told) {
    for (reports::ScenarioResult& scenario : results.scenarios) {
        for (reports::Failure& failure : scenario.failures) {
            if (scenario.name == tried.plan->scenario.name &&
                failure.signature == told.failure.signature) {
                return &failure;
            }
        }
    }
    return nullptr;
}

}  // namespace

void tell_failures(Session& session, Tried& tried) {
    if (tried.sweep.failures.empty()) {
        return;
    }
    session.end_progress();
    TellOptions options;
    options.defect = session.defect();
    options.program = session.program();
    for (const auto& [signature, failure] : tried.sweep.failures) {
        session.complain("found: " + failure.violation.sentence + "\n  " +
                         first_word(*tried.plan, failure, options) + "\n");
    }
    std::size_t left = tried.sweep.failures.size();
    for (const auto& [signature, failure] : tried.sweep.failures) {
        const auto start = std::chrono::steady_clock::now();
        const double share = session.shrink_seconds() / static_cast<double>(left--);
        options.shrink.tries = share > 0 ? kTriesMax : 0;
        options.shrink.stop = [start, share] {
            return since(start) > share || interrupted().load();
        };
        Told told = tell_failure(*tried.plan, failure, options);
        session.spend_shrinking(since(start));
        told.failure.signature = signature;
        // Runs that look different are often one way of failing once nothing is left in them that
        // need not be.
        const auto same =
            std::find_if(tried.told.begin(), tried.told.end(), [&told](const Told& other) {
                return !told.failure.smallest.empty() && !other.failure.smallest.empty() &&
                       other.failure.check == told.failure.check &&
                       other.failure.faults_needed == told.failure.faults_needed;
            });
        if (same != tried.told.end()) {
            same->failure.count += told.failure.count;
            continue;
        }
        // Two ways of failing of one check are two files.
        for (const Told& other : tried.told) {
            if (other.replay.name == told.replay.name) {
                told.replay.name += "-" + std::to_string(tried.told.size() + 1);
            }
        }
        tried.told.push_back(std::move(told));
    }
}

void name_long_histories(const Session& session,
                         const std::vector<Tried>& tried,
                         reports::Results& results) {
    for (const Tried& one : tried) {
        for (const Told& told : one.told) {
            reports::Failure* failure = find_failure(results, one, told);
            if (failure != nullptr &&
                sim::encode_token(told.replay.token).size() > sim::kTokenHandyMax) {
                const std::string path = history_path(session, results, told.replay);
                failure->replay = replay_line(session.program(), *one.plan, path);
                failure->keep = session.program() + " keep " + path;
            }
        }
    }
}

void write_histories(const Session& session,
                     const std::vector<Tried>& tried,
                     const reports::Results& results,
                     Written& written) {
    for (const Tried& one : tried) {
        for (const Told& told : one.told) {
            const std::string path = history_path(session, results, told.replay);
            std::error_code error;
            std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
            if (written.ok) {
                written.ok = write_file(path, write_replay(told.replay), written.problem);
            }
        }
    }
}

}  // namespace stormglass::scenarios
