#!/bin/sh
# The checkout demo: a bus, the order desk, stock, payments, shipping and a dashboard as processes
# of their own. Orders are placed, one process is killed in the middle and started again, and every
# order is accounted for; then the simulator runs the same orders and must come to the same result.
#
#   examples/checkout/run.sh [--build DIR] [--scenario NAME] [--seed N] [--kill ROLE] [--defect NAME]
#
# ROLE is serve, orders, stock, payments (default), shipping, dashboard or none. Exit code: 0 when every
# order is completed or compensated in both worlds alike, 1 when one is not.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$root/build/demo
scenario=calm seed=7 kill=payments defect=- program=checkout-demo given_build=
orders=20  # of each scenario, at most
wrong() { echo "run.sh: $*; see run.sh --help" >&2; exit 64; }
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 0 ;;
    esac
    [ $# -gt 1 ] || wrong "'$1' needs a value, or is no option"
    case $1 in
        --build) build=$2 given_build=yes ;;
        --scenario) scenario=$2 ;;
        --seed) seed=$2 ;;
        --kill) kill=$2 ;;
        --defect) defect=$2 program=checkout-demo-defects ;;
        *) wrong "unknown option '$1'" ;;
    esac
    shift 2
done
case $kill in
    serve | orders | stock | payments | shipping | dashboard | none) ;;
    *) wrong "--kill wants serve, orders, stock, payments, shipping, dashboard or none, got '$kill'" ;;
esac
case $seed in
    '' | *[!0-9]*) wrong "--seed wants a whole number, got '$seed'" ;;
esac
if [ -z "$given_build" ]; then
    echo "building into build/demo: some minutes the first time; build/demo.log tells more"
    mkdir -p "$root/build"
    {
        cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
            -DSTORMGLASS_UNITY=ON -DSTORMGLASS_TESTS=OFF &&
            cmake --build "$build" --target stormglass "$program"
    } >"$build.log" 2>&1 || {
        tail -n 20 "$build.log" >&2
        echo "run.sh: the build failed; does \`make packages\` find everything installed?" >&2
        exit 70
    }
fi
demo=$build/$program
for needed in "$build/stormglass" "$demo"; do
    [ -x "$needed" ] || wrong "there is no program $needed; build it, or leave --build out"
done
known() {  # $1: what, $2: its name
    "$build/stormglass" list "$1s" "$2" 2>/dev/null | cut -d ' ' -f 1 | grep -qx -e "$2" ||
        wrong "no $1 '$2'; \`stormglass list $1s\` names them"
}
known scenario "$scenario"
[ "$defect" = - ] || known defect "$defect"
work=$(mktemp -d)
data=$work/bus
pids=
stop_all() {
    trap - EXIT INT TERM
    # The last one may have been started and not yet noted.
    for pid in $pids ${!:-}; do kill "$pid" 2>/dev/null || :; done
    for pid in $pids ${!:-}; do wait "$pid" 2>/dev/null || :; done
    rm -rf "$work"
}
trap stop_all EXIT
trap 'exit 130' INT TERM

topics=shop.orders,checkout.journal,checkout.replies,checkout.notifications
topics=$topics,stock.commands,stock.effects,payments.commands,payments.effects
topics=$topics,shipping.commands,shipping.effects
start_serve() {  # $1: where to listen
    : >"$work/serve.out"
    "$build/stormglass" serve --data "$data" --listen "$1" --topic "$topics" \
        >"$work/serve.out" 2>>"$work/serve.err" &
    serve_pid=$! pids="$pids $!"
    i=0
    until grep -q " ready at .*, process $serve_pid\$" "$work/serve.out"; do
        i=$((i + 1))
        if [ $i -gt 200 ] || ! kill -0 "$serve_pid" 2>/dev/null; then
            cat "$work/serve.err" >&2; echo "run.sh: the bus does not start" >&2; exit 69
        fi
        sleep 0.1
    done
}
start_role() {
    "$demo" "$1" "$scenario" "$seed" "$defect" "$address" "$data" >>"$work/$1.out" 2>&1 &
    eval "$1_pid=$!"
    pids="$pids $!"
}

length_of() {  # $1: a topic
    "$build/stormglass" topic list --at "stormglass://$address" --data "$data" 2>/dev/null |
        awk -v topic="$1" '$1 == topic { print $2 }'
}
# Until a topic is longer than that, for half a minute at most: what the clock says depends on the
# machine, what is in the topics does not.
await_length() {  # $1: a topic, $2: a length
    i=0
    until [ "$(length_of "$1")" -gt "$2" ] || [ $i -ge 150 ]; do
        i=$((i + 1))
        sleep 0.2
    done
}

start_serve 127.0.0.1:0
address=$(sed 's/.*stormglass:..\([^,]*\),.*/\1/' "$work/serve.out")
cat "$work/serve.out"
for role in orders stock payments shipping dashboard; do start_role $role; done
"$demo" place "$scenario" "$seed" "$defect" "$address" "$data" &
place_pid=$! pids="$pids $!"
if [ "$kill" != none ]; then
    case $kill in
        stock | payments | shipping) await_length "$kill.effects" 3 ;;
        *) sleep 1 ;;
    esac
    eval "victim=\$${kill}_pid"
    echo "killing $kill (process $victim, SIGKILL) in the middle"
    kill -KILL "$victim"
    wait "$victim" 2>/dev/null || :
    # Long enough for the desk to ask again: what was under way is then asked for twice.
    case $kill in
        serve) ;;
        stock | payments | shipping) await_length "$kill.commands" $((orders + $(length_of "$kill.commands"))) ;;
        *) sleep 6 ;;
    esac
    if [ "$kill" = serve ]; then start_serve "$address"; else start_role "$kill"; fi
    echo "started $kill again"
fi
wait $place_pid

live=0
"$demo" account "$scenario" "$seed" "$defect" "$address" "$data" >"$work/live.txt" || live=$?
echo "live:      $(grep '^orders: ' "$work/live.txt" | cut -c9-)"
grep '^  ' "$work/live.txt" || :
tail -n 1 "$work/dashboard.out"
simulated=0
"$demo" simulate "$scenario" "$seed" "$defect" "$work/simulated" || simulated=$?
"$demo" account-files "$scenario" "$seed" "$defect" "$work/simulated" >"$work/simulated.txt" ||
    simulated=$?
echo "simulated: $(grep '^orders: ' "$work/simulated.txt" | cut -c9-)"
grep '^  ' "$work/simulated.txt" || :
if [ $live -ne 0 ] || [ $simulated -ne 0 ]; then
    echo "FAILED: not every order comes out (live $live, simulated $simulated)"
    exit 1
fi
if [ "$(cat "$work/live.txt")" != "$(cat "$work/simulated.txt")" ]; then
    echo "FAILED: the two worlds disagree"
    exit 1
fi
echo "PASSED: every order is completed or compensated, in both worlds alike"
