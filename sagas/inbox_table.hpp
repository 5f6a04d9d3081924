// An inbox in the database of a business: which effects it has taken in, recorded in the same
// transaction as the work itself. Two functions, so that any database serves; one on SQLite comes
// with it (sqlite/inbox.hpp). How a business uses it: docs/projections.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/result.hpp"

namespace stormglass::sagas {

class InboxTable {
  public:
    virtual ~InboxTable() = default;

    /// What was recorded under this idempotency key; nothing: the work is still to be done.
    virtual Result<std::optional<std::string>> find(std::string_view key) = 0;

    /// Becomes true with the transaction that is open. Fails when the key is there already.
    virtual Result<void> record(std::string_view key, std::string_view answer) = 0;
};

}  // namespace stormglass::sagas
