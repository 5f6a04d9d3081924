// The YAML reader: places, duplicates, and everything hostile that must be refused at once.
#include "scenarios/files/yaml.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace stormglass::scenarios {

namespace {

std::string problems_of(std::string_view text) {
    Problems problems("f.yaml");
    read_yaml(text, problems);
    return problems.empty() ? "" : problems.text();
}

YamlNode tree_of(std::string_view text) {
    Problems problems("f.yaml");
    const std::optional<YamlNode> root = read_yaml(text, problems);
    EXPECT_TRUE(problems.empty()) << problems.text();
    return root.value_or(YamlNode{});
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string result;
    for (std::size_t i = 0; i < times; ++i) {
        result += text;
    }
    return result;
}

}  // namespace

TEST(Yaml, values_keep_their_place_in_characters) {
    const YamlNode root =
        tree_of("# comment\nname: x\nlist: [a, \"\u00e9\u00e9\", b]\nmap: {k: v}\n");
    ASSERT_TRUE(root.is_map());
    EXPECT_EQ(root.find("name")->place, (Place{2, 7}));
    const YamlNode& list = *root.find("list");
    ASSERT_EQ(list.items.size(), 3U);
    EXPECT_EQ(list.items[1].place, (Place{3, 11}));
    EXPECT_EQ(list.items[1].quotes, YamlNode::Quotes::some);
    EXPECT_EQ(list.items[2].place, (Place{3, 17}));  // two characters of two bytes before it
    EXPECT_EQ(root.find("map")->entries[0].place, (Place{4, 7}));
}

TEST(Yaml, duplicate_keys_name_both_lines) {
    EXPECT_EQ(problems_of("a: 1\nb: 2\na: 3\n"),
              "f.yaml:3:1: key 'a' appears twice; first at line 1\n1 problem in f.yaml\n");
    EXPECT_EQ(problems_of("x: {a: 1, a: 2, a: 3}\n"),
              "f.yaml:1:11: key 'a' appears twice; first at line 1\n"
              "f.yaml:1:17: key 'a' appears twice; first at line 1\n2 problems in f.yaml\n");
}

TEST(Yaml, refuses_what_it_cannot_read) {
    struct Row {
        const char* what;
        std::string text;
        const char* says;
    };

    const std::vector<Row> rows = {
        {"empty", "", "f.yaml:1:1: the file is empty"},
        {"blank", "\n\n  \n", "f.yaml:1:1: the file is empty"},
        {"only a comment", "# nothing\n", "f.yaml:1:1: the file is empty"},
        {"only a marker", "---\n", "f.yaml:1:1: the file is empty"},
        {"too large", std::string(kYamlBytesMax + 1, ' '), "larger than 1024 KiB"},
        {"latin-1", "name: caf\xe9\n", "f.yaml:1:10: not UTF-8"},
        {"overlong", "name: \xc0\xaf\n", "f.yaml:1:7: not UTF-8"},
        {"surrogate", "a: 1\nb: \xed\xa0\x80\n", "f.yaml:2:4: not UTF-8"},
        {"cut", "a: \xe2\x82", "f.yaml:1:4: not UTF-8"},
        {"utf-16",
         std::string("\xff\xfe"
                     "a\0:\0",
                     6),
         "f.yaml:1:1: not UTF-8"},
        {"nul", std::string("a: \0b\n", 6), "f.yaml:1:4: a control character"},
        {"escape", "a: \x1b[2J\n", "f.yaml:1:4: a control character"},
        {"tab", "a:\n\tb: 1\n", "f.yaml:2:1: a tab is used for indentation"},
        {"tab after spaces", "a:\n  \tb: 1\n", "f.yaml:2:3: a tab is used for indentation"},
        {"two documents", "a: 1\n---\nb: 2\n", "a second document starts here"},
        {"open bracket", "a: [1, 2\n", "not valid YAML"},
        {"open quote", "a: \"x\n", "f.yaml:1:4: this quote is never closed"},
        {"open single quote", "a: 'x''\n", "f.yaml:1:4: this quote is never closed"},
        {"escaped quote", "a: \"x\\\"\n", "f.yaml:1:4: this quote is never closed"},
        {"unknown alias", "a: *nowhere\n", "not valid YAML"},
        {"tag", "a: !!python/object x\n", "tags are not used here"},
        {"list as key", "? [a, b]\n: 1\n", "a key must be a word"},
        {"no key", ": 1\n", "a key must be a word"},
        {"alias in itself", "a: &x [*x]\n", "an alias stands inside the value that it names"},
    };
    for (const Row& row : rows) {
        EXPECT_NE(problems_of(row.text).find(row.says), std::string::npos)
            << row.what << ": " << problems_of(row.text);
    }
}

