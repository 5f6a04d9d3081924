// A store in files, by effects alone: a snapshot of all rows, then the changes of each commit, each
// a record with its position and checksum. A commit counts when it is synced; a torn tail is cut by
// going on in a new file. Whatever is lost here the log can give again.
#pragma once

#include <string>
#include <vector>

#include "runtime/component.hpp"
#include "sagas/projection_store.hpp"

namespace stormglass::sagas {

struct FileStoreOptions {
    std::string name;                          // files are NAME.1.rows, NAME.2.rows ...
    std::uint64_t change_bytes_max = 1 << 20;  // behind the snapshot; then a new file begins
    std::uint64_t read_bytes_max = 64 << 10;   // of one read while loading
};

class FileStore final : public Component, public ProjectionStore {
  public:
    explicit FileStore(FileStoreOptions options) : options_(std::move(options)) {}

    void listen(StoreListener& listener) override { listener_ = &listener; }

    void load(std::uint64_t identity, Tables& into, Moment now, Effects& out) override;
    void commit(const Commit& commit, Moment now, Effects& out) override;

    void on_storage(StorageToken token,
                    const StorageResult& result,
                    Moment now,
                    Effects& out) override;

  private:
    /// What it waits for.
    enum class State : std::uint8_t { idle, listing, reading, syncing };

    std::string file_name(std::uint64_t number) const;
    std::uint64_t number_of(std::string_view file) const;
    void on_list(const StorageResult& result, Moment now, Effects& out);
    void read_newest(Moment now, Effects& out);
    void on_read(const StorageResult& result, Moment now, Effects& out);
    void read_more(Effects& out);
    void fold_file(Moment now, Effects& out);
    void loaded(const Result<Loaded>& loaded, Moment now, Effects& out);
    void on_synced(Moment now, Effects& out);

    FileStoreOptions options_;
    StoreListener* listener_ = nullptr;
    State state_ = State::idle;
    std::uint64_t identity_ = 0;
    Tables* into_ = nullptr;
    std::vector<std::uint64_t> numbers_;  // of files there are, ascending
    std::size_t candidate_ = 0;           // files below are still to be tried
    ByteBuffer content_;
    std::uint64_t current_ = 0;  // file that changes are appended to; 0: a new one is due
    std::uint64_t newest_ = 0;   // number ever seen
    std::uint64_t change_bytes_ = 0;
    StorageStatus worst_ = StorageStatus::ok;  // of the commit under way
    ByteBuffer record_;
};

}  // namespace stormglass::sagas
