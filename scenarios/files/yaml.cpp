// The bridge to yaml-cpp: its events build our tree. Its exceptions, and the one that stops it,
// end here.
#include "scenarios/files/yaml.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <map>
#include <sstream>
#include <utility>

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "runtime/check.hpp"
#include "scenarios/files/suggest.hpp"
#include "scenarios/files/utf8.hpp"

namespace stormglass::scenarios {

const YamlNode* YamlNode::find(std::string_view key) const {
    for (const YamlEntry& entry : entries) {
        if (entry.key == key) {
            return &entry.value;
        }
    }
    return nullptr;
}

namespace {

/// Thrown through the library's frames when reading cannot go on; never leaves this file.
struct Stop {};

/// Turns the library's marks (bytes) into places (characters). Marks come nearly in order, so it
/// walks from the last one: counting from the start of a line each time would be quadratic.
class PlaceFinder {
  public:
    explicit PlaceFinder(std::string_view text) : text_(text) {}

    Place place(const YAML::Mark& mark) {
        const std::size_t wanted = mark.is_null() || mark.pos < 0
                                       ? 0
                                       : std::min(static_cast<std::size_t>(mark.pos), text_.size());
        while (at_ < wanted) {
            forward();
        }
        while (at_ > wanted) {
            back();
        }
        return place_;
    }

    /// Whether the quoted text that starts at the last place ends before the file does; the
    /// library takes the end of the file for a closing quote.
    bool quote_closes() const {
        const char quote = at_ < text_.size() ? text_[at_] : '\0';
        if (quote != '\'' && quote != '"') {
            return true;  // a block text: its tag looks like a quote's
        }
        for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
            const bool doubled = quote == '\'' && text_.substr(i, 2) == "''";
            const bool escaped = quote == '"' && text_[i] == '\\';
            if (doubled || escaped) {
                ++i;
            } else if (text_[i] == quote) {
                return true;
            }
        }
        return false;
    }

  private:
    void forward() {
        if (text_[at_] == '\n') {
            ++place_.line;
            place_.column = 1;
        } else if (starts_character(text_[at_])) {
            ++place_.column;
        }
        ++at_;
    }

    void back() {
        --at_;
        if (text_[at_] != '\n') {
            place_.column -= starts_character(text_[at_]) ? 1 : 0;
            return;
        }
        --place_.line;
        place_.column = 1;
        for (std::size_t i = at_; i > 0 && text_[i - 1] != '\n'; --i) {
            place_.column += starts_character(text_[i - 1]) ? 1 : 0;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Place place_;
};

/// What copying a node through an alias costs: its nodes, and its text by the 64 bytes.
std::size_t cost_of(const YamlNode& node) {
    std::size_t cost = 1 + node.text.size() / 64;
    for (const YamlNode& item : node.items) {
        cost += cost_of(item);
    }
    for (const YamlEntry& entry : node.entries) {
        cost += 1 + entry.key.size() / 64 + cost_of(entry.value);
    }
    return cost;
}

class TreeBuilder final : public YAML::EventHandler {
  public:
    TreeBuilder(std::string_view text, Problems& problems) : finder_(text), problems_(problems) {}

    std::optional<YamlNode> take() { return std::move(root_); }

    Place place(const YAML::Mark& mark) { return finder_.place(mark); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        ++documents_;
        if (documents_ > 1) {
            stop(place(mark), "a second document starts here; one file holds one document");
        }
    }

    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        YamlNode node;
        node.place = place(mark);
        finish(std::move(node), anchor);
    }

    void OnScalar(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  const std::string& value) override {
        YamlNode node;
        node.kind = YamlNode::Kind::scalar;
        node.place = place(mark);
        node.text = value;
        node.quotes = tag == "!" ? YamlNode::Quotes::some : YamlNode::Quotes::none;
        refuse_tag(tag, node.place);
        if (node.quotes == YamlNode::Quotes::some && !finder_.quote_closes()) {
            stop(node.place, "this quote is never closed");
        }
        finish(std::move(node), anchor);
    }

    void OnSequenceStart(const YAML::Mark& mark,
                         const std::string& tag,
                         YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(YamlNode::Kind::list, place(mark), tag, anchor);
    }

    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark,
                    const std::string& tag,
                    YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(YamlNode::Kind::map, place(mark), tag, anchor);
    }

    void OnMapEnd() override { close(); }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const Place here = place(mark);
        const auto found = anchored_.find(anchor);
        if (found == anchored_.end()) {
            stop(here, "an alias stands inside the value that it names");
        }
        spend(cost_of(found->second), here);
        YamlNode copy = found->second;
        copy.place = here;
        finish(std::move(copy), YAML::NullAnchor);
    }

