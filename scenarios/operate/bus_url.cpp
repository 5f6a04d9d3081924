#include "scenarios/operate/bus_url.hpp"

#include <charconv>
#include <filesystem>

#include "scenarios/files/suggest.hpp"

namespace stormglass::scenarios {
namespace {

constexpr std::string_view kFile = "file:";
constexpr std::string_view kNetwork = "stormglass://";
constexpr std::string_view kForms = "a bus is named file:DIR or stormglass://HOST:PORT";

Error bad(std::string text) {
    return {"url.bad", std::move(text)};
}

/// What was probably meant by words that are no URL.
std::string guess(const std::string& text) {
    const std::size_t colon = text.find(':');
    if (colon != std::string::npos) {
        const std::string hint = did_you_mean(text.substr(0, colon), {"file", "stormglass"});
        if (!hint.empty()) {
            return hint;
        }
    }
    std::error_code problem;
    if (std::filesystem::is_directory(text, problem)) {
        return "; did you mean 'file:" + printable(text) + "'?";
    }
    if (text.find('/') == std::string::npos && parse_endpoint(text).ok()) {
        return "; did you mean 'stormglass://" + printable(text) + "'?";
    }
    return "";
}

}  // namespace

Result<BusUrl> parse_endpoint(const std::string& text) {
    BusUrl url;
    url.kind = BusUrl::Kind::network;
    const std::size_t colon = text.rfind(':');
    const std::string what = "wants HOST:PORT, got " + in_quotes(text);
    if (colon == std::string::npos || colon == 0) {
        return bad(what + "; the port is missing");
    }
    url.host = text.substr(0, colon);
    if (url.host.starts_with('[') && url.host.ends_with(']') && url.host.size() > 2) {
        url.host = url.host.substr(1, url.host.size() - 2);
    } else if (url.host.find_first_of(":[]/ ") != std::string::npos) {
        return bad(what + "; an IPv6 address stands in brackets");
    }
    const char* end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data() + colon + 1, end, url.port);
    if (problem != std::errc{} || stop != end) {
        return bad(what + "; a port is a number from 0 to 65535");
    }
    return url;
}

Result<BusUrl> parse_bus_url(const std::string& text) {
    if (text.starts_with(kNetwork)) {
        auto url = parse_endpoint(text.substr(kNetwork.size()));
        if (!url) {
            return bad("'--at' " + url.error().text);
        }
        if (url->port == 0) {
            return bad("'--at' needs the port of a bus, got " + in_quotes(text));
        }
        return url;
    }
    if (text.starts_with(kFile)) {
        BusUrl url;
        url.path = text.substr(kFile.size());
        if (url.path.starts_with("//")) {
            url.path = url.path.substr(2);  // file:///var/lib/bus, as browsers write it
        }
        if (url.path.empty()) {
            return bad("'--at' names no folder behind 'file:'");
        }
        return url;
    }
    return bad(std::string(kForms) + ", got " + in_quotes(text) + guess(text));
}

}  // namespace stormglass::scenarios
