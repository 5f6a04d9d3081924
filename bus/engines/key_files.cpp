#include "bus/engines/key_files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stormglass::bus {
namespace {

constexpr std::string_view kLocalHead = "stormglass-local-key 1\n";
constexpr std::string_view kSigningHead = "stormglass-signing-key 1\n";
constexpr std::string_view kPublicHead = "stormglass-public-key 1\n";
constexpr std::size_t kFileBytesMax = 4'096;

Error failed(std::string_view code, const std::string& file, std::string_view what) {
    return {code, file + ": " + std::string(what)};
}

Error failed_now(std::string_view code, const std::string& file) {
    return failed(code, file, std::strerror(errno));  // NOLINT(concurrency-mt-unsafe)
}

std::string to_hex(Bytes bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : bytes) {
        text.push_back(kDigits[std::to_integer<unsigned>(byte) >> 4]);
        text.push_back(kDigits[std::to_integer<unsigned>(byte) & 15]);
    }
    return text;
}

bool from_hex(std::string_view text, std::array<std::byte, 32>& to) {
    const auto digit = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    if (text.size() != 2 * to.size()) {
        return false;
    }
    for (std::size_t i = 0; i < to.size(); ++i) {
        const int high = digit(text[2 * i]);
        const int low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        to[i] = static_cast<std::byte>(high * 16 + low);
    }
    return true;
}

enum class Secrecy : std::uint8_t { open, secret };

Result<std::string> read_file(const std::string& file, Secrecy secrecy) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return failed_now(errno == ENOENT ? "key.missing" : "key.unreadable", file);
    }

    struct stat about {};

    std::string text(kFileBytesMax, '\0');
    const bool known = ::fstat(fd, &about) == 0;
    const ssize_t got = known ? ::read(fd, text.data(), text.size()) : -1;
    ::close(fd);
    if (got < 0) {
        return failed_now("key.unreadable", file);
    }
    if (secrecy == Secrecy::secret && (about.st_mode & 077) != 0) {
        return failed("key.exposed",
                      file,
                      "others can read this secret; chmod 600 it, or make a "
                      "new one if they did");
    }
    text.resize(static_cast<std::size_t>(got));
    return text;
}

// A new file, whole and synced, or none.
Result<void> write_new(const std::string& file, std::string_view text, mode_t mode) {
    const std::string fresh = file + ".new-" + std::to_string(::getpid());
    const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0) {
        return failed_now("key.unwritable", fresh);
    }
    const bool wrote = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(fd) == 0;
    ::close(fd);
    // Unlike a rename, a link never replaces a key that somebody else made meanwhile.
    const bool linked = wrote && ::link(fresh.c_str(), file.c_str()) == 0;
    const int error = errno;
    ::unlink(fresh.c_str());
    if (!linked) {
        errno = error;
        return failed_now(error == EEXIST ? "key.exists" : "key.unwritable", file);
    }
    return {};
}

Result<void> make_key_directory(const std::string& data) {
    for (const std::string& path : {data, key_directory(data)}) {
        if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
            return failed_now("key.unwritable", path);
        }
    }
    return {};
}

/// The value of a line "NAME VALUE".
std::string_view line(std::string_view text, std::string_view name) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view one = text.substr(0, end);
        if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == ' ') {
            return one.substr(name.size() + 1);
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return {};
}

bool is_key_id(std::string_view id) {
    return id.size() >= 8 && id.size() <= 64 && !id.starts_with(crypto::kLocalKeyPrefix) &&
           std::all_of(id.begin(), id.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '-';
           });
}

Result<KeyFile> parse_key(const std::string& file, std::string_view text) {
    KeyFile key;
    key.id = line(text, "id");
    key.source = line(text, "source");
    if (!is_key_id(key.id) || key.source.empty()) {
        return failed("key.broken", file, "no key id of 8 to 64 characters, or no source");
    }
    return key;
}

}  // namespace

std::string key_directory(const std::string& data) {
    return data + "/keys";
}

Result<crypto::LocalSecret> load_local_key(const std::string& data) {
    const std::string file = key_directory(data) + "/local.key";
    const auto text = read_file(file, Secrecy::secret);
    if (!text) {
        return text.error();
    }
    crypto::LocalSecret secret{};
    if (!text->starts_with(kLocalHead) || !from_hex(line(text.value(), "secret"), secret)) {
        return failed("key.broken", file, "this is no local key");
    }
    return secret;
}

