#include "sagas/fold.hpp"

#include "runtime/check.hpp"
#include "runtime/random.hpp"

namespace stormglass::sagas {
namespace {

constexpr std::string_view kMissing = "PR_MISSING";

TableShape skipped_shape() {
    return {std::string(kSkippedTable),
            "position",
            {{"code", CellKind::text}, {"event", CellKind::text}, {"count", CellKind::integer}}};
}

void put_skipped(bus::Position position,
                 std::string_view code,
                 std::string_view event,
                 std::int64_t count,
                 Tables& tables) {
    Row row;
    row.emplace_back(std::string(code));
    row.emplace_back(std::string(event));
    row.emplace_back(count);
    tables.put(tables.shapes().size() - 1, std::to_string(position), std::move(row));
}

}  // namespace

Tables empty_tables(const Fold& fold) {
    std::vector<TableShape> shapes = fold.tables();
    shapes.push_back(skipped_shape());
    return Tables(std::move(shapes));
}

std::uint64_t identity_of(const Fold& fold) {
    std::uint64_t state = chain64(name_hash(fold.name()), fold.version());
    for (const TableShape& shape : fold.tables()) {
        state = chain64(chain64(state, name_hash(shape.name)), name_hash(shape.key));
        for (const Column& column : shape.columns) {
            state = chain64(state, name_hash(column.name));
            state = chain64(state, static_cast<std::uint64_t>(column.kind));
        }
    }
    return state;
}

std::string_view fold_event(const Fold& fold, const bus::Record& record, Tables& tables) {
    const std::uint64_t before = tables.digest();
    const auto applied = fold.apply(record, tables);
    if (applied) {
        return {};
    }
    CHECK(tables.digest() == before);  // half an event is worse than none
    put_skipped(record.position, applied.error().code, record.event.id, 1, tables);
    return applied.error().code;
}

void fold_gap(bus::Position from, bus::Position to, Tables& tables) {
    CHECK(from < to);
    put_skipped(from, kMissing, {}, static_cast<std::int64_t>(to - from), tables);
}

}  // namespace stormglass::sagas
