// Tables: the state of a projection, as rows that a person could have written. They know which rows
// changed since the last commit and a digest that is the same whatever the order of the changes.
// Where they are kept: projection_store.hpp; what fills them: fold.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace stormglass::sagas {

using Cell = std::variant<std::int64_t, std::string>;
using Row = std::vector<Cell>;  // in the order of the columns, without the key

enum class CellKind : std::uint8_t { integer, text };

struct Column {
    std::string name;
    CellKind kind = CellKind::integer;
};

/// Names are small letters, digits and underscores, a letter first: they are names in SQL too.
struct TableShape {
    std::string name;
    std::string key;  // name of the key's column; keys are text
    std::vector<Column> columns;
};

constexpr std::size_t kRowKeyBytesMax = 256;

/// One row as it is now; null: it is gone. Views live until the tables change.
struct RowChange {
    std::size_t table = 0;
    std::string_view key;
    const Row* row = nullptr;
};

class Tables {
  public:
    using Rows = std::map<std::string, Row, std::less<>>;

    /// Requires: legal names, no two tables and no two columns of a table with one name.
    explicit Tables(std::vector<TableShape> shapes);

    const std::vector<TableShape>& shapes() const { return shapes_; }

    const Rows& rows(std::size_t table) const;

    /// Null when there is no such row. Lives until that row changes.
    const Row* find(std::size_t table, std::string_view key) const;

    /// Sets a row, whether it was there or not. Requires: cells as the table's columns want them, a
    /// key of 1 to 256 bytes.
    void put(std::size_t table, std::string_view key, Row row);
    /// False when there was no such row.
    bool erase(std::size_t table, std::string_view key);

    /// Of all rows; of one table's. Those of the tables add up to that of all.
    std::uint64_t digest() const;
    std::uint64_t digest(std::size_t table) const;

    /// What changed since `settle`, each row once, in ascending order of table and key.
    std::vector<RowChange> changes() const;

    /// The changes are on their way to the store.
    void settle() { touched_.clear(); }

  private:
    std::vector<TableShape> shapes_;
    std::vector<Rows> rows_;
    std::vector<std::uint64_t> digests_;  // sums, so that the order of rows and changes is nothing
    std::set<std::pair<std::size_t, std::string>> touched_;
};

/// Whether a row has the cells that a table wants.
bool fits(const TableShape& shape, const Row& row);

/// Equal rows in equal tables, whatever changed on the way.
bool same_rows(const Tables& one, const Tables& other);

}  // namespace stormglass::sagas
