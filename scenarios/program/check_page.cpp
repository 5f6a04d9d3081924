// The page of one checked history: static, no script, nothing fetched; the operations of a witness
// as bars, one row a process, in the order of recording.
#include <algorithm>

#include "scenarios/program/check_verb.hpp"

namespace stormglass::scenarios {
namespace {

constexpr int kLeft = 110;
constexpr int kRow = 44;
constexpr int kWidth = 860;

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out;
}

std::string paragraph(const char* tag, const std::string& text) {
    return "<" + std::string(tag) + ">" + escaped(text) + "</" + tag + ">\n";
}

/// Times of a witness as columns: what happened in between does not stretch the picture.
std::vector<std::uint32_t> moments_of(const CheckedFinding& finding) {
    std::vector<std::uint32_t> moments;
    for (const WitnessOperation& operation : finding.witness) {
        moments.push_back(operation.begin);
        if (operation.end.has_value()) {
            moments.push_back(*operation.end);
        }
    }
    std::sort(moments.begin(), moments.end());
    moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
    return moments;
}

std::string drawing(const CheckedFinding& finding) {
    const std::vector<std::uint32_t> moments = moments_of(finding);
    std::vector<std::uint32_t> processes;
    for (const WitnessOperation& operation : finding.witness) {
        processes.push_back(operation.process);
    }
    std::sort(processes.begin(), processes.end());
    processes.erase(std::unique(processes.begin(), processes.end()), processes.end());
    const int columns = static_cast<int>(moments.size()) + 1;
    const auto x_of = [&](std::uint32_t moment) {
        const auto at = std::lower_bound(moments.begin(), moments.end(), moment) - moments.begin();
        return kLeft + static_cast<int>(at) * (kWidth - kLeft) / columns;
    };
    const int height = static_cast<int>(processes.size()) * kRow + 20;
    std::string out = "<svg role=\"img\" viewBox=\"0 0 " + std::to_string(kWidth) + " " +
                      std::to_string(height) + "\"><title>" + escaped(finding.sentence) +
                      "</title>\n";
    for (std::size_t i = 0; i < processes.size(); ++i) {
        out += "<text x=\"0\" y=\"" + std::to_string(static_cast<int>(i) * kRow + 32) +
               "\">process " + std::to_string(processes[i]) + "</text>\n";
    }
    for (const WitnessOperation& operation : finding.witness) {
        const auto line = std::lower_bound(processes.begin(), processes.end(), operation.process) -
                          processes.begin();
        const int y = static_cast<int>(line) * kRow + 16;
        const int x = x_of(operation.begin);
        const int end = operation.end.has_value() ? x_of(*operation.end) : kWidth;
        const std::string kind = operation.end.has_value() ? operation.outcome : "open";
        out += "<rect class=\"" + escaped(kind) + "\" x=\"" + std::to_string(x) + "\" y=\"" +
               std::to_string(y) + "\" width=\"" + std::to_string(std::max(end - x, 6)) +
               "\" height=\"24\" rx=\"3\"><title>" + escaped(operation.line) + "</title></rect>\n";
        const std::size_t after = operation.label.find(' ', operation.label.find(' ') + 1);
        out += "<text x=\"" + std::to_string(x + 5) + "\" y=\"" + std::to_string(y + 17) + "\">" +
               escaped(operation.label.substr(after == std::string::npos ? 0 : after + 1, 48)) +
               "</text>\n";
    }
    return out + "</svg>\n";
}

std::string finding_part(const CheckedFinding& finding) {
    std::string out = "<section>\n" + paragraph("h2", finding.id + " " + finding.name);
    out += paragraph("p", finding.sentence + ".");
    if (!finding.refutes) {
        out += paragraph("p", "The declared guarantee allows this; it is reported, no more.");
    }
    out += drawing(finding) + "<ol>\n";
    for (const WitnessOperation& operation : finding.witness) {
        out += paragraph("li", operation.line);
    }
    return out + "</ol>\n</section>\n";
}

}  // namespace

std::string check_page(const CheckedHistory& history) {
    const sim::checks::Judgement& judgement = history.judgement;
    std::string out =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" "
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>" +
        escaped(history.path) + ": " + std::string(name_of(judgement.verdict)) +
        "</title>\n<style>\nbody{font:16px/1.5 system-ui,sans-serif;max-width:900px;margin:2em "
        "auto;"
        "padding:0 1em;color:#1c2330;background:#fff}\nsvg{width:100%;font:13px "
        "system-ui,sans-serif}\n"
        "rect{fill:#cfe3f7;stroke:#2b6cb0}\nrect.info,rect.open{fill:#f3ead2;stroke:#8a6d1b;"
        "stroke-dasharray:4 "
        "3}\nrect.fail{fill:#f7d6d3;stroke:#a3261b}\nli,code{font-family:monospace;"
        "font-size:14px}\n@media(prefers-color-scheme:dark){body{background:#14181f;color:#e4e8ef}"
        "svg text{fill:#e4e8ef}rect{fill:#1f3d5c}rect.info,rect.open{fill:#4a3f1d}"
        "rect.fail{fill:#5a221d}}\n</style>\n</head>\n<body>\n";
    out += paragraph("h1", history.path + ": " + std::string(name_of(judgement.verdict)));
    out += paragraph("p",
                     std::to_string(judgement.operations) + " operations, judged as " +
                         judgement.model + " under " + judgement.guarantee + ".");
    if (!judgement.reason.empty()) {
        out += paragraph("p", "Why there is no answer: " + judgement.reason + ".");
    }
    for (const CheckedFinding& finding : history.findings) {
        out += finding_part(finding);
    }
    if (!history.proof.empty()) {
        out += "<section>\n<h2>An order that explains all of it</h2>\n<ol>\n";
        for (const std::string& line : history.proof) {
            out += paragraph("li", line);
        }
        out += "</ol>\n</section>\n";
    }
    for (const std::string& note : judgement.notes) {
        out += paragraph("p", "Note: " + note + ".");
    }
    return out + "</body>\n</html>\n";
}

}  // namespace stormglass::scenarios
