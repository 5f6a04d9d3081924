#include "scenarios/program/program.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "runtime/crypto/ed25519.hpp"
#include "scenarios/cli/manual.hpp"
#include "scenarios/operate/verbs.hpp"
#include "scenarios/program/build_info.hpp"
#include "scenarios/program/check_verb.hpp"
#include "scenarios/program/children.hpp"
#include "scenarios/program/provenance.hpp"
#include "scenarios/program/session.hpp"
#include "scenarios/runs/hunt.hpp"
#include "sim/perturb.hpp"

#include <malloc.h>

extern char** environ;

namespace stormglass::scenarios {
namespace {

std::map<std::string, std::string> environment() {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text(*entry);
        const std::size_t equals = text.find('=');
        variables.emplace(text.substr(0, equals),
                          equals == text.npos ? std::string() : text.substr(equals + 1));
    }
    return variables;
}

/// Worlds are built and torn down by the thousand: what one of them used is kept for the next, or
/// the kernel would have to clear the same pages over and over.
void keep_freed_memory() {
    constexpr int kKept = 256 << 20;     // bytes, of each thread's heap
    constexpr int kOwnPages = 32 << 20;  // bytes from which an allocation is given back at once
    mallopt(M_TRIM_THRESHOLD, kKept);
    mallopt(M_MMAP_THRESHOLD, kOwnPages);
}

std::uint64_t number(const std::string& text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

const PlantedDefect* find_defect(PlantedDefects defects, const std::string& name) {
    for (const PlantedDefect& defect : defects) {
        if (defect.name == name) {
            return &defect;
        }
    }
    return nullptr;
}

/// twin-hashes SCENARIO FIRST COUNT DEFECT: for the determinism self-check of a gate.
int twin_hashes_verb(const std::vector<std::string>& arguments, PlantedDefects defects) {
    if (arguments.size() != 5) {
        return kExitUsage;
    }
    auto plans = load_plans({arguments[1]}, make_names(defects));
    if (!plans.value) {
        return plans.refusal.exit_code;
    }
    const std::uint64_t first = number(arguments[2]);
    const std::uint64_t count = number(arguments[3]);
    const sim::HeapPerturbation perturbed(first);
    for (std::uint64_t i = 0; i < count; ++i) {
        RunOptions options;
        options.seed = first + i;
        options.defect = find_defect(defects, arguments[4]);
        const RunResult result = run_once(plans.value->front(), options);
        std::printf("%llx\n", static_cast<unsigned long long>(result.hash));
    }
    return kExitPassed;
}

/// hunts FIRST BLOCKS LIMIT JOBS: for a review, one line a defect.
int hunts_verb(const std::vector<std::string>& arguments, PlantedDefects defects) {
    if (arguments.size() != 5) {
        return kExitUsage;
    }
    const Names names = make_names(defects);
    for (const PlantedDefect& defect : defects) {
        auto plans = load_plans({std::string(defect.scenario)}, names);
        if (!plans.value) {
            std::fputs(plans.refusal.text.c_str(), stderr);
            return plans.refusal.exit_code;
        }
        const Plan& plan = plans.value->front();
        HuntOptions options;
        options.first_seed = number(arguments[1]);
        options.blocks = number(arguments[2]);
        options.block_limit = number(arguments[3]);
        options.jobs = static_cast<unsigned>(number(arguments[4]));
        Hunt found = hunt(plan, defect, options);
        found.result.repeat = repeat_line(
            "stormglass-defects", plan, found.first_catch.value_or(options.first_seed), &defect);
        std::puts(hunt_line(found.result).c_str());
    }
    return kExitPassed;
}

int version_verb(const Session& session) {
    const BuildInfo build = build_info();
    if (session.options().json) {
        session.print("{\"schema\": 1, \"version\": \"" + build.version + "\", \"commit\": \"" +
                      build.commit + "\", \"dirty\": " + (build.dirty ? "true" : "false") + "}\n");
    } else {
        session.print(session.program() + " " + build.version + " " + build.commit +
                      (build.dirty ? " (changed since)\n" : "\n"));
    }
    return kExitPassed;
}

int run_options(Options options,
                Names names,
                PlantedDefects defects,
                std::string command_line,
                const CliContext& context) {
    Session session(std::move(options), std::move(names), defects, std::move(command_line));
    switch (session.options().verb) {
        case Verb::run:
            return run_verb(session);
        case Verb::gate:
        case Verb::review:
            return session.defect() != nullptr ? hunt_verb(session) : gate_verb(session);
        case Verb::report:
            return report_verb(session);
        case Verb::list:
            return list_verb(session);
        case Verb::check:
            return check_verb(session);
        case Verb::version:
            return version_verb(session);
        case Verb::exports:
            return export_verb(session);
        case Verb::replay:
            return replay_verb(session);
        case Verb::keep:
            return keep_verb(session);
        case Verb::help:
            return kExitPassed;  // parsing has answered it
        case Verb::journal:
            return journal_verb(session);
        case Verb::topic:
            return topic_verb(session);
        case Verb::group:
            return group_verb(session);
        case Verb::dead:
            return dead_verb(session);
        case Verb::saga:
            return saga_verb(session);
        case Verb::trace:
            return trace_verb(session);
        case Verb::serve:
            return serve_verb(session);
        case Verb::pub:
            return pub_verb(session);
        case Verb::sub:
            return sub_verb(session);
        case Verb::key:
            return key_verb(session);
        case Verb::schema:
            return schema_verb(session);
        case Verb::completion:
            return completion_verb(session, context);
    }
    return kExitInternal;
}

/// As typed, but of an absolute path only its end: pages are handed on, and where somebody keeps
/// his files is nobody's business.
std::string shown_argument(const std::string& argument) {
    const std::size_t equals = argument.starts_with("--") ? argument.find('=') : argument.npos;
    const std::size_t value = equals == argument.npos ? 0 : equals + 1;
    if (value >= argument.size() || argument[value] != '/') {
        return argument;
    }
    const std::size_t end = argument.find_last_not_of('/');
    const std::size_t slash = argument.rfind('/', end == argument.npos ? 0 : end);
    return argument.substr(0, value) + "..." + argument.substr(slash);
}

}  // namespace

int program_main(int argc, char** argv, PlantedDefects defects) {
    keep_freed_memory();
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (!arguments.empty() && arguments.front() == "twin-hashes") {
        return twin_hashes_verb(arguments, defects);
    }
    if (!arguments.empty() && arguments.front() == "hunts") {
        return hunts_verb(arguments, defects);
    }
    CliContext context;
    context.program = defects.empty() ? "stormglass" : "stormglass-defects";
    context.version = build_info().version;
    context.defects = defects.empty() ? Defects::absent : Defects::compiled_in;
    context.environment = environment();
    context.pages = manual_pages();
    if (!arguments.empty() && arguments.front() == "manual-page") {
        std::fputs(manual_page(context).c_str(), stdout);
        return kExitPassed;
    }
    Names names = make_names(defects);
    const Parsed parsed = parse(arguments, names, context);
    if (const auto* ending = std::get_if<Ending>(&parsed)) {
        std::fputs(ending->out.c_str(), stdout);
        std::fputs(ending->err.c_str(), stderr);
        return ending->exit_code;
    }
    std::string command_line = context.program;
    for (const std::string& argument : arguments) {
        command_line += " " + shown_argument(argument);
    }
    catch_interrupts();
    if (const auto ready = crypto::initialise(); !ready) {
        std::fprintf(stderr, "stormglass: %s\n", ready.error().text.c_str());
        return kExitInternal;
    }
    return run_options(
        std::get<Options>(parsed), std::move(names), defects, std::move(command_line), context);
}

}  // namespace stormglass::scenarios
