// A server under conditions that end badly elsewhere: a full disk, a flood, a stranger beside a
// customer, an end in the middle of the work.
#include "bus/engines/server.hpp"

#include <atomic>

#include <gtest/gtest.h>

#include "bus/engines/connection.hpp"
#include "tests/asio/hosted.hpp"
#include "tests/asio/raw_peer.hpp"
#include "tests/asio/serving.hpp"
#include "tests/support/temp_dir.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

namespace stormglass::bus {
namespace {

using tests::Serving;
using tests::TempDir;

Event order(int number, std::size_t bytes = 0) {
    Event event;
    event.topic = "orders";
    event.type = "shop.order-placed.v1";
    event.payload = std::to_string(number) + std::string(bytes, '.');
    return event;
}

ConnectOptions as(std::string name, const std::string& data) {
    ConnectOptions options;
    options.source = std::move(name);
    options.data = data;
    return options;
}

/// A small file system of its own, where the system lets us have one.
class SmallDisk {
  public:
    explicit SmallDisk(const std::string& at) : at_(at) {
        mounted_ = ::mount("tmpfs", at.c_str(), "tmpfs", 0, "size=6m") == 0;
    }

    ~SmallDisk() {
        if (mounted_) {
            ::umount2(at_.c_str(), MNT_DETACH);
        }
    }

    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool mounted() const { return mounted_; }

  private:
    std::string at_;
    bool mounted_ = false;
};

TEST(Server, a_full_disk_stops_acknowledging_and_room_lets_it_go_on) {
    const TempDir data;
    const SmallDisk disk(data.path());
    if (!disk.mounted()) {
        GTEST_SKIP() << "mounting a small file system is not allowed here";
    }
    const std::string ballast = data / ".ballast";
    const int fd = ::open(ballast.c_str(), O_RDWR | O_CREAT, 0600);
    ASSERT_GE(fd, 0);
    ASSERT_EQ(::posix_fallocate(fd, 0, 3 << 20), 0);
    tests::Notes notes;
    ServerOptions options;
    options.host.observer = &notes;
    Serving server(data.path(), options);
    auto shop = connect(server.url(), as("shop", data.path()));
    ASSERT_TRUE(shop.ok()) << shop.error().text;
    std::vector<std::future<Published>> told;
    for (int n = 0; n < 60; ++n) {  // 60 of 40 KiB do not fit into what is left
        told.push_back((*shop)->publish(order(n, 40 << 10)));
    }
    ASSERT_TRUE(notes.wait_for("bus.halted journal.write-failed"));
    std::size_t accepted = 0;
    for (auto& each : told) {
        accepted += each.wait_for(std::chrono::seconds(0)) == std::future_status::ready ? 1 : 0;
    }
    EXPECT_LT(accepted, told.size());
    ASSERT_EQ(::ftruncate(fd, 0), 0);  // room again
    for (auto& each : told) {
        const Published done = each.get();
        EXPECT_TRUE(done.ok()) << name_of(done.status) << " " << done.text;
    }
    const auto orders = (*shop)->read("orders").get();
    ASSERT_TRUE(orders.ok());
    ASSERT_EQ(orders->size(), told.size());
    for (int n = 0; n < 60; ++n) {
        EXPECT_EQ(orders->at(n).payload, order(n, 40 << 10).payload);
    }
    shop = Error{"closed", ""};
    server.stop();
    ::close(fd);
}

// Garbage, strangers and a flood of connections beside a customer who is served all the time.
TEST(Server, hostile_peers_do_not_disturb_a_customer) {
    const TempDir data;
    Serving server(data.path());
    auto shop = connect(server.url(), as("shop", data.path()));
    ASSERT_TRUE(shop.ok()) << shop.error().text;
    const std::string address = server.url().substr(std::string("stormglass://").size());
    std::atomic<bool> over = false;
    std::thread hostile([&] {
        for (int n = 0; n < 200; ++n) {
            tests::RawPeer peer(address);
            switch (n % 4) {
                case 0:
                    peer.send_text("GET / HTTP/1.1\r\n\r\n");
                    EXPECT_EQ(peer.read_to_end(), "link.garbage");
                    break;
                case 1:  // gone at once
                    break;
                case 2: {
                    ByteBuffer out;
                    asio::append_preamble(out);
                    asio::Hello hello;
                    hello.name = "urn:stormglass:local:shop";  // an impostor without a proof
                    hello.key_id = crypto::local_key_id(hello.name);
                    asio::append_hello(out, asio::FrameKind::hello, hello);
                    asio::append_proof(out, asio::FrameKind::proof, {true, {}});
                    peer.send(out);
                    EXPECT_EQ(peer.read_to_end(), "link.bad-proof");
                    break;
                }
                default:
                    peer.send(ByteBuffer(100'000, std::byte{0xff}));
                    static_cast<void>(peer.next());
            }
        }
        over = true;
    });
    int published = 0;
    while (!over || published < 50) {
        const Published done = (*shop)->publish(order(published++)).get();
        ASSERT_TRUE(done.ok()) << name_of(done.status) << " " << done.text;
        ASSERT_FALSE(done.duplicate);
    }
    hostile.join();
    EXPECT_EQ((*shop)->read("orders").get()->size(), static_cast<std::size_t>(published));
}

// What it took it answers before it goes; what it did not take waits for its next life.
TEST(Server, an_orderly_end_in_the_middle_of_the_work_loses_nothing) {
    const TempDir data;
    Serving server(data.path());
    auto shop = connect(server.url(), as("shop", data.path()));
    ASSERT_TRUE(shop.ok());
    std::vector<std::future<Published>> told;
    for (int n = 0; n < 500; ++n) {
        told.push_back((*shop)->publish(order(n)));
    }
    ASSERT_TRUE(told[0].get().ok());
    server.stop();
    server.start();
    for (std::size_t n = 1; n < told.size(); ++n) {
        EXPECT_TRUE(told[n].get().ok());
    }
    EXPECT_EQ((*shop)->read("orders").get()->size(), 500U);
}

TEST(Server, tells_what_it_holds) {
    const TempDir data;
    Serving server(data.path());
    auto shop = connect(server.url(), as("shop", data.path()));
    ASSERT_TRUE(shop.ok());
    ASSERT_TRUE((*shop)->publish(order(1)).get().ok());
    EXPECT_EQ((*shop)->ask("topics").get().value(), R"([{"topic":"orders","length":1}])");
    EXPECT_NE((*shop)->ask("status").get()->find(R"("state":"serving")"), std::string::npos);
}

TEST(Server, data_that_cannot_be_used_is_an_error) {
    ServerOptions options;
    EXPECT_EQ(Server::open(options).error().code, "data.unusable");
    options.data = "/proc/no/such";
    EXPECT_FALSE(Server::open(options).ok());
    const TempDir data;
    options.data = data.path();
    options.listen = {"not an address"};
    EXPECT_EQ(Server::open(options).error().code, "link.address");
}

}  // namespace
}  // namespace stormglass::bus
