// A projection's rows as ordinary SQL tables, its position in the same transaction: whoever opens
// the file sees the state after some event, never a half of one. One database may hold several
// projections and whatever else; tables of skipped events are called NAME_skipped_events.
#pragma once

#include <string>
#include <vector>

#include "sagas/fold.hpp"
#include "sagas/projection_store.hpp"
#include "sagas/sqlite/database.hpp"

namespace stormglass::sagas::sqlite {

/// Positions are in the table `stormglass_projections` (name, identity, position, tables).
class SqliteStore final : public ProjectionStore {
  public:
    /// `name` is that of the fold. The database must outlive the store.
    SqliteStore(Database& database, std::string name);

    void listen(StoreListener& listener) override { listener_ = &listener; }

    /// Both answer from within the call. SQ_MOVED: somebody else has written this projection since
    /// it was loaded; load again.
    void load(std::uint64_t identity, Tables& into, Moment now, Effects& out) override;
    void commit(const Commit& commit, Moment now, Effects& out) override;

  private:
    struct Place {
        bool present = false;
        std::uint64_t identity = 0;
        bus::Position position = 0;
        std::string tables;  // that this projection owns, separated by blanks
    };

    struct TableStatements {
        Statement put;
        Statement erase;
    };

    std::string table_name(const TableShape& shape) const;
    Result<Place> read_place();
    Result<Loaded> load_rows(std::uint64_t identity, Tables& into);
    Result<void> load_table(const TableShape& shape, std::size_t table, Tables& into);
    Result<void> store(const Commit& commit);
    Result<void> make_tables(const Place& before, const std::vector<TableShape>& shapes);
    Result<void> prepare_all(const std::vector<TableShape>& shapes);
    Result<void> put_row(std::size_t table, std::string_view key, const Row& row);
    Result<void> write_rows(const Commit& commit);
    Result<void> write_place(const Commit& commit);

    Database& database_;
    std::string name_;
    StoreListener* listener_ = nullptr;
    Place known_;  // as last loaded or stored
    std::vector<TableStatements> statements_;
};

}  // namespace stormglass::sagas::sqlite
