// Two schemes from one palette; narrow screens scroll tables, paper opens everything.
#include "reports/page_style.hpp"

#include <array>

namespace stormglass::reports {

namespace {

constexpr std::array<Colour, 16> kPalette{{
    {"ground", "#ffffff", "#11151a"},
    {"soft", "#f3f5f7", "#1b2127"},
    {"text", "#1c2127", "#e4e9ee"},
    {"faint", "#55606b", "#a0abb6"},
    {"rule", "#cfd6dc", "#39434d"},
    {"link", "#0b57a4", "#82bdfc"},
    {"good", "#0f5c27", "#86dd98"},
    {"good-ground", "#dff5e4", "#15301d"},
    {"bad", "#98102a", "#ffa6a0"},
    {"bad-ground", "#fdebea", "#41191d"},
    {"doubt", "#6d4600", "#eccb6b"},
    {"doubt-ground", "#fdf3cd", "#332b17"},
    {"idle", "#454f59", "#b9c2cb"},
    {"idle-ground", "#e8ebee", "#2a3138"},
    {"story-ground", "#fff6e6", "#2b2416"},
    {"code-ground", "#eef1f4", "#1e252c"},
}};

constexpr std::array<ColourPair, 20> kPairs{{
    {"text", "ground"},        {"text", "soft"},        {"text", "code-ground"},
    {"text", "story-ground"},  {"faint", "ground"},     {"faint", "soft"},
    {"faint", "story-ground"}, {"link", "ground"},      {"link", "soft"},
    {"link", "story-ground"},  {"good", "good-ground"}, {"good", "ground"},
    {"bad", "bad-ground"},     {"bad", "ground"},       {"bad", "story-ground"},
    {"doubt", "doubt-ground"}, {"doubt", "ground"},     {"doubt", "story-ground"},
    {"idle", "idle-ground"},   {"idle", "ground"},
}};

constexpr std::string_view kRules = R"css(
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0 auto;max-width:82rem;padding:1rem 1.25rem 3rem;background:var(--ground);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;overflow-wrap:break-word}
h1{font-size:1.5rem;line-height:1.25;margin:.2rem 0 .8rem}
h2{font-size:1.15rem;margin:2.4rem 0 .6rem;padding-top:.6rem;border-top:2px solid var(--rule)}
h3{font-size:1rem;margin:1.5rem 0 .4rem}
p{margin:.5rem 0;max-width:72ch}
ul,ol{margin:.4rem 0;padding-left:1.3rem;max-width:80ch}
li{margin:.2rem 0}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
:target{outline:2px solid var(--link);outline-offset:-2px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:.5rem;background:var(--ground);padding:.3rem .6rem}
.faint{color:var(--faint)}
.small{font-size:.93em;line-height:1.4;display:block;margin-top:.2rem}
.notice{border:2px solid var(--doubt);background:var(--doubt-ground);color:var(--doubt);border-radius:.4rem;padding:.4rem .8rem;font-weight:600;max-width:none}
.boxes{display:grid;grid-template-columns:repeat(auto-fit,minmax(13.5rem,1fr));gap:.7rem;margin:.8rem 0 1.2rem}
.boxes>div{background:var(--soft);border-left:4px solid var(--rule);border-radius:.25rem;padding:.6rem .8rem;min-width:0}
.boxes>.good{border-color:var(--good)}
.boxes>.bad{border-color:var(--bad)}
.boxes>.doubt{border-color:var(--doubt)}
.boxes strong{display:block;font-size:1.2rem;line-height:1.35}
.boxes p{margin:.1rem 0 0;font-size:.87em;line-height:1.4}
.boxes .label{margin:0;color:var(--faint)}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;max-width:none}
.scroll{overflow-x:auto;margin:.6rem 0;border:1px solid var(--rule);border-radius:.3rem}
table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.4}
th,td{text-align:left;vertical-align:top;padding:.4rem .5rem;border-top:1px solid var(--rule)}
thead th{background:var(--soft);border-top:0;vertical-align:bottom;font-size:.85rem}
tbody th{font-weight:600}
tr.group th{background:var(--soft)}
tr.part>th{padding-left:1.4rem;font-weight:400}
tr.leg>*{border-top-style:dotted}
tr.leg>th{padding-left:1.4rem;font-weight:400;color:var(--faint)}
tr.story{background:var(--story-ground)}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead th.n{white-space:normal}
.wide{min-width:14rem}
.mid{min-width:8rem}
.name{white-space:nowrap}
.mark{display:inline-block;font-weight:600;white-space:nowrap;border-radius:.3rem;padding:.05rem .45rem}
.mark.good{color:var(--good);background:var(--good-ground)}
.mark.bad{color:var(--bad);background:var(--bad-ground)}
.mark.doubt{color:var(--doubt);background:var(--doubt-ground)}
.mark.idle{color:var(--idle);background:var(--idle-ground)}
code,pre{font:.88em/1.5 ui-monospace,"DejaVu Sans Mono",monospace}
pre{background:var(--code-ground);border-radius:.3rem;padding:.6rem .8rem;margin:.5rem 0;overflow-x:auto}
.said{font-size:1.1rem;font-weight:600}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem 1rem;margin:.6rem 0}
dt{color:var(--faint)}
dd{margin:0;overflow-wrap:anywhere}
footer{margin-top:2.5rem;border-top:2px solid var(--rule);color:var(--faint);font-size:.87rem}
@media(max-width:40rem){
body{padding:.7rem .7rem 2rem}
h1{font-size:1.25rem}
.boxes{grid-template-columns:minmax(0,1fr)}
dl{grid-template-columns:minmax(0,1fr);gap:0}
dd{margin-bottom:.5rem}
th,td{padding:.35rem .5rem}
.wide{min-width:16rem}
}
@media print{
@page{size:A4;margin:14mm 12mm}
html{font-size:9.5px}
body{max-width:none;padding:0;font-size:1rem}
p,ul,ol{max-width:none}
nav,.skip{display:none}
.scroll{overflow:visible;border:0}
th,td{padding:.15rem .3rem}
.wide,.mid{min-width:0}
.name,.n{white-space:normal}
.boxes{grid-template-columns:repeat(5,1fr)}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
h2,h3,thead,tr.group,p:has(+.scroll){break-after:avoid}
tr,.boxes>div{break-inside:avoid}
thead{display:table-header-group}
a{color:inherit;text-decoration:none}
}
)css";

void append_scheme(std::string& out, std::string_view Colour::*scheme, std::string_view kind) {
    out += ":root{color-scheme:";
    out += kind;
    for (const Colour& colour : kPalette) {
        out += ";--";
        out += colour.name;
        out += ':';
        out += colour.*scheme;
    }
    out += '}';
}

std::string build() {
    std::string out;
    append_scheme(out, &Colour::light, "light dark");
    out += "\n@media screen and (prefers-color-scheme:dark){";
    append_scheme(out, &Colour::dark, "light dark");
    out += '}';
    out += kRules;
    return out;
}

}  // namespace

std::span<const Colour> palette() {
    return kPalette;
}

std::span<const ColourPair> colour_pairs() {
    return kPairs;
}

const std::string& style_sheet() {
    static const std::string kSheet = build();
    return kSheet;
}

}  // namespace stormglass::reports
