#include "sagas/read_model_codec.hpp"

#include "bus/crc32c.hpp"
#include "runtime/check.hpp"

namespace stormglass::sagas {
namespace {

constexpr std::size_t kFrameBytes = 8;
constexpr std::size_t kHeadBytes = 17;  // kind, identity, position

class RowWriter {
  public:
    explicit RowWriter(ByteBuffer& out) : out_(out) {}

    void number(std::uint64_t value, std::size_t width) {
        for (std::size_t i = 0; i < width; ++i) {
            out_.push_back(static_cast<std::byte>(value >> (8 * i)));
        }
    }

    void text(std::string_view value) {
        number(value.size(), 4);
        const Bytes bytes = as_bytes(value);
        out_.insert(out_.end(), bytes.begin(), bytes.end());
    }

    void row(const Row& row) {
        for (const Cell& cell : row) {
            if (const auto* value = std::get_if<std::int64_t>(&cell)) {
                number(static_cast<std::uint64_t>(*value), 8);
            } else {
                text(std::get<std::string>(cell));
            }
        }
    }

  private:
    ByteBuffer& out_;
};

/// Keeps its first failure and yields zeros from then on.
class RowReader {
  public:
    explicit RowReader(Bytes bytes) : bytes_(bytes) {}

    std::uint64_t number(std::size_t width) {
        const Bytes bytes = take(width);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
        }
        return value;
    }

    std::string_view text() { return as_text(take(static_cast<std::size_t>(number(4)))); }

    Row row(const TableShape& shape) {
        Row row;
        for (const Column& column : shape.columns) {
            if (column.kind == CellKind::integer) {
                row.emplace_back(static_cast<std::int64_t>(number(8)));
            } else {
                row.emplace_back(std::string(text()));
            }
        }
        return row;
    }

    bool ok() const { return ok_; }

    bool at_end() const { return bytes_.empty(); }

  private:
    Bytes take(std::size_t size) {
        if (size > bytes_.size()) {
            ok_ = false;
            bytes_ = {};
            return {};
        }
        const Bytes taken = bytes_.first(size);
        bytes_ = bytes_.subspan(size);
        return taken;
    }

    Bytes bytes_;
    bool ok_ = true;
};

/// Opens a record; its length and sum are written by `close`.
std::size_t open(StateRecord kind, const StateHead& head, ByteBuffer& out) {
    const std::size_t at = out.size();
    RowWriter writer(out);
    writer.number(0, kFrameBytes);
    writer.number(static_cast<std::uint64_t>(kind), 1);
    writer.number(head.identity, 8);
    writer.number(head.position, 8);
    return at;
}

void close(std::size_t at, ByteBuffer& out) {
    const Bytes body = Bytes(out).subspan(at + kFrameBytes);
    CHECK(body.size() < (std::size_t{1} << 32));
    ByteBuffer frame;
    RowWriter writer(frame);
    writer.number(body.size(), 4);
    writer.number(bus::crc32c(body), 4);
    std::copy(frame.begin(), frame.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
}

Error torn() {
    return {"PR_TORN", "a record of rows is not complete, or its checksum is wrong"};
}

Error misfit() {
    return {"PR_RECORD", "a record of rows does not fit the tables of the fold"};
}

Result<void> read_snapshot(RowReader& reader, Tables& tables) {
    for (std::size_t table = 0; table < tables.shapes().size(); ++table) {
        const std::uint64_t rows = reader.number(8);
        for (std::uint64_t i = 0; i < rows && reader.ok(); ++i) {
            const std::string key(reader.text());
            Row row = reader.row(tables.shapes()[table]);
            if (!reader.ok() || key.empty() || key.size() > kRowKeyBytesMax) {
                return misfit();
            }
            tables.put(table, key, std::move(row));
        }
    }
    return reader.ok() && reader.at_end() ? Result<void>() : misfit();
}

Result<void> read_changes(RowReader& reader, Tables& tables) {
    while (reader.ok() && !reader.at_end()) {
        const auto table = static_cast<std::size_t>(reader.number(4));
        const std::string key(reader.text());
        const bool present = reader.number(1) != 0;
        if (!reader.ok() || table >= tables.shapes().size() || key.empty() ||
            key.size() > kRowKeyBytesMax) {
            return misfit();
        }
        if (!present) {
            tables.erase(table, key);
            continue;
        }
        Row row = reader.row(tables.shapes()[table]);
        if (!reader.ok()) {
            return misfit();
        }
        tables.put(table, key, std::move(row));
    }
    return reader.ok() ? Result<void>() : misfit();
}

}  // namespace

void encode_snapshot(const StateHead& head, const Tables& tables, ByteBuffer& out) {
    const std::size_t at = open(StateRecord::snapshot, head, out);
    RowWriter writer(out);
    for (std::size_t table = 0; table < tables.shapes().size(); ++table) {
        writer.number(tables.rows(table).size(), 8);
        for (const auto& [key, row] : tables.rows(table)) {
            writer.text(key);
            writer.row(row);
        }
    }
    close(at, out);
}

void encode_changes(const StateHead& head, std::span<const RowChange> changes, ByteBuffer& out) {
    const std::size_t at = open(StateRecord::changes, head, out);
    RowWriter writer(out);
    for (const RowChange& change : changes) {
        writer.number(change.table, 4);
        writer.text(change.key);
        writer.number(change.row != nullptr ? 1 : 0, 1);
        if (change.row != nullptr) {
            writer.row(*change.row);
        }
    }
    close(at, out);
}

Result<FramedRecord> next_record(Bytes bytes) {
    RowReader frame(bytes);
    const auto length = static_cast<std::size_t>(frame.number(4));
    const auto sum = static_cast<std::uint32_t>(frame.number(4));
    if (!frame.ok() || length < kHeadBytes || length > bytes.size() - kFrameBytes) {
        return torn();
    }
    const Bytes body = bytes.subspan(kFrameBytes, length);
    if (bus::crc32c(body) != sum) {
        return torn();
    }
    RowReader reader(body);
    const std::uint64_t kind = reader.number(1);
    if (kind != static_cast<std::uint64_t>(StateRecord::snapshot) &&
        kind != static_cast<std::uint64_t>(StateRecord::changes)) {
        return Error{"PR_RECORD", "a record of rows is of an unknown kind"};
    }
    FramedRecord record;
    record.kind = static_cast<StateRecord>(kind);
    record.head.identity = reader.number(8);
    record.head.position = reader.number(8);
    record.rows = body.subspan(kHeadBytes);
    record.size = kFrameBytes + length;
    return record;
}

Result<void> read_rows(const FramedRecord& record, Tables& tables) {
    RowReader reader(record.rows);
    return record.kind == StateRecord::snapshot ? read_snapshot(reader, tables)
                                                : read_changes(reader, tables);
}

}  // namespace stormglass::sagas
