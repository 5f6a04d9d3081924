// What may be written stands in two lists; anything else is our own bug.
#include "reports/html.hpp"

#include <algorithm>
#include <utility>

#include "reports/text.hpp"
#include "runtime/check.hpp"

namespace stormglass::reports {

namespace {

constexpr std::string_view kTags[]{
    "a",     "b",    "body",    "br",         "caption", "circle", "code",    "dd",   "details",
    "div",   "dl",   "dt",      "em",         "figure",  "footer", "g",       "h1",   "h2",
    "h3",    "head", "header",  "figcaption", "html",    "li",     "line",    "main", "meta",
    "nav",   "ol",   "p",       "path",       "pre",     "rect",   "section", "span", "strong",
    "style", "svg",  "summary", "table",      "tbody",   "td",     "text",    "th",   "thead",
    "title", "tr",   "ul",      "wbr"};

constexpr std::string_view kAttributes[]{"aria-label", "aria-labelledby",
                                         "charset",    "class",
                                         "colspan",    "content",
                                         "cx",         "cy",
                                         "d",          "data-label",
                                         "height",     "href",
                                         "http-equiv", "id",
                                         "lang",       "name",
                                         "open",       "r",
                                         "role",       "scope",
                                         "tabindex",   "viewBox",
                                         "width",      "x",
                                         "x1",         "x2",
                                         "y",          "y1",
                                         "y2"};

bool allowed(std::string_view attribute) {
    return std::ranges::count(kAttributes, attribute) > 0;
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
    CHECK(tag == "br" || tag == "meta" || tag == "wbr");
    write_tag(tag, attributes);
    return *this;
}

Html& Html::text(std::string_view bytes) {
    out_ += html(bytes);
    return *this;
}

Html& Html::name(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = std::min(bytes.find_first_of("./"), bytes.size() - 1) + 1;
        text(bytes.substr(0, end));
        bytes.remove_prefix(end);
        if (!bytes.empty()) {
            empty("wbr");
        }
    }
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

HtmlTable::HtmlTable(Html& html,
                     std::string_view name,
                     std::vector<Column> columns,
                     std::string_view css)
    : html_(html),
      columns_(std::move(columns)) {
    CHECK(columns_.size() > 1);
    html_.open("div",
               {{"class", "scroll"},
                {"tabindex", "0"},
                {"role", "region"},
                {"aria-label", std::string(name)}});
    html_.open("table", {{"role", "table"}, {"class", std::string(css)}}).line();
    html_.open("thead", {{"role", "rowgroup"}}).open("tr", {{"role", "row"}});
    for (const Column& column : columns_) {
        std::string title_css(column.css);
        if (column.kind == Column::Kind::number) {
            title_css += title_css.empty() ? "n" : " n";
        }
        html_.element(
            "th", column.title, {{"role", "columnheader"}, {"scope", "col"}, {"class", title_css}});
    }
    html_.close("tr").close("thead").line();
}

void HtmlTable::open_body() {
    end_row();
    if (!in_body_) {
        html_.open("tbody", {{"role", "rowgroup"}}).line();
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
    html_.open("tr", {{"role", "row"}, {"class", "group"}});
    html_.element("th",
                  title,
                  {{"role", "rowheader"},
                   {"scope", "rowgroup"},
                   {"colspan", std::to_string(columns_.size())}});
    html_.close("tr").line();
}

void HtmlTable::row(std::string_view header, std::string_view id, std::string_view css) {
    open_body();
    html_.open("tr", {{"role", "row"}, {"id", std::string(id)}, {"class", std::string(css)}});
    html_.open(
        "th",
        {{"role", "rowheader"}, {"scope", "row"}, {"class", std::string(columns_.front().css)}});
    html_.name(header).close("th");
    next_ = 1;
}

void HtmlTable::open_cell(std::string_view css) {
    CHECK(next_ > 0);
    CHECK(next_ < columns_.size());
    const Column& column = columns_[next_];
    std::string all(column.kind == Column::Kind::number ? "n" : "");
    if (!css.empty()) {
        all += (all.empty() ? "" : " ") + std::string(css);
    }
    html_.open("td", {{"role", "cell"}, {"data-label", std::string(column.title)}, {"class", all}});
}

void HtmlTable::open_wide_cell(std::size_t columns) {
    CHECK(next_ > 0);
    CHECK(columns > 1 && next_ + columns <= columns_.size());
    html_.open("td",
               {{"role", "cell"},
                {"data-label", std::string(columns_[next_].title)},
                {"colspan", std::to_string(columns)}});
    width_ = columns;
}

void HtmlTable::close_cell() {
    html_.close("td");
    next_ += std::exchange(width_, 1);
}

void HtmlTable::cell(std::string_view text) {
    open_cell(text.empty() || text == "\u2013" ? "none" : "");
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
