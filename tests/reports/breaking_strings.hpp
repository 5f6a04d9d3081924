// Strings that break writers: markup, terminators, controls, direction marks, bytes that are no
// UTF-8.
#pragma once

#include <string>
#include <vector>

namespace stormglass::reports {

inline const std::vector<std::string>& breaking_strings() {
    using namespace std::string_literals;
    static const std::vector<std::string> kAll{
        "",
        " ",
        "<script>window.pwned = 1</script>",
        "</td></tr></table><h1>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "\" style=\"display:none",
        "</style><script>x</script>",
        "<!-- -->",
        "]]>",
        "<![CDATA[x]]>",
        "<?xml version=\"1.0\"?>",
        "&amp; &lt; &#0; &bogus;",
        "\x1b[31mred\x1b[0m\x07\b",
        "a\0b"s,
        "\x7f\xc2\x80\xc2\x9b",
        "\xe2\x80\xaeright to left\xe2\x81\xa9",
        "\xe2\x80\xa8line\xe2\x80\xa9paragraph",
        "\xef\xbb\xbfmark",
        "\xef\xbf\xbe\xef\xbf\xbf",
        "\xed\xa0\x80 lone surrogate",
        "\xc0\xaf overlong \xe0\x80\xaf",
        "\xf4\x90\x80\x80 beyond",
        "\xff\xfe\x80 bytes",
        "cut \xe2\x82",
        "cut \xf0\x9f\x98",
        "\xf0\x9f\x98\x80 emoji \xe4\xb8\xad\xe6\x96\x87",
        "cell | pipe \\| backslash pipe",
        "`code` ``two`` ```\nfence\n```",
        "* [x] ticked",
        "# heading\n\n- list\n> quote",
        "[link](javascript:alert(1)) ![i](http://x/y.png)",
        "http://example.org/?a=b&c=d",
        "@everyone #1 :+1: $x^2$",
        "\r\n\r\n\t",
        "%0A::error::x",
        "=HYPERLINK(\"http://x\")",
        std::string(3'000, 'w'),
        "_under_ *star* ~~strike~~",
        "{\"json\": [1, \"\\u0000\"]}",
    };
    return kAll;
}

}  // namespace stormglass::reports
