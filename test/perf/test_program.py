#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""dpdk-dlb-perf as its user meets it: what it refuses, what it writes, and what is drawn of that."""

import csv
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

EAL = ("--no-pci", "--no-huge", "--no-shconf", "--no-telemetry", "-m", "512", "--lcores", "0@0")
DEVICES = ("--vdev=event_dlb0,lint=1", "--vdev=event_sw0", "--vdev=event_dsw0")
SHORT = ("--rounds", "2", "--events", "4000", "--check", "count")
LIMIT_S = 180

REFUSED = (
    (("--stages", "9"), "--stages '9': accepted are 1 to 8"),
    (("--stages", "1,,2"), "--stages '': accepted are 1 to 8"),
    (("--workers", "0"), "--workers '0': accepted are 1 to 62"),
    (("--type", "ordred"), "--type 'ordred': accepted are atomic, ordered, parallel, mixed"),
    (("--burst", "65"), "--burst '65': accepted are 1 to 64"),
    (("--burst", "-1"), "--burst '-1': accepted are 1 to 64"),
    (("--flows", "1k"), "--flows '1k': accepted are 1 to 1048576"),
    (("--window", "99999999999999999999"), "accepted are 1 to 1048576"),
    (("--priorities", "3"), "--priorities '3': accepted are 1 to 8, a power of two"),
    (("--burst", ",".join("1" * 17)), "at most 16 values"),
    (("--load", "0"), "--load '0': accepted are 1 to 1000000"),
    (("--rounds", "100"), "--rounds '100': accepted are 1 to 99"),
    (("--events", "999"), "--events '999': accepted are 1000 to 10000000000"),
    (("--events", ""), "--events '': accepted are"),
    (("--mode", "three-core"), "--mode 'three-core': accepted are one-core, two-core, driver, "
                               "latency, scaling"),
    (("--check", "all"), "--check 'all': accepted are count, judge"),
    (("--stages",), "--stages: a value is missing"),
    (("--colour", "blue"), "--colour: no such option"),
    (("4",), "'4': every value needs its option"),
    (("--json", "no-such-folder/x.json"), "--json no-such-folder/x.json: No such file"),
)


class ProgramTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_perf(self, *options, devices=DEVICES):
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(self.folder)}
        return subprocess.run([os.environ["PERF"], *EAL, *devices, "--", *options],
                              capture_output=True, text=True, timeout=LIMIT_S, check=False,
                              env=environment)

    def run_well(self, *options, **devices):
        done = self.run_perf(*options, **devices)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def assert_refused(self, done, says):
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(f"dpdk-dlb-perf: {says}" if says.startswith("-") else says, done.stderr)
        self.assertNotIn("cycles", done.stdout)


class Refusals(ProgramTest):
    def test_bad_options(self):
        for options, says in REFUSED:
            with self.subTest(options=options):
                self.assert_refused(self.run_perf(*options, devices=DEVICES[:1]), says)

    def test_no_device(self):
        self.assert_refused(self.run_perf(devices=()), "no event device: name at least one")

    def test_cells_that_cannot_be(self):
        rows = (
            (("--type", "ordered"), "event_dsw0      skipped: has no ordered queues"),
            (("--window", "31"), "event_dlb0      skipped: the window has no room for a burst"),
            (("--window", "5000"), "event_sw0       skipped: holds fewer events than the window"),
            (("--mode", "two-core"), "event_dlb0      skipped: needs an lcore for the producer"),
            (("--mode", "driver"), "event_dlb0      skipped: schedules inside enqueue or dequeue"),
        )
        for options, says in rows:
            with self.subTest(options=options):
                self.assertIn(says, self.run_well(*SHORT, *options))

    def test_a_device_that_does_not_start_fails_the_run(self):
        done = self.run_perf(*SHORT, "--stages", "2",
                             devices=("--vdev=event_dlb0", "--vdev=event_opdl0"))
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stdout, "event_opdl0 +FAILED")
        self.assertRegex(done.stdout, "event_dlb0 +[1-9]")
        self.assertIn("event_opdl0: set-up of the ports failed", done.stderr)