TEST(Yaml, depth_is_bounded) {
    for (const auto& [open, close] : {std::pair{"[", "]"}, std::pair{"{a: ", "}"}}) {
        const std::string fits = repeated(open, 32) + repeated(close, 32);
        EXPECT_EQ(problems_of(fits), "");
        const std::string deep = repeated(open, 33) + repeated(close, 33);
        EXPECT_NE(problems_of(deep).find("nested deeper than 32 levels"), std::string::npos);
    }
    EXPECT_NE(problems_of(repeated("- ", 40) + "x\n").find("nested deeper"), std::string::npos);
}

TEST(Yaml, aliases_work_until_they_bomb) {
    const YamlNode root = tree_of("a: &x {k: v}\nb: *x\n");
    ASSERT_NE(root.find("b"), nullptr);
    EXPECT_EQ(root.find("b")->find("k")->text, "v");
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" +
                repeated(before + ", ", 9) + before + "]\n";
    }
    EXPECT_NE(problems_of(bomb).find("anchors and aliases would copy more than 1000 values"),
              std::string::npos);
    const std::string wide =
        "a: &x " + std::string(100'000, 'y') + "\nb: [" + repeated("*x, ", 900) + "z]\n";
    EXPECT_NE(problems_of(wide).find("anchors and aliases"), std::string::npos);
}

TEST(Yaml, a_megabyte_of_anything_ends_soon) {
    const std::size_t bytes = kYamlBytesMax - 100;
    const std::vector<std::string> inputs = {
        repeated("[", bytes),          repeated("{", bytes),
        repeated("- ", bytes / 2),     repeated("? ", bytes / 2),
        repeated("a: ", bytes / 3),    "[" + repeated("a, ", bytes / 3) + "a]",
        repeated("a\n", bytes / 2),    "\"" + repeated("\\x41", bytes / 4) + "\"",
        repeated("&a ", bytes / 3),    repeated("!a ", bytes / 3),
        repeated("#", bytes),          repeated("'", bytes),
        repeated("a: b\n", bytes / 5), "a: |\n" + repeated("  x\n", bytes / 4),
        repeated("---\n", bytes / 4),  repeated("%X y\n", bytes / 5),
        repeated("]", bytes),          "[" + repeated("{a: b}, ", bytes / 8) + "x]",
        repeated("a", bytes),          "{" + repeated("\"a\" , ", bytes / 6) + "}"};
    for (const std::string& input : inputs) {
        const auto start = std::chrono::steady_clock::now();
        problems_of(input);
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
        // A hang would be minutes; the bound is wide, for machines that are busy or checked.
        EXPECT_LT(spent.count(), 60) << input.substr(0, 12);
    }
}

TEST(Yaml, byte_order_mark_and_windows_line_ends_are_fine) {
    EXPECT_EQ(tree_of("\xef\xbb\xbf"
                      "a: 1\r\nb: 2\r\n")
                  .find("b")
                  ->place,
              (Place{2, 4}));
}

TEST(Problems, at_most_twenty_are_shown_in_order_and_all_are_counted) {
    Problems problems("f.yaml");
    for (int line = 300; line > 0; --line) {
        problems.add({line, 1}, "wrong");
    }
    const std::string text = problems.text();
    EXPECT_EQ(problems.count(), 300U);
    EXPECT_NE(text.find("300 problems in f.yaml, the first 20 are shown\n"), std::string::npos);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 21);
}

}  // namespace stormglass::scenarios
