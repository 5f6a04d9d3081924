// The words of the verbs that look at a bus, at its files, or at the program itself: one table of
// verbs with their deeds, one of flags. vocabulary.cpp joins both with those of the verbs that run.
#include <algorithm>
#include <array>

#include "scenarios/cli/vocabulary.hpp"
#include "scenarios/files/suggest.hpp"

namespace stormglass::scenarios {

namespace {

constexpr std::int64_t kCountMax = 1'000'000'000'000;

constexpr std::array<ActionInfo, 2> kJournalActions = {{
    {"verify", "FILE|DIR", 1, 1, "read every record; say where a torn tail or damage begins"},
    {"dump", "FILE|DIR", 1, 1, "print what every entry says"},
}};
constexpr std::array<ActionInfo, 2> kTopicActions = {{
    {"list", "", 0, 0, "all topics and how long they are"},
    {"show", "TOPIC", 1, 1, "one topic, its keys and the groups that read it"},
}};
constexpr std::array<ActionInfo, 2> kGroupActions = {{
    {"list", "", 0, 0, "all groups, how far they are and what they have left"},
    {"show", "GROUP", 1, 1, "one group: what was fixed at its birth, its owner, what is pending"},
}};
constexpr std::array<ActionInfo, 2> kDeadActions = {{
    {"list", "", 0, 0, "all dead letters"},
    {"show", "ID", 1, 1, "one dead letter: why, every attempt, and the event itself"},
}};
constexpr std::array<ActionInfo, 3> kSagaActions = {{
    {"list", "", 0, 0, "all sagas and where they stand"},
    {"show", "ID", 1, 1, "one saga drawn, with the state and times of each step"},
    {"why", "ID", 1, 1, "in one sentence: why it is where it is"},
}};
constexpr std::array<ActionInfo, 6> kSchemas = {{
    {"scenario", "", 0, 0, "scenario files"},
    {"claims", "", 0, 0, "claims files"},
    {"replay", "", 0, 0, ".replay files: one failing run each"},
    {"results", "", 0, 0, "results.json and what --json prints of a run"},
    {"events", "", 0, 0, "events as JSON, after CloudEvents"},
    {"journal", "", 0, 0, "the lines of `journal dump --json`"},
}};
constexpr std::array<ActionInfo, 3> kShells = {{
    {"bash", "", 0, 0, "source <(stormglass completion bash)"},
    {"zsh", "", 0, 0, "source <(stormglass completion zsh)"},
    {"fish", "", 0, 0, "stormglass completion fish | source"},
}};

constexpr std::array<ActionInfo, 3> kKeyActions = {{
    {"new", "SOURCE", 1, 1, "make a pair of keys for a source, an absolute URI"},
    {"list", "", 0, 0, "the keys that this server trusts, and those that were revoked"},
    {"revoke", "ID", 1, 1, "trust a key no more, from the server's next start on"},
}};

constexpr std::array<VerbInfo, 12> kOperatingVerbs = {{
    {Verb::serve,
     "serve",
     "",
     "run a bus: one server, its files in one folder",
     "stormglass serve --data bus --listen 127.0.0.1:7400"},
    {Verb::pub,
     "pub",
     "TOPIC [TEXT]",
     "publish: TEXT, or each line of a file or of the input",
     "stormglass pub greetings hello --at file:bus"},
    {Verb::sub,
     "sub",
     "TOPIC",
     "print events as they come; with a group, each once for the whole group",
     "stormglass sub greetings --group desk --at file:bus"},
    {Verb::key,
     "key",
     "new|list|revoke [SOURCE|ID]",
     "keys of a server",
     "stormglass key new urn:example:orders --data bus",
     kKeyActions},
    {Verb::journal,
     "journal",
     "verify|dump FILE|DIR",
     "read a journal's files: are they sound, what do they say",
     "stormglass journal verify data",
     kJournalActions},
    {Verb::topic,
     "topic",
     "list|show [TOPIC]",
     "topics of a bus",
     "stormglass topic list --at file:data",
     kTopicActions},
    {Verb::group,
     "group",
     "list|show [GROUP]",
     "consumer groups of a bus",
     "stormglass group show dashboard.journal --at file:data",
     kGroupActions},
    {Verb::dead,
     "dead",
     "list|show [ID]",
     "dead letters of a bus, with every attempt",
     "stormglass dead list --at file:data",
     kDeadActions},
    {Verb::saga,
     "saga",
     "list|show|why [ID]",
     "sagas of a bus, as their journal tells them",
     "stormglass saga why order-17 --at file:data",
     kSagaActions},
    {Verb::trace,
     "trace",
     "ID",
     "every event of a trace, in order; ID is that of a trace, an event or a saga",
     "stormglass trace order-17 --at file:data"},
    {Verb::schema,
     "schema",
     "scenario|claims|replay|results|events|journal",
     "print the JSON Schema of a kind of file",
     "stormglass schema scenario",
     kSchemas},
    {Verb::completion,
     "completion",
     "bash|zsh|fish",
     "print a script that completes commands, options and names",
     "stormglass completion bash",
     kShells},
}};

constexpr VerbSet kTalking = verb_bit(Verb::pub) | verb_bit(Verb::sub);
constexpr VerbSet kOnBus = kTalking | verb_bit(Verb::topic) | verb_bit(Verb::group) |
                           verb_bit(Verb::dead) | verb_bit(Verb::saga) | verb_bit(Verb::trace);

Complaint apply_count(const std::string& value, std::optional<std::uint64_t>& out) {
    std::int64_t number = 0;
    Complaint complaint = whole(value, 0, kCountMax, number);
    out = static_cast<std::uint64_t>(number);
    return complaint;
}

Complaint apply_text(const std::string& value, std::string& out) {
    if (value.empty()) {
        return "wants a name, got ''";
    }
    out = value;
    return std::nullopt;
}

Complaint apply_state(const std::string& value, const Names&, Options& out) {
    const std::vector<std::string> states = {
        "running", "compensating", "completed", "compensated", "needs-operator"};
    if (!contains(states, value)) {
        return "no state " + in_quotes(value) + did_you_mean(value, states);
    }
    out.operate.state = value;
    return std::nullopt;
}

Complaint apply_listen(const std::string& value, const Names&, Options& out) {
    if (value.find(':') == std::string::npos) {
        return "wants HOST:PORT, got " + in_quotes(value);
    }
    out.operate.listen = value;
    return std::nullopt;
}

Complaint apply_topics(const std::string& value, const Names&, Options& out) {
    std::size_t at = 0;
    while (at <= value.size()) {
        const std::size_t end = std::min(value.find(',', at), value.size());
        if (end == at) {
            return "wants names with commas between them, got " + in_quotes(value);
        }
        out.operate.topics.push_back(value.substr(at, end - at));
        at = end + 1;
    }
    return std::nullopt;
}

Complaint apply_durability(const std::string& value, const Names&, Options& out) {
    if (value != "synced" && value != "written") {
        return "wants synced or written, got " + in_quotes(value) +
               did_you_mean(value, {"synced", "written"});
    }
    out.operate.written = value == "written";
    return std::nullopt;
}

constexpr std::array<FlagInfo, 18> kOperatingFlags = {
    {{"--at",
      "URL",
      "the bus: file:DIR or stormglass://HOST:PORT (default: $STORMGLASS_AT)",
      kOnBus | verb_bit(Verb::exports),
      [](const std::string& value, const Names&, Options& out) {
          return apply_text(value, out.operate.at);
      }},
     {"--data",
      "DIR",
      "the data folder of the server, where its local key lies (default: $STORMGLASS_DATA)",
      kOnBus | verb_bit(Verb::exports) | verb_bit(Verb::serve) | verb_bit(Verb::key),
      [](const std::string& value, const Names&, Options& out) {
          return apply_text(value, out.operate.data);
      }},
     {"--source",
      "URI",
      "who speaks: an absolute URI, or a name of this machine",
      kOnBus,
      [](const std::string& value, const Names&, Options& out) {
          return apply_text(value, out.operate.source);
      }},
     {"--signing-key",
      "FILE",
      "speak with a key of your own, not the local one",
      kOnBus,
      [](const std::string& value, const Names&, Options& out) {
          return apply_text(value, out.operate.signing_key);
      }},
     {"--listen",
      "HOST:PORT",
      "where to listen (default: 127.0.0.1:7400; port 0: a free one)",
      verb_bit(Verb::serve),
      apply_listen},
     {"--topic",
      "NAME,...",
      "topics to open at the start; others are opened by use",
      verb_bit(Verb::serve),
      apply_topics},
     {"--durability",
      "WHEN",
      "acknowledge when synced (default) or written",
      verb_bit(Verb::serve) | verb_bit(Verb::pub),
      apply_durability},
     {"--from",
      "FILE",
      "publish each line of it; - is the input",
      verb_bit(Verb::pub),
      [](const std::string& value, const Names&, Options& out) {
          return apply_text(value, out.operate.input);
      }},
     {"--whole",
      "",
      "the input is one event",
      verb_bit(Verb::pub),
      [](const std::string&, const Names&, Options& out) {
          out.operate.whole = true;
          return Complaint{};
      }},
     {"--key",
      "KEY",
      "partition key: events of one key keep their order",
      verb_bit(Verb::pub),
      [](const std::string& value, const Names&, Options& out) {
          return apply_text(value, out.operate.key);
      }},
     {"--type",
      "TYPE",
      "type of the events (default: stormglass.text.v1)",
      verb_bit(Verb::pub),
      [](const std::string& value, const Names&, Options& out) {
          return apply_text(value, out.operate.type);
      }},
     {"--from",
      "POSITION",
      "begin here; without it, with what comes from now on",
      verb_bit(Verb::sub),
      [](const std::string& value, const Names&, Options& out) {
          return apply_count(value, out.operate.from);
      }},
     {"--once",
      "",
      "end at the head of the topic",
      verb_bit(Verb::sub),
      [](const std::string&, const Names&, Options& out) {
          out.operate.once = true;
          return Complaint{};
      }},
     {"--group",
      "GROUP",
      "of this group alone",
      verb_bit(Verb::dead),
      [](const std::string& value, const Names&, Options& out) {
          return apply_text(value, out.operate.group);
      }},
     {"--group",
      "GROUP",
      "be a member of this group: what is printed is settled",
      verb_bit(Verb::sub),
      [](const std::string& value, const Names&, Options& out) {
          return apply_text(value, out.operate.group);
      }},
     {"--state", "STATE", "sagas in this state alone", verb_bit(Verb::saga), apply_state},
     {"--from",
      "N",
      "begin at this entry",
      verb_bit(Verb::journal),
      [](const std::string& value, const Names&, Options& out) {
          return apply_count(value, out.operate.from);
      }},
     {"--limit",
      "N",
      "print at most so many",
      verb_bit(Verb::journal) | (kOnBus & ~verb_bit(Verb::pub)),
      [](const std::string& value, const Names&, Options& out) {
          return apply_count(value, out.operate.limit);
      }}}};

}  // namespace

std::span<const VerbInfo> operating_verbs() {
    return kOperatingVerbs;
}

std::span<const FlagInfo> operating_flags() {
    return kOperatingFlags;
}

}  // namespace stormglass::scenarios
