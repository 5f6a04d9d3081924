// A library to preload: journal files whose unsynced bytes die with the process, as they would with
// the machine. Writes wait here, in memory, until a sync of their file carries them out; reads see
// them. A killed process has carried out nothing else. Files created and not yet covered by a sync
// of their directory are listed in the file that STORMGLASS_UNSYNCED names ("created NAME",
// "synced"): the test removes them (broker_process.cpp).
#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr std::string_view kPrefix = "journal-";

struct Write {
    off_t at = 0;
    std::vector<char> bytes;
};

using File = std::pair<dev_t, ino_t>;

struct Unsynced {
    std::mutex mutex;
    std::map<File, std::vector<Write>> waiting;  // of each journal file ever opened
    bool created = false;                        // since the last sync of a directory
};

Unsynced& state() {
    static auto* const only = new Unsynced;  // outlives every other destructor
    return *only;
}

template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

ssize_t real_pwrite(int fd, const void* bytes, size_t size, off_t at) {
    static auto* const call = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
    return call(fd, bytes, size, at);
}

File file_of(int fd) {
    struct stat about {};

    return fstat(fd, &about) == 0 ? File{about.st_dev, about.st_ino} : File{};
}

bool is_directory(int fd) {
    struct stat about {};

    return fstat(fd, &about) == 0 && S_ISDIR(about.st_mode);
}

void list(const std::string& line) {
    const char* path = std::getenv("STORMGLASS_UNSYNCED");  // NOLINT: no other thread sets it
    const int fd = path == nullptr ? -1 : ::open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0 || ::write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        std::abort();  // the test would show nothing
    }
    ::close(fd);
}

int opened(int dir, const char* path, int flags, mode_t mode) {
    static auto* const call = real<int(int, const char*, int, ...)>("openat");
    const bool ours = std::string_view(path).starts_with(kPrefix);
    const bool creates = ours && (flags & O_CREAT) != 0 && faccessat(dir, path, F_OK, 0) != 0;
    const std::lock_guard hold(state().mutex);
    const int fd = call(dir, path, flags, mode);
    if (ours && fd >= 0) {
        state().waiting.try_emplace(file_of(fd));
        if (creates) {
            list(std::string("created ") + path + "\n");
            state().created = true;
        }
    }
    return fd;
}

/// Where the limit of file sizes stands: the system looks at it when a write is asked for.
bool has_room(off_t end) {
    rlimit limit{};
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 && static_cast<rlim_t>(end) <= limit.rlim_cur;
}

ssize_t written(int fd, const void* bytes, size_t size, off_t at) {
    const std::lock_guard hold(state().mutex);
    const auto found = state().waiting.find(file_of(fd));
    if (found == state().waiting.end()) {
        return real_pwrite(fd, bytes, size, at);
    }
    if (!has_room(at + static_cast<off_t>(size))) {
        errno = EFBIG;
        return -1;
    }
    const auto* from = static_cast<const char*>(bytes);
    found->second.push_back({at, std::vector<char>(from, from + size)});
    return static_cast<ssize_t>(size);
}

/// What the file says, and over it what waits.
ssize_t read_back(int fd, void* into, size_t size, off_t at) {
    static auto* const call = real<ssize_t(int, void*, size_t, off_t)>("pread");
    const std::lock_guard hold(state().mutex);
    ssize_t got = call(fd, into, size, at);
    const auto found = state().waiting.find(file_of(fd));
    if (got < 0 || found == state().waiting.end()) {
        return got;
    }
    for (const Write& write : found->second) {
        const off_t from = std::max(at, write.at);
        const off_t to = std::min(at + static_cast<off_t>(size),
                                  write.at + static_cast<off_t>(write.bytes.size()));
        if (from < to) {
            std::memcpy(static_cast<char*>(into) + (from - at),
                        write.bytes.data() + (from - write.at),
                        static_cast<size_t>(to - from));
            got = std::max(got, static_cast<ssize_t>(to - at));
        }
    }
    return got;
}

/// Disks take their time; what is acknowledged meanwhile was acknowledged too early.
void take_time() {
    const timespec span{0, 3'000'000};
    nanosleep(&span, nullptr);
}

int synced(int fd, const char* name) {
    take_time();
    const std::lock_guard hold(state().mutex);
    if (is_directory(fd)) {
        if (real<int(int)>(name)(fd) != 0) {
            return -1;
        }
        if (std::exchange(state().created, false)) {
            list("synced\n");
        }
        return 0;
    }
    if (const auto found = state().waiting.find(file_of(fd)); found != state().waiting.end()) {
        for (const Write& write : found->second) {
            const auto size = static_cast<ssize_t>(write.bytes.size());
            if (real_pwrite(fd, write.bytes.data(), write.bytes.size(), write.at) != size) {
                return -1;
            }
        }
        found->second.clear();
    }
    return real<int(int)>(name)(fd);
}

}  // namespace

extern "C" {

int openat(int dir, const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    return opened(dir, path, flags, mode);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
    return written(fd, bytes, size, at);
}

ssize_t pread(int fd, void* into, size_t size, off_t at) {
    return read_back(fd, into, size, at);
}

int fdatasync(int fd) {
    return synced(fd, "fdatasync");
}

int fsync(int fd) {
    return synced(fd, "fsync");
}
}  // extern "C"
