#include "scenarios/program/check_verb.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <mutex>

#include <nlohmann/json.hpp>

#include "scenarios/program/session.hpp"
#include "sim/checks/describe.hpp"
#include "sim/checks/formats/reader.hpp"
#include "sim/explore/parallel.hpp"

#include <sys/resource.h>

namespace stormglass::scenarios {
namespace {

namespace checks = sim::checks;

constexpr std::size_t kPiece = std::size_t{1} << 16;
constexpr std::size_t kWitnessMax = 20;

class WallDeadline final : public checks::Deadline {
  public:
    explicit WallDeadline(std::chrono::milliseconds budget)
        : end_(std::chrono::steady_clock::now() + budget) {}

    bool expired() const override {
        return interrupted() || std::chrono::steady_clock::now() > end_;
    }

  private:
    std::chrono::steady_clock::time_point end_;
};

double thread_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// Nothing when the file cannot be read; the reader's refusal stands in `out`.
std::optional<checks::Recording> read_recording(CheckedHistory& out) {
    std::ifstream in(out.path, std::ios::binary);
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(out.path, ignored)) {
        out.exit_code = kExitNoInput;
        out.refusal = std::string("cannot be read: ") + std::strerror(in ? EISDIR : errno);
        return std::nullopt;
    }
    checks::HistoryReader reader;
    std::string piece(kPiece, '\0');
    while (in) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        const auto got = static_cast<std::size_t>(in.gcount());
        const Result<void> fed = reader.feed(std::string_view(piece).substr(0, got));
        if (!fed) {
            out.exit_code = kExitBadInput;
            out.refusal = fed.error().text;
            return std::nullopt;
        }
    }
    if (in.bad()) {
        out.exit_code = kExitNoInput;
        out.refusal = "cannot be read to its end";
        return std::nullopt;
    }
    if (reader.format().has_value()) {
        out.format = checks::name_of(*reader.format());
    }
    Result<checks::Recording> recording = reader.finish();
    if (!recording) {
        out.exit_code = kExitBadInput;
        out.refusal = recording.error().text;
        return std::nullopt;
    }
    return std::move(recording).value();
}

CheckedFinding shown(const checks::Recording& recording,
                     const std::vector<checks::Operation>& operations,
                     const checks::Finding& finding) {
    CheckedFinding out;
    const checks::RuleRow& row = checks::row_of(finding.rule);
    out.id = row.id;
    out.name = row.name;
    out.sentence = finding.sentence;
    out.count = finding.count;
    for (const std::uint32_t place : finding.operations) {
        if (out.witness.size() == kWitnessMax) {
            break;
        }
        const checks::Operation& operation = operations[place];
        WitnessOperation shown;
        shown.line = checks::line_of(recording, operation);
        shown.label = checks::deed_of(recording, operation);
        shown.process = recording.process(operation.invoke);
        shown.begin = operation.invoke;
        if (operation.complete != checks::kOpen) {
            shown.end = operation.complete;
        }
        shown.outcome = sim::name_of(checks::outcome_of(recording, operation));
        out.witness.push_back(std::move(shown));
    }
    return out;
}

void judge_recording(const Options& options, checks::Recording& recording, CheckedHistory& out) {
    out.model_inferred = options.model.empty();
    const auto refuse = [&out](const Error& error) {
        out.exit_code = kExitBadInput;
        out.refusal = error.text;
    };
    const auto model =
        out.model_inferred ? checks::infer_model(recording) : checks::parse_model(options.model);
    if (!model) {
        return refuse(model.error());
    }
    const auto guarantee = checks::parse_guarantee(options.guarantee, *model);
    if (!guarantee) {
        return refuse(guarantee.error());
    }
    const WallDeadline deadline(std::chrono::milliseconds(options.budget_ms));
    checks::Budget budget;
    budget.deadline = &deadline;
    auto judgement = checks::judge(recording, *model, *guarantee, budget);
    if (!judgement) {
        return refuse(judgement.error());
    }
    out.judgement = std::move(judgement).value();
    const auto operations = checks::pair_operations(recording);
    for (const checks::Finding& finding : out.judgement.findings) {
        out.findings.push_back(shown(recording, *operations, finding));
    }
    for (const checks::Finding& finding : out.judgement.reports) {
        out.findings.push_back(shown(recording, *operations, finding));
        out.findings.back().refutes = false;
    }
    if (options.explain) {
        for (const std::uint32_t place : out.judgement.order) {
            out.proof.push_back(checks::line_of(recording, (*operations)[place]));
        }
    }
    constexpr std::array<int, 3> kCodes = {kExitPassed, kExitRefuted, kExitInconclusive};
    out.exit_code = kCodes[static_cast<std::size_t>(out.judgement.verdict)];
}

