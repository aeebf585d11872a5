#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""examples/qos: its own verdict, and what it writes for the plot."""

import subprocess
import unittest

from example import CROWD, DLB, EXAMPLE_FOLDER, ExampleTest, python_with

LCORES = "0@0,1@1"


class Qos(ExampleTest):
    def test_urgent_events_are_faster_and_the_plot_shows_it(self):
        csv, picture = self.folder / "latency.csv", self.folder / "latency.svg"
        output = self.run_well("--urgent", "500", "--csv", csv, lcores=LCORES)
        self.assertIn("of what bulk takes: fine", output)
        runs = {tuple(line.split(",")[:2]) for line in csv.read_text("utf-8").splitlines()}
        self.assertEqual(runs, {(run, event_class) for run in ("equal", "priorities")
                                for event_class in ("bulk", "urgent")})
        subprocess.run([python_with("matplotlib"), EXAMPLE_FOLDER / "plot_latency.py", csv, picture],
                       check=True)
        self.assertIn("</svg>", picture.read_text("utf-8"))

    def test_another_event_device(self):
        output = self.run_well("--urgent", "500", lcores=LCORES, devices=("--vdev=event_sw0",))
        self.assertIn("of what bulk takes: fine", output)

    def test_bad_input(self):
        def refused(*options, says, lcores=LCORES, devices=DLB):
            self.assert_refused(*options, says=says, lcores=lcores, devices=devices)

        refused("--window", "7", says="--window 7: accepted are 8 to 4096")
        refused("--urgent-every", "0", says="--urgent-every 0: accepted are 1 to 1000000")
        refused("--work", "", says="--work : accepted are 0 to 1000000000")
        refused("--csv", self.folder / "none" / "x", says="No such file or directory")
        refused("more", says="'more': no such option")
        refused(devices=(), says="0 event devices")
        refused(devices=("--vdev=event_dsw0",), says="event_dsw has no priorities of events")
        refused(lcores="0@0", says="1 lcores: wanted are one")
        refused(lcores=CROWD, says="qos: 70 lcores: event_dlb has ports for 63")


if __name__ == "__main__":
    unittest.main()
