#include "scenarios/operate/reach.hpp"

#include <fstream>

#include <nlohmann/json.hpp>

#include "bus/engines/key_files.hpp"
#include "scenarios/files/suggest.hpp"
#include "scenarios/operate/bus_json.hpp"
#include "scenarios/operate/verbs.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::size_t kLettersMax = 2000;  // of one answer; the oldest come first

constexpr Duration kPatience =
    seconds(2);  // a person waits; a server that restarts is back by then

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

template <class Infos>
Result<std::string> as_json(const Infos& infos) {
    auto items = nlohmann::ordered_json::array();
    for (const auto& info : infos) {
        items.push_back(json_of(info));
    }
    return items.dump();
}

bus::ConnectOptions connect_options(const Session& session) {
    const OperateOptions& asked = session.options().operate;
    bus::ConnectOptions options;
    options.source = asked.source;
    options.key_file = asked.signing_key;
    options.data = asked.data;
    options.connect_timeout = kPatience;
    options.durability = asked.written ? bus::Durability::written : bus::Durability::synced;
    return options;
}

/// A key speaks for its own source; another one named beside it would be passed over in silence.
Result<void> key_fits(const bus::ConnectOptions& options) {
    if (options.key_file.empty()) {
        return {};
    }
    const auto key = bus::load_signing_key(options.key_file);
    if (!key) {
        return Error{"key.unreadable", "--signing-key " + key.error().text};
    }
    if (!options.source.empty() && options.source != key->key.source) {
        return Error{"key.source",
                     "--source " + printable(options.source) + " and --signing-key " +
                         options.key_file + " contradict each other: that key signs for " +
                         printable(key->key.source) + " alone"};
    }
    return {};
}

Result<bus::ConnectionPtr> connect_to(const std::string& address,
                                      const bus::ConnectOptions& options) {
    auto connected = bus::connect("stormglass://" + address, options);
    if (!connected && connected.error().code == "bus.unreachable") {
        return Error{"bus.unreachable",
                     connected.error().text + "; does `stormglass serve` run there?"};
    }
    return connected;
}

}  // namespace

std::string address_file(const std::string& data) {
    return data + "/.address";
}

Result<BusUrl> bus_url(const Session& session) {
    const OperateOptions& asked = session.options().operate;
    if (!asked.at.empty()) {
        return parse_bus_url(asked.at);
    }
    if (!asked.data.empty()) {
        return parse_bus_url("file:" + asked.data);
    }
    return Error{"url.bad",
                 "say which bus: --at file:DIR or --at stormglass://HOST:PORT, or set "
                 "STORMGLASS_AT for all commands"};
}

Result<bus::ConnectionPtr> reach(const Session& session, const BusUrl& url) {
    bus::ConnectOptions options = connect_options(session);
    if (url.kind == BusUrl::Kind::network) {
        const std::string host =
            url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
        if (options.data.empty() && options.key_file.empty()) {
            return Error{"key.missing",
                         "no key: name the server's data folder (--data DIR, or "
                         "STORMGLASS_DATA) or a key of your own (--signing-key FILE)"};
        }
        if (auto fits = key_fits(options); !fits) {
            return std::move(fits).error();
        }
        return connect_to(host + ":" + std::to_string(url.port), options);
    }
    if (auto fits = key_fits(options); !fits) {
        return std::move(fits).error();
    }
    options.data = url.path;
    auto opened = bus::connect("file:" + url.path, options);
    if (opened.ok() || opened.error().code != "data.locked") {
        return opened;
    }
    const std::string address = first_line(address_file(url.path));
    if (address.empty()) {
        return opened;  // another process has it, and is no server
    }
    return connect_to(address, options);
}

Result<bus::ConnectionPtr> reach(const Session& session) {
    auto url = bus_url(session);
    if (!url) {
        return std::move(url).error();
    }
    return reach(session, *url);
}

void answer_views(bus::Server& server) {
    server.answer("topic-infos", [](const bus::Broker& broker, std::string_view) {
        return as_json(bus::topic_infos(broker.machine()));
    });
    server.answer("group-infos", [](const bus::Broker& broker, std::string_view) {
        return as_json(bus::group_infos(broker.machine()));
    });
    server.answer("dead-letters", [](const bus::Broker& broker, std::string_view group) {
        auto letters = bus::dead_letter_infos(broker.machine(), group);
        letters.resize(std::min(letters.size(), kLettersMax));
        return as_json(letters);
    });
}

int exit_code_of(const Error& error) {
    const std::string_view code = error.code;
    if (code == "url.bad" || code == "bus.url" || code == "topic.unknown") {
        return kExitUsage;
    }
    if (code == "file.foreign" || code == "journal.corrupt") {
        return kExitBadInput;
    }
    if (code == "file.missing" || code.starts_with("key.")) {
        return kExitNoInput;
    }
    return code == "interrupted" ? kExitInterrupted : kExitUnavailable;
}

}  // namespace stormglass::scenarios
