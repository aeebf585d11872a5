# SPDX-License-Identifier: BSD-3-Clause
"""gen_regs.py: what it makes of good rows, and that it refuses each kind of bad one with its line.

usage: test_gen_regs.py GEN_REGS.py REGISTERS.txt
"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

GENERATOR = None
REGISTERS = None

GOOD = "SYS_A rw 0x10 0x20 0x1 EN:0 LIMIT:12-1\n"

REFUSED = (
    ("too few columns", "SYS_A rw 0x10 0x20 0x0", "a row has a name"),
    ("unknown access", "SYS_A ro 0x10 0x20 0x0 EN:0", "'ro' is not one of"),
    ("a field that is no range", "SYS_A rw 0x10 0x20 0x0 EN", "'EN' is not NAME:BIT"),
    ("a field past bit 31", "SYS_A rw 0x10 0x20 0x0 EN:32", "does not fit 32 bits"),
    ("a field upside down", "SYS_A rw 0x10 0x20 0x0 EN:0-3", "does not fit 32 bits"),
    ("a field of an unknown generation", "SYS_A rw 0x10 0x20 0x0 EN:0@3.0", "is not NAME:BIT"),
    ("fields that share a bit", "SYS_A rw 0x10 0x20 0x0 EN:0 LIMIT:3-0", "shares bits"),
    ("a shared bit in a continued row", GOOD + "   MORE:5", "shares bits"),
    ("three indices", "SYS_A rw 0x10+2x0x4+2x0x8+2x0x10 0x20 0x0 EN:0", "more than two indices"),
    ("an index without a stride", "SYS_A rw 0x10+2 0x20 0x0 EN:0", "registers.txt:1:"),
    ("an offset that is no number", "SYS_A rw here 0x20 0x0 EN:0", "registers.txt:1:"),
    ("a reset value without a field", "SYS_A rw 0x10 0x20 0x2 EN:0", "no field covers"),
    ("two registers at one address", GOOD + "SYS_B rw 0x10 0x24 0x0 EN:0", "share 0x10 on 2.0"),
    ("an array that runs into another", "SYS_A rw 0x10+4x0x4 - 0x0 EN:0\nSYS_B rw 0x1c - 0x0 EN:0",
     "share 0x1c on 2.0"),
    ("a continuation of nothing", "   EN:0", "registers.txt:1:"),
    ("a bad line after good ones", "# comment\n\n" + GOOD + "SYS_B rw", "registers.txt:4:"),
)


class GenRegsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.header = Path(self.folder.name) / "dlb_regs.h"
        self.table = Path(self.folder.name) / "dlb_regs.c"

    def generate(self, text):
        registers = Path(self.folder.name) / "registers.txt"
        registers.write_text(text, encoding="ascii")
        return subprocess.run([sys.executable, GENERATOR, registers, self.header, self.table],
                              capture_output=True, text=True, check=False)

    def test_bad_rows_are_refused(self):
        for name, text, complaint in REFUSED:
            with self.subTest(name):
                result = self.generate(text + "\n")
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertIn(complaint, result.stderr)
                self.assertNotIn("Traceback", result.stderr)
                self.assertFalse(self.header.exists())

    def test_a_good_row(self):
        result = self.generate(GOOD)
        self.assertEqual(result.returncode, 0, result.stderr)
        header = self.header.read_text(encoding="ascii")
        self.assertIn("\tDLB_SYS_A,\n\tDLB_REG_COUNT", header)
        self.assertIn("#define DLB_SYS_A_LIMIT 0x00001ffeu", header)
        self.assertIn(".offset = { 0x00000010u, 0x00000020u }", self.table.read_text("ascii"))

    def test_a_register_of_one_generation(self):
        self.assertEqual(self.generate("SYS_A rw - 0x20 0x0 EN:0\n").returncode, 0)
        self.assertIn(".present = 0x2", self.table.read_text("ascii"))

    def test_a_field_of_one_generation(self):
        self.assertEqual(self.generate("SYS_A rw 0x10 0x20 0x0 EN:0 X:4@2.5\n").returncode, 0)
        self.assertIn(".writable = { 0x00000001u, 0x00000011u }", self.table.read_text("ascii"))

    def test_the_same_place_in_two_generations_is_no_clash(self):
        text = "SYS_A rw 0x10 - 0x0 EN:0\nSYS_B rw - 0x10 0x0 EN:0\n"
        self.assertEqual(self.generate(text).returncode, 0)

    def test_our_own_table(self):
        result = self.generate(Path(REGISTERS).read_text(encoding="ascii"))
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_wrong_arguments(self):
        result = subprocess.run([sys.executable, GENERATOR], capture_output=True, text=True,
                                check=False)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("usage:", result.stderr)


if __name__ == "__main__":
    GENERATOR, REGISTERS = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
