// What may be written stands in two lists; anything else is our own bug.
#include "reports/html.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "reports/text.hpp"
#include "runtime/check.hpp"

namespace stormglass::reports {

namespace {

constexpr std::array<std::string_view, 40> kTags{
    "a",       "b",     "body",   "br", "caption", "code",  "dd",      "details", "div",    "dl",
    "dt",      "em",    "footer", "h1", "h2",      "h3",    "head",    "header",  "html",   "li",
    "main",    "meta",  "nav",    "ol", "p",       "pre",   "section", "span",    "strong", "style",
    "summary", "table", "tbody",  "td", "th",      "thead", "title",   "tr",      "ul",     "link"};

constexpr std::array<std::string_view, 14> kAttributes{"aria-label",
                                                       "aria-labelledby",
                                                       "charset",
                                                       "class",
                                                       "colspan",
                                                       "content",
                                                       "href",
                                                       "http-equiv",
                                                       "id",
                                                       "lang",
                                                       "name",
                                                       "open",
                                                       "role",
                                                       "scope"};

bool allowed(std::string_view attribute) {
    return attribute == "tabindex" || std::ranges::count(kAttributes, attribute) > 0;
}

}  // namespace

void Html::write_tag(std::string_view tag, HtmlAttributes attributes) {
    CHECK(std::ranges::count(kTags, tag) > 0);
    out_ += '<';
    out_ += tag;
    for (const HtmlAttribute& attribute : attributes) {
        CHECK(allowed(attribute.name));
        const bool repeated =
            std::ranges::count(attributes, attribute.name, &HtmlAttribute::name) > 1;
        CHECK(!repeated);
        if (attribute.value.empty() && (attribute.name == "id" || attribute.name == "class")) {
            continue;
        }
        if (attribute.name == "id") {
            const bool fresh = ids_.insert(attribute.value).second;
            CHECK(fresh);
        }
        // Links lead to places of this page; an address from data could lead anywhere.
        CHECK(attribute.name != "href" || attribute.value.starts_with('#'));
        out_ += ' ';
        out_ += attribute.name;
        out_ += "=\"";
        out_ += html(attribute.value);
        out_ += '"';
    }
    out_ += '>';
}

Html& Html::open(std::string_view tag, HtmlAttributes attributes) {
    write_tag(tag, attributes);
    open_.push_back(tag);
    return *this;
}

Html& Html::close(std::string_view tag) {
    CHECK(!open_.empty());
    CHECK(open_.back() == tag);
    open_.pop_back();
    out_ += "</";
    out_ += tag;
    out_ += '>';
    return *this;
}

Html& Html::empty(std::string_view tag, HtmlAttributes attributes) {
    CHECK(tag == "br" || tag == "meta");
    write_tag(tag, attributes);
    return *this;
}

Html& Html::text(std::string_view bytes) {
    out_ += html(bytes);
    return *this;
}

Html& Html::element(std::string_view tag, std::string_view bytes, HtmlAttributes attributes) {
    return open(tag, attributes).text(bytes).close(tag);
}

Html& Html::line() {
    out_ += '\n';
    return *this;
}

Html& Html::raw(std::string_view ours) {
    out_ += ours;
    return *this;
}

std::string Html::take() {
    CHECK(open_.empty());
    return std::exchange(out_, {});
}

HtmlTable::HtmlTable(Html& html, std::string_view name, std::vector<Column> columns)
    : html_(html),
      columns_(std::move(columns)) {
    CHECK(columns_.size() > 1);
    html_.open("div",
               {{"class", "scroll"},
                {"tabindex", "0"},
                {"role", "region"},
                {"aria-label", std::string(name)}});
    html_.open("table").line().open("thead").open("tr");
    for (const Column& column : columns_) {
        std::string css(column.css);
        if (column.kind == Column::Kind::number) {
            css += css.empty() ? "n" : " n";
        }
        html_.element("th", column.title, {{"scope", "col"}, {"class", css}});
    }
    html_.close("tr").close("thead").line();
}

void HtmlTable::open_body() {
    end_row();
    if (!in_body_) {
        html_.open("tbody").line();
        in_body_ = true;
    }
}

void HtmlTable::end_body() {
    end_row();
    if (in_body_) {
        html_.close("tbody").line();
        in_body_ = false;
    }
}

void HtmlTable::group(std::string_view title) {
    end_body();
    open_body();
    html_.open("tr", {{"class", "group"}});
    html_.element(
        "th", title, {{"scope", "rowgroup"}, {"colspan", std::to_string(columns_.size())}});
    html_.close("tr").line();
}

void HtmlTable::row(std::string_view header, std::string_view id, std::string_view css) {
    open_body();
    html_.open("tr", {{"id", std::string(id)}, {"class", std::string(css)}});
    html_.element("th", header, {{"scope", "row"}, {"class", std::string(columns_.front().css)}});
    next_ = 1;
}

void HtmlTable::open_cell() {
    CHECK(next_ > 0);
    CHECK(next_ < columns_.size());
    const bool number = columns_[next_].kind == Column::Kind::number;
    html_.open("td", {{"class", number ? "n" : ""}});
}

void HtmlTable::close_cell() {
    html_.close("td");
    ++next_;
}

void HtmlTable::cell(std::string_view text) {
    open_cell();
    html_.text(text);
    close_cell();
}

void HtmlTable::end_row() {
    if (next_ == 0) {
        return;
    }
    CHECK(next_ == columns_.size());
    html_.close("tr").line();
    next_ = 0;
}

void HtmlTable::end() {
    end_body();
    html_.close("table").close("div").line();
}

}  // namespace stormglass::reports
