#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Several domains in one session: each with its set-up and traffic, on what the DLB has once."""

import argparse
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

import jsonschema
import pexpect

from program import NEXT_PROMPT, PROMPT, Program

SCHEMA = json.loads((Path(__file__).parent / "schema.json").read_text(encoding="utf-8"))
DOMAINS = 16
EVENTS = 20000


def setup(stages, count):
    """A pipeline in the domain that is used; "d" is a directed stage, whose port is 1 as that of all others."""
    types = {"a": "atomic", "o": "ordered", "p": "parallel", "d": "directed"}
    lines = [f"create queue {i} type {types[stage]}" for i, stage in enumerate(stages)]
    lines += ["create port 0", "create port 1"]
    lines += [f"create link 1 {i}" for i in range(len(stages))]
    queues = ",".join(str(i) for i in range(len(stages)))
    return lines + [f"traffic add 0 stages {queues} port 0 flows 8 count {count}"]


TWO = [*setup("ap", EVENTS), "create domain 1 events 1024", "use domain 1", *setup("od", 2 * EVENTS)]


def ports(count):
    """That many load-balanced ports, and a queue that all of them serve."""
    lines = ["create queue 0"]
    for port in range(count):
        lines += [f"create port {port}", f"create link {port} 0"]
    return lines


