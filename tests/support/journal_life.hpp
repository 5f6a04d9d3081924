// A journal on a disk that crashes, driven by hand.
#pragma once

#include <vector>

#include "bus/journal.hpp"
#include "runtime/random.hpp"
#include "tests/support/chance.hpp"
#include "tests/support/tiny_disk.hpp"

namespace stormglass::tests {

using bus::Journal;
using bus::JournalOptions;
using bus::WriteTiming;
using Bodies = std::vector<ByteBuffer>;

/// One life of a journal over a disk.
class Life {
  public:
    Life(TinyDisk& disk, JournalOptions options, std::uint64_t seed = 1)
        : disk_(disk),
          chance_(seed),
          journal_(options) {
        journal_.start(disk.recovered(), out_);
        submit();
    }

    Journal& journal() { return journal_; }

    void flush(Journal::Take take = Journal::Take::everything) {
        journal_.flush(take, out_);
        submit();
    }

    void complete_one() {
        const TinyDisk::Answer answer = disk_.complete_one();
        journal_.on_storage(answer.token, answer.result, out_);
        submit();
        collect();
    }

    /// Until nothing is under way.
    void settle() {
        flush();
        while (!disk_.idle()) {
            complete_one();
            flush();
        }
        collect();
    }

    /// What was recovered, in order.
    const Bodies& recovered() const { return recovered_; }

  private:
    void submit() {
        for (const Effect& effect : out_.sealed()) {
            disk_.submit(out_, effect);
        }
        out_.clear();
    }

    void collect() {
        while (const auto entry = journal_.front()) {
            if (entry->index > journal_.progress().synced) {
                return;
            }
            if (entry->recovered) {
                recovered_.emplace_back(entry->body.begin(), entry->body.end());
            }
            journal_.pop();
        }
    }

    TinyDisk& disk_;
    TestChance chance_;
    Effects out_{chance_};
    Journal journal_;
    Bodies recovered_;
};

/// Drawn bytes.
inline ByteBuffer body_of(std::uint64_t seed, std::size_t size) {
    ByteBuffer body(size);
    for (std::size_t i = 0; i < size; ++i) {
        body[i] = static_cast<std::byte>(chain64(seed, i / 8) >> (i % 8 * 8));
    }
    return body;
}

inline JournalOptions small_segments(WriteTiming timing = WriteTiming::after_sync) {
    JournalOptions options;
    options.segment_bytes = 8 << 10;
    options.timing = timing;
    return options;
}

}  // namespace stormglass::tests
