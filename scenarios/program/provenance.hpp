// Where a result comes from, without a host name, a user name or an absolute path; and writing it.
#pragma once

#include <string>

#include "reports/results.hpp"
#include "scenarios/program/build_info.hpp"
#include "scenarios/program/session.hpp"

namespace stormglass::scenarios {

reports::Provenance make_provenance(const BuildInfo& build);

/// Sorts by time: "20261125T103512Z-1a2b".
std::string run_id_of(const reports::Provenance& provenance);

struct Written {
    bool ok = true;
    std::string folder;
    std::string page;     // path of index.html, for people
    std::string problem;  // why something could not be written
};

/// Writes results.json, index.html, report.md and junit.xml to <out>/<run-id>/, points
/// <out>/latest at it, and writes the further files that the options name.
Written write_outputs(const Session& session, const reports::Results& results);

/// Nothing when write_outputs() will find its folders, else what is wrong with them: said before
/// the runs, not after them.
std::string output_problem(const Options& options);

/// Writes the files that the options name (--html, --md, --junit); says in `problem` which failed.
bool write_named(const Options& options, const reports::Results& results, std::string& problem);
/// Where a token would be too long to copy, the failure's lines name its file instead.
void name_long_histories(const Session& session,
                         const std::vector<Tried>& tried,
                         reports::Results& results);

/// Writes <out>/<run-id>/failures/: each told failure as a .replay file.
void write_histories(const Session& session,
                     const std::vector<Tried>& tried,
                     const reports::Results& results,
                     Written& written);

/// Writes a file whole or not at all.
bool write_file(const std::string& path, const std::string& text, std::string& problem);

}  // namespace stormglass::scenarios
