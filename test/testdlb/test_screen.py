#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The prompt while the log is noisy: on the screen, prompt, commands, output and log are as without each other.

usage: test_screen.py CHATTY_TERMINAL
"""

import re
import sys
import unittest

import pexpect

from program import PROMPT

LOG = "chatter: "
LINES = ["help", "create queue 0", "nonsense", "show config", "create port 0", "help create queue",
         "create link 0 0", "show link", "quit"]
# What rdline writes to a terminal, and what is written about it.
SIGNS = re.compile(r"\x1b\[(\d*)([A-Z])|\x1b([A-Z])|([\r\n\b\a])|([^\x1b\r\n\b\a]+)")


class Screen:
    """Rows as a terminal without an end would show them."""

    def __init__(self):
        self.rows = [""]
        self.row = self.column = 0

    def move(self, rows):
        self.row += rows
        self.column = 0
        while self.row >= len(self.rows):
            self.rows.append("")

    def write(self, text):
        row = self.rows[self.row].ljust(self.column)
        self.rows[self.row] = row[:self.column] + text + row[self.column + len(text):]
        self.column += len(text)

    def sign(self, number, bracketed, escaped, control, text):
        if text:
            self.write(text)
        elif bracketed == "K":
            self.rows[self.row] = self.rows[self.row][:self.column]
        elif bracketed in ("C", "D"):
            self.column += int(number or 1) * (1 if bracketed == "C" else -1)
        elif escaped == "M":
            self.row -= 1
        elif escaped == "E" or control == "\n":
            self.move(1)
        elif control == "\r":
            self.column = 0
        elif control == "\b":
            self.column -= 1

    def feed(self, text):
        at = 0
        while at < len(text):
            sign = SIGNS.match(text, at)
            assert sign, f"no terminal knows {text[at:at + 8]!r}"
            self.sign(*sign.groups())
            at = sign.end()
        return [row.rstrip() for row in self.rows]


class Noise(unittest.TestCase):
    chatty = None

    def session(self, word):
        """The rows of a whole session. In its midst a line is half typed while the log goes on."""
        child = pexpect.spawn(self.chatty, [word], timeout=30, encoding="utf-8",
                              dimensions=(60, 300), env={"TERM": "dumb"})
        self.addCleanup(child.close, force=True)
        said = ""

        def wait(text):
            nonlocal said
            child.expect_exact(text)
            said += child.before + text

        wait(PROMPT)
        child.send("show do")
        wait("show do" if word == "quiet" else "many\r\n\x1bM\x1bE" + PROMPT + "show do")
        child.send("main x\r" + "".join(line + "\r" for line in LINES))
        child.expect(pexpect.EOF)
        child.close()
        self.assertEqual(child.exitstatus, 0)
        return Screen().feed(said + child.before)

    def test_noise(self):
        quiet = self.session("quiet")
        self.assertEqual([row for row in quiet if row.startswith(PROMPT)],
                         [PROMPT + line for line in ["show domain x", *LINES]])
        rows = self.session("chatty")
        self.assertEqual([row for row in rows if not row.startswith(LOG)], quiet)
        log = [row for row in rows if row.startswith(LOG)]
        self.assertEqual(log, [f"{LOG}{i} of many" for i in range(len(log))])
        self.assertGreater(len(log), len(LINES))


if __name__ == "__main__":
    Noise.chatty = sys.argv.pop(1)
    unittest.main()