class Output(ProgramTest):
    def setUp(self):
        super().setUp()
        self.json = self.folder / "result.json"
        self.csv = self.folder / "result.csv"
        self.table = self.run_well(*SHORT, "--stages", "1,2", "--burst", "4,16", "--json",
                                   str(self.json), "--csv", str(self.csv))
        self.result = json.loads(self.json.read_text(encoding="utf-8"))

    def test_table(self):
        self.assertIn("medians of 2 rounds", self.table)
        self.assertEqual(self.table.count("event_dlb0"), 4)

    def test_json(self):
        bench, = self.result["benches"]
        self.assertEqual([d["driver"] for d in bench["devices"]],
                         ["event_dlb", "event_sw", "event_dsw"])
        self.assertEqual([(c["stages"], c["burst"]) for c in bench["cells"]],
                         [(1, 4), (1, 16), (2, 4), (2, 16)])
        for cell in bench["cells"]:
            for result in cell["results"]:
                cycles = result["metrics"]["cycles"]
                self.assertEqual(len(cycles["samples"]), 2)
                self.assertGreater(cycles["min"], 0)
                self.assertAlmostEqual(cycles["median"], sum(cycles["samples"]) / 2, places=3)

    def test_csv_says_what_json_says(self):
        with open(self.csv, encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.DictReader(stream) if row["metric"] == "cycles"]
        medians = [result["metrics"]["cycles"]["median"]
                   for cell in self.result["benches"][0]["cells"] for result in cell["results"]]
        self.assertEqual([float(row["median"]) for row in rows], medians)
        self.assertEqual({row["result"] for row in rows}, {"measured"})

    def test_plots(self):
        plots = self.folder / "plots"
        done = self.plot(self.json, "--out", plots)
        self.assertEqual(done.returncode, 0, done.stderr)
        names = {path.name for path in plots.iterdir()}
        self.assertEqual(names, {f"one-core-{what}.{kind}" for kind in ("svg", "png")
                                 for what in ("by-stages", "by-burst", "cells")})
        self.assertIn("event_dsw0", (plots / "one-core-by-burst.svg").read_text(encoding="utf-8"))

    def test_plots_of_something_else(self):
        self.json.write_text('{"benches": 3}', encoding="utf-8")
        done = self.plot(self.json)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no result of dpdk-dlb-perf --json", done.stderr)

    def plot(self, *arguments):
        done = subprocess.run([os.environ["PLOT_PYTHON"], os.environ["PLOT"], *map(str, arguments)],
                              capture_output=True, text=True, timeout=LIMIT_S, check=False)
        if "matplotlib is missing" in done.stderr:
            self.skipTest("matplotlib is missing")
        return done


class Bar(ProgramTest):
    def test_every_bar_is_judged(self):
        result = self.folder / "bar.json"
        done = self.run_perf("--bar", "--rounds", "1", "--events", "1000", "--check", "count",
                             "--json", str(result), devices=())
        lines = json.loads(result.read_text(encoding="utf-8"))["bars"]
        self.assertEqual({line["bar"] for line in lines}, {1, 2, 3, 4, 5})
        for line in lines:
            if "missing" in line:
                self.assertEqual(line["bar"], 5)
            else:
                is_held = line["reached"] >= line["limit"] if line["limit_is"] == "least" \
                    else line["reached"] <= line["limit"]
                self.assertEqual(line["held"], is_held, line)
        for bar in range(1, 6):
            mine = [line["held"] for line in lines if line["bar"] == bar]
            self.assertIn(f"bar {bar}: {sum(mine)} of {len(mine)} held", done.stdout)
        # One lcore is not enough for the fifth.
        self.assertEqual(done.returncode, 1)
        self.assertIn("not measured: needs an lcore", done.stdout)


if __name__ == "__main__":
    unittest.main()