class Domains(unittest.TestCase):
    program = None

    def good(self, lines, options=()):
        """The reports of a script in which nothing is wrong."""
        result = self.program.run(lines, ["--json", *options])
        self.assertEqual(result.status, 0, result.err)
        for report in (reports := result.reports()):
            jsonschema.validate(report, SCHEMA)
        return reports

    def check_traffic(self, report, count):
        stream = report["traffic"]["streams"][0]
        self.assertEqual((stream["produced"], stream["finished"], stream["lost"],
                          stream["duplicates"]), (count, count, 0, 0))
        self.assertEqual(set(report["traffic"]["checks"].values()), {0})

    def test_traffic_of_two_at_once(self):
        """Queues, ports and flows have the same numbers in both, and nothing of one reaches the other."""
        *_, second, first, domains, model = self.good(
            [*TWO, "start", "use domain 0", "start", "traffic start", "use domain 1",
             "traffic start", "wait done", "traffic show", "use domain 0", "wait done",
             "traffic show", "show domain", "show model"])
        self.check_traffic(first, EVENTS)
        self.check_traffic(second, 2 * EVENTS)
        self.assertEqual([(row["domain"], row["used"], row["started"], row["events_limit"])
                          for row in domains["domains"]], [(0, True, True, 4096), (1, False, True, 1024)])
        self.assertEqual({rule["findings"] for rule in model["model"]["lint"]}, {0})

    def test_one_stops_while_another_runs(self):
        before, after = self.good(
            [*TWO, "traffic delete 0", "traffic add 0 stages 0,1 port 0 flows 8", "start",
             "use domain 0", "start", "use domain 1", "traffic start", "wait events 1000",
             "use domain 0", "traffic start", "wait done", "traffic show", "stop", "use domain 1",
             "traffic clear", "wait events 1000", "traffic stop", "traffic show"])
        self.check_traffic(before, EVENTS)
        self.assertGreaterEqual(after["traffic"]["streams"][0]["finished"], 1000)
        self.assertEqual(set(after["traffic"]["checks"].values()), {0})

    def test_resources_come_back(self):
        before, during, after, domains = self.good(
            ["show device", *TWO, "start", "show device", "stop", "delete domain 1", "show device",
             "show domain"])
        free = [report["device"]["free"] for report in (before, during, after)]
        self.assertEqual(free[0]["domains"] - free[1]["domains"], 1)
        self.assertEqual(free[0]["ports"]["load_balanced"] - free[1]["ports"]["load_balanced"], 2)
        self.assertLess(free[1]["history_entries"], free[0]["history_entries"])
        self.assertEqual(free[0], free[2])
        self.assertEqual([row["domain"] for row in domains["domains"]], [0])

    def test_as_many_as_there_can_be(self):
        """All get their share of what is divided, and all can be deleted, in any order."""
        create = [line for domain in range(1, DOMAINS)
                  for line in (f"create domain {domain} events 1024", f"use domain {domain}", *setup("a", 500))]
        run = [line for domain in range(DOMAINS) for line in
               (f"use domain {domain}", "start", "traffic start", "wait done", "traffic show", "show domain")]
        odd = [line for domain in [*range(1, DOMAINS, 2), *range(2, DOMAINS, 2)]
               for line in (f"use domain {domain}", "stop", f"delete domain {domain}")]
        reports = self.good(["set domain events 1024"] + setup("a", 500) + create + run + odd + ["show device"])
        for domain in range(DOMAINS):
            self.check_traffic(reports[2 * domain], 500)
            granted = reports[2 * domain + 1]["granted"]
            self.assertEqual(granted["hw_domain"], domain)
            self.assertEqual(granted["history_entries"], 2048 // DOMAINS)
        self.assertEqual(reports[-1]["device"]["free"]["domains"], 31)

    def test_not_enough(self):
        """What the DLB has no more of is refused with what there is; the other one runs on."""
        result = self.program.run(
            ["create domain 1", *ports(40), "start", "use domain 1", *ports(40), "start",
             *(f"delete port {port}" for port in range(39, 23, -1)), "start", "show domain"],
            ["--json", "--keep-going"])
        lines = 2 * (1 + len(ports(40))) + 2
        self.assertEqual(list(result.complaints), [lines])
        self.assertIn("the device refuses it", result.complaints[lines])
        self.assertIn("40 load-balanced hardware ports, one for every 8 links of a port: accepted are up to 24",
                      result.out + result.err)
        self.assertTrue(all(row["started"] for row in result.reports()[0]["domains"]))

    def test_nothing_left_of_what_is_divided(self):
        """The first one to start alone takes all history entries: another domain must come before that."""
        result = self.program.run([*setup("a", 1), "start", "create domain 1", "use domain 1",
                                   *setup("a", 1), "start"])
        self.assertEqual(result.status, 1)
        self.assertIn("start: the device refuses it", result.err)
        self.assertIn("accepted are up to 0 in all, by each of 2 devices", result.out + result.err)

    def test_one_that_runs_stays(self):
        result = self.program.run([*TWO, "start", "use domain 0", "delete domain 1", "load config x",
                                   "use domain 1", "stop", "delete domain 1", "show domain"],
                                  ["--json", "--keep-going"])
        self.assertEqual([text for text in result.complaints.values()],
                         ["delete domain 1: it is started: accepted after its 'stop'",
                          "load config: the device of domain 1 is started: accepted after its 'stop'"])
        self.assertEqual(len(result.reports()[0]["domains"]), 1)

    def test_files(self):
        """All domains are kept, with holes in their numbers, and with what their event devices were given."""
        extra = ["create domain 5 devargs max_cq_depth=128,answers=in_order timeout 1000", "use domain 5",
                 "create queue 0"]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "kept")
            before, after = self.good([*TWO, *extra, f"save config {path}", "show config",
                                       f"load config {path}", "show config"])
            self.assertEqual(before, after)
            self.assertEqual([(row["id"], row["domain"].get("devargs")) for row in before["config"]["domains"]],
                             [(1, ""), (5, "max_cq_depth=128,answers=in_order")])
            again, = self.good(["show config"], ["--config", path])
            self.assertEqual(before, again)

    def test_auto_start_is_for_all(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "kept")
            self.good([*TWO, f"save config {path}"])
            first, second = self.good(["wait done", "traffic show", "use domain 1", "wait done",
                                       "traffic show"], ["--config", path, "--auto-start"])
        self.check_traffic(first, EVENTS)
        self.check_traffic(second, 2 * EVENTS)

    def test_bad_files(self):
        """A file that is wrong leaves one empty domain."""
        for text, want in (("[domain 1 queue 0]\n", "domain 1: accepted are 0"),
                           ("[domain x queue 0]\n", "domain 'x'"),
                           ("[domain 16]\n", "domain '16': accepted: 1 to 15"),
                           ("[domain 1]\nevents = 0\n", "events '0'"),
                           ("[domain 1]\n[domain 1 socket 0]\n", "no such section: accepted are domain, bandwidth"),
                           ("[domain 1]\n[domain 1 queue 1]\n", "accepted is 0, the next one")):
            with self.subTest(text=text), tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "wrong"
                path.write_text(text, encoding="utf-8")
                result = self.program.run([f"load config {path}", "show config"],
                                          ["--json", "--keep-going"])
                self.assertIn(want, result.complaints[1])
                config = result.reports()[0]["config"]
                self.assertNotIn("domains", config)
                self.assertEqual(config["queues"], [])

    def test_registers_and_bandwidth_are_the_dlb_s(self):
        """In whatever domain they are set, they are there once."""
        registers, config = self.good(
            ["create domain 1", "use domain 1", "set register LSP_QID_LDB_INFL_LIM value 100 index 31",
             "set bandwidth class0 10 class1 20 class2 70 class3 0", "use domain 0",
             "show registers LSP_QID_LDB_INFL_LIM index 31", "show config"])
        self.assertEqual(registers["registers"][0]["fields"]["LIMIT"], 100)
        self.assertEqual(config["config"]["bandwidth"]["class2"], 70)

    def test_prompt_and_interrupt(self):
        """The prompt names a domain that is not the first; Ctrl-C stops the traffic of all."""
        command = self.program.command([], prefix=f"testdlbdom{os.getpid()}")
        child = pexpect.spawn(command[0], command[1:], timeout=30, encoding="utf-8",
                              dimensions=(60, 200), env={**os.environ, "TERM": "dumb"})
        self.addCleanup(child.close, force=True)
        child.expect_exact(PROMPT)
        for line in [*setup("a", 0), "create domain 1", "start", "traffic start"]:
            child.sendline(line)
            child.expect_exact(NEXT_PROMPT)
        child.sendline("use domain 1")
        child.expect_exact("\ntestdlb 1> ")
        child.sendintr()
        child.expect("traffic stopped, 0 events under way")
        child.expect_exact("\ntestdlb 1> ")
        child.sendline("delete domain 1")
        child.expect_exact(NEXT_PROMPT)
        child.sendline("quit")
        child.expect(pexpect.EOF)
        child.close()
        self.assertEqual(child.exitstatus, 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=Path)
    args, rest = parser.parse_known_args()
    Domains.program = Program(args.program.resolve(), devargs="lint=1,register_write=1")
    unittest.main(argv=[sys.argv[0], *rest])