  private:
    /// A list or map whose end has not come yet.
    struct Open {
        YamlNode node;
        YAML::anchor_t anchor = YAML::NullAnchor;
        std::optional<YamlEntry> entry;  // of a map: the key has come, its value has not
    };

    [[noreturn]] void stop(Place at, std::string text) {
        problems_.add(at, std::move(text));
        throw Stop{};
    }

    void refuse_tag(const std::string& tag, Place at) {
        if (!tag.empty() && tag != "?" && tag != "!") {
            problems_.add(at, "tags are not used here: " + in_quotes(tag));
        }
    }

    void spend(std::size_t cost, Place at) {
        spent_ += cost;
        if (spent_ > kAliasVisitsMax) {
            stop(at,
                 "anchors and aliases would copy more than " + std::to_string(kAliasVisitsMax) +
                     " values; write them out");
        }
    }

    void open(YamlNode::Kind kind, Place at, const std::string& tag, YAML::anchor_t anchor) {
        refuse_tag(tag, at);
        if (open_.size() >= static_cast<std::size_t>(kYamlDepthMax)) {
            stop(at, "nested deeper than " + std::to_string(kYamlDepthMax) + " levels");
        }
        Open level;
        level.node.kind = kind;
        level.node.place = at;
        level.anchor = anchor;
        open_.push_back(std::move(level));
    }

    void close() {
        CHECK(!open_.empty());
        Open level = std::move(open_.back());
        open_.pop_back();
        if (level.node.is_map()) {
            drop_duplicates(level.node);
        }
        finish(std::move(level.node), level.anchor);
    }

    void finish(YamlNode node, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) {
            spend(cost_of(node), node.place);
            anchored_[anchor] = node;
        }
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.is_list()) {
            parent.node.items.push_back(std::move(node));
        } else if (parent.entry.has_value()) {
            parent.entry->value = std::move(node);
            parent.node.entries.push_back(std::move(*parent.entry));
            parent.entry.reset();
        } else {
            if (!node.is_scalar()) {
                problems_.add(node.place, "a key must be a word");
            }
            parent.entry = YamlEntry{std::move(node.text), node.place, {}};
        }
    }

    void drop_duplicates(YamlNode& map) {
        std::map<std::string_view, int> first;  // key -> line
        std::vector<bool> again(map.entries.size());
        for (std::size_t i = 0; i < map.entries.size(); ++i) {
            const YamlEntry& entry = map.entries[i];
            const auto [known, fresh] = first.emplace(entry.key, entry.place.line);
            again[i] = !fresh;
            if (!fresh) {
                problems_.add(entry.place,
                              "key " + in_quotes(entry.key) + " appears twice; first at line " +
                                  std::to_string(known->second));
            }
        }
        std::vector<YamlEntry> kept;
        for (std::size_t i = 0; i < map.entries.size(); ++i) {
            if (!again[i]) {
                kept.push_back(std::move(map.entries[i]));
            }
        }
        map.entries = std::move(kept);
    }

    PlaceFinder finder_;
    Problems& problems_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, YamlNode> anchored_;
    std::optional<YamlNode> root_;
    std::size_t spent_ = 0;
    int documents_ = 0;
};

/// The library says what it met in half sentences of its own; these are the usual causes.
std::string explain(const std::string& message) {
    return "not valid YAML: " + printable(message);
}

}  // namespace

std::optional<YamlNode> read_yaml(std::string_view text, Problems& problems) {
    const std::size_t before = problems.count();
    text = without_byte_order_mark(text);
    check_bytes(text, kYamlBytesMax, problems);
    if (problems.count() > before) {
        return std::nullopt;
    }
    TreeBuilder builder(text, problems);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Stop&) {
        return std::nullopt;
    } catch (const YAML::DeepRecursion& error) {
        problems.add(builder.place(error.mark),
                     "nested deeper than " + std::to_string(kYamlDepthMax) + " levels");
        return std::nullopt;
    } catch (const YAML::Exception& error) {
        problems.add(builder.place(error.mark), explain(error.msg));
        return std::nullopt;
    } catch (const std::exception& error) {
        problems.add({}, explain(error.what()));
        return std::nullopt;
    }
    std::optional<YamlNode> root = builder.take();
    if (!root.has_value() || root->kind == YamlNode::Kind::null) {
        problems.add({}, "the file is empty");
        return std::nullopt;
    }
    return root;
}

}  // namespace stormglass::scenarios
