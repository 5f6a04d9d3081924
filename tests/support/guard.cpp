// Strong definitions stand before those of the C and C++ libraries, for the program and for the
// shared libraries that it loads. Each passes on to the system when no simulated code is running.
#include "tests/support/guard.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <random>
#include <string>

#include "tests/support/sanitized.hpp"

#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace stormglass::tests {

bool guard_installed() {
    return STORMGLASS_ADDRESS_SANITIZED == 0;
}

}  // namespace stormglass::tests

#if !STORMGLASS_ADDRESS_SANITIZED

namespace {

// Worlds run side by side on threads of their own; each watches for itself.
thread_local int simulated = 0;

void say(const char* text) {
    [[maybe_unused]] const ssize_t ignored = write(STDERR_FILENO, text, std::strlen(text));
}

void watch(const char* what) {
    if (simulated == 0) {
        return;
    }
    simulated = 0;  // what follows may ask for the same
    say("guard: simulated code asked for ");
    say(what);
    say("; time, chance and the environment arrive through Moment and Effects\n");
    void* frames[32];
    backtrace_symbols_fd(frames, backtrace(frames, 32), STDERR_FILENO);
    std::abort();
}

template <class Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

void stormglass_simulated(int change) {
    simulated += change;
}

int clock_gettime(clockid_t clock, timespec* out) noexcept {
    watch("clock_gettime");
    return static_cast<int>(syscall(SYS_clock_gettime, clock, out));
}

int gettimeofday(timeval* __restrict out, void* __restrict) noexcept {
    watch("gettimeofday");
    timespec now{};
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t* out) noexcept {
    watch("time");
    timespec now{};
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
    if (out != nullptr) {
        *out = now.tv_sec;
    }
    return now.tv_sec;
}

int rand() noexcept {
    watch("rand");
    return next<int()>("rand")();
}

long random() noexcept {
    watch("random");
    return next<long()>("random")();
}

ssize_t getrandom(void* bytes, size_t size, unsigned flags) noexcept {
    watch("getrandom");
    return syscall(SYS_getrandom, bytes, size, flags);
}

int getentropy(void* bytes, size_t size) noexcept {
    watch("getentropy");
    return syscall(SYS_getrandom, bytes, size, 0) == static_cast<long>(size) ? 0 : -1;
}

int nanosleep(const timespec* span, timespec* rest) {
    watch("nanosleep");
    return static_cast<int>(syscall(SYS_nanosleep, span, rest));
}

// Unlike the others it returns the error instead of leaving it in errno.
int clock_nanosleep(clockid_t clock, int flags, const timespec* span, timespec* rest) {
    watch("clock_nanosleep");
    return syscall(SYS_clock_nanosleep, clock, flags, span, rest) == 0 ? 0 : errno;
}

int pthread_create(pthread_t* thread,
                   const pthread_attr_t* attributes,
                   void* (*body)(void*),
                   void* argument) noexcept {
    watch("pthread_create");
    return next<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create")(
        thread, attributes, body, argument);
}

char* getenv(const char* name) noexcept {
    watch("getenv");
    return next<char*(const char*)>("getenv")(name);
}

int epoll_create1(int flags) noexcept {
    watch("epoll_create1");
    return static_cast<int>(syscall(SYS_epoll_create1, flags));
}
}  // extern "C"

void std::random_device::_M_init(const std::string& token) {
    watch("std::random_device");
    if (token != "default" && token != "getrandom") {
        std::abort();  // no other source stands behind the guard
    }
}

void std::random_device::_M_fini() {}

std::random_device::result_type std::random_device::_M_getval() {
    watch("std::random_device");
    result_type value = 0;
    syscall(SYS_getrandom, &value, sizeof value, 0);
    return value;
}

#endif
