#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""examples/pipeline: its own checks, in the shapes that its options allow."""

import unittest

from example import CROWD, ExampleTest

SHAPES = (
    (),
    ("--stages", "a"),
    ("--stages", "o", "--single-link"),
    ("--stages", "a,p,o,a", "--flows", "1000"),
    ("--stages", "o,a,o", "--single-link", "--burst", "1"),
    ("--stages", "o,o,o,o,o,o,o,o", "--single-link", "--window", "64"),
    ("--stages", "a,o", "--leave"),
    ("--stages", "o,a", "--single-link", "--leave", "--flows", "3"),
)


class Pipeline(ExampleTest):
    def test_shapes(self):
        for shape in SHAPES:
            with self.subTest(shape=shape):
                output = self.run_well("--events", "20000", *shape)
                self.assertIn("checks: 20000 of 20000 came out, 0 out of order", output)
                self.assertIn("0 not alone in their flow, 0 left behind: fine", output)

    def test_workers_leave_and_the_last_one_finishes(self):
        output = self.run_well("--events", "20000", "--leave")
        self.assertEqual(output.count("left halfway"), 2)

    def test_another_event_device(self):
        output = self.run_well("--events", "20000", devices=("--vdev=event_sw0",))
        self.assertIn("checks: 20000 of 20000", output)

    def test_devices_whose_ports_cannot_leave(self):
        for name in ("event_sw", "event_dsw"):
            self.assert_refused("--leave", devices=(f"--vdev={name}0",),
                                says=f"--leave: {name} cannot: ")

    def test_bad_input(self):
        self.assert_refused("--stages", "a,x", says="--stages a,x: accepted are 1 to 8 of a, o and p")
        self.assert_refused("--stages", "", says="accepted are 1 to 8 of a, o and p")
        self.assert_refused("--burst", "65", says="--burst 65: accepted are 1 to 64")
        self.assert_refused("--flows", "many", says="--flows many: accepted are 1 to 65536")
        self.assert_refused("more", says="'more': no such option")
        self.assert_refused("--nothing", says="usage:")
        self.assert_refused(devices=(), says="0 event devices, 4 lcores: wanted are one")
        self.assert_refused(lcores="0@0", says="1 event devices, 1 lcores: wanted are one")
        self.assert_refused(lcores=CROWD, says="pipeline: 70 lcores: event_dlb has ports for 64")


if __name__ == "__main__":
    unittest.main()
