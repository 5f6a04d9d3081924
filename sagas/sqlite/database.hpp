// One connection to a SQLite database, and its statements. SQLite is known to this folder alone.
// Real files, real syncs: hosts use it, simulated code does not. It blocks while it writes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/bytes.hpp"
#include "runtime/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace stormglass::sagas::sqlite {

/// A prepared statement. Parameters and columns count from 1 and 0, as in SQLite itself.
class Statement {
  public:
    Statement() = default;

    void bind(int parameter, std::int64_t value);
    void bind(int parameter, std::string_view value);

    /// True: a row is there. False: done. Fails with SQ_FAILED or SQ_BUSY.
    Result<bool> step();
    /// For statements without rows: runs it to its end and makes it ready for the next time.
    Result<void> run();
    void reset();

    std::int64_t integer(int column) const;
    std::string text(int column) const;

  private:
    friend class Database;

    struct Finish {
        void operator()(sqlite3_stmt* statement) const;
    };

    std::unique_ptr<sqlite3_stmt, Finish> statement_;
};

class Database {
  public:
    /// Creates the file when there is none. Readers beside it are not blocked (write-ahead log);
    /// a commit is synced before it counts. SQ_OPEN: no such folder, no rights, no database.
    static Result<std::unique_ptr<Database>> open(const std::string& path);

    Result<void> execute(const std::string& sql);
    Result<Statement> prepare(std::string_view sql);
    /// Rows that the last statement changed.
    std::int64_t changed() const;

  private:
    struct Close {
        void operator()(sqlite3* connection) const;
    };

    explicit Database(std::unique_ptr<sqlite3, Close> connection);
    std::unique_ptr<sqlite3, Close> connection_;
};

/// A transaction: taken back unless it is committed.
class Transaction {
  public:
    /// Locks out other writers from the start, so that it cannot fail half-way for their sake.
    static Result<Transaction> begin(Database& database);

    Transaction(Transaction&& other) noexcept : database_(other.database_) {
        other.database_ = nullptr;
    }

    Transaction& operator=(Transaction&&) = delete;
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction();

    Result<void> commit();

  private:
    explicit Transaction(Database& database) : database_(&database) {}

    Database* database_;
};

}  // namespace stormglass::sagas::sqlite
