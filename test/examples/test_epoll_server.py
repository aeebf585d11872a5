#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""examples/epoll_server: every answer of many clients at once, and what it costs to have none."""

import os
import random
import re
import signal
import socket
import subprocess
import threading
import time
import unittest

from example import CROWD, DLB, EAL, ExampleTest

CLIENTS = 12
REQUESTS = 150
LARGEST = 10**12
IDLE_S = 2
IDLE_SHARE = 0.05
LIMIT_S = 60


def factors(number):
    found, divisor = [], 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            found.append(divisor)
            number //= divisor
        divisor += 1
    return found + [number] * (number > 1)


def expected(line):
    return line + ":" + "".join(f" {factor}" for factor in factors(int(line)))


class EpollServer(ExampleTest):
    def start(self, *options, devices=DLB, lcores="0@0,1@0,2@1,3@1"):
        server = subprocess.Popen(
            [os.environ["EXAMPLE"], *EAL, "-m", "256", "--lcores", lcores, *devices, "--", *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "XDG_RUNTIME_DIR": str(self.folder)})
        self.addCleanup(server.communicate)
        self.addCleanup(server.kill)
        self.assertIn("listening on", server.stdout.readline())
        return server

    def start_local(self, **surroundings):
        self.path = str(self.folder / "socket")
        return self.start("--listen", self.path, **surroundings)

    def connect(self):
        client = socket.socket(socket.AF_UNIX)
        self.addCleanup(client.close)
        client.settimeout(LIMIT_S)
        client.connect(self.path)
        return client

    def stop(self, server):
        server.send_signal(signal.SIGTERM)
        output, errors = server.communicate(timeout=LIMIT_S)
        self.assertEqual(server.returncode, 0, errors)
        self.assertNotIn("lint", errors)
        return output

    def ask(self, client, lines):
        """All of it at once, then the end; what comes back until the server closes."""
        client.sendall("".join(f"{line}\n" for line in lines).encode())
        client.shutdown(socket.SHUT_WR)
        with client.makefile(encoding="utf-8") as answers:
            return answers.read().splitlines()

    def test_many_clients_get_all_answers_in_order(self):
        server = self.start_local()
        draw = random.Random(8)
        asked = [[str(draw.randrange(1, 10 ** draw.randrange(2, 8))) for _ in range(REQUESTS)]
                 for _ in range(CLIENTS)]
        answered = [None] * CLIENTS

        def run(index, client):
            answered[index] = self.ask(client, asked[index])

        threads = [threading.Thread(target=run, args=(i, self.connect())) for i in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for lines, answers in zip(asked, answered):
            self.assertEqual(answers, [expected(line) for line in lines])
        output = self.stop(server)
        for what in ("read", "worked on", "answered"):
            counts = [int(n) for n in re.findall(rf"{what} (\d+)", output)]
            self.assertEqual(sum(counts), CLIENTS * REQUESTS, what)

    def test_idle_server_needs_no_cpu(self):
        """With clients that are connected and say nothing; then it is as awake as ever."""
        server = self.start_local()
        clients = [self.connect() for _ in range(CLIENTS)]
        for client in clients:
            client.sendall(b"15\n")
            self.assertEqual(client.recv(64), b"15: 3 5\n")
        cpu, wall = self.cpu_seconds(server.pid), time.monotonic()
        with self.assertRaises(subprocess.TimeoutExpired):
            server.wait(IDLE_S)
        cpu, wall = self.cpu_seconds(server.pid) - cpu, time.monotonic() - wall
        self.assertLess(cpu / wall, IDLE_SHARE)
        for client in clients:
            self.assertEqual(self.ask(client, ["1000000007"]), ["1000000007: 1000000007"])
        self.stop(server)

    def cpu_seconds(self, pid):
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_scheduler_with_a_thread_of_its_own(self):
        server = self.start_local(devices=("--vdev=event_dlb0,lint=1,sched=thread",))
        self.assertEqual(self.ask(self.connect(), ["12", "97"]), ["12: 2 2 3", "97: 97"])
        self.stop(server)

    def test_bad_requests_are_answered(self):
        server = self.start_local()
        answers = self.ask(self.connect(), ["0", "", "12x", str(LARGEST + 1), str(LARGEST), "9" * 63])
        for answer in answers[:4] + answers[5:]:
            self.assertRegex(answer, f"^error: '.*': accepted are 1 to {LARGEST}$")
        self.assertEqual(answers[4], expected(str(LARGEST)))
        self.stop(server)

    def test_open_connections_are_answered_and_closed_in_the_end(self):
        server = self.start_local()
        client = self.connect()
        client.sendall(b"15\n")
        self.assertEqual(client.recv(64), b"15: 3 5\n")
        self.stop(server)
        self.assertEqual(client.recv(64), b"")

    def test_tcp(self):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        server = self.start("--port", str(port))
        with socket.create_connection(("127.0.0.1", port), LIMIT_S) as client:
            self.assertEqual(self.ask(client, ["720"]), ["720: 2 2 2 2 3 3 5"])
        self.stop(server)

    def test_bad_input(self):
        path = ("--listen", self.folder / "socket")
        self.assert_refused(says="usage:")
        self.assert_refused(*path, "--port", "80", says="usage:")
        self.assert_refused("--port", "0", says="--port 0: accepted are 1 to 65535")
        self.assert_refused("--port", "65536", says="--port 65536: accepted are 1 to 65535")
        self.assert_refused("--listen", self.folder / "none" / "x", says="No such file or directory")
        self.assert_refused("--listen", "x" * 200, says="File name too long")
        self.assert_refused("--listen", self.folder, says="Address already in use")
        self.assert_refused(*path, devices=(), says="0 event devices")
        self.assert_refused(*path, devices=("--vdev=event_sw0",), says="event_sw has no eventfds")
        self.assert_refused(*path, devices=("--vdev=event_dlb0,sched=service",),
                            says="its scheduler is a service")
        self.assert_refused(*path, devices=("--vdev=event_dlb0,wake_depth=0",),
                            says="event device 0 does not start")
        self.assert_refused(*path, lcores="0@0", says="1 lcores: wanted are one")
        self.assert_refused(*path, lcores=CROWD, says="69 worker lcores: event_dlb has ports for 64")


if __name__ == "__main__":
    unittest.main()
