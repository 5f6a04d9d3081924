// One tiny history for each rule, in short hand (examples.hpp), that breaks it under the guarantee
// named. docs/checkers.md shows them, and a test judges each.
#include "sim/checks/rule.hpp"

namespace stormglass::sim::checks {
namespace {

constexpr RuleExample kExamples[] = {
    {Rule::b1,
     "log",
     "at-least-once",
     "0 invoke send [1,10]\n0 ok send [1,[0,10]]\n1 invoke send [1,11]\n1 ok send [1,[1,11]]\n"
     "2 invoke poll null\n2 ok poll {\"1\":[[0,10]]}\n3 invoke poll null\n3 ok poll "
     "{\"1\":[[0,11]]}"},
    {Rule::b2,
     "log",
     "exactly-once-effect",
     "0 invoke send [1,10]\n0 ok send [1,[0,10]]\n2 invoke poll null\n2 ok poll "
     "{\"1\":[[0,10],[1,10]]}"},
    {Rule::b3,
     "log",
     "at-least-once",
     "0 invoke send [1,10]\n2 invoke poll null\n2 ok poll {\"1\":[[0,10]]}\n0 fail send [1,10]"},
    {Rule::b4,
     "log",
     "at-least-once",
     "0 invoke send [1,10]\n0 ok send [1,[0,10]]\n0 invoke send [1,11]\n0 ok send [1,[1,11]]\n"
     "2 invoke poll null\n2 ok poll {\"1\":[[1,11]]}"},
    {Rule::b5,
     "log",
     "at-least-once",
     "0 invoke send [1,10]\n0 ok send [1,[0,10]]\n1 invoke drain null\n1 ok drain null"},
    {Rule::b6,
     "log",
     "ordered-per-key",
     "0 invoke send [1,10]\n0 ok send [1,[0,10]]\n0 invoke send [1,11]\n0 ok send [1,[1,11]]\n"
     "0 invoke send [1,12]\n0 ok send [1,[2,12]]\n"
     "2 invoke poll null\n2 ok poll {\"1\":[[0,10]]}\n2 invoke poll null\n2 ok poll "
     "{\"1\":[[2,12]]}\n"
     "3 invoke poll null\n3 ok poll {\"1\":[[0,10],[1,11],[2,12]]}"},
    {Rule::b7,
     "log",
     "at-least-once",
     "0 invoke send [1,10]\n0 ok send [1,[0,10]]\n0 invoke send [1,11]\n0 ok send [1,[1,11]]\n"
     "0 invoke send [1,12]\n0 ok send [1,[2,12]]\n"
     "2 invoke poll null\n2 ok poll {\"1\":[[0,10],[2,12]]}\n"
     "3 invoke poll null\n3 ok poll {\"1\":[[0,10],[1,11],[2,12]]}"},
    {Rule::b8,
     "log",
     "ordered-per-key",
     "0 invoke txn [[\"send\",1,10],[\"send\",1,11]]\n0 ok txn "
     "[[\"send\",1,[0,10]],[\"send\",1,[1,11]]]\n"
     "2 invoke poll null\n2 ok poll {\"1\":[[0,10],[1,11]]}\n2 invoke poll null\n2 ok poll "
     "{\"1\":[[0,10]]}"},
    {Rule::b9,
     "log",
     "at-most-once",
     "0 invoke txn [[\"send\",1,10],[\"send\",1,11]]\n0 ok txn "
     "[[\"send\",1,[0,10]],[\"send\",1,[1,11]]]\n"
     "2 invoke poll null\n2 ok poll {\"1\":[[1,11],[0,10]]}"},
    {Rule::b10,
     "log",
     "ordered-per-key",
     "0 invoke send [1,10]\n0 ok send [1,[1,10]]\n0 invoke send [1,11]\n0 ok send [1,[0,11]]\n"
     "2 invoke poll null\n2 ok poll {\"1\":[[0,11],[1,10]]}"},
    {Rule::b11,
     "log",
     "at-most-once",
     "0 invoke txn [[\"send\",1,10],[\"send\",1,11]]\n0 ok txn "
     "[[\"send\",1,[1,10]],[\"send\",1,[0,11]]]\n"
     "2 invoke poll null\n2 ok poll {\"1\":[[0,11],[1,10]]}"},
    {Rule::b12,
     "log",
     "contiguous-batch",
     "0 invoke txn [[\"send\",1,10],[\"send\",1,11]]\n1 invoke send [1,20]\n1 ok send [1,[1,20]]\n"
     "0 ok txn [[\"send\",1,[0,10]],[\"send\",1,[2,11]]]\n2 invoke poll null\n"
     "2 ok poll {\"1\":[[0,10],[1,20],[2,11]]}"},
    {Rule::b13,
     "log",
     "at-most-once",
     "0 invoke txn [[\"send\",1,10],[\"poll\"]]\n0 ok txn "
     "[[\"send\",1,[0,10]],[\"poll\",{\"1\":[[0,10]]}]]"},
    {Rule::b14,
     "log",
     "atomic-batch",
     "0 invoke txn [[\"send\",1,10],[\"send\",2,10]]\n1 invoke txn "
     "[[\"send\",1,11],[\"send\",2,11]]\n"
     "0 ok txn [[\"send\",1,[0,10]],[\"send\",2,[1,10]]]\n1 ok txn "
     "[[\"send\",1,[1,11]],[\"send\",2,[0,11]]]"},
    {Rule::b15,
     "log",
     "at-least-once",
     "0 invoke txn [[\"send\",1,10],[\"send\",2,10]]\n0 ok txn "
     "[[\"send\",1,[0,10]],[\"send\",2,[0,10]]]\n"
     "1 invoke send [2,20]\n1 ok send [2,[1,20]]\n2 invoke poll null\n"
     "2 ok poll {\"1\":[[0,10]],\"2\":[[1,20]]}\n3 invoke poll null\n3 ok poll "
     "{\"2\":[[0,10],[1,20]]}"},
    {Rule::b16,
     "log",
     "at-least-once",
     "0 invoke txn [[\"send\",1,10],[\"poll\"]]\n1 invoke txn [[\"send\",2,20],[\"poll\"]]\n"
     "0 ok txn [[\"send\",1,[0,10]],[\"poll\",{\"2\":[[0,20]]}]]\n"
     "1 ok txn [[\"send\",2,[0,20]],[\"poll\",{\"1\":[[0,10]]}]]"},
    {Rule::b16w,
     "log",
     "atomic-batch",
     "0 invoke txn [[\"send\",1,10],[\"poll\"]]\n1 invoke txn [[\"send\",1,11],[\"send\",2,20]]\n"
     "0 ok txn [[\"send\",1,[0,10]],[\"poll\",{\"2\":[[0,20]]}]]\n"
     "1 ok txn [[\"send\",1,[1,11]],[\"send\",2,[0,20]]]"},
    {Rule::b17, "log", "at-most-once", "2 invoke poll null\n2 ok poll {\"1\":[[0,99]]}"},
    {Rule::b18,
     "log, lag 10ms",
     "bounded-lag",
     "0 invoke send [1,10]\n0 ok send [1,[0,10]]\n0 invoke send [1,11]\n5ms 0 ok send [1,[1,11]]\n"
     "2 invoke poll null\n2 ok poll {\"1\":[[0,10]]}\n100ms 2 invoke poll null\n101ms 2 ok poll "
     "{}\n"},
    {Rule::b19,
     "log",
     "exactly-once-effect",
     "0 invoke send [1,10]\n0 ok send [1,[0,10]]\n2 invoke poll null @g\n2 ok poll "
     "{\"1\":[[0,10]]} @g\n"
     "3 invoke poll null @g\n3 ok poll {\"1\":[[0,10]]} @g"},
    {Rule::b20,
     "log",
     "at-least-once",
     "0 invoke txn [[\"send\",1,10],[\"send\",1,11]]\n0 ok txn "
     "[[\"send\",1,[0,10]],[\"send\",1,[1,11]]]\n"
     "2 invoke poll null @g\n2 ok poll {\"1\":[[0,10],[1,11]]} @g\n"
     "2 invoke commit {\"1\":1} @g\n2 ok commit {\"1\":1} @g\n"
     "3 invoke commit {\"1\":0} @g\n3 ok commit {\"1\":0} @g"},
    {Rule::b21,
     "log",
     "at-least-once",
     "0 invoke txn [[\"send\",1,10],[\"send\",1,11]]\n0 ok txn "
     "[[\"send\",1,[0,10]],[\"send\",1,[1,11]]]\n"
     "2 invoke poll null @g\n2 ok poll {\"1\":[[0,10]]} @g\n"
     "2 invoke commit {\"1\":1} @g\n2 ok commit {\"1\":1} @g"},
    {Rule::b22,
     "log",
     "at-least-once",
     "0 invoke send [1,10]\n0 ok send [1,[0,10]]\n0 invoke send [1,11]\n0 ok send [1,[1,11]]\n"
     "0 invoke send [1,12]\n0 ok send [1,[2,12]]\n"
     "2 invoke poll null @g\n2 ok poll {\"1\":[[0,10]]} @g\n"
     "2 invoke commit {\"1\":0} @g\n2 ok commit {\"1\":0} @g\n"
     "3 invoke assign [1] @g\n3 ok assign [1] @g\n3 invoke poll null @g\n3 ok poll "
     "{\"1\":[[2,12]]} @g\n"
     "4 invoke poll null\n4 ok poll {\"1\":[[0,10],[1,11],[2,12]]}"},
    {Rule::b25,
     "log, retention 1min",
     "at-least-once",
     "0 invoke send [1,10]\n0 ok send [1,[0,10]]\n0 invoke send [1,11]\n0 ok send [1,[1,11]]\n"
     "2 invoke poll null\n2 ok poll {\"1\":[[0,10]]}\n3 invoke assign {\"1\":\"begin\"}\n"
     "3 ok assign {\"1\":\"begin\"}\n3 invoke poll null\n9000ms 3 ok poll {\"1\":[[1,11]]}"},
    {Rule::b26,
     "log",
     "at-least-once",
     "0 invoke send [1,10]\n0 ok send [1,[0,10]]\n2 invoke poll null @a\n2 ok poll "
     "{\"1\":[[0,10]]} @a\n"
     "3 invoke drain null @b\n3 ok drain null @b"},
    {Rule::b29,
     "log",
     "at-least-once",
     "0 invoke send [1,10]\n0 fail send [1,10]\n2 invoke poll null\n2 ok poll {\"1\":[[0,10]]}"},
    {Rule::b30,
     "log, settle 1s",
     "at-least-once",
     "f info fault \"split\"\nf info fault \"heal\"\n0 invoke send [1,10]\n1 invoke poll null\n"
     "5000ms 1 ok poll {}"},
    {Rule::q1,
     "queue",
     "at-least-once",
     "1 invoke dequeue null\n1 ok dequeue 7\n0 invoke enqueue 7\n0 ok enqueue 7"},
    {Rule::q2, "queue", "at-least-once", "1 invoke dequeue null\n1 ok dequeue 7"},
    {Rule::q3,
     "queue",
     "at-least-once",
     "0 invoke enqueue 7\n0 ok enqueue 7\n1 invoke drain null\n1 ok drain []"},
    {Rule::q4,
     "queue",
     "at-most-once",
     "0 invoke enqueue 7\n0 ok enqueue 7\n1 invoke dequeue null\n1 ok dequeue 7\n"
     "2 invoke dequeue null\n2 ok dequeue 7"},
    {Rule::q6,
     "queue",
     "ordered-per-key",
     "0 invoke enqueue 7\n0 ok enqueue 7\n0 invoke enqueue 8\n0 ok enqueue 8\n"
     "1 invoke dequeue null\n1 ok dequeue 8\n1 invoke dequeue null\n1 ok dequeue 7"},
    {Rule::q7,
     "fifo-queue",
     "",
     "0 invoke enqueue 7\n0 ok enqueue 7\n1 invoke enqueue 8\n1 ok enqueue 8\n"
     "2 invoke dequeue null\n2 ok dequeue 8"},
    {Rule::q8,
     "queue, visibility 1s",
     "at-least-once",
     "0 invoke enqueue 7\n0 ok enqueue 7\n1 invoke dequeue null\n1 ok dequeue 7\n"
     "2 invoke dequeue null\n2 ok dequeue 7"},
    {Rule::q9, "unique-ids", "", "0 invoke add null\n0 ok add 5\n1 invoke add null\n1 ok add 5"},
    {Rule::z1,
     "set",
     "",
     "0 invoke add 1\n0 ok add 1\n0 invoke add 2\n0 ok add 2\n1 invoke read null\n1 ok read [1]"},
    {Rule::z2,
     "set",
     "",
     "0 invoke add 1\n0 ok add 1\n0 invoke add 2\n1 invoke read null\n1 ok read [1,2]\n"
     "1 invoke read null\n1 ok read [1]"},
    {Rule::n1, "counter", "", "0 invoke add 1\n0 ok add 1\n1 invoke read null\n1 ok read 2"},
    {Rule::k1,
     "bank",
     "",
     "0 invoke read null\n0 ok read {\"a\":50,\"b\":50}\n1 invoke transfer "
     "{\"from\":\"a\",\"to\":\"b\",\"amount\":5}\n"
     "0 invoke read null\n0 ok read {\"a\":45,\"b\":50}"},
    {Rule::k2,
     "long-fork",
     "",
     "0 invoke txn [[\"w\",1,1]]\n0 ok txn [[\"w\",1,1]]\n1 invoke txn [[\"w\",2,1]]\n1 ok txn "
     "[[\"w\",2,1]]\n"
     "2 invoke txn [[\"r\",1,null],[\"r\",2,null]]\n2 ok txn [[\"r\",1,1],[\"r\",2,null]]\n"
     "3 invoke txn [[\"r\",1,null],[\"r\",2,null]]\n3 ok txn [[\"r\",1,null],[\"r\",2,1]]"},
    {Rule::k3,
     "causal-reverse",
     "",
     "0 invoke write 1\n0 ok write 1\n0 invoke write 2\n0 ok write 2\n1 invoke read null\n1 ok "
     "read [2]"},
    {Rule::l1_register,
     "register(0)",
     "",
     "0 invoke write 1\n0 ok write 1\n1 invoke read null\n1 ok read 0"},
    {Rule::l1_cas,
     "cas-register(0)",
     "",
     "0 invoke cas [0,1]\n0 ok cas [0,1]\n1 invoke cas [0,2]\n1 ok cas [0,2]"},
    {Rule::l1_kv,
     "kv-string(empty)",
     "",
     "0 invoke append [\"x\",\"a\"]\n0 ok append [\"x\",\"a\"]\n0 invoke append [\"x\",\"b\"]\n"
     "0 ok append [\"x\",\"b\"]\n1 invoke read [\"x\",null]\n1 ok read [\"x\",\"ba\"]"},
    {Rule::l1_mutex,
     "mutex",
     "",
     "0 invoke acquire null\n0 ok acquire null\n1 invoke acquire null\n1 ok acquire null"},
    {Rule::l1_set,
     "linear-set",
     "",
     "0 invoke add 1\n0 ok add 1\n1 invoke read null\n1 ok read []"},
    {Rule::l2,
     "register(0), sessions",
     "",
     "0 invoke write 1\n0 ok write 1\n0 invoke read null\n0 ok read 0"},
    {Rule::g1a,
     "list-append",
     "read-committed",
     "0 invoke txn [[\"append\",1,10]]\n0 fail txn [[\"append\",1,10]]\n"
     "1 invoke txn [[\"r\",1,null]]\n1 ok txn [[\"r\",1,[10]]]"},
    {Rule::g1b,
     "list-append",
     "read-committed",
     "0 invoke txn [[\"append\",1,10],[\"append\",1,11]]\n1 invoke txn [[\"r\",1,null]]\n"
     "1 ok txn [[\"r\",1,[10]]]\n0 ok txn [[\"append\",1,10],[\"append\",1,11]]"},
    {Rule::internal,
     "list-append",
     "serializable",
     "0 invoke txn [[\"append\",1,10],[\"r\",1,null]]\n0 ok txn [[\"append\",1,10],[\"r\",1,[]]]"},
    {Rule::future_read,
     "list-append",
     "serializable",
     "0 invoke txn [[\"r\",1,null],[\"append\",1,10]]\n0 ok txn "
     "[[\"r\",1,[10]],[\"append\",1,10]]"},
    {Rule::duplicate_elements,
     "list-append",
     "read-uncommitted",
     "0 invoke txn [[\"append\",1,10]]\n0 ok txn [[\"append\",1,10]]\n"
     "1 invoke txn [[\"r\",1,null]]\n1 ok txn [[\"r\",1,[10,10]]]"},
    {Rule::garbage,
     "list-append",
     "read-uncommitted",
     "1 invoke txn [[\"r\",1,null]]\n1 ok txn [[\"r\",1,[99]]]"},
    {Rule::incompatible_order,
     "list-append",
     "read-uncommitted",
     "0 invoke txn [[\"append\",1,10]]\n1 invoke txn [[\"append\",1,11]]\n0 ok txn "
     "[[\"append\",1,10]]\n"
     "1 ok txn [[\"append\",1,11]]\n2 invoke txn [[\"r\",1,null]]\n2 ok txn [[\"r\",1,[10,11]]]\n"
     "3 invoke txn [[\"r\",1,null]]\n3 ok txn [[\"r\",1,[11,10]]]"},
    {Rule::dirty_update,
     "list-append",
     "read-committed",
     "0 invoke txn [[\"append\",1,10]]\n0 fail txn [[\"append\",1,10]]\n1 invoke txn "
     "[[\"append\",1,11]]\n"
     "1 ok txn [[\"append\",1,11]]\n2 invoke txn [[\"r\",1,null]]\n2 ok txn [[\"r\",1,[10,11]]]"},
    {Rule::lost_update,
     "list-append",
     "snapshot-isolation",
     "0 invoke txn [[\"r\",1,null],[\"append\",1,10]]\n1 invoke txn "
     "[[\"r\",1,null],[\"append\",1,11]]\n"
     "0 ok txn [[\"r\",1,[]],[\"append\",1,10]]\n1 ok txn [[\"r\",1,[]],[\"append\",1,11]]"},
    {Rule::cyclic_versions,
     "rw-register",
     "read-uncommitted",
     "0 invoke txn [[\"r\",1,null],[\"w\",1,10]]\n1 invoke txn [[\"r\",1,null],[\"w\",1,11]]\n"
     "0 ok txn [[\"r\",1,11],[\"w\",1,10]]\n1 ok txn [[\"r\",1,10],[\"w\",1,11]]"},
    {Rule::g0,
     "list-append",
     "read-uncommitted",
     "0 invoke txn [[\"append\",1,10],[\"append\",2,10]]\n1 invoke txn "
     "[[\"append\",1,11],[\"append\",2,11]]\n"
     "0 ok txn [[\"append\",1,10],[\"append\",2,10]]\n1 ok txn "
     "[[\"append\",1,11],[\"append\",2,11]]\n"
     "2 invoke txn [[\"r\",1,null],[\"r\",2,null]]\n2 ok txn "
     "[[\"r\",1,[10,11]],[\"r\",2,[11,10]]]"},
    {Rule::g1c,
     "list-append",
     "read-committed",
     "0 invoke txn [[\"append\",1,10],[\"r\",2,null]]\n1 invoke txn "
     "[[\"append\",2,11],[\"r\",1,null]]\n"
     "0 ok txn [[\"append\",1,10],[\"r\",2,[11]]]\n1 ok txn [[\"append\",2,11],[\"r\",1,[10]]]"},
    {Rule::g_single,
     "list-append",
     "snapshot-isolation",
     "0 invoke txn [[\"append\",1,10],[\"append\",2,10]]\n1 invoke txn "
     "[[\"r\",1,null],[\"r\",2,null]]\n"
     "0 ok txn [[\"append\",1,10],[\"append\",2,10]]\n1 ok txn [[\"r\",1,[10]],[\"r\",2,[]]]\n"
     "2 invoke txn [[\"r\",2,null]]\n2 ok txn [[\"r\",2,[10]]]"},
    {Rule::g_nonadjacent,
     "list-append",
     "snapshot-isolation",
     "0 invoke txn [[\"append\",1,10]]\n1 invoke txn [[\"append\",2,20]]\n"
     "2 invoke txn [[\"r\",1,null],[\"r\",2,null]]\n3 invoke txn [[\"r\",1,null],[\"r\",2,null]]\n"
     "0 ok txn [[\"append\",1,10]]\n1 ok txn [[\"append\",2,20]]\n2 ok txn "
     "[[\"r\",1,[10]],[\"r\",2,[]]]\n"
     "3 ok txn [[\"r\",1,[]],[\"r\",2,[20]]]"},
    {Rule::g2,
     "list-append",
     "serializable",
     "0 invoke txn [[\"r\",1,null],[\"append\",2,10]]\n1 invoke txn "
     "[[\"r\",2,null],[\"append\",1,11]]\n"
     "0 ok txn [[\"r\",1,[]],[\"append\",2,10]]\n1 ok txn [[\"r\",2,[]],[\"append\",1,11]]"},
    {Rule::g0_process,
     "list-append",
     "strong-session-read-uncommitted",
     "9 invoke txn [[\"r\",1,null]]\n0 invoke txn [[\"append\",1,10]]\n0 ok txn "
     "[[\"append\",1,10]]\n"
     "0 invoke txn [[\"append\",1,11]]\n0 ok txn [[\"append\",1,11]]\n9 ok txn "
     "[[\"r\",1,[11,10]]]"},
    {Rule::g1c_process,
     "list-append",
     "strong-session-read-committed",
     "1 invoke txn [[\"append\",1,10],[\"r\",2,null]]\n0 invoke txn [[\"r\",1,null]]\n0 ok txn "
     "[[\"r\",1,[10]]]\n"
     "0 invoke txn [[\"append\",2,20]]\n0 ok txn [[\"append\",2,20]]\n"
     "1 ok txn [[\"append\",1,10],[\"r\",2,[20]]]"},
    {Rule::g_single_process,
     "list-append",
     "strong-session-snapshot-isolation",
     "0 invoke txn [[\"append\",1,10]]\n0 ok txn [[\"append\",1,10]]\n0 invoke txn "
     "[[\"r\",1,null]]\n"
     "0 ok txn [[\"r\",1,[]]]\n9 invoke txn [[\"r\",1,null]]\n9 ok txn [[\"r\",1,[10]]]"},
    {Rule::g_nonadjacent_process,
     "list-append",
     "strong-session-snapshot-isolation",
     "3 invoke txn [[\"r\",2,null],[\"r\",1,null]]\n1 invoke txn [[\"append\",2,20]]\n"
     "0 invoke txn [[\"append\",1,10]]\n0 ok txn [[\"append\",1,10]]\n"
     "0 invoke txn [[\"r\",2,null]]\n0 ok txn [[\"r\",2,[]]]\n1 ok txn [[\"append\",2,20]]\n"
     "3 ok txn [[\"r\",2,[20]],[\"r\",1,[]]]"},
    {Rule::g2_process,
     "list-append",
     "strong-session-serializable",
     "1 invoke txn [[\"append\",1,10],[\"r\",2,null]]\n0 invoke txn [[\"append\",2,20]]\n"
     "0 ok txn [[\"append\",2,20]]\n0 invoke txn [[\"r\",1,null]]\n0 ok txn [[\"r\",1,[]]]\n"
     "1 ok txn [[\"append\",1,10],[\"r\",2,[]]]"},
    {Rule::g0_realtime,
     "list-append",
     "strong-read-uncommitted",
     "9 invoke txn [[\"r\",1,null]]\n0 invoke txn [[\"append\",1,10]]\n0 ok txn "
     "[[\"append\",1,10]]\n"
     "1 invoke txn [[\"append\",1,11]]\n1 ok txn [[\"append\",1,11]]\n9 ok txn "
     "[[\"r\",1,[11,10]]]"},
    {Rule::g1c_realtime,
     "list-append",
     "strong-read-committed",
     "0 invoke txn [[\"r\",1,null]]\n0 ok txn [[\"r\",1,[10]]]\n"
     "1 invoke txn [[\"append\",1,10]]\n1 ok txn [[\"append\",1,10]]"},
    {Rule::g_single_realtime,
     "list-append",
     "strong-snapshot-isolation",
     "0 invoke txn [[\"append\",1,10]]\n0 ok txn [[\"append\",1,10]]\n1 invoke txn "
     "[[\"r\",1,null]]\n"
     "1 ok txn [[\"r\",1,[]]]"},
    {Rule::g_nonadjacent_realtime,
     "list-append",
     "strong-snapshot-isolation",
     "3 invoke txn [[\"r\",2,null],[\"r\",1,null]]\n1 invoke txn [[\"append\",2,20]]\n"
     "0 invoke txn [[\"append\",1,10]]\n0 ok txn [[\"append\",1,10]]\n"
     "2 invoke txn [[\"r\",2,null]]\n2 ok txn [[\"r\",2,[]]]\n1 ok txn [[\"append\",2,20]]\n"
     "3 ok txn [[\"r\",2,[20]],[\"r\",1,[]]]"},
    {Rule::g2_realtime,
     "list-append",
     "strict-serializable",
     "1 invoke txn [[\"append\",1,10],[\"r\",2,null]]\n0 invoke txn [[\"append\",2,20]]\n"
     "0 ok txn [[\"append\",2,20]]\n2 invoke txn [[\"r\",1,null]]\n2 ok txn [[\"r\",1,[]]]\n"
     "1 ok txn [[\"append\",1,10],[\"r\",2,[]]]"},
};

}  // namespace

std::span<const RuleExample> rule_examples() {
    return kExamples;
}

}  // namespace stormglass::sim::checks
