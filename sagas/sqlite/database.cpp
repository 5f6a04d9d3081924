#include "sagas/sqlite/database.hpp"

#include "runtime/check.hpp"

#include <sqlite3.h>

namespace stormglass::sagas::sqlite {
namespace {

constexpr int kBusyMs = 1000;  // how long a writer waits for another one

Error failure(sqlite3* connection) {
    const int code = sqlite3_errcode(connection);
    const bool busy = code == SQLITE_BUSY || code == SQLITE_LOCKED;
    return {busy ? std::string_view("SQ_BUSY") : std::string_view("SQ_FAILED"),
            sqlite3_errmsg(connection)};
}

}  // namespace

void Statement::Finish::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void Statement::bind(int parameter, std::int64_t value) {
    CHECK(sqlite3_bind_int64(statement_.get(), parameter, value) == SQLITE_OK);
}

void Statement::bind(int parameter, std::string_view value) {
    const char* bytes = value.data() == nullptr ? "" : value.data();
    CHECK(sqlite3_bind_text64(
              statement_.get(), parameter, bytes, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8) ==
          SQLITE_OK);
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        return false;
    }
    Error error = failure(sqlite3_db_handle(statement_.get()));
    sqlite3_reset(statement_.get());
    return error;
}

Result<void> Statement::run() {
    const auto row = step();
    if (!row) {
        return row.error();
    }
    reset();
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
    const unsigned char* bytes = sqlite3_column_text(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return bytes == nullptr
               ? std::string()
               : std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

void Database::Close::operator()(sqlite3* connection) const {
    sqlite3_close_v2(connection);
}

Database::Database(std::unique_ptr<sqlite3, Close> connection)
    : connection_(std::move(connection)) {}

Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
    sqlite3* opened = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    std::unique_ptr<sqlite3, Close> connection(opened);
    if (code != SQLITE_OK) {
        std::string text = "cannot open the database '";
        text += path;
        text += "': ";
        text += opened == nullptr ? "out of memory" : sqlite3_errmsg(opened);
        return Error{"SQ_OPEN", std::move(text)};
    }
    sqlite3_busy_timeout(opened, kBusyMs);
    std::unique_ptr<Database> database(new Database(std::move(connection)));
    // The write-ahead log syncs with each commit only under FULL.
    const auto set = database->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    if (!set) {
        return Error{"SQ_OPEN", "'" + path + "' is no database: " + set.error().text};
    }
    return database;
}

Result<void> Database::execute(const std::string& sql) {
    if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return failure(connection_.get());
    }
    return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v3(connection_.get(),
                                        sql.data(),
                                        static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT,
                                        &prepared,
                                        nullptr);
    if (code != SQLITE_OK) {
        return failure(connection_.get());
    }
    Statement statement;
    statement.statement_.reset(prepared);
    return statement;
}

std::int64_t Database::changed() const {
    return sqlite3_changes64(connection_.get());
}

Result<Transaction> Transaction::begin(Database& database) {
    const auto begun = database.execute("BEGIN IMMEDIATE");
    if (!begun) {
        return begun.error();
    }
    return Transaction(database);
}

Transaction::~Transaction() {
    if (database_ != nullptr) {
        // It fails where SQLite has taken the transaction back by itself, which is all we want.
        static_cast<void>(database_->execute("ROLLBACK"));
    }
}

Result<void> Transaction::commit() {
    CHECK(database_ != nullptr);
    const auto done = database_->execute("COMMIT");
    if (done) {
        database_ = nullptr;
    }
    return done;
}

}  // namespace stormglass::sagas::sqlite
