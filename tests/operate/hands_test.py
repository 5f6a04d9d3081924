#!/usr/bin/env python3
"""serve, pub, sub and the views as real processes: hands_test.py STORMGLASS

Ports are free ones that the server chose; every answer comes from the server that was started here,
because it holds the local key of a folder made here.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = sys.argv.pop(1)
READY = re.compile(r"bus 'main' ready at (stormglass://\S+), data in (\S+), process (\d+)")


class Server:
    def __init__(self, data, *more):
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data", data, "--listen", "127.0.0.1:0", *more],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        ready = READY.search(line)
        assert ready, line + (self.process.stderr.read() if self.process.poll() else "")
        self.url = ready[1]
        assert ready[2] == data and int(ready[3]) == self.process.pid

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        _, err = self.process.communicate(timeout=20)
        return self.process.returncode, err


class Hands(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.data = os.path.join(self.folder.name, "bus")
        self.servers = []

    def tearDown(self):
        for server in self.servers:
            if server.process.poll() is None:
                server.end(signal.SIGKILL)
        self.folder.cleanup()

    def serve(self, *more):
        self.servers.append(Server(self.data, *more))
        return self.servers[-1]

    def run_it(self, *arguments, given=None, data=True):
        environment = {**os.environ, **({"STORMGLASS_DATA": self.data} if data else {})}
        return subprocess.run([PROGRAM, *arguments], input=given, capture_output=True, text=True,
                              env=environment, timeout=60, check=False)

    def test_what_was_published_is_read_back_and_the_server_ends_in_good_order(self):
        server = self.serve("--topic", "greetings,empty")
        lines = [f"line {i}" for i in range(2000)]
        ended = self.run_it("pub", "greetings", "--at", server.url, "--from", "-", "--key", "k",
                            given="\n".join(lines) + "\n")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertEqual(ended.stdout.split(), [f"greetings@{i}" for i in range(2000)])
        ended = self.run_it("sub", "greetings", "--at", server.url, "--once", "--from", "1998",
                            "--json")
        read = [json.loads(line) for line in ended.stdout.splitlines()]
        self.assertEqual([event["position"] for event in read], [1998, 1999])
        self.assertEqual(read[0]["event"]["partitionkey"], "k")
        ended = self.run_it("sub", "greetings", "--at", server.url, "--group", "g", "--limit", "3")
        self.assertEqual(len(ended.stdout.splitlines()), 3, ended.stderr)
        # The same by either name; a running bus is not disturbed by who reads its files.
        for at in (server.url, "file:" + self.data):
            topics = json.loads(self.run_it("topic", "list", "--json", "--at", at).stdout)["topics"]
            self.assertEqual({topic["name"]: topic["length"] for topic in topics},
                             {"greetings": 2000, "empty": 0})
        group = self.run_it("group", "show", "g", "--at", server.url)
        self.assertIn("all below 3 of 2000", group.stdout, group.stderr)
        self.assertEqual(self.run_it("dead", "list", "--at", server.url).stdout, "no dead letters\n")
        misspelt = self.run_it("topic", "show", "greeting", "--at", server.url)
        self.assertEqual(misspelt.returncode, 64)
        self.assertIn("did you mean 'greetings'?", misspelt.stderr)
        code, err = server.end()
        self.assertEqual(code, 0, err)
        self.assertIn("ended in good order", err)
        self.assertIn("sound: ", self.run_it("journal", "verify", self.data).stdout)

    def test_nothing_acknowledged_is_lost_when_the_server_is_killed(self):
        server = self.serve()
        publisher = subprocess.Popen([PROGRAM, "pub", "orders", "--at", server.url, "--data",
                                      self.data], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, text=True)
        for i in range(50):
            publisher.stdin.write(f"order {i}\n")
        publisher.stdin.flush()
        time.sleep(0.3)
        server.end(signal.SIGKILL)
        publisher.send_signal(signal.SIGINT)
        out, _ = publisher.communicate(timeout=20)
        acknowledged = [line for line in out.split() if "@" in line]
        again = self.serve()
        ended = self.run_it("sub", "orders", "--at", again.url, "--once", "--from", "0", "--json")
        stored = ["orders@" + str(json.loads(line)["position"])
                  for line in ended.stdout.splitlines()]
        self.assertLessEqual(set(acknowledged), set(stored))

    def test_what_is_wrong_gets_a_clear_refusal(self):
        server = self.serve()
        second = self.run_it("serve", "--data", self.data, "--listen", "127.0.0.1:0")
        self.assertEqual(second.returncode, 69)
        self.assertIn("in use", second.stderr)
        for arguments, code, says in (
                (("serve",), 64, "--data DIR"),
                (("serve", "--data", "x", "--listen", "here"), 64, "HOST:PORT"),
                (("serve", "--data", "x", "--listen", "localhost:ssh"), 64, "a port is a number"),
                (("serve", "--data", "x", "--durability", "syncd"), 64, "did you mean 'synced'?"),
                (("pub",), 64, "name a topic"),
                (("pub", "t", "x", "--at", server.url), 66, "no key"),
                (("pub", "t", "x", "--at", server.url, "--data", "nowhere"), 66, "nowhere"),
                (("pub", "t", "--from", "missing", "--at", server.url), 66, "missing"),
                (("pub", "t", "x", "--from", "-", "--at", server.url), 64, "not both"),
                (("sub", "t", "--group", "g", "--once", "--at", server.url), 64, "--once"),
                (("sub", "t"), 64, "say which bus"),
                (("topic", "list", "--at", "stormglass://127.0.0.1:1", "--data", self.data), 69,
                 "no bus answers"),
                (("pub", "t", "x", "--type", "Bad Type", "--at", "file:" + self.data), 65,
                 "refused")):
            ended = self.run_it(*arguments, data=False)
            self.assertEqual(ended.returncode, code, (arguments, ended.stderr))
            self.assertIn(says, ended.stderr, arguments)
        # A stranger: a folder with a local key of its own.
        other = Server(os.path.join(self.folder.name, "other"))
        self.servers.append(other)
        ended = self.run_it("pub", "t", "x", "--at", server.url, "--data",
                            os.path.join(self.folder.name, "other"), data=False)
        self.assertEqual(ended.returncode, 69, ended.stderr)

    def test_interrupts_end_a_subscriber_cleanly_and_keys_are_managed(self):
        server = self.serve("--topic", "t")
        subscriber = subprocess.Popen([PROGRAM, "sub", "t", "--at", server.url, "--data", self.data,
                                       "--from", "0"], stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, text=True)
        self.assertEqual(self.run_it("pub", "t", "hello", "--at", server.url).returncode, 0)
        self.assertIn('"hello"', subscriber.stdout.readline())
        subscriber.send_signal(signal.SIGINT)
        _, err = subscriber.communicate(timeout=20)
        self.assertEqual((subscriber.returncode, err), (0, ""))
        made = self.run_it("key", "new", "urn:example:orders")
        key_file = made.stdout.strip()
        self.assertEqual(os.stat(key_file).st_mode & 0o777, 0o600)
        server.end()
        server = self.serve("--topic", "t")
        with_key = ("pub", "t", "mine", "--at", server.url, "--signing-key", key_file)
        self.assertEqual(self.run_it(*with_key, data=False).returncode, 0)
        name = os.path.basename(key_file)[:-len(".key")]
        self.assertIn("did you mean", self.run_it("key", "revoke", name[:-1]).stderr)
        self.assertEqual(self.run_it("key", "revoke", name).returncode, 0)
        self.assertIn("revoked", self.run_it("key", "list").stdout)
        server.end()
        server = self.serve("--topic", "t")
        refused = self.run_it("pub", "t", "mine", "--at", server.url, "--signing-key", key_file,
                              data=False)
        self.assertEqual(refused.returncode, 69, refused.stderr)


unittest.main()
