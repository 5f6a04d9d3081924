// Frames come through whole whatever pieces they arrive in, and nothing else comes through.
#include "runtime/asio/framing.hpp"

#include <cstring>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "runtime/asio/handshake.hpp"

namespace stormglass::asio {
namespace {

struct Taken {
    std::vector<std::string> frames;
    std::string_view failure;
};

Taken feed(FrameReader& reader, Bytes stream, const std::vector<std::size_t>& pieces) {
    Taken taken;
    std::size_t piece = 0;
    while (!stream.empty() && taken.failure.empty()) {
        const std::size_t wanted = pieces.empty() ? stream.size() : pieces[piece % pieces.size()];
        ++piece;
        const auto room = reader.room();
        const std::size_t bytes = std::min({wanted, stream.size(), room.size()});
        std::memcpy(room.data(), stream.data(), bytes);
        reader.filled(bytes);
        stream = stream.subspan(bytes);
        while (true) {
            const auto frame = reader.next();
            if (!frame.ok()) {
                taken.failure = frame.error().code;
                break;
            }
            if (!frame->has_value()) {
                break;
            }
            taken.frames.push_back(std::to_string(static_cast<int>((*frame)->kind)) + ":" +
                                   std::string(as_text((*frame)->body)));
        }
    }
    return taken;
}

ByteBuffer stream_of(const std::vector<std::string>& bodies) {
    ByteBuffer stream;
    append_preamble(stream);
    for (const std::string& body : bodies) {
        append_frame(stream, FrameKind::message, as_bytes(body));
    }
    return stream;
}

TEST(FrameReader, takes_frames_split_at_every_byte) {
    const std::vector<std::string> bodies = {"", "a", "second frame", std::string(300, 'x')};
    const ByteBuffer stream = stream_of(bodies);
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
        FrameReader reader(1'024);
        const Taken taken = feed(reader, stream, {cut, stream.size()});
        ASSERT_EQ(taken.failure, "") << cut;
        ASSERT_EQ(taken.frames.size(), bodies.size()) << cut;
        for (std::size_t i = 0; i < bodies.size(); ++i) {
            EXPECT_EQ(taken.frames[i], "0:" + bodies[i]);
        }
        EXPECT_EQ(reader.unread(), 0U);
    }
}

RC_GTEST_PROP(FrameReader, gives_back_what_was_sent_in_any_pieces, ()) {
    const auto sizes =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 200'000));
    const auto pieces = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 100'000)));
    std::vector<std::string> bodies;
    for (std::size_t i = 0; i < std::min<std::size_t>(sizes.size(), 20); ++i) {
        bodies.emplace_back(sizes[i], static_cast<char>('a' + i));
    }
    FrameReader reader(200'000);
    const Taken taken = feed(reader, stream_of(bodies), pieces);
    RC_ASSERT(taken.failure.empty());
    RC_ASSERT(taken.frames.size() == bodies.size());
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        RC_ASSERT(taken.frames[i] == "0:" + bodies[i]);
    }
    RC_ASSERT(reader.capacity() <= std::size_t{1} << 20);
}

RC_GTEST_PROP(FrameReader, refuses_garbage_without_believing_its_lengths, ()) {
    const auto bytes = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
    const bool greeted = *rc::gen::arbitrary<bool>();
    ByteBuffer stream;
    if (greeted) {
        append_preamble(stream);
    }
    for (const std::uint8_t byte : bytes) {
        stream.push_back(static_cast<std::byte>(byte));
    }
    FrameReader reader(64);
    feed(reader, stream, {7});
    RC_ASSERT(reader.capacity() <= std::size_t{64} << 10);
}

TEST(FrameReader, names_what_is_wrong) {
    const auto failure = [](const ByteBuffer& stream) {
        FrameReader reader(64);
        return feed(reader, stream, {}).failure;
    };
    ByteBuffer http;
    const Bytes request = as_bytes("GET / HTTP/1.1\r\n");
    http.assign(request.begin(), request.end());
    EXPECT_EQ(failure(http), "link.garbage");
    ByteBuffer later;
    append_preamble(later, kLinkVersion + 1);
    EXPECT_EQ(failure(later), "link.version");
    EXPECT_EQ(failure(stream_of({std::string(65, 'x')})), "link.oversize");
    EXPECT_EQ(failure(stream_of({std::string(64, 'x')})), "");
    ByteBuffer odd = stream_of({});
    append_frame_header(odd, static_cast<FrameKind>(99), 0);
    EXPECT_EQ(failure(odd), "link.kind");
    ByteBuffer empty = stream_of({});
    empty.resize(empty.size() + 4);  // a length of nothing: not even a kind
    EXPECT_EQ(failure(ByteBuffer(empty).empty() ? empty : [&] {
                  empty.push_back(std::byte{0});
                  return empty;
              }()),
              "link.oversize");
}

RC_GTEST_PROP(Handshake, comes_back_as_it_was_written, ()) {
    Hello hello;
    hello.realm = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    hello.name = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    hello.key_id = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    hello.nonce.fill(std::byte{*rc::gen::arbitrary<std::uint8_t>()});
    RC_PRE(hello.realm.size() <= kHandshakeTextMax);
    RC_PRE(hello.name.size() <= kHandshakeTextMax);
    RC_PRE(hello.key_id.size() <= kHandshakeTextMax);
    ByteBuffer frame;
    append_hello(frame, FrameKind::hello, hello);
    const Bytes body = Bytes(frame).subspan(kFrameHeaderBytes);
    const auto back = decode_hello(body);
    RC_ASSERT(back.ok());
    RC_ASSERT(back->realm == hello.realm && back->name == hello.name);
    RC_ASSERT(back->key_id == hello.key_id && back->nonce == hello.nonce);
    for (std::size_t size = 0; size < body.size(); ++size) {
        RC_ASSERT(!decode_hello(body.first(size)).ok());
    }
}

TEST(Handshake, transcripts_of_different_conversations_differ) {
    Hello hello;
    hello.realm = "ab";
    hello.name = "c";
    Challenge challenge;
    const ByteBuffer one = transcript(hello, challenge, LinkRole::dialler);
    EXPECT_NE(one, transcript(hello, challenge, LinkRole::acceptor));
    hello.realm = "a";
    hello.name = "bc";
    EXPECT_NE(one, transcript(hello, challenge, LinkRole::dialler));
}

}  // namespace
}  // namespace stormglass::asio
