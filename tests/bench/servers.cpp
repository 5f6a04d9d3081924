#include "tests/bench/servers.hpp"

#include <csignal>
#include <fstream>
#include <sstream>

#include "runtime/check.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace stormglass::bench {

Child::Child(const std::vector<std::string>& command, const std::string& log) : pid_(::fork()) {
    CHECK(pid_ >= 0);
    if (pid_ > 0) {
        return;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    std::vector<char*> arguments;
    for (const std::string& argument : command) {
        arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

Child::~Child() {
    ::kill(pid_, SIGTERM);
    for (int tries = 0; tries < 500; ++tries) {
        if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
            return;
        }
        ::usleep(10'000);
    }
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

double Child::cpu_seconds() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int n = 0; n < 11; ++n) {
        fields >> skipped;
    }
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

int free_port() {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(at);
    CHECK(::bind(fd, reinterpret_cast<sockaddr*>(&at), size) == 0);
    CHECK(::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    ::close(fd);
    return ntohs(at.sin_port);
}

}  // namespace stormglass::bench
