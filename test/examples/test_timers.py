#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""examples/timers: its own checks. How late timers are depends on the machine, and is not judged."""

import unittest

from example import CROWD, DLB, ExampleTest

LCORES = "0@0,1@1,2@0"


class Timers(ExampleTest):
    def test_once_cancelled_and_periodic(self):
        output = self.run_well("--timers", "5000", "--periodic", "20", "--duration-ms", "300",
                               lcores=LCORES)
        self.assertIn("0 wrong, none early: fine", output)
        self.assertIn("late, us", output)

    def test_coarse_ticks(self):
        output = self.run_well("--timers", "500", "--tick-us", "1000", "--duration-ms", "100",
                               lcores=LCORES)
        self.assertIn("0 wrong, none early: fine", output)

    def test_bad_input(self):
        def refused(*options, says, lcores=LCORES, devices=DLB):
            self.assert_refused(*options, says=says, lcores=lcores, devices=devices)

        refused("--timers", "0", says="--timers 0: accepted are 1 to 1000000")
        refused("--period-ms", "0.5", says="--period-ms 0.5: accepted are 1 to 10000")
        refused("--tick-us", "9", says="--tick-us 9: accepted are 10 to 100000")
        refused("more", says="'more': no such option")
        refused("--what", says="usage:")
        refused(devices=(), says="0 event devices")
        refused(lcores="0@0", says="0 workers: ")
        refused(lcores=CROWD, says="timers: 69 workers: event_dlb has ports for 1 to 62")


if __name__ == "__main__":
    unittest.main()
