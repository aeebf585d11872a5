#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""examples/worker_pool: many files, some in the same folder, against sha256sum."""

import random
import subprocess
import unittest

from example import CROWD, ExampleTest

SW = ("--vdev=event_sw0",)


class HashFiles(ExampleTest):
    def setUp(self):
        super().setUp()
        draw = random.Random(7)
        self.files = []
        for i in range(300):
            path = self.folder / f"folder{i % 5}" / f"file{i}"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(draw.randbytes(draw.choice((0, 1, 100, 70000))))
            self.files.append(path)
        self.expected = subprocess.run(["sha256sum", *self.files], capture_output=True, text=True,
                                       check=True).stdout

    def test_digests_come_in_the_order_of_the_arguments(self):
        self.assertEqual(self.run_well(*self.files), self.expected)

    def test_unordered_digests_are_the_same_ones(self):
        output = self.run_well("--unordered", *self.files)
        self.assertEqual(sorted(output.splitlines()), sorted(self.expected.splitlines()))

    def test_totals_are_added_up_without_a_lock(self):
        totals = {}
        for path in self.files:
            totals[str(path.parent)] = totals.get(str(path.parent), 0) + path.stat().st_size
        lines = self.run_well("--totals", *self.files).splitlines()
        self.assertEqual({name: int(n) for n, name in (line.split() for line in lines)}, totals)

    def test_another_event_device(self):
        self.assertEqual(self.run_well(*self.files, devices=SW), self.expected)

    def test_one_missing_file_is_named_and_the_others_are_done(self):
        done = self.run_example(self.folder / "none", *self.files)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, self.expected)
        self.assertIn("none: No such file or directory", done.stderr)

    def test_bad_input(self):
        self.assert_refused(says="usage:")
        self.assert_refused("--what", self.files[0], says="usage:")
        self.assert_refused(self.files[0], devices=(), says="no event device")
        self.assert_refused(self.files[0], lcores="0@0", says="a worker lcore")
        self.assert_refused(self.files[0], lcores=CROWD, says="pool: 70 lcores: event_dlb has ports")


if __name__ == "__main__":
    unittest.main()
