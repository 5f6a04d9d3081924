// The verbs that look at a bus or its files, and those about the program itself. Each returns its
// exit code.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/result.hpp"
#include "scenarios/operate/bus_view.hpp"
#include "scenarios/program/session.hpp"

namespace stormglass::scenarios {

int journal_verb(const Session& session);
int topic_verb(const Session& session);
int group_verb(const Session& session);
int dead_verb(const Session& session);
int saga_verb(const Session& session);
int trace_verb(const Session& session);
int serve_verb(const Session& session);
int pub_verb(const Session& session);
int sub_verb(const Session& session);
int key_verb(const Session& session);
int schema_verb(const Session& session);
int completion_verb(const Session& session, const CliContext& context);

/// The bus that `--at` names.
Result<std::unique_ptr<BusView>> view_of(const Session& session);

/// Says what is wrong on stderr and returns the exit code for it.
int complain(const Session& session, const Error& error);

/// Says that a name is not there, and which come near or where the names are told.
int no_such(const Session& session,
            std::string_view what,
            const std::string& name,
            const std::vector<std::string>& known);

}  // namespace stormglass::scenarios
