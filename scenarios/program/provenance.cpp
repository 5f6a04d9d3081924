#include "scenarios/program/provenance.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include <boost/version.hpp>

#include "reports/json.hpp"
#include "reports/junit.hpp"
#include "reports/markdown.hpp"
#include "reports/page.hpp"
#include "reports/sha256.hpp"
#include "scenarios/program/children.hpp"

#include <sys/utsname.h>
#include <unistd.h>

namespace stormglass::scenarios {
namespace {

std::string slurp(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[32];
    std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

std::string cpu_model() {
    std::istringstream lines(slurp("/proc/cpuinfo"));
    for (std::string line; std::getline(lines, line);) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with("model name") && colon != line.npos) {
            return line.substr(colon + 2);
        }
    }
    return "unknown";
}

std::uint64_t memory_bytes() {
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long size = sysconf(_SC_PAGE_SIZE);
    return pages > 0 && size > 0
               ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size)
               : 0;
}

std::string kernel() {
    utsname name{};
    return uname(&name) == 0 ? std::string(name.sysname) + " " + name.release : "unknown";
}

}  // namespace

reports::Provenance make_provenance(const BuildInfo& build) {
    reports::Provenance provenance;
    provenance.started_at = utc_now();
    provenance.commit = build.commit;
    provenance.dirty = build.dirty;
    provenance.compiler = build.compiler;
    provenance.flags = build.flags;
    provenance.build_type = build.build_type;
    provenance.binary_sha256 = reports::sha256_hex(slurp(own_path()));
    const std::string defects = defects_path();
    provenance.defects_sha256 =
        defects.empty() ? std::string() : reports::sha256_hex(slurp(defects));
    std::string boost = BOOST_LIB_VERSION;
    provenance.libraries = {{"Boost", boost}};
    provenance.cpu_model = cpu_model();
    provenance.cores = std::thread::hardware_concurrency();
    provenance.memory_bytes = memory_bytes();
    provenance.kernel = kernel();
    return provenance;
}

std::string run_id_of(const reports::Provenance& provenance) {
    std::string id;
    for (const char c : provenance.started_at) {
        if (c != '-' && c != ':') {
            id += c;
        }
    }
    return id + "-" +
           reports::short_hash(provenance.trace_hash + std::to_string(getpid())).substr(0, 4);
}

bool write_file(const std::string& path, const std::string& text, std::string& problem) {
    const std::string half = path + ".part";
    {
        std::ofstream file(half, std::ios::binary | std::ios::trunc);
        file.write(text.data(), static_cast<std::streamsize>(text.size()));
        file.flush();
        if (!file) {
            problem = "cannot write '" + path + "': " + std::strerror(errno);
            return false;
        }
    }
    std::error_code error;
    std::filesystem::rename(half, path, error);
    if (error) {
        problem = "cannot write '" + path + "': " + error.message();
    }
    return !error;
}

bool write_named(const Options& options, const reports::Results& results, std::string& problem) {
    const auto put = [&](const std::string& path, const auto& text_of) {
        return path.empty() || write_file(path, text_of(results), problem);
    };
    return put(options.html, reports::page) && put(options.md, reports::markdown_report) &&
           put(options.junit, reports::junit);
}

std::string output_problem(const Options& options) {
    namespace fs = std::filesystem;
    std::error_code error;
    fs::create_directories(options.out, error);
    if (error) {
        return "cannot make the folder '" + options.out + "': " + error.message() +
               "; name another with --out";
    }
    const std::array<std::pair<std::string_view, const std::string*>, 3> named = {
        {{"--html", &options.html}, {"--md", &options.md}, {"--junit", &options.junit}}};
    for (const auto& [flag, path] : named) {
        const fs::path folder = fs::path(*path).parent_path();
        if (!path->empty() && !folder.empty() && !fs::is_directory(folder, error)) {
            return "cannot write '" + *path + "', named by " + std::string(flag) +
                   ": there is no folder '" + folder.string() + "'";
        }
    }
    return "";
}

Written write_outputs(const Session& session, const reports::Results& results) {
    namespace fs = std::filesystem;
    Written written;
    const fs::path out = session.options().out;
    const fs::path folder = out / results.run_id;
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) {
        return {false, {}, {}, "cannot make '" + folder.string() + "': " + error.message()};
    }
    const auto put = [&](const fs::path& path, const std::string& text) {
        if (written.ok) {
            written.ok = write_file(path.string(), text, written.problem);
        }
    };
    put(folder / "results.json", reports::to_json(results));
    put(folder / "index.html", reports::page(results));
    put(folder / "report.md", reports::markdown_report(results));
    put(folder / "junit.xml", reports::junit(results));
    written.ok = written.ok && write_named(session.options(), results, written.problem);
    written.folder = folder.string();
    written.page = (folder / "index.html").string();
    const fs::path latest = out / "latest";
    if (fs::is_symlink(fs::symlink_status(latest, error))) {
        fs::remove(latest, error);
    }
    fs::create_directory_symlink(results.run_id, latest, error);  // a help for people, no more
    return written;
}

}  // namespace stormglass::scenarios
