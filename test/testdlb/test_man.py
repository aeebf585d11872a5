#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""dlb(7) against the driver's table of device arguments: names, buses and what is accepted.

usage: test_man.py DEVARGS.C DEVARGS.H DLB.7
"""

import re
import sys
import unittest
from pathlib import Path

KEY = re.compile(r'^\t\{ "(\w+)", ARG_\w+, ([A-Z| ]+),', re.MULTILINE)
HELP = re.compile(r'"([^"]*)"')
PAIR = re.compile(r"(\w+)=(<[^>]*>|\S+)")
# Sections by the buses in the table: a device that shares another's DLB takes what both take, and more.
SECTIONS = {"Of both": ("ALL", "BOTH"), "Of the model": ("VDEV", "VDEV | SHARED"),
            "Of hardware": ("PCI",)}
# What a line of the page that begins an argument looks like.
TAG = re.compile(r'^\.BR (\w+)= "([^"]*)"$', re.MULTILINE)
NAMES = re.compile(r'^\.BR (\w+(?: ", " \w+)*(?: " and " \w+)?)\b', re.MULTILINE)


def accepted_in_help(text):
    """From "a=<1-9> b=x|y": what the driver says when it is asked for the impossible."""
    found = {}
    for name, value in PAIR.findall(text):
        numbers = re.fullmatch(r"<(\d+)-(\d+)>", value)
        found[name] = f"{numbers[1]} to {numbers[2]}" if numbers else value
    return found


class ManPage(unittest.TestCase):
    def setUp(self):
        source, header, page = (Path(path).read_text(encoding="utf-8") for path in FILES)
        self.keys = dict(KEY.findall(source))
        self.accepted = {}
        for line in re.findall(r'#define DLB_ARGS_HELP_\w+((?:.*\\\n)*.*)', header):
            self.accepted |= accepted_in_help(" ".join(HELP.findall(line)))
        arguments = page.split(".SH DEVICE ARGUMENTS\n")[1].split("\n.SH ")[0]
        parts = re.split(r"^\.SS (.*)\n", arguments, flags=re.MULTILINE)
        self.sections = dict(zip(parts[1::2], parts[2::2]))

    def names(self, section):
        text = self.sections[section]
        tags = [name for name, _ in TAG.findall(text)]
        lists = [re.findall(r"\w+", names.replace('" and "', " ")) for names in NAMES.findall(text)
                 if f"{names}=" not in text]
        return tags + [name for names in lists for name in names]

    def test_table_was_found(self):
        self.assertGreater(len(self.keys), 25)
        self.assertGreater(len(self.accepted), 15)

    def test_each_argument_is_in_its_section(self):
        self.assertLessEqual(set(self.keys.values()), {bus for of in SECTIONS.values() for bus in of})
        for section, buses in SECTIONS.items():
            with self.subTest(section=section):
                self.assertEqual(sorted(self.names(section)),
                                 sorted(name for name, bus in self.keys.items() if bus in buses))

    def test_what_is_accepted(self):
        for text in self.sections.values():
            for name, accepted in TAG.findall(text):
                if name in self.accepted and "<" not in self.accepted[name]:
                    with self.subTest(argument=name):
                        self.assertEqual(accepted, self.accepted[name])


if __name__ == "__main__":
    FILES = sys.argv[1:4]
    unittest.main(argv=sys.argv[:1])
