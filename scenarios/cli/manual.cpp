#include "scenarios/cli/manual.hpp"

#include <algorithm>
#include <array>

#include "scenarios/cli/vocabulary.hpp"

namespace stormglass::scenarios {

namespace {

/// Text that roff prints as it stands: no control lines, no escapes, hyphens that can be copied.
std::string escaped(std::string_view text) {
    std::string result;
    if (text.starts_with('.') || text.starts_with('\'')) {
        result = "\\&";
    }
    for (const char c : text) {
        switch (c) {
            case '\\':
                result += "\\e";
                break;
            case '-':
                result += "\\-";
                break;
            case '\'':
                result += "\\(aq";
                break;
            case '`':
                result += "\\(ga";
                break;
            case '^':
                result += "\\(ha";
                break;
            case '~':
                result += "\\(ti";
                break;
            default:
                result += c;
        }
    }
    return result;
}

/// The same with words between backticks in bold.
std::string inline_roff(std::string_view line) {
    std::string result;
    bool bold = false;
    std::size_t from = 0;
    while (from <= line.size()) {
        const std::size_t tick = std::min(line.find('`', from), line.size());
        result += escaped(line.substr(from, tick - from));
        if (tick == line.size()) {
            break;
        }
        bold = !bold;
        result += bold ? "\\fB" : "\\fR";
        from = tick + 1;
    }
    return result + (bold ? "\\fR" : "") + "\n";
}

template <class Line>
void each_line(std::string_view text, Line line) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        line(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return result;
}

std::string page_named(const CliContext& context, const std::string& name) {
    const auto found = context.pages.find(name);
    return found == context.pages.end() ? std::string() : roff_of(found->second);
}

std::string command_part(const VerbInfo& verb, const CliContext& context) {
    std::string roff = ".SS \"" +
                       escaped(std::string(verb.name) + (verb.operands.empty() ? "" : " ") +
                               std::string(verb.operands)) +
                       "\"\n";
    std::string summary(verb.summary);
    summary[0] = static_cast<char>(summary[0] >= 'a' && summary[0] <= 'z' ? summary[0] - 'a' + 'A'
                                                                          : summary[0]);
    roff += inline_roff(summary + ".");
    for (const ActionInfo& action : verb.actions) {
        roff += ".TP\n\\fB" + escaped(action.name) + "\\fR" +
                (action.operands.empty() ? "" : " \\fI" + escaped(action.operands) + "\\fR") +
                "\n" + inline_roff(action.summary);
    }
    for (const FlagInfo& flag : flags()) {
        if (flag.name == "--help" || find_flag(flag.name, verb.verb, context.defects) != &flag) {
            continue;
        }
        roff += ".TP\n\\fB" + escaped(flag.name) + "\\fR" +
                (flag.value.empty() ? "" : " \\fI" + escaped(flag.value) + "\\fR") + "\n" +
                inline_roff(flag.help);
    }
    return roff + ".PP\nExample:\n.RS\n.nf\n" + escaped(verb.example) + "\n.fi\n.RE\n";
}

}  // namespace

std::string roff_of(std::string_view markdown) {
    std::string roff;
    enum class In { text, code, quote } in = In::text;
    bool fresh = true;  // behind a blank line
    const auto leave = [&] {
        roff += in == In::code ? ".fi\n.RE\n" : in == In::quote ? ".RE\n" : "";
        in = In::text;
    };
    each_line(markdown, [&](std::string_view line) {
        if (line.starts_with("# ")) {
            leave();
            roff += ".SH \"" + escaped(upper(line.substr(2))) + "\"\n";
            fresh = false;
        } else if (line.empty()) {
            fresh = true;
        } else if (line.starts_with("    ")) {
            if (in != In::code) {
                leave();
                roff += ".PP\n.RS\n.nf\n";
                in = In::code;
            }
            roff += escaped(line.substr(4)) + "\n";
            fresh = false;
        } else if (line.starts_with("> ")) {
            if (in != In::quote) {
                leave();
                roff += ".RS\n";
                in = In::quote;
            }
            roff += inline_roff(line.substr(2));
            fresh = false;
        } else {
            leave();
            roff += fresh ? ".PP\n" : "";
            roff += inline_roff(line);
            fresh = false;
        }
    });
    leave();
    // A heading is followed by its text, not by a paragraph mark.
    for (std::size_t at = roff.find(".SH"); at != std::string::npos;
         at = roff.find(".SH", at + 1)) {
        const std::size_t next = roff.find('\n', at) + 1;
        if (roff.compare(next, 4, ".PP\n") == 0) {
            roff.erase(next, 4);
        }
    }
    return roff;
}

std::string plain_of(std::string_view markdown) {
    std::string text;
    each_line(markdown, [&](std::string_view line) {
        std::string plain(line.starts_with("# ") ? line.substr(2) : line);
        if (plain.starts_with("> ")) {
            plain = "    " + plain.substr(2);
        }
        std::erase(plain, '`');
        text += plain + "\n";
    });
    return text;
}

std::string manual_page(const CliContext& context) {
    std::string roff = ".\\\" Generated by `" + context.program +
                       " manual-page` from its tables of commands and from docs/man/.\n";
    roff += ".TH STORMGLASS 1 \"\" \"stormglass " + escaped(context.version) +
            "\" \"User Commands\"\n.nh\n.ad l\n";
    roff +=
        ".SH NAME\nstormglass \\- run a message bus and sagas under faults, judge claims, and "
        "look at a bus by hand\n";
    roff += ".SH SYNOPSIS\n\\fBstormglass\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n";
    roff += page_named(context, "description") + ".SH COMMANDS\n";
    for (const VerbInfo& verb : verbs()) {
        roff += command_part(verb, context);
    }
    roff += ".SH \"EXIT STATUS\"\n";
    for (const ExitCodeRow& row : kExitCodes) {
        roff += ".TP\n\\fB" + std::to_string(row.code) + "\\fR " + escaped(row.word) + "\n" +
                inline_roff(row.meaning);
    }
    for (const auto& [name, page] : context.pages) {
        if (name != "description") {
            roff += roff_of(page);
        }
    }
    return roff +
           ".SH \"SEE ALSO\"\nThe folder docs/ of the source: sagas.md, journal.md, "
           "dead_letters.md, wire_format.md.\n";
}

}  // namespace stormglass::scenarios
