#include "sagas/sqlite/store.hpp"

#include <algorithm>

#include "runtime/check.hpp"

namespace stormglass::sagas::sqlite {
namespace {

constexpr const char* kPlaces =
    "CREATE TABLE IF NOT EXISTS stormglass_projections ("
    "name TEXT PRIMARY KEY, identity INTEGER NOT NULL, position INTEGER NOT NULL, "
    "tables TEXT NOT NULL)";

std::string quoted(std::string_view name) {
    std::string text = "\"";
    text += name;
    text += '"';
    return text;
}

/// Calls `use` with each word of a text whose words are separated by blanks; stops at a failure.
template <class Use>
Result<void> for_each_word(std::string_view text, Use use) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const Result<void> done = use(text.substr(0, end));
        if (!done) {
            return done;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return {};
}

}  // namespace

SqliteStore::SqliteStore(Database& database, std::string name)
    : database_(database),
      name_(std::move(name)) {}

std::string SqliteStore::table_name(const TableShape& shape) const {
    return shape.name == kSkippedTable ? name_ + "_" + shape.name : shape.name;
}

void SqliteStore::load(std::uint64_t identity, Tables& into, Moment now, Effects& out) {
    CHECK(listener_ != nullptr);
    const auto loaded = load_rows(identity, into);
    if (!loaded) {
        into = Tables(into.shapes());
    }
    listener_->on_loaded(loaded, now, out);
}

Result<Loaded> SqliteStore::load_rows(std::uint64_t identity, Tables& into) {
    statements_.clear();
    const auto made = database_.execute(kPlaces);
    if (!made) {
        return made.error();
    }
    auto place = read_place();
    if (!place) {
        return place.error();
    }
    known_ = std::move(place).value();
    Loaded loaded;
    if (!known_.present) {
        return loaded;
    }
    loaded.position = known_.position;
    loaded.kind = known_.identity == identity ? Loaded::Kind::found : Loaded::Kind::foreign;
    for (std::size_t i = 0; i < into.shapes().size() && loaded.kind == Loaded::Kind::found; ++i) {
        const auto read = load_table(into.shapes()[i], i, into);
        if (!read) {
            return read.error();
        }
    }
    into.settle();
    return loaded;
}

Result<SqliteStore::Place> SqliteStore::read_place() {
    auto query = database_.prepare(
        "SELECT identity, position, tables FROM stormglass_projections WHERE name = ?");
    if (!query) {
        return query.error();
    }
    query->bind(1, name_);
    const auto row = query->step();
    if (!row) {
        return row.error();
    }
    Place place;
    place.present = row.value();
    if (place.present) {
        place.identity = static_cast<std::uint64_t>(query->integer(0));
        place.position = static_cast<bus::Position>(query->integer(1));
        place.tables = query->text(2);
    }
    return place;
}

Result<void> SqliteStore::load_table(const TableShape& shape, std::size_t table, Tables& into) {
    std::string sql = "SELECT " + quoted(shape.key);
    for (const Column& column : shape.columns) {
        sql += ", " + quoted(column.name);
    }
    sql += " FROM " + quoted(table_name(shape));
    auto query = database_.prepare(sql);
    if (!query) {
        return query.error();
    }
    for (;;) {
        const auto there = query->step();
        if (!there) {
            return there.error();
        }
        if (!there.value()) {
            return {};
        }
        Row row;
        for (std::size_t i = 0; i < shape.columns.size(); ++i) {
            const int column = static_cast<int>(i) + 1;
            if (shape.columns[i].kind == CellKind::integer) {
                row.emplace_back(query->integer(column));
            } else {
                row.emplace_back(query->text(column));
            }
        }
        const std::string key = query->text(0);
        if (key.empty() || key.size() > kRowKeyBytesMax) {
            return Error{"SQ_ROWS", "a row of '" + table_name(shape) + "' is none of ours"};
        }
        into.put(table, key, std::move(row));
    }
}

void SqliteStore::commit(const Commit& commit, Moment now, Effects& out) {
    CHECK(listener_ != nullptr);
    CHECK(commit.tables != nullptr);
    const auto stored = store(commit);
    if (!stored) {
        statements_.clear();
    }
    listener_->on_committed(stored, now, out);
}

Result<void> SqliteStore::store(const Commit& commit) {
    auto transaction = Transaction::begin(database_);
    if (!transaction) {
        return transaction.error();
    }
    const auto place = read_place();
    if (!place) {
        return place.error();
    }
    if (place->present != known_.present || place->position != known_.position ||
        place->identity != known_.identity) {
        return Error{"SQ_MOVED", "somebody else has written the projection '" + name_ + "'"};
    }
    Result<void> done;
    if (!known_.present || commit.kind == Commit::Kind::replace) {
        done = make_tables(place.value(), commit.tables->shapes());
    }
    if (done && statements_.empty()) {
        done = prepare_all(commit.tables->shapes());
    }
    if (done) {
        done = write_rows(commit);
    }
    if (done) {
        done = write_place(commit);
    }
    return done ? transaction->commit() : done;
}

/// Drops the tables of the projection's last form, so that no column of it stays.
Result<void> SqliteStore::make_tables(const Place& before, const std::vector<TableShape>& shapes) {
    statements_.clear();
    const auto dropped = for_each_word(before.tables, [this](std::string_view table) {
        return database_.execute("DROP TABLE IF EXISTS " + quoted(table));
    });
    if (!dropped) {
        return dropped;
    }
    known_.tables.clear();
    for (const TableShape& shape : shapes) {
        std::string sql = "CREATE TABLE " + quoted(table_name(shape)) + " (" + quoted(shape.key) +
                          " TEXT PRIMARY KEY NOT NULL";
        for (const Column& column : shape.columns) {
            sql += ", " + quoted(column.name);
            sql += column.kind == CellKind::integer ? " INTEGER NOT NULL" : " TEXT NOT NULL";
        }
        sql += ") WITHOUT ROWID";
        const auto made = database_.execute(sql);
        if (!made) {
            return made;
        }
        known_.tables += known_.tables.empty() ? "" : " ";
        known_.tables += table_name(shape);
    }
    return {};
}

Result<void> SqliteStore::prepare_all(const std::vector<TableShape>& shapes) {
    for (const TableShape& shape : shapes) {
        std::string put = "INSERT OR REPLACE INTO " + quoted(table_name(shape)) + " VALUES (?";
        for (std::size_t i = 0; i < shape.columns.size(); ++i) {
            put += ", ?";
        }
        put += ")";
        auto put_statement = database_.prepare(put);
        if (!put_statement) {
            return put_statement.error();
        }
        auto erase_statement = database_.prepare("DELETE FROM " + quoted(table_name(shape)) +
                                                 " WHERE " + quoted(shape.key) + " = ?");
        if (!erase_statement) {
            return erase_statement.error();
        }
        statements_.push_back(
            {std::move(put_statement).value(), std::move(erase_statement).value()});
    }
    return {};
}

Result<void> SqliteStore::put_row(std::size_t table, std::string_view key, const Row& row) {
    Statement& put = statements_[table].put;
    put.bind(1, key);
    for (std::size_t i = 0; i < row.size(); ++i) {
        const int parameter = static_cast<int>(i) + 2;
        if (const auto* number = std::get_if<std::int64_t>(&row[i])) {
            put.bind(parameter, *number);
        } else {
            put.bind(parameter, std::string_view(std::get<std::string>(row[i])));
        }
    }
    return put.run();
}

Result<void> SqliteStore::write_rows(const Commit& commit) {
    if (commit.kind == Commit::Kind::replace) {
        for (std::size_t table = 0; table < commit.tables->shapes().size(); ++table) {
            for (const auto& [key, row] : commit.tables->rows(table)) {
                const auto put = put_row(table, key, row);
                if (!put) {
                    return put;
                }
            }
        }
        return {};
    }
    for (const RowChange& change : commit.changes) {
        Result<void> done;
        if (change.row != nullptr) {
            done = put_row(change.table, change.key, *change.row);
        } else {
            Statement& erase = statements_[change.table].erase;
            erase.bind(1, change.key);
            done = erase.run();
        }
        if (!done) {
            return done;
        }
    }
    return {};
}

Result<void> SqliteStore::write_place(const Commit& commit) {
    auto statement =
        database_.prepare("INSERT OR REPLACE INTO stormglass_projections VALUES (?, ?, ?, ?)");
    if (!statement) {
        return statement.error();
    }
    statement->bind(1, name_);
    statement->bind(2, static_cast<std::int64_t>(commit.identity));
    statement->bind(3, static_cast<std::int64_t>(commit.position));
    statement->bind(4, known_.tables);
    const auto done = statement->run();
    if (done) {
        known_.present = true;
        known_.identity = commit.identity;
        known_.position = commit.position;
    }
    return done;
}

}  // namespace stormglass::sagas::sqlite