CheckedHistory check_one(const Options& options, const std::string& path) {
    CheckedHistory out;
    out.path = path;
    const double begin = thread_seconds();
    std::optional<checks::Recording> recording = read_recording(out);
    if (recording.has_value()) {
        judge_recording(options, *recording, out);
    }
    out.seconds = thread_seconds() - begin;
    return out;
}

std::string verdict_word(const CheckedHistory& history) {
    return history.refusal.empty() ? std::string(checks::name_of(history.judgement.verdict))
                                   : "refused";
}

std::string row(const char* verdict,
                const char* operations,
                const char* ms,
                const char* mb,
                const std::string& path) {
    std::array<char, 80> text{};
    std::snprintf(text.data(), text.size(), "%-8s %10s %9s %8s  ", verdict, operations, ms, mb);
    return text.data() + path + "\n";
}

std::string table(const std::vector<CheckedHistory>& all) {
    std::string out = row("VERDICT", "OPERATIONS", "CPU MS", "MB", "HISTORY");
    for (const CheckedHistory& history : all) {
        std::array<char, 32> ms{};
        std::array<char, 32> mb{};
        std::snprintf(ms.data(), ms.size(), "%.1f", history.seconds * 1e3);
        std::snprintf(
            mb.data(), mb.size(), "%.1f", static_cast<double>(history.judgement.bytes) / 1e6);
        out += row(verdict_word(history).c_str(),
                   std::to_string(history.judgement.operations).c_str(),
                   ms.data(),
                   mb.data(),
                   history.path);
    }
    return out;
}

std::string in_words(const CheckedHistory& history) {
    std::string out;
    const checks::Judgement& judgement = history.judgement;
    if (!history.refusal.empty()) {
        return "x " + history.path + ": " + history.refusal + "\n";
    }
    const std::string under = judgement.model + (history.model_inferred ? " (inferred)" : "") +
                              ", " + judgement.guarantee;
    if (judgement.verdict == checks::Verdict::unknown) {
        out += "? " + history.path + "  " + under + "\n  " + judgement.reason + "\n";
    }
    for (const CheckedFinding& finding : history.findings) {
        out += (finding.refutes ? "x " : "- ") + finding.id + " " + finding.name + "  " +
               history.path + "  " + under + (finding.refutes ? "" : ": allowed") + "\n  " +
               finding.sentence + ".\n";
        for (const WitnessOperation& operation : finding.witness) {
            out += "    " + operation.line + "\n";
        }
        if (finding.count > 1) {
            out += "    " + std::to_string(finding.count) + " like it in all\n";
        }
    }
    if (!judgement.ruled_out.empty()) {
        out += "  rules out:";
        for (const std::string& name : judgement.ruled_out) {
            out += " " + name;
        }
        out += "\n";
    }
    for (const std::string& note : judgement.notes) {
        out += "  note: " + note + "\n";
    }
    return out;
}

