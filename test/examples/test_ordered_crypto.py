#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""examples/ordered_crypto: what every way writes, against openssl, byte for byte."""

import random
import subprocess
import unittest

from example import CROWD, ExampleTest

KEY = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
IV = "00000000000000fffffffffffffffffe"  # the counter carries after one block
DEVICES = ("--vdev=event_dlb0,lint=1", "--vdev=event_sw0", "--vdev=crypto_openssl0")
WAYS = ("event_dlb", "event_sw", "rte_ring+reorder")
BYTES = 3_000_001


class OrderedCrypto(ExampleTest):
    def setUp(self):
        super().setUp()
        self.input = self.folder / "input"
        self.output = self.folder / "output"
        self.input.write_bytes(random.Random(8).randbytes(BYTES))
        self.files = ("--input", self.input, "--output", self.output)
        self.expected = subprocess.run(
            ["openssl", "enc", "-aes-256-ctr", "-K", KEY, "-iv", IV, "-in", self.input],
            capture_output=True, check=True).stdout

    def check_output(self, *options, **surroundings):
        output = self.run_well(*self.files, "--key", KEY, "--iv", IV, "--rounds", "1", *options,
                               devices=DEVICES, memory_mb=512, **surroundings)
        for way in WAYS:
            self.assertIn(way, output)
            path = self.output.with_name(f"output.{way}")
            self.assertTrue(path.read_bytes() == self.expected, f"{way} and openssl differ")

    def test_workers_on_lcores_of_their_own(self):
        self.check_output()

    def test_in_turn_on_one_lcore(self):
        self.check_output("--workers", "3", lcores="0@0")

    def test_records_of_the_smallest_and_the_largest_size(self):
        self.check_output("--record-bytes", "16-16", lcores="0@0")
        self.check_output("--record-bytes", "16384-16384", lcores="0@0")

    def test_bad_input(self):
        def refused(*options, says, devices=DEVICES):
            self.assert_refused(*options, devices=devices, lcores="0@0", memory_mb=512, says=says)

        refused(says="usage:")
        refused(*self.files, "--record-bytes", "64", says="accepted are MIN-MAX")
        refused(*self.files, "--record-bytes", "64-100", says="multiples of 16 from 16 to 16384")
        refused(*self.files, "--record-bytes", "64-32", says="multiples of 16 from 16 to 16384")
        refused(*self.files, "--rounds", "0", says="--rounds 0: accepted are 1 to 99")
        refused(*self.files, "--key", "12", says="--key 12: accepted are 64 hexadecimal digits")
        refused(*self.files, devices=DEVICES[:1], says="no crypto device")
        refused("--input", self.folder / "none", "--output", self.output, says="No such file")
        refused("--input", self.folder, "--output", self.output,
                says="a file with something in it is wanted")
        refused("--input", self.input, "--output", self.folder / "none" / "x",
                says="No such file or directory")
        self.assert_refused(*self.files, devices=DEVICES, lcores=CROWD, memory_mb=512,
                            says="69 worker lcores: accepted are up to 16")


if __name__ == "__main__":
    unittest.main()
