#include "runtime/asio/console.hpp"

#include <algorithm>
#include <array>

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace stormglass::asio {
namespace {

constexpr std::size_t kTextMax = 200;  // of one field
constexpr std::size_t kQueueLines = 8'192;

constexpr std::array<std::string_view, 4> kErrors = {
    "bus.halted", "host.sync-failed", "host.storage-failed", "host.accept-failed"};
constexpr std::array<std::string_view, 5> kWarnings = {
    "bus.alarm", "bus.dead", "bus.group-paused", "host.peer-refused", "host.link-full"};
constexpr std::array<std::string_view, 10> kSeldom = {"bus.recovered",
                                                      "bus.granted",
                                                      "bus.assigned",
                                                      "bus.refused",
                                                      "bus.gap",
                                                      "host.link-up",
                                                      "host.link-down",
                                                      "host.dial-failed",
                                                      "host.stopping",
                                                      "host.stopped"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& kinds, std::string_view kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool is_plain(char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
}

bool is_printable(char c) {
    return (c >= ' ' && c < 0x7f) || static_cast<unsigned char>(c) >= 0x80;
}

// A peer chooses some of these texts: nothing in them may begin a line or move a cursor.
void append_text(std::string& line, std::string_view text) {
    if (!std::all_of(text.begin(), text.end(), is_printable)) {
        line += '<';
        line += std::to_string(text.size());
        line += " bytes>";
        return;
    }
    const bool cut = text.size() > kTextMax;
    const std::string_view shown = text.substr(0, kTextMax);
    if (!shown.empty() && std::all_of(shown.begin(), shown.end(), is_plain)) {
        line += shown;
    } else {
        line += '"';
        for (const char c : shown) {
            if (c == '"' || c == '\\') {
                line += '\\';
            }
            line += c;
        }
        line += '"';
    }
    if (cut) {
        line += "...";
    }
}

class Console final : public Observer {
  public:
    explicit Console(Verbosity verbosity)
        : verbosity_(verbosity),
          pool_(std::make_shared<spdlog::details::thread_pool>(kQueueLines, 1)),
          log_(std::make_shared<spdlog::async_logger>(
              "stormglass",
              std::make_shared<spdlog::sinks::stderr_sink_mt>(),
              pool_,
              spdlog::async_overflow_policy::overrun_oldest)) {
        log_->set_pattern("%Y-%m-%dT%H:%M:%S.%fZ %L %v", spdlog::pattern_time_type::utc);
        log_->set_level(spdlog::level::debug);
        log_->flush_on(spdlog::level::info);
    }

    void on_note(NodeId node, Moment, const Note& note) override {
        const char level = level_of(note);
        const bool wanted = level == 'E' || level == 'W' ||
                            (level == 'I' && verbosity_ != Verbosity::quiet) ||
                            verbosity_ == Verbosity::detailed;
        if (!wanted) {
            return;
        }
        const auto severity = level == 'E'   ? spdlog::level::err
                              : level == 'W' ? spdlog::level::warn
                              : level == 'I' ? spdlog::level::info
                                             : spdlog::level::debug;
        log_->log(severity, "{}", line_of(node, note));
    }

  private:
    Verbosity verbosity_;
    std::shared_ptr<spdlog::details::thread_pool> pool_;
    std::shared_ptr<spdlog::async_logger> log_;
};

}  // namespace

char level_of(const Note& note) {
    const std::string_view kind = note.kind.name;
    if (contains(kErrors, kind)) {
        return 'E';
    }
    if (contains(kWarnings, kind) || (kind == "bus.refused" && note.number("security") == 1)) {
        return 'W';
    }
    return contains(kSeldom, kind) ? 'I' : 'D';
}

std::string line_of(NodeId node, const Note& note) {
    std::string line(note.kind.name);
    if (node.value != 0) {
        line += " node=";
        line += std::to_string(node.value);
    }
    for (const NoteField& field : note.fields) {
        line += ' ';
        line += field.name;
        line += '=';
        if (field.is_text) {
            append_text(line, field.text);
        } else {
            line += std::to_string(field.number);
        }
    }
    return line;
}

std::unique_ptr<Observer> make_console(Verbosity verbosity) {
    return std::make_unique<Console>(verbosity);
}

}  // namespace stormglass::asio
