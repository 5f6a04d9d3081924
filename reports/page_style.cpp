// Two schemes from one palette; on narrow screens rows become cards, paper opens everything.
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

constexpr std::array<ColourPair, 24> kPairs{{
    {"text", "ground"},        {"text", "soft"},        {"text", "code-ground"},
    {"text", "story-ground"},  {"faint", "ground"},     {"faint", "soft"},
    {"faint", "story-ground"}, {"link", "ground"},      {"link", "soft"},
    {"link", "story-ground"},  {"good", "good-ground"}, {"good", "ground"},
    {"bad", "bad-ground"},     {"bad", "ground"},       {"bad", "story-ground"},
    {"doubt", "doubt-ground"}, {"doubt", "ground"},     {"doubt", "story-ground"},
    {"idle", "idle-ground"},   {"idle", "ground"},      {"bad", "soft"},
    {"good", "soft"},          {"doubt", "soft"},       {"link", "code-ground"},
}};

constexpr std::string_view kRules = R"css(
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:80rem;padding:1.75rem 2rem 4rem;background:var(--ground);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;overflow-wrap:break-word}
h1{font-size:1.75rem;line-height:1.2;letter-spacing:-.01em;margin:.2rem 0 1.2rem;max-width:40ch;text-wrap:balance}
h2{font-size:1.3rem;line-height:1.25;margin:3.2rem 0 .6rem;padding-top:1.1rem;border-top:1px solid var(--rule)}
nav+h2{margin-top:1.4rem}
h3{font-size:1.05rem;line-height:1.35;margin:1.8rem 0 .4rem}
p{margin:.5rem 0;max-width:74ch}
ul,ol{margin:.4rem 0;padding-left:1.2rem;max-width:84ch}
li{margin:.3rem 0}
a{color:var(--link);text-underline-offset:.15em}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
:target{scroll-margin-top:1rem}
tr:target,h3:target{background:var(--story-ground);outline:2px solid var(--link);outline-offset:-2px}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:.5rem;background:var(--ground);padding:.3rem .6rem}
.faint{color:var(--faint)}
.small{font-size:.92em;line-height:1.45;display:block;margin-top:.15rem}
.notice{border-left:4px solid var(--doubt);background:var(--doubt-ground);color:var(--doubt);border-radius:.25rem;padding:.55rem .9rem;font-weight:600;max-width:none}
.boxes{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.8rem;margin:1rem 0 1.4rem}
.boxes>div{background:var(--soft);border-top:3px solid var(--rule);border-radius:.3rem;padding:.7rem .9rem .8rem;min-width:0}
.boxes>.good{border-color:var(--good)}
.boxes>.bad{border-color:var(--bad)}
.boxes>.doubt{border-color:var(--doubt)}
.boxes strong{display:block;font-size:1.22rem;line-height:1.3;margin:.1rem 0 .2rem;font-variant-numeric:tabular-nums}
.boxes p{margin:0;font-size:.87rem;line-height:1.45}
.boxes .label{color:var(--faint)}
nav ul{list-style:none;padding:0;margin:.4rem 0 0;display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;max-width:none;font-size:.95rem}
nav a{display:inline-block;padding:.25rem 0}
.group{margin-top:1.4rem}
.group h3{display:inline;margin:0 .5rem 0 0}
.group>p{display:inline;font-size:.93rem}
ul.short{list-style:none;padding:0;max-width:none;display:grid;grid-template-columns:repeat(auto-fill,minmax(25rem,1fr));gap:.1rem 2.2rem;margin:.5rem 0 0}
ul.short li{margin:0;padding:.45rem 0;border-top:1px solid var(--rule);break-inside:avoid;line-height:1.45}
ul.many li{padding:.35rem 0;font-size:.93rem}
a.line{font-weight:600}
a.chip{display:inline-block;min-width:1.7rem;padding:.12rem .25rem;margin-right:.3rem}
.scroll{overflow-x:auto;margin:.8rem 0;border:1px solid var(--rule);border-radius:.35rem}
table{border-collapse:collapse;width:100%;font-size:.89rem;line-height:1.45}
th,td{text-align:left;vertical-align:top;padding:.5rem .6rem;border-top:1px solid var(--rule)}
thead th{background:var(--soft);border-top:0;vertical-align:bottom;font-size:.84rem;line-height:1.3}
tbody th{font-weight:600}
table.lines{table-layout:fixed}
th.id{width:8.8rem}
th.status{width:8.2rem}
th.under{width:9.8rem}
th.runs{width:5.4rem}
th.fails{width:4.2rem}
th.bound{width:7rem}
tr.group th{background:var(--soft);letter-spacing:.01em}
tr.part>th{padding-left:1rem;font-weight:400}
tr.leg>*{border-top-style:dotted}
tr.leg>th{padding-left:1rem;font-weight:400;color:var(--faint)}
tr.story{background:var(--story-ground)}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead th.n{white-space:normal}
.wide{min-width:13rem}
.mid{min-width:8rem}
.name{white-space:nowrap}
.mark{display:inline-block;font-weight:600;white-space:nowrap;border-radius:1rem;padding:.02rem .6rem;font-size:.95em}
.mark.good{color:var(--good);background:var(--good-ground)}
.mark.bad{color:var(--bad);background:var(--bad-ground)}
.mark.doubt{color:var(--doubt);background:var(--doubt-ground)}
.mark.idle{color:var(--idle);background:var(--idle-ground)}
code,pre{font:.88em/1.5 ui-monospace,"DejaVu Sans Mono",monospace}
pre{background:var(--code-ground);border-radius:.35rem;padding:.7rem .9rem;margin:.5rem 0;overflow-x:auto}
.said{font-size:1.18rem;line-height:1.4;font-weight:600;margin:.3rem 0 .6rem}
.failure{margin:1.4rem 0 2.4rem;padding-left:1.1rem;border-left:3px solid var(--bad)}
.failure h3{margin-top:0;color:var(--bad)}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1.2rem;margin:.7rem 0;font-size:.94rem}
dt{color:var(--faint)}
dd{margin:0;overflow-wrap:anywhere}
details{margin:.6rem 0}
summary{cursor:pointer;color:var(--link);padding:.25rem 0}
figure{margin:1.2rem 0 .6rem}
figcaption{font-size:.93rem;max-width:80ch;color:var(--faint)}
figcaption strong{color:var(--text)}
.drawing{background:var(--ground)}
svg.picture{display:block}
svg text{fill:var(--text);font:13px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
svg .who{font-weight:600;text-anchor:middle}
svg .time{fill:var(--faint);font-variant-numeric:tabular-nums}
svg .idle{fill:var(--faint);font-style:italic}
svg .stripe{fill:var(--soft)}
svg .verdict{fill:var(--bad-ground)}
svg .span{fill:var(--bad);fill-opacity:.13;stroke:var(--bad);stroke-opacity:.45;stroke-dasharray:3 3}
svg .lane{stroke:var(--rule);stroke-width:1.5}
svg .down{stroke:var(--ground);stroke-width:3;stroke-dasharray:3 4}
svg line.message,svg line.copy,svg line.lost,svg line.forged{stroke-width:1.6}
svg line.message{stroke:var(--link)}
svg .head.message,svg .end.message{fill:var(--link)}
svg line.copy{stroke:var(--doubt);stroke-dasharray:2 3}
svg .head.copy,svg .end.copy{fill:var(--doubt)}
svg line.lost{stroke:var(--bad);stroke-dasharray:5 4}
svg line.cross{stroke-dasharray:none;stroke-width:2.2}
svg .end.lost{fill:var(--bad)}
svg line.forged{stroke:var(--bad)}
svg .head.forged,svg .end.forged{fill:var(--bad)}
svg .dot.event{fill:var(--text)}
svg .dot.restart{fill:var(--ground);stroke:var(--good);stroke-width:2.2}
svg .dot.fault{fill:var(--bad)}
svg .dot.crash,svg .dot.violation{stroke:var(--bad);stroke-width:2.8;stroke-linecap:round}
svg .words.lost,svg .words.forged,svg .words.crash,svg .words.fault{fill:var(--bad)}
svg .words.copy{fill:var(--doubt)}
svg .words.restart{fill:var(--good)}
svg .words.violation{fill:var(--bad);font-weight:600}
footer{margin-top:3rem;padding-top:.6rem;border-top:1px solid var(--rule);color:var(--faint);font-size:.87rem}
@media(max-width:44rem){
body{padding:1rem .9rem 2.5rem;font-size:15.5px}
h1{font-size:1.4rem}
h2{margin-top:2.4rem}
.boxes{grid-template-columns:minmax(0,1fr);gap:.6rem}
ul.short{grid-template-columns:minmax(0,1fr)}
dl{grid-template-columns:minmax(0,1fr);gap:0}
dd{margin-bottom:.55rem}
.failure{padding-left:.8rem}
.scroll:has(>table){border:0;overflow:visible}
table,tbody,tr,th,td{display:block}
table.lines th,.wide,.mid{width:auto;min-width:0}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
tbody tr{border:1px solid var(--rule);border-radius:.4rem;padding:.5rem .75rem .6rem;margin:.6rem 0}
tbody tr.group{border:0;padding:0;margin:1.3rem 0 .2rem}
tr.group th{background:none;font-size:1rem;padding:0}
tr.part,tr.leg{margin-left:.9rem}
th,td,tr.part>th,tr.leg>th{border:0;padding:.12rem 0;overflow-wrap:anywhere}
tbody th{font-size:1rem}
td.none{display:none}
td[data-label]::before{content:attr(data-label);display:block;color:var(--faint);font-size:.82rem;margin-top:.25rem}
td[data-label="Status"]::before,td[data-label="Line"]::before{display:none}
td.n{text-align:left;white-space:normal;display:flex;justify-content:space-between;gap:1rem}
td.n::before{margin:0}
.name{white-space:normal}
}
@media print{
@page{size:A4;margin:14mm 12mm}
html{font-size:9.5px}
body{max-width:none;padding:0;font-size:1rem}
p,ul,ol{max-width:none}
nav,.skip{display:none}
h1{max-width:none;font-size:1.6rem}
h2{margin-top:1.6rem}
.scroll{overflow:visible;border:0}
th,td{padding:.16rem .3rem}
.wide,.mid{min-width:0}
th.id{width:6.2rem}
th.status{width:7.6rem}
th.under{width:8rem}
.name,.n{white-space:normal}
.boxes{grid-template-columns:repeat(5,1fr);gap:.5rem}
ul.short{display:block;columns:2;column-gap:1.6rem}
ul.short li{padding:.14rem 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
svg.picture{max-width:100%;height:auto;max-height:240mm}
details::details-content{content-visibility:visible;display:block;height:auto}
summary{color:inherit;list-style:none}
h2,h3,thead,tr.group,p:has(+.scroll),figcaption{break-after:avoid}
tr,.boxes>div,figure{break-inside:avoid}
thead{display:table-header-group}
a{color:inherit;text-decoration:none}
}
@media(prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
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
