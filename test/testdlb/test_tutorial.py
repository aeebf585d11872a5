#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Walks the tutorial of the guide on a terminal, and compares its screens; --update writes them anew.

A screen is a block of the guide that begins with a prompt, which may name a domain. Numbers differ from run to run, so what must
be equal is the text with each number, and each bar of '#' and '.', as one sign. The driver logs when it
has something to say, perhaps a command earlier: of its lines those of a screen must be equal, not their
places. A command behind '$ ' runs beside the session.
"""

import argparse
import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect

from program import Program

PROMPT = r"testdlb(?: \d+)?> "
SHELL = "$ dpdk-testdlb "
PREFIX = "tutorial"
LOG = "event_dlb0: "
BLOCK = re.compile(r"^```text\n((?:" + PROMPT + r"|\$ dpdk-testdlb (?:top|doctor)).*?)^```$", re.DOTALL | re.MULTILINE)
ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|[A-Z])")


class Walk:
    def __init__(self, program):
        self.program = program
        self.prefix = f"{PREFIX}{os.getpid()}"
        command = program.command([], prefix=self.prefix, lcores="0@0,1@0,2@1,3@1")
        self.child = pexpect.spawn(command[0], command[1:], timeout=90, encoding="utf-8",
                                   dimensions=(60, 200), env={**os.environ, "TERM": "dumb"})
        self.wait_prompt(PROMPT)

    def wait_prompt(self, prompt):
        try:
            self.child.expect(prompt)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            sys.exit(f"no prompt: {type(error).__name__}; there was {self.child.before!r}")
        self.prompt = self.child.after.lstrip("\n")

    def say(self, line):
        """What the session prints behind a line."""
        self.child.sendline(line)
        self.wait_prompt("\n" + PROMPT)
        text = ESCAPES.sub("", self.child.before).replace("\r", "") + "\n"
        # Log lines that came before the command was complete are above the prompt with it.
        above, text = text.rsplit(line + "\n", 1)
        return "".join(row + "\n" for row in above.splitlines() if row.startswith(LOG)) + text

    def run(self, arguments):
        words = [self.prefix if word == PREFIX else word for word in arguments.split()]
        return subprocess.run([str(self.program.path), *words], capture_output=True, text=True,
                              timeout=60, check=True).stdout

    def screen(self, block):
        """A block of the guide as it is now."""
        text = ""
        for line in block.splitlines():
            if (prompt := re.match(PROMPT, line)) is not None:
                text += self.prompt + line[prompt.end():] + "\n" + self.say(line[prompt.end():])
            elif line.startswith(SHELL):
                text += line + "\n" + self.run(line[len(SHELL):])
        return "".join(part.rstrip() + "\n" for part in text.splitlines())

    def end(self):
        self.child.sendline("quit")
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus


def shape(text):
    """Text without what differs from run to run, and with its log lines last."""
    rows = sorted(text.splitlines(), key=lambda row: row.startswith(LOG))
    text = "\n".join(rows)
    text = re.sub(r"\[[#.]{20}\]", "BAR", text)
    text = re.sub(r"\d+(\.\d+)?[kM]?", "N", text)
    return [" ".join(line.split()) for line in text.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=Path)
    parser.add_argument("guide", type=Path)
    parser.add_argument("--update", action="store_true", help="write the screens into the guide")
    args = parser.parse_args()
    guide = args.guide.read_text(encoding="utf-8")
    walk = Walk(Program(args.program.resolve(), devargs="hw=2.5"))
    different = 0
    screens = 0

    def compare(match):
        nonlocal different, screens
        screens += 1
        now = walk.screen(match[1])
        change = list(difflib.unified_diff(shape(match[1]), shape(now), "guide", "now", lineterm=""))
        if change and not args.update:
            different += 1
            print(f"screen {screens}:", *change, sep="\n")
        return f"```text\n{now}```"

    updated = BLOCK.sub(compare, guide)
    status = walk.end()
    if args.update:
        args.guide.write_text(updated, encoding="utf-8")
    print(f"{screens} screens, {different} differ; the session ended with {status}")
    return 0 if screens > 0 and different == 0 and status == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