Result<crypto::LocalSecret> make_local_key(const std::string& data) {
    if (auto prepared = crypto::initialise(); !prepared) {
        return std::move(prepared).error();
    }
    auto known = load_local_key(data);
    if (known.ok() || known.error().code != "key.missing") {
        return known;
    }
    if (auto made = make_key_directory(data); !made) {
        return std::move(made).error();
    }
    const crypto::LocalSecret secret = crypto::fresh_secret();
    std::string text(kLocalHead);
    text.append("secret ").append(to_hex(secret)).append("\n");
    if (auto written = write_new(key_directory(data) + "/local.key", text, 0600);
        !written && written.error().code != "key.exists") {
        return std::move(written).error();
    }
    return load_local_key(data);
}

Result<SigningKeyFile> new_signing_key(const std::string& data,
                                       const std::string& id,
                                       const std::string& source) {
    if (auto prepared = crypto::initialise(); !prepared) {
        return std::move(prepared).error();
    }
    const std::string file = key_directory(data) + "/" + id;
    if (!is_key_id(id)) {
        return failed("key.name", file, "a key id has 8 to 64 of [A-Za-z0-9_-], not local-...");
    }
    if (auto made = make_key_directory(data); !made) {
        return std::move(made).error();
    }
    const crypto::KeySeed seed = crypto::fresh_secret();
    SigningKeyFile made;
    made.pair = crypto::key_pair_from(seed);
    made.key = {id, source, made.pair.public_key, false};
    const std::string lines = "id " + id + "\nsource " + source + "\n";
    const std::string secret =
        std::string(kSigningHead).append(lines).append("seed ").append(to_hex(seed)).append("\n");
    const std::string open = std::string(kPublicHead)
                                 .append(lines)
                                 .append("public ")
                                 .append(to_hex(made.pair.public_key))
                                 .append("\n");
    if (auto written = write_new(file + ".key", secret, 0600); !written) {
        return std::move(written).error();
    }
    if (auto written = write_new(file + ".pub", open, 0644); !written) {
        return std::move(written).error();
    }
    return made;
}

Result<SigningKeyFile> load_signing_key(const std::string& file) {
    const auto text = read_file(file, Secrecy::secret);
    if (!text) {
        return text.error();
    }
    crypto::KeySeed seed{};
    if (!text->starts_with(kSigningHead) || !from_hex(line(text.value(), "seed"), seed)) {
        return failed("key.broken", file, "this is no signing key");
    }
    auto key = parse_key(file, text.value());
    if (!key) {
        return std::move(key).error();
    }
    SigningKeyFile loaded;
    loaded.key = std::move(key).value();
    loaded.pair = crypto::key_pair_from(seed);
    loaded.key.public_key = loaded.pair.public_key;
    return loaded;
}

Result<std::vector<KeyFile>> list_keys(const std::string& data) {
    std::vector<KeyFile> keys;
    const std::string path = key_directory(data);
    DIR* const dir = ::opendir(path.c_str());
    if (dir == nullptr) {
        if (errno == ENOENT) {
            return keys;
        }
        return failed_now("key.unreadable", path);
    }
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(dir)) {  // NOLINT(concurrency-mt-unsafe): its own DIR
        names.emplace_back(entry->d_name);
    }
    ::closedir(dir);
    for (const std::string& name : names) {
        const bool revoked = name.ends_with(".revoked");
        if (!revoked && !name.ends_with(".pub")) {
            continue;
        }
        const std::string file = path + "/" + name;
        const auto text = read_file(file, Secrecy::open);
        if (!text) {
            return text.error();
        }
        auto key = parse_key(file, text.value());
        if (!key) {
            return std::move(key).error();
        }
        if (!text->starts_with(kPublicHead) ||
            !from_hex(line(text.value(), "public"), key->public_key)) {
            return failed("key.broken", file, "this is no public key");
        }
        key->revoked = revoked;
        keys.push_back(std::move(key).value());
    }
    std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    return keys;
}

Result<void> revoke_key(const std::string& data, const std::string& id) {
    const std::string file = key_directory(data) + "/" + id;
    if (!is_key_id(id)) {
        return failed("key.name", file, "a key id has 8 to 64 of [A-Za-z0-9_-], not local-...");
    }
    if (::rename((file + ".pub").c_str(), (file + ".revoked").c_str()) != 0) {
        return failed_now(errno == ENOENT ? "key.missing" : "key.unwritable", file + ".pub");
    }
    return {};
}

}  // namespace stormglass::bus
