#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every command with good and with bad input; every report against the schema; exit statuses; files."""

import argparse
import json
import re
import sys
import tempfile
import unittest
from pathlib import Path

import jsonschema

import cases
from program import Program

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE / "schema.json").read_text(encoding="utf-8"))
REPORTS = re.compile(r"(show|traffic show)\b")

# Small set-ups that several tests start from.
PIPELINE = [
    "create queue 0", "create queue 1 type ordered", "create queue 2", "create port 0", "create port 1",
    "create port 2", "create link 1 0", "create link 1 1", "create link 1 2", "create link 2 0",
    "create link 2 1", "create link 2 2",
]


class Commands(unittest.TestCase):
    program = None

    def run_cases(self, before, rows):
        """Run rows behind a set-up that must be fine. Returns the reports."""
        lines = before + [line for line, _ in rows]
        result = self.program.run(lines, ["--keep-going", "--json"])
        self.assertEqual(result.status, 1, result.err)
        for number, (line, want) in enumerate([(line, None) for line in before] + rows, 1):
            said = result.complaints.get(number)
            with self.subTest(line=line):
                if want is None:
                    self.assertIsNone(said)
                else:
                    self.assertRegex(said or "", want)
        return result.reports()

    def check_schema(self, reports, count):
        self.assertEqual(len(reports), count)
        for report in reports:
            jsonschema.validate(report, SCHEMA)

    def fine_reports(self, rows):
        return sum(1 for line, want in rows if want is None and REPORTS.match(line))

    def test_stopped_device(self):
        reports = self.run_cases([], cases.EMPTY)
        self.check_schema(reports, self.fine_reports(cases.EMPTY))

    def test_started_device(self):
        before = [line for line, want in cases.EMPTY if want is None and
                  line.split()[:1] not in (["show"], ["help"])]
        rows = cases.STARTED
        reports = self.run_cases(before, rows)
        shows = self.fine_reports(rows) + sum(1 for line in before if REPORTS.match(line))
        self.check_schema(reports, shows)

    def test_every_command_has_both(self):
        """No command is left out of the cases."""
        help_text = self.program.run(["help"]).out
        commands = re.findall(r"^ {4}(\S+(?: [a-z]+)?) {2,}", help_text, re.MULTILINE)
        self.assertGreater(len(commands), 40)
        rows = cases.EMPTY + cases.STARTED
        for command in commands:
            for kind, lines in (("good", [r[0] for r in rows if r[1] is None]),
                                ("bad", [r[0] for r in rows if r[1] is not None])):
                with self.subTest(command=command, kind=kind):
                    self.assertTrue(any((line + " ").startswith(command + " ") for line in lines))

    def test_schema_refuses(self):
        """A schema that takes anything would prove nothing."""
        for report in ({}, {"queues": [{"queue": "0"}]}, {"nonsense": 1}, {"device": {}}):
            with self.subTest(report=report), self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate(report, SCHEMA)

    def test_script_stops_at_an_error(self):
        result = self.program.run(["create queue 0", "create queue 7", "show queue"], ["--json"])
        self.assertEqual(result.status, 1)
        self.assertEqual(result.reports(), [])
        self.assertEqual(list(result.complaints), [2])

    def test_files_run_files(self):
        """The complaint of a file that a file runs names both places."""
        with tempfile.TemporaryDirectory() as folder:
            inner, outer = Path(folder) / "inner", Path(folder) / "outer"
            inner.write_text("create queue 0\ncreate queue 5\n", encoding="utf-8")
            outer.write_text(f"# makes a port\ncreate port 0\nrun {inner}\n", encoding="utf-8")
            result = self.program.run([f"run {outer}", "show queue", "show port"],
                                      ["--json", "--keep-going"])
            self.assertIn(f"{outer}:3: {inner}:2: queue 5: accepted is 1, the next one",
                          result.complaints[1])
            queues, ports = result.reports()
            self.assertEqual((len(queues["queues"]), len(ports["ports"])), (1, 1))
            outer.write_text(f"run {outer}\n", encoding="utf-8")
            result = self.program.run([f"run {outer}"])
            self.assertIn("files run files run files: accepted are 8", result.complaints[1])

    def test_good_script_and_commands(self):
        result = self.program.run(["show queue"], ["-e", "create queue 0", "--execute",
                                                   "create queue 1 type ordered", "--json"])
        self.assertEqual(result.status, 0, result.err)
        self.assertEqual([row["type"] for row in result.reports()[0]["queues"]], ["atomic", "ordered"])

    def test_bad_options(self):
        for options, want in ((["--nonsense"], "'--nonsense': no such option"),
                              (["--config"], "--config: its FILE is missing"),
                              (["--device", "dlb9"], "--device dlb9: there are 1 event devices")):
            with self.subTest(options=options):
                result = self.program.run([], options)
                self.assertEqual(result.status, 2)
                self.assertIn(want, result.err)

    def test_no_device(self):
        program = Program(self.program.path)
        program.eal_args = lambda **eal: [arg for arg in Program.eal_args(program, **eal)
                                          if not arg.startswith("--vdev")]
        result = program.run([])
        self.assertEqual(result.status, 2)
        self.assertIn("no DLB", result.err)

    def test_files(self):
        """What is saved and loaded is the same; what is wrong in a file is said with its section."""
        result = self.program.run(
            PIPELINE + ["traffic add 3 stages 0,1,2 port 0 rate 5k work 10 priorities 1,7",
                        "set domain events 1000", "save config one", "show config",
                        "load config one", "show config"], ["--json"])
        self.assertEqual(result.status, 0, result.err)
        first, second = result.reports()
        self.assertEqual(first, second)
        self.assertEqual(first["config"]["streams"][0]["priorities"], "1,7")
        self.assertEqual(first["config"]["domain"]["events"], 1000)

    def test_checks_find_nothing_wrong(self):
        """A pipeline with all types loses, repeats, reorders and shares nothing."""
        result = self.program.run(
            PIPELINE + ["start", "traffic add 0 stages 0,1,2 port 0 flows 8 count 30k",
                        "traffic start", "wait done", "traffic show", "traffic stop",
                        "show model"], ["--json"])
        self.assertEqual(result.status, 0, result.err)
        traffic, model = result.reports()
        stream = traffic["traffic"]["streams"][0]
        self.assertEqual((stream["produced"], stream["finished"], stream["lost"],
                          stream["duplicates"]), (30000, 30000, 0, 0))
        self.assertEqual(set(traffic["traffic"]["checks"].values()), {0})
        self.assertEqual(sum(port["events"] for port in traffic["traffic"]["ports"]), 90000)
        self.assertEqual({rule["findings"] for rule in model["model"]["lint"]}, {0})

    def test_checks_find_what_is_wrong(self):
        """Events that nobody produced are noticed; so is what a stopped device takes along."""
        result = self.program.run(
            PIPELINE + ["start", "traffic add 0 stages 0 port 0 window 64", "show queue 0",
                        "inject qe 0 cmd new queue 0 data 0x1234 count 4", "traffic start",
                        "wait events 1000", "fault hang 1", "fault hang 2", "wait seconds 1",
                        "traffic stop", "traffic show", "show port", "stop", "traffic show"],
            ["--json"])
        self.assertEqual(result.status, 0, result.err)
        _, hung, ports, stopped = result.reports()
        self.assertEqual(hung["traffic"]["checks"]["foreign_events"], 4)
        self.assertGreater(hung["traffic"]["streams"][0]["under_way"], 0)
        self.assertEqual([port["hangs"] for port in ports["ports"]], [False, True, True])
        self.assertEqual(stopped["traffic"]["streams"][0]["lost"],
                         hung["traffic"]["streams"][0]["under_way"])

    def test_stalled_port(self):
        """The device schedules nothing to a stalled port, and goes on with it afterwards."""
        result = self.program.run(
            PIPELINE + ["delete link 2 0", "delete link 2 1", "delete link 2 2", "start",
                        "fault stall 1", "traffic add 0 stages 0 port 0 count 256 window 256",
                        "traffic start", "wait seconds 1", "show queue 0", "fault resume 1",
                        "wait done", "traffic show"], ["--json"])
        self.assertEqual(result.status, 0, result.err)
        stalled, after = result.reports()
        self.assertEqual(stalled["queues"][0]["depth"], 256)
        self.assertEqual(after["traffic"]["streams"][0]["finished"], 256)

    SETTINGS = [
        "create queue 0 depth_threshold 500 aqed 300", "create port 0",
        "create port 1 history 77 weight_limit 31 inflight_threshold 9 cos 2 token_pop now wait poll",
        "create link 1 0", "set bandwidth class0 10 class1 20 class2 70 class3 0",
    ]

    # Registers of its queue 0, its classes, and (None) the hardware port of port 1.
    WANTED = (
        ("LSP_CQ_LDB_INFL_LIM", None, "LIMIT", 77),
        ("LSP_CQ_LDB_INFL_THRESH", None, "THRESH", 9),
        ("LSP_CFG_CQ_LDB_WU_LIMIT", None, "LIMIT", 31),
        ("LSP_QID_AQED_ACTIVE_LIM", 0, "LIMIT", 300),
        ("LSP_QID_ATM_DEPTH_THRSH", 0, "THRESH", 500),
        ("LSP_CFG_SHDW_RANGE_COS", 2, "BW_RANGE", 70 * 256 // 100),
    )

    def test_settings_reach_the_device(self):
        result = self.program.run(
            self.SETTINGS + ["start", "show port 1", "show registers *"], ["--json"])
        self.assertEqual(result.status, 0, result.err)
        ports, registers = result.reports()
        member = ports["members"][0]
        self.assertIn(member["hw_port"], range(32, 48), "class 2")
        values = {(row["name"], row["index"]): row["fields"] for row in registers["registers"]}
        cq = member["hw_port"]
        for name, index, field, want in self.WANTED:
            index = cq if index is None else index
            with self.subTest(register=name):
                self.assertEqual(values[(name, index)][field], want)

    def test_settings_are_kept_in_files(self):
        result = self.program.run(
            self.SETTINGS + ["show config", "save config kept", "reset", "load config kept",
                             "show config"], ["--json"])
        self.assertEqual(result.status, 0, result.err)
        before, after = result.reports()
        self.assertEqual(before, after)
        self.assertEqual(before["config"]["bandwidth"]["class2"], 70)

    def test_watchdog_of_a_worker_that_hangs(self):
        """It is an alarm of its port, and of no other; latency of queues is told while events run."""
        result = self.program.run(
            PIPELINE + ["start", "traffic add 0 stages 0 port 0 window 256", "traffic start",
                        "wait events 1000", "show latency 0 us 2000000", "set watchdog 1 timeout 500",
                        "set watchdog 2 timeout 500", "fault hang 1", "wait seconds 2", "show alarms",
                        "traffic stop"], ["--json"])
        self.assertEqual(result.status, 0, result.err)
        latency, alarms = result.reports()
        self.assertGreater(latency["latency"]["events"], 0)
        counts = {row["name"]: row["value"] for row in alarms["alarms"]}
        self.assertGreater(counts["port_1_watchdog_expiries"], 0)
        self.assertEqual(counts["port_2_watchdog_expiries"], 0)

    def test_registers_are_written_only_where_that_was_asked_for(self):
        line = "set register LSP_QID_LDB_INFL_LIM value 100 index 31"
        result = Program(self.program.path).run([line])
        self.assertEqual(list(result.complaints), [1])
        result = self.program.run([line, "show registers LSP_QID_LDB_INFL_LIM index 31"], ["--json"])
        self.assertEqual(result.reports()[0]["registers"][0]["fields"]["LIMIT"], 100)

    def test_bad_qe_is_an_alarm(self):
        """Looking takes an alarm from the device, which keeps only the first of several."""
        result = self.program.run(
            PIPELINE + ["start", "show alarms", "inject qe 0 cmd pop lock 7", "show alarms",
                        "inject qe 0 cmd new queue 31", "show alarms"], ["--json"])
        self.assertEqual(result.status, 0, result.err)
        counts = [{row["name"]: row["value"] for row in report["alarms"]}
                  for report in result.reports()]
        self.assertEqual(set(counts[0].values()), {0})
        for before, after, name in ((counts[0], counts[1], "dev_alarm_excess_tokens"),
                                    (counts[1], counts[2], "dev_alarm_illegal_queue")):
            self.assertEqual({key: after[key] - before[key] for key in after if after[key] != before[key]},
                             {name: 1})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=Path)
    args, rest = parser.parse_known_args()
    Commands.program = Program(args.program.resolve(), devargs="lint=1,register_write=1")
    unittest.main(argv=[sys.argv[0], *rest])
