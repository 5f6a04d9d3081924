// Boost.Asio, compiled once: everything that links `stormglass::asio` includes declarations only.
#include <boost/asio/impl/src.hpp>