nlohmann::ordered_json as_json(const CheckedHistory& history) {
    const checks::Judgement& judgement = history.judgement;
    nlohmann::ordered_json out = {{"history", history.path}, {"verdict", verdict_word(history)}};
    if (!history.refusal.empty()) {
        out["reason"] = history.refusal;
        return out;
    }
    out["reason"] = judgement.reason;
    out["format"] = history.format;
    out["model"] = judgement.model;
    out["model-inferred"] = history.model_inferred;
    out["guarantee"] = judgement.guarantee;
    out["operations"] = judgement.operations;
    out["cpu-ms"] = history.seconds * 1e3;
    out["bytes"] = judgement.bytes;
    out["configurations"] = judgement.nodes;
    out["findings"] = nlohmann::ordered_json::array();
    for (const CheckedFinding& finding : history.findings) {
        auto witness = nlohmann::ordered_json::array();
        for (const WitnessOperation& operation : finding.witness) {
            witness.push_back({{"process", operation.process},
                               {"begin", operation.begin},
                               {"end",
                                operation.end.has_value() ? nlohmann::ordered_json(*operation.end)
                                                          : nlohmann::ordered_json(nullptr)},
                               {"outcome", operation.outcome},
                               {"text", operation.line}});
        }
        out["findings"].push_back({{"rule", finding.id},
                                   {"name", finding.name},
                                   {"refutes", finding.refutes},
                                   {"count", finding.count},
                                   {"sentence", finding.sentence},
                                   {"witness", witness}});
    }
    out["rules-out"] = judgement.ruled_out;
    out["notes"] = judgement.notes;
    return out;
}

/// Where the page of a history goes; two histories of one name do not share one.
std::string page_path(const std::string& folder,
                      const std::vector<CheckedHistory>& all,
                      std::size_t at) {
    std::string name = std::filesystem::path(all[at].path).filename().string();
    for (std::size_t i = 0; i < at; ++i) {
        if (std::filesystem::path(all[i].path).filename() ==
            std::filesystem::path(all[at].path).filename()) {
            name += "." + std::to_string(at + 1);
            break;
        }
    }
    return folder + "/check/" + name + ".html";
}

int write_pages(const Session& session, const std::vector<CheckedHistory>& all) {
    std::error_code failed;
    std::filesystem::create_directories(session.options().out + "/check", failed);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!all[i].refusal.empty()) {
            continue;
        }
        const std::string path = page_path(session.options().out, all, i);
        std::ofstream out(path, std::ios::binary);
        out << check_page(all[i]);
        out.flush();
        if (!out) {
            session.complain(session.program() + " check: cannot write " + path + "\n");
            return kExitOutput;
        }
        session.say("page: " + path + "\n");
    }
    return kExitPassed;
}

/// What a violation says stands whatever happened to other files; a file that was not judged
/// outweighs one without an answer.
int worst_of(const std::vector<CheckedHistory>& all) {
    for (const int code : {kExitRefuted, kExitNoInput, kExitBadInput, kExitInconclusive}) {
        for (const CheckedHistory& history : all) {
            if (history.exit_code == code) {
                return code;
            }
        }
    }
    return kExitPassed;
}

int bad_usage(const Session& session) {
    const Options& options = session.options();
    std::string complaint;
    if (!options.model.empty()) {
        const auto model = checks::parse_model(options.model);
        if (!model) {
            complaint = model.error().text;
        } else if (const auto guarantee = checks::parse_guarantee(options.guarantee, *model);
                   !guarantee) {
            complaint = guarantee.error().text;
        }
    }
    if (complaint.empty()) {
        return kExitPassed;
    }
    session.complain(session.program() + " check: " + complaint + "; `help models` lists them\n");
    return kExitUsage;
}

}  // namespace

int check_verb(Session& session) {
    const Options& options = session.options();
    if (const int bad = bad_usage(session); bad != kExitPassed) {
        return bad;
    }
    std::vector<CheckedHistory> all(options.histories.size());
    sim::parallel_for_seeds(0, all.size(), session.jobs(), [&](std::uint64_t i, unsigned) {
        all[i] = check_one(options, options.histories[i]);
        return interrupted() ? sim::Sweep::stop : sim::Sweep::go_on;
    });
    for (const CheckedHistory& history : all) {
        session.say(in_words(history));
    }
    if (options.json) {
        auto list = nlohmann::ordered_json::array();
        for (const CheckedHistory& history : all) {
            list.push_back(as_json(history));
        }
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        const nlohmann::ordered_json document = {
            {"schema", 1}, {"peak-resident-kb", usage.ru_maxrss}, {"histories", list}};
        session.print(document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
                      "\n");
    } else {
        session.print(table(all));
    }
    if (interrupted()) {
        return kExitInterrupted;
    }
    const int written = options.explain ? write_pages(session, all) : kExitPassed;
    return written != kExitPassed ? written : worst_of(all);
}

}  // namespace stormglass::scenarios
