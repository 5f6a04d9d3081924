// The verb `export`: names a run, replays it, writes what other tools read, and reads it back.
#include "scenarios/traces/export.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <utility>

#include "reports/exports/readback.hpp"
#include "reports/exports/writers.hpp"
#include "scenarios/program/build_info.hpp"
#include "scenarios/program/export_live.hpp"
#include "scenarios/program/history.hpp"
#include "scenarios/program/provenance.hpp"
#include "scenarios/program/session.hpp"
#include "scenarios/runs/replay.hpp"

namespace stormglass::scenarios {
namespace {

/// A run that an export can be made of. Every way to name one ends here.
struct NamedRun {
    Plan plan;
    RunOptions options;
};

/// By a token or a .replay file: only if this program still does what was named.
Loaded<NamedRun> find_history(const Session& session) {
    auto history = load_history(session);
    if (!history.value) {
        return {std::nullopt, std::move(history.refusal)};
    }
    NamedRun run{std::move(history.value->plan), {}};
    run.options = options_of(history.value->file.token, history.value->defect);
    const RunResult result = run_once(run.plan, run.options);
    if (!is_repeated(history.value->file.token, result)) {
        history.value->plan = std::move(run.plan);
        const Divergence other = divergence_of(*history.value, result);
        return {std::nullopt,
                {session.program() + " export: " + other.text + "\n", other.exit_code}};
    }
    return {std::move(run), {}};
}

Loaded<NamedRun> find_run(const Session& session) {
    if (!session.options().history.empty()) {
        return find_history(session);
    }
    auto plans = load_plans(session.options().scenarios, session.names());
    if (!plans.value) {
        return {std::nullopt, plans.refusal};
    }
    NamedRun run{std::move(plans.value->front()), {}};
    run.options.seed = *session.options().seed;
    run.options.defect = session.defect();
    return {std::move(run), {}};
}

/// A file to write, and what reading it back must say; an error's text otherwise.
struct ExportFile {
    std::string path;
    std::string text;
    std::string what;  // "812 spans, 903 links"
    std::function<std::string(const std::string&)> trouble_in;
};

template <class Counts>
std::string trouble(const Result<Counts>& read, const Counts& wanted) {
    if (!read) {
        return read.error().text;
    }
    return *read == wanted ? std::string() : "not as much in it as was written";
}

void add_otlp(const reports::Export& run, const std::string& path, std::vector<ExportFile>& files) {
    const reports::OtlpCounts counts = reports::otlp_counts(run);
    files.push_back(
        {path,
         reports::to_otlp(run),
         std::to_string(counts.spans) + " spans, " + std::to_string(counts.links) + " links, " +
             std::to_string(counts.moments) + " events",
         [counts](const std::string& text) { return trouble(reports::read_otlp(text), counts); }});
}

void add_perfetto(const reports::Export& run,
                  const std::string& path,
                  std::vector<ExportFile>& files) {
    const reports::PerfettoCounts counts = reports::perfetto_counts(run);
    files.push_back({path,
                     reports::to_perfetto(run),
                     std::to_string(counts.slices) + " slices, " + std::to_string(counts.flows) +
                         " flows, " + std::to_string(counts.counters) + " counts",
                     [counts](const std::string& text) {
                         return trouble(reports::read_perfetto(text), counts);
                     }});
}

void add_shiviz(const reports::Export& run,
                const std::string& path,
                std::vector<ExportFile>& files) {
    const std::uint64_t lines = run.lines.size();
    files.push_back(
        {path,
         reports::to_shiviz(run),
         std::to_string(lines) + " lines",
         [lines](const std::string& text) { return trouble(reports::read_shiviz(text), lines); }});
}

void add_csv(const reports::Export& run,
             const std::string& folder,
             std::vector<ExportFile>& files) {
    for (const reports::ExportTable& table : run.tables) {
        const std::uint64_t rows = table.rows.size();
        files.push_back(
            {folder + "/" + table.name + ".csv",
             reports::to_csv(table),
             std::to_string(rows) + " rows",
             [rows](const std::string& text) { return trouble(reports::read_csv(text), rows); }});
    }
}

std::vector<ExportFile> files_of(const reports::Export& run, const Options& options) {
    std::vector<ExportFile> files;
    if (!options.otlp.empty()) {
        add_otlp(run, options.otlp, files);
    }
    if (!options.perfetto.empty()) {
        add_perfetto(run, options.perfetto, files);
    }
    if (!options.shiviz.empty()) {
        add_shiviz(run, options.shiviz, files);
    }
    if (!options.csv.empty()) {
        add_csv(run, options.csv, files);
    }
    return files;
}

/// The file as it now stands on the disk.
std::string trouble_on_disk(const ExportFile& file) {
    std::ifstream input(file.path, std::ios::binary);
    if (!input) {
        return std::strerror(errno);
    }
    const std::string text((std::istreambuf_iterator<char>(input)), {});
    return file.trouble_in(text);
}

int write_files(const Session& session, const std::vector<ExportFile>& files) {
    for (const ExportFile& file : files) {
        std::string problem;
        if (!write_file(file.path, file.text, problem)) {
            session.complain("stormglass: " + problem + "\n");
            return kExitOutput;
        }
        std::string line = file.path + "  " + file.what;
        if (session.options().check) {
            const std::string wrong = trouble_on_disk(file);
            if (!wrong.empty()) {
                session.complain("stormglass: " + file.path + " does not read back: " + wrong +
                                 "\n");
                return kExitInternal;
            }
            line += ", read back";
        }
        session.print(line + "\n");
    }
    return kExitPassed;
}

int write_all(const Session& session, const reports::Export& written) {
    if (!session.options().csv.empty()) {
        std::error_code error;
        std::filesystem::create_directories(session.options().csv, error);
        if (error) {
            session.complain("stormglass: cannot make '" + session.options().csv +
                             "': " + error.message() + "\n");
            return kExitOutput;
        }
    }
    return write_files(session, files_of(written, session.options()));
}

int export_bus(const Session& session) {
    const auto live = read_bus(session.options().operate.at, session.options().operate.data);
    if (!live) {
        session.complain("stormglass: " + std::string(live.error().code) + ": " +
                         live.error().text + "\n");
        return kExitNoInput;
    }
    return write_all(session, export_log(live->log, build_info().version));
}

}  // namespace

int export_verb(const Session& session) {
    if (!session.options().operate.at.empty()) {
        return export_bus(session);
    }
    const auto run = find_run(session);
    if (!run.value) {
        session.complain(run.refusal.text);
        return run.refusal.exit_code;
    }
    return write_all(session,
                     export_run(run.value->plan, run.value->options, build_info().version));
}

}  // namespace stormglass::scenarios
