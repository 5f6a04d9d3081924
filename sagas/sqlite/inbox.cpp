#include "sagas/sqlite/inbox.hpp"

namespace stormglass::sagas::sqlite {

Result<std::unique_ptr<SqliteInbox>> SqliteInbox::open(Database& database) {
    const auto made = database.execute(
        "CREATE TABLE IF NOT EXISTS stormglass_inbox "
        "(key TEXT PRIMARY KEY NOT NULL, answer TEXT NOT NULL) WITHOUT ROWID");
    if (!made) {
        return made.error();
    }
    auto find = database.prepare("SELECT answer FROM stormglass_inbox WHERE key = ?");
    if (!find) {
        return find.error();
    }
    auto record = database.prepare("INSERT INTO stormglass_inbox VALUES (?, ?)");
    if (!record) {
        return record.error();
    }
    return std::unique_ptr<SqliteInbox>(
        new SqliteInbox(std::move(find).value(), std::move(record).value()));
}

Result<std::optional<std::string>> SqliteInbox::find(std::string_view key) {
    find_.bind(1, key);
    const auto row = find_.step();
    if (!row) {
        return row.error();
    }
    std::optional<std::string> answer;
    if (row.value()) {
        answer = find_.text(0);
    }
    find_.reset();
    return answer;
}

Result<void> SqliteInbox::record(std::string_view key, std::string_view answer) {
    record_.bind(1, key);
    record_.bind(2, answer);
    return record_.run();
}

}  // namespace stormglass::sagas::sqlite
