#include "sagas/read_model.hpp"

#include <algorithm>

#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::sagas {
namespace {

bool is_identifier(std::string_view name) {
    const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
    return !name.empty() && small(name.front()) &&
           std::all_of(name.begin(), name.end(), [small](char c) {
               return small(c) || (c >= '0' && c <= '9') || c == '_';
           });
}

void check_shape(const TableShape& shape) {
    CHECK(is_identifier(shape.name));
    CHECK(is_identifier(shape.key));
    std::set<std::string_view> names{shape.key};
    for (const Column& column : shape.columns) {
        CHECK(is_identifier(column.name));
        CHECK(names.insert(column.name).second);
    }
}

std::uint64_t digest_of(const TableShape& shape, std::string_view key, const Row& row) {
    std::uint64_t state = chain64(name_hash(shape.name), name_hash(key));
    for (const Cell& cell : row) {
        const auto* number = std::get_if<std::int64_t>(&cell);
        state = number != nullptr
                    ? chain64(chain64(state, 1), static_cast<std::uint64_t>(*number))
                    : chain64(chain64(state, 2), name_hash(std::get<std::string>(cell)));
    }
    return state;
}

}  // namespace

Tables::Tables(std::vector<TableShape> shapes)
    : shapes_(std::move(shapes)),
      rows_(shapes_.size()),
      digests_(shapes_.size()) {
    std::set<std::string_view> names;
    for (const TableShape& shape : shapes_) {
        check_shape(shape);
        CHECK(names.insert(shape.name).second);
    }
}

const Tables::Rows& Tables::rows(std::size_t table) const {
    CHECK(table < rows_.size());
    return rows_[table];
}

const Row* Tables::find(std::size_t table, std::string_view key) const {
    const auto found = rows(table).find(key);
    return found == rows_[table].end() ? nullptr : &found->second;
}

void Tables::put(std::size_t table, std::string_view key, Row row) {
    CHECK(table < rows_.size());
    CHECK(!key.empty() && key.size() <= kRowKeyBytesMax);
    CHECK(fits(shapes_[table], row));
    const auto [place, fresh] = rows_[table].try_emplace(std::string(key));
    if (!fresh) {
        digests_[table] -= digest_of(shapes_[table], key, place->second);
    }
    place->second = std::move(row);
    digests_[table] += digest_of(shapes_[table], key, place->second);
    touched_.emplace(table, key);
}

bool Tables::erase(std::size_t table, std::string_view key) {
    CHECK(table < rows_.size());
    const auto found = rows_[table].find(key);
    if (found == rows_[table].end()) {
        return false;
    }
    digests_[table] -= digest_of(shapes_[table], key, found->second);
    rows_[table].erase(found);
    touched_.emplace(table, key);
    return true;
}

std::uint64_t Tables::digest() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t digest : digests_) {
        sum += digest;
    }
    return sum;
}

std::uint64_t Tables::digest(std::size_t table) const {
    CHECK(table < digests_.size());
    return digests_[table];
}

std::vector<RowChange> Tables::changes() const {
    std::vector<RowChange> changes;
    changes.reserve(touched_.size());
    for (const auto& [table, key] : touched_) {
        changes.push_back({table, key, find(table, key)});
    }
    return changes;
}

bool fits(const TableShape& shape, const Row& row) {
    if (row.size() != shape.columns.size()) {
        return false;
    }
    for (std::size_t i = 0; i < row.size(); ++i) {
        const bool number = std::holds_alternative<std::int64_t>(row[i]);
        if (number != (shape.columns[i].kind == CellKind::integer)) {
            return false;
        }
    }
    return true;
}

bool same_rows(const Tables& one, const Tables& other) {
    if (one.shapes().size() != other.shapes().size()) {
        return false;
    }
    for (std::size_t table = 0; table < one.shapes().size(); ++table) {
        if (one.rows(table) != other.rows(table)) {
            return false;
        }
    }
    return true;
}

}  // namespace stormglass::sagas
