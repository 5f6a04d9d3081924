// A broker in a process of its own that can be killed, frozen, and started again on the same data
// and address. Whoever talks to it is sure to talk to it: the bus id is fresh, the pid is its own.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/temp_dir.hpp"

#include <sys/types.h>

namespace stormglass::tests {

enum class Unsynced { survives, dies };   // when the process is killed
enum class Soundness { sound, unsound };  // unsound: acknowledges before it has synced

class BrokerProcess {
  public:
    explicit BrokerProcess(Unsynced unsynced = Unsynced::survives,
                           Soundness soundness = Soundness::sound);
    ~BrokerProcess();
    BrokerProcess(const BrokerProcess&) = delete;
    BrokerProcess& operator=(const BrokerProcess&) = delete;

    void start();
    void kill();  // SIGKILL, and what the crash of the machine would have lost is gone
    void freeze();
    void thaw();
    /// No file of this process may grow beyond so many bytes: a disk that is full. A process that
    /// is started later has all the room.
    void limit_files(std::uint64_t bytes) const;
    void lift_limit() const;
    /// SIGTERM; its exit status.
    int stop();

    std::string url() const { return "stormglass://" + address_; }

    const std::string& address() const { return address_; }

    std::string data() const { return folder_ / "data"; }

    const std::string& bus_id() const { return bus_id_; }

  private:
    void signal(int number) const;
    int wait();
    void remove_unsynced_files() const;

    TempDir folder_;
    Unsynced unsynced_;
    Soundness soundness_;
    std::string address_ = "127.0.0.1:0";
    std::string bus_id_;
    pid_t pid_ = -1;
};

}  // namespace stormglass::tests
