#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The guide's table of what can be read and set, against the program: whatever it names is there.

usage: test_guide.py PROGRAM GUIDE DLB.7
"""

import re
import sys
import unittest
from pathlib import Path

from program import Program

HEADING = "## What an administrator can read and set"
COMMANDS = ("show", "create", "set", "delete", "start", "stop", "reset", "fault")
ARGUMENTS = re.compile(r"device arguments? ((?:`\w+`(?:, )?)+)")
NAMES = re.compile(r"`([^`]+)`")
# A little of everything, so that what is not as after a reset shows.
SETUP = ["create queue 0 type ordered", "create queue 1 flows 2048", "create queue 2 type directed",
         "create port 0", "create port 1", "create link 0 0", "create link 0 1", "create link 1 2", "start"]


class Table(unittest.TestCase):
    def setUp(self):
        guide = Path(FILES[1]).read_text(encoding="utf-8").split(HEADING + "\n")[1].split("\n## ")[0]
        rows = [line.split("|")[1:-1] for line in guide.splitlines() if line.startswith("| ")]
        self.rows = [[cell.strip() for cell in row] for row in rows[1:]]
        self.program = Program(Path(FILES[0]).resolve())

    def help_of(self, commands):
        result = self.program.run([f"help {command}" for command in commands], ["--keep-going"])
        self.assertEqual(result.complaints, {})
        return dict(zip(commands, re.split(r"\n(?=\S)", result.out)))

    def test_table_is_whole(self):
        self.assertGreater(len(self.rows), 40)
        for row in self.rows:
            with self.subTest(row=row[0]):
                self.assertEqual(len(row), 3)
                self.assertTrue(all(row))

    def test_what_is_read(self):
        """Each cell says what shows it, or why nothing does; what it names shows something."""
        lines = []
        for attribute, read, _ in self.rows:
            shows = [name for name in NAMES.findall(read) if name.startswith("show ")]
            with self.subTest(attribute=attribute):
                self.assertTrue(shows or read.startswith("no"))
            lines += shows
        result = self.program.run(SETUP + lines, ["--keep-going"])
        self.assertEqual(result.complaints, {})
        self.assertGreater(len(lines), 40)

    def test_what_is_set(self):
        """Commands that are named exist, and have the keys that stand behind them."""
        rows = [(row[0], [name for name in NAMES.findall(ARGUMENTS.sub("", row[2]))]) for row in self.rows]
        commands = {name for _, names in rows for name in names if name.split()[0] in COMMANDS}
        self.assertGreater(len(commands), 15)
        helps = self.help_of(sorted(commands))
        for attribute, names in rows:
            text = ""
            for name in names:
                if name in commands:
                    text = helps[name]
                with self.subTest(attribute=attribute, name=name):
                    self.assertRegex(text, rf"(^|\s){name}\b")

    def test_device_arguments(self):
        page = Path(FILES[2]).read_text(encoding="utf-8")
        names = [name for row in self.rows for cell in row for names in ARGUMENTS.findall(cell)
                 for name in NAMES.findall(names)]
        self.assertGreater(len(names), 8)
        for name in names:
            with self.subTest(argument=name):
                self.assertIn(f".BR {name}= ", page)


if __name__ == "__main__":
    FILES = sys.argv[1:4]
    unittest.main(argv=sys.argv[:1])
