// `key new|list|revoke`: the keys in a server's data folder.
#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "bus/attributes.hpp"
#include "bus/engines/key_files.hpp"
#include "reports/text.hpp"
#include "scenarios/files/suggest.hpp"
#include "scenarios/operate/reach.hpp"
#include "scenarios/operate/table.hpp"
#include "scenarios/operate/verbs.hpp"

namespace stormglass::scenarios {
namespace {

std::string hex(Bytes bytes) {
    std::string text;
    for (const std::byte byte : bytes) {
        char digits[3];
        std::snprintf(digits, sizeof(digits), "%02x", std::to_integer<unsigned>(byte));
        text += digits;
    }
    return text;
}

/// A name that tells people whose key it is, and no other key has: "orders-3fa1c20b".
std::string id_for(const std::string& source) {
    constexpr std::size_t kNameMax = 40;
    std::string name;
    for (const char c : source.substr(source.find_last_of(":/") + 1)) {
        const bool fine =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        name += fine ? c : '-';
    }
    const crypto::LocalSecret chance = crypto::fresh_secret();
    return name.substr(0, kNameMax) + "-" + hex(Bytes(chance).first(4));
}

int list(const Session& session, const std::vector<bus::KeyFile>& keys) {
    if (session.options().json) {
        auto items = nlohmann::ordered_json::array();
        for (const bus::KeyFile& key : keys) {
            items.push_back({{"id", key.id},
                             {"source", reports::valid_utf8(key.source)},
                             {"public_key", hex(key.public_key)},
                             {"revoked", key.revoked}});
        }
        session.print(nlohmann::ordered_json{{"schema", 1}, {"keys", items}}.dump(2) + "\n");
        return kExitPassed;
    }
    Table table({{"ID"}, {"SOURCE"}, {"STATE"}});
    for (const bus::KeyFile& key : keys) {
        table.add({key.id, key.source, key.revoked ? "revoked" : "trusted"});
    }
    session.print(table.empty() ? "no keys but the local one\n" : table.text());
    return kExitPassed;
}

}  // namespace

int key_verb(const Session& session) {
    const OperateOptions& asked = session.options().operate;
    if (asked.data.empty()) {
        session.complain(session.program() + " key: say whose keys: --data DIR\n");
        return kExitUsage;
    }
    auto keys = bus::list_keys(asked.data);
    if (asked.action == "new") {
        const std::string& source = asked.operands.front();
        if (bus::check_absolute_uri(source, "key.bad")) {
            session.complain(session.who() + ": a source is an absolute URI, such as urn:example:" +
                             "orders; got " + in_quotes(source) + "\n");
            return kExitUsage;
        }
        auto made = bus::new_signing_key(asked.data, id_for(source), source);
        if (!made) {
            session.complain(session.program() + " key: " + made.error().text + "\n");
            return made.error().code == "key.bad" ? kExitUsage : kExitOutput;
        }
        session.print(bus::key_directory(asked.data) + "/" + made->key.id + ".key\n");
        session.say("a server trusts it from its next start on; keep the file secret\n");
        return kExitPassed;
    }
    if (!keys) {
        return complain(session, keys.error());
    }
    if (asked.action == "list") {
        return list(session, *keys);
    }
    std::vector<std::string> ids;
    for (const bus::KeyFile& key : *keys) {
        ids.push_back(key.id);
    }
    if (!contains(ids, asked.operands.front())) {
        return no_such(session, "key", asked.operands.front(), ids);
    }
    if (auto revoked = bus::revoke_key(asked.data, asked.operands.front()); !revoked) {
        return complain(session, revoked.error());
    }
    session.say("revoked; a running server refuses it from its next start on\n");
    return kExitPassed;
}

}  // namespace stormglass::scenarios
