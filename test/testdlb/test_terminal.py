#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The prompt as a person has it: line editing, history, tab, colours, Ctrl-C; top on a screen of 80x24."""

import argparse
import os
import sys
import unittest
from pathlib import Path

import pexpect

from program import NEXT_PROMPT, PROMPT, Program

RED = "\x1b[31m"
TRAFFIC = ["create queue 0", "create port 0", "create port 1", "create link 1 0", "start",
           "traffic add 0 stages 0 port 0", "traffic start"]


class Terminal(unittest.TestCase):
    program = None

    def setUp(self):
        self.prefix = f"testdlbtty{os.getpid()}_{self.id().rsplit('.', 1)[1]}"

    def spawn(self, options=(), term="xterm"):
        command = self.program.command(options, prefix=self.prefix)
        child = pexpect.spawn(command[0], command[1:], timeout=30, encoding="utf-8",
                              dimensions=(24, 80), env={**os.environ, "TERM": term})
        self.addCleanup(child.close, force=True)
        child.expect_exact(PROMPT)
        return child

    def say(self, child, line):
        child.sendline(line)
        child.expect_exact(NEXT_PROMPT)
        return child.before

    def finish(self, child, status=0):
        child.expect(pexpect.EOF)
        child.close()
        self.assertEqual(child.exitstatus, status)

    def test_tab_and_help_keys(self):
        child = self.spawn()
        child.send("cre\t")
        child.expect_exact("create ")
        child.send("qu\t0 ty\tdir\t\r")
        child.expect_exact(NEXT_PROMPT)
        self.assertIn("directed", self.say(child, "show queue"))
        child.send("show \t\t")
        child.expect("alarms.*config.*credits.*xstats")
        child.send("\x01\x0btraffic ?")
        child.expect("add.*clear.*delete.*show.*start.*stop")
        child.send("\x01\x0bquit\r")
        self.finish(child)

    def test_history(self):
        child = self.spawn()
        self.say(child, "create queue 0")
        self.say(child, "show device")
        child.send("\x1b[A\x1b[A\r")
        child.expect_exact("accepted is 1, the next one")
        child.send("\x04")
        self.finish(child)

    def test_colours_only_on_a_terminal(self):
        child = self.spawn()
        self.assertIn(RED, self.say(child, "nonsense"))
        child.sendline("quit")
        self.finish(child)
        child = self.spawn(term="dumb")
        self.assertNotIn(RED, self.say(child, "nonsense"))
        child.sendline("quit")
        self.finish(child)
        piped = self.program.run(["nonsense", "show device"], ["--keep-going"])
        self.assertNotIn("\x1b", piped.out + piped.err)

    def test_interrupt_stops_traffic_first(self):
        child = self.spawn(["-i"] + [word for line in TRAFFIC for word in ("-e", line)])
        child.sendintr()
        child.expect("traffic stopped, 0 events under way")
        child.expect_exact(NEXT_PROMPT)
        self.assertIn("no traffic runs", self.say(child, "traffic stop"))
        child.sendintr()
        self.finish(child)

    def test_interrupt_ends_a_wait(self):
        child = self.spawn()
        child.sendline("wait seconds 1000")
        child.expect_exact("wait seconds 1000")
        child.sendintr()
        child.expect_exact("interrupted")
        child.expect_exact(NEXT_PROMPT)
        child.sendline("quit")
        self.finish(child)

    def test_script_then_prompt(self):
        """A failed command is no reason to refuse the prompt; the exit status remembers it."""
        child = self.spawn(["-i", "-e", "nonsense"])
        child.sendline("quit")
        self.finish(child, 1)

    def test_top_on_a_screen(self):
        child = self.spawn(["-i"] + [word for line in TRAFFIC for word in ("-e", line)])
        top = pexpect.spawn(str(self.program.path), ["top", "--file-prefix", self.prefix,
                                                     "--interval", "0.2"],
                            timeout=30, encoding="utf-8", dimensions=(24, 80))
        top.expect_exact("2 ports by id")
        top.send("s")
        top.expect_exact("2 ports by rate")
        top.send("p")
        top.expect_exact("PAUSED")
        top.send("+")
        top.expect_exact("every 0.4 s")
        top.send("q")
        top.expect_exact("\x1b[?1049l")
        self.finish(top)
        child.sendline("quit")
        self.finish(child)

    def test_top_tells_when_the_process_ends(self):
        child = self.spawn()
        top = pexpect.spawn(str(self.program.path), ["top", "--file-prefix", self.prefix,
                                                     "--interval", "0.1"],
                            timeout=30, encoding="utf-8", dimensions=(24, 80))
        top.expect_exact("ports by id")
        child.sendline("quit")
        self.finish(child)
        top.expect_exact("is gone")
        self.finish(top, 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=Path)
    args, rest = parser.parse_known_args()
    Terminal.program = Program(args.program.resolve())
    unittest.main(argv=[sys.argv[0], *rest])
