#include "runtime/node.hpp"

#include "runtime/check.hpp"

namespace stormglass {

std::string_view name_of(StorageStatus status) {
    switch (status) {
        case StorageStatus::ok:
            return "ok";
        case StorageStatus::not_found:
            return "not_found";
        case StorageStatus::already_exists:
            return "already_exists";
        case StorageStatus::out_of_space:
            return "out_of_space";
        case StorageStatus::io_error:
            return "io_error";
    }
    CHECK(false);
}

std::string_view name_of(LinkState state) {
    switch (state) {
        case LinkState::down:
            return "down";
        case LinkState::up:
            return "up";
        case LinkState::writable:
            return "writable";
    }
    CHECK(false);
}

}  // namespace stormglass
