// Key files: where keys lie in a data directory, and how they are read and made. Secrets have mode
// 0600 and are refused when others could read them.
//
//   DATA/keys/local.key      the local secret: a server makes it, clients of its machine find it
//   DATA/keys/ID.key         an Ed25519 pair: id, the source that it belongs to, seed
//   DATA/keys/ID.pub         a public key that is trusted for one source
//   DATA/keys/ID.revoked     one that was, and is no more
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/crypto/key_ring.hpp"
#include "runtime/result.hpp"

namespace stormglass::bus {

struct KeyFile {
    std::string id;      // 8 to 64 of [A-Za-z0-9_-]
    std::string source;  // absolute URI; the only one that may sign with it
    crypto::PublicKey public_key{};
    bool revoked = false;
};

struct SigningKeyFile {
    KeyFile key;
    crypto::KeyPair pair;
};

/// DATA/keys.
std::string key_directory(const std::string& data);

// All fail with `key.*` codes and a text that names the file.

/// The local secret of a data directory; made when there is none.
Result<crypto::LocalSecret> make_local_key(const std::string& data);
/// Fails with `key.missing` when there is none.
Result<crypto::LocalSecret> load_local_key(const std::string& data);

/// A new Ed25519 pair, written to DATA/keys/ID.key and, for everyone, ID.pub.
Result<SigningKeyFile> new_signing_key(const std::string& data,
                                       const std::string& id,
                                       const std::string& source);
Result<SigningKeyFile> load_signing_key(const std::string& file);

/// All public keys of a data directory, by id; revoked ones too.
Result<std::vector<KeyFile>> list_keys(const std::string& data);

/// From the server's next start on, nobody is let in with this key. What was stored under it stays,
/// and can be verified.
Result<void> revoke_key(const std::string& data, const std::string& id);

}  // namespace stormglass::bus
