// Files of the real machine behave as the simulator's: one law over random verbs, and what only
// the real machine has: locks, names that reach outside, limits.
#include "runtime/asio/directory.hpp"

#include <condition_variable>
#include <csignal>
#include <fstream>
#include <map>
#include <mutex>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "runtime/asio/storage.hpp"
#include "sim/disk.hpp"
#include "tests/support/chance.hpp"
#include "tests/support/temp_dir.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stormglass::asio {
namespace {

using tests::TempDir;

struct Verb {
    EffectKind kind = EffectKind::sync;
    std::string file;
    std::string new_file;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    ByteBuffer bytes;
};

void ask(const Verb& verb, StorageToken token, Effects& out) {
    switch (verb.kind) {
        case EffectKind::create:
            return out.create(token, verb.file, verb.length);
        case EffectKind::append:
            return out.append(token, verb.file, verb.bytes);
        case EffectKind::write_at:
            return out.write_at(token, verb.file, verb.offset, verb.bytes);
        case EffectKind::sync:
            return out.sync(token, verb.file);
        case EffectKind::read:
            return out.read(token, verb.file, verb.offset, verb.length);
        case EffectKind::truncate:
            return out.truncate(token, verb.file, verb.offset);
        case EffectKind::rename:
            return out.rename(token, verb.file, verb.new_file);
        case EffectKind::remove:
            return out.remove(token, verb.file);
        default:
            return out.list(token);
    }
}

rc::Gen<Verb> verbs() {
    const auto file = rc::gen::element<std::string>("a", "b", "segment-1.log");
    return rc::gen::build<Verb>(
        rc::gen::set(&Verb::kind,
                     rc::gen::element(EffectKind::create,
                                      EffectKind::append,
                                      EffectKind::write_at,
                                      EffectKind::sync,
                                      EffectKind::read,
                                      EffectKind::truncate,
                                      EffectKind::rename,
                                      EffectKind::remove,
                                      EffectKind::list)),
        rc::gen::set(&Verb::file, file),
        rc::gen::set(&Verb::new_file, file),
        rc::gen::set(&Verb::offset, rc::gen::inRange<std::uint64_t>(0, 9'000)),
        rc::gen::set(&Verb::length, rc::gen::inRange<std::uint64_t>(0, 9'000)),
        rc::gen::set(&Verb::bytes,
                     rc::gen::map(rc::gen::arbitrary<std::vector<std::uint8_t>>(), [](auto from) {
                         ByteBuffer to;
                         for (const std::uint8_t byte : from) {
                             to.push_back(static_cast<std::byte>(byte));
                         }
                         return to;
                     })));
}

// One answer as text, so that a difference can be read.
std::string told(StorageStatus status, Bytes bytes, std::span<const RecoveredFile> files) {
    std::string text(name_of(status));
    text += " [";
    text += as_text(bytes);
    text += ']';
    for (const RecoveredFile& file : files) {
        text += ' ' + std::string(file.name) + ':' + std::to_string(file.size);
    }
    return text;
}

using Answers = std::map<std::uint64_t, std::string>;  // by token

Answers simulated_answers(sim::Disk& disk, Effects& out) {
    Answers answers;
    for (const Effect& effect : out.sealed()) {
        const auto ticket = disk.submit(effect, out, {1});
        const auto answer = disk.complete(ticket.request);
        answers[answer.token.value] =
            told(answer.result.status, answer.result.bytes, answer.result.files);
    }
    return answers;
}

// All of it under way at once.
Answers real_answers(Directory& directory, StorageMode mode, Effects& out) {
    std::mutex mutex;
    std::condition_variable wake;
    bool woken = false;
    const auto storage = make_storage(mode, [&] {
        const std::lock_guard hold(mutex);
        woken = true;
        wake.notify_one();
    });
    for (const Effect& effect : out.sealed()) {
        auto request = std::make_unique<StorageRequest>();
        request->take(effect, out);
        storage->submit(std::move(request), directory);
    }
    Answers answers;
    while (storage->outstanding() > 0) {
        const auto done = storage->take_done();
        if (done == nullptr) {
            std::unique_lock hold(mutex);
            wake.wait(hold, [&] { return woken; });
            woken = false;
            continue;
        }
        std::vector<RecoveredFile> files;
        for (const auto& entry : done->entries) {
            files.push_back({entry.name, entry.size});
        }
        const Bytes bytes = done->verb == EffectKind::read ? Bytes(done->bytes) : Bytes();
        answers[done->token.value] = told(done->status, bytes, files);
    }
    return answers;
}

std::map<std::string, ByteBuffer> contents(Directory& directory) {
    std::map<std::string, ByteBuffer> all;
    const auto files = directory.files();
    RC_ASSERT(files.ok());
    for (const auto& file : files.value()) {
        StorageRequest request;
        request.verb = EffectKind::read;
        request.file = file.name;
        request.length = file.size;
        directory.perform(request);
        RC_ASSERT(request.status == StorageStatus::ok);
        all[file.name] = request.bytes;
    }
    return all;
}

RC_GTEST_PROP(Directory, answers_as_the_simulated_disk_whatever_is_asked, ()) {
    const auto asked = *rc::gen::container<std::vector<Verb>>(verbs());
    const auto mode = *rc::gen::element(StorageMode::on_loop, StorageMode::on_thread);
    tests::TestChance chance;
    Effects out(chance);
    for (std::size_t i = 0; i < asked.size(); ++i) {
        ask(asked[i], {i + 1}, out);
    }
    sim::Disk disk(sim::DiskOptions{}, 1);
    const Answers expected = simulated_answers(disk, out);
    const TempDir dir;
    auto opened = Directory::open(dir.path());
    RC_ASSERT(opened.ok());
    RC_ASSERT(real_answers(*opened.value(), mode, out) == expected);
    RC_ASSERT((*opened)->sync_all().ok());
    // And what a next life finds.
    opened = Error{"closed", ""};
    opened = Directory::open(dir.path());
    RC_ASSERT(opened.ok());
    std::map<std::string, ByteBuffer> simulated;
    for (const RecoveredFile& file : disk.files()) {
        simulated[std::string(file.name)] = disk.bytes_of(file.name);
    }
    RC_ASSERT(contents(*opened.value()) == simulated);
}

TEST(Directory, a_second_owner_is_refused_and_told_why) {
    const TempDir dir;
    auto first = Directory::open(dir.path());
    ASSERT_TRUE(first.ok());
    const auto second = Directory::open(dir.path());
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, "data.locked");
    EXPECT_NE(second.error().text.find(std::to_string(::getpid())), std::string::npos)
        << second.error().text;
    first = Error{"closed", ""};
    EXPECT_TRUE(Directory::open(dir.path()).ok());
}

TEST(Directory, one_that_cannot_be_made_is_an_error_not_a_crash) {
    const auto opened = Directory::open("/proc/no/such/place");
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, "data.unusable");
}

TEST(Directory, names_that_reach_outside_are_refused) {
    const TempDir dir;
    const TempDir outside;
    const std::string target = outside / "target";
    std::ofstream(target) << "secret";
    std::filesystem::create_symlink(target, dir / "link");
    auto opened = Directory::open(dir.path());
    ASSERT_TRUE(opened.ok());
    for (const std::string name : {"../target", "a/b", "", ".", "..", ".lock", "a\nb", "link"}) {
        for (const EffectKind verb : {EffectKind::create, EffectKind::read, EffectKind::remove}) {
            if (name == "link" && verb != EffectKind::read) {
                continue;
            }
            StorageRequest request;
            request.verb = verb;
            request.file = name;
            request.length = 6;
            (*opened)->perform(request);
            EXPECT_NE(request.status, StorageStatus::ok) << name;
            EXPECT_NE(as_text(request.bytes), "secret") << name;
        }
    }
    EXPECT_TRUE(std::filesystem::exists(target));
    EXPECT_FALSE(is_file_name(std::string(300, 'x')));
    EXPECT_TRUE(is_file_name("journal-0000000001.log"));
}

// A limit on file sizes stands in for a full disk: the system says no in the middle of a write.
TEST(Directory, a_write_that_finds_no_room_says_so_and_leaves_what_was) {
    const TempDir dir;
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{64 << 10, 64 << 10};
        bool good = ::setrlimit(RLIMIT_FSIZE, &limit) == 0;
        auto opened = Directory::open(dir.path());
        good = good && opened.ok();
        const auto perform = [&](EffectKind verb, std::uint64_t length, std::size_t bytes) {
            StorageRequest request;
            request.verb = verb;
            request.file = "a";
            request.length = length;
            request.bytes.resize(bytes, std::byte{7});
            (*opened)->perform(request);
            return request.status;
        };
        good = good && perform(EffectKind::create, 1 << 20, 0) == StorageStatus::out_of_space;
        good = good && perform(EffectKind::sync, 0, 0) == StorageStatus::not_found;
        good = good && perform(EffectKind::create, 0, 0) == StorageStatus::ok;
        good = good && perform(EffectKind::append, 0, 60 << 10) == StorageStatus::ok;
        good = good && perform(EffectKind::append, 0, 60 << 10) == StorageStatus::out_of_space;
        good = good && perform(EffectKind::sync, 0, 0) == StorageStatus::ok;
        const auto files = (*opened)->files();
        good = good && files.ok() && files->size() == 1 && files->at(0).size == 60 << 10;
        ::_exit(good ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace stormglass::asio
