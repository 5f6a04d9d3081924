// The inbox of a business on SQLite: one table, written in the business's own transaction.
#pragma once

#include <memory>

#include "sagas/inbox_table.hpp"
#include "sagas/sqlite/database.hpp"

namespace stormglass::sagas::sqlite {

class SqliteInbox final : public InboxTable {
  public:
    /// Makes the table `stormglass_inbox` (key, answer) when there is none. The database must
    /// outlive the inbox.
    static Result<std::unique_ptr<SqliteInbox>> open(Database& database);

    Result<std::optional<std::string>> find(std::string_view key) override;
    Result<void> record(std::string_view key, std::string_view answer) override;

  private:
    SqliteInbox(Statement find, Statement record)
        : find_(std::move(find)),
          record_(std::move(record)) {}

    Statement find_;
    Statement record_;
};

}  // namespace stormglass::sagas::sqlite
