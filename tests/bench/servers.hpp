// Servers for the loopback bench: each a child process at a free port with a directory of its own
// on the disk to be measured, asserted to be the one that was started, and ended by its handle.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace stormglass::bench {

class Child {
  public:
    /// Starts the program; its output goes to `log`.
    Child(const std::vector<std::string>& command, const std::string& log);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    pid_t pid() const { return pid_; }

    /// Processor time that it has used, in seconds.
    double cpu_seconds() const;

  private:
    pid_t pid_;
};

/// A port that was free a moment ago.
int free_port();

}  // namespace stormglass::bench
