#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What dpdk-testdlb top costs the application that it watches: throughput with it as a part of that without.

Traffic runs as fast as it can. Windows of time with and without top follow each other, each pair in the
other order, and each pair gives a ratio; the median of them is told, and its 95 % confidence interval: of
events a second, and of events per second of CPU time of the whole application, which other work on the
machine does not take away. Each frame costs the same, so with several a second (--interval 0.1) what one a
second costs is told through less noise. Run it under 'taskset -c N' for the worst case: all on one CPU.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from program import Program

PIPELINE = ["create queue 0", "create queue 1 type ordered", "create queue 2", "create port 0", "create port 1",
            "create link 1 0", "create link 1 1", "create link 1 2", "start",
            "traffic add 0 stages 0,1,2 port 0", "traffic start"]
Z = 1.96  # of 95 %
RATES = ("events/s", "events per CPU second")


def cpu_seconds(pid):
    """Of a process, with all threads that it has and had: Linux makes the number of its clock so."""
    return time.clock_gettime((~pid << 3) | 2)


class Watched:
    """The application; it is asked for its counts over its standard input."""

    def __init__(self, program, lcores):
        self.program = program
        self.prefix = f"topcost{os.getpid()}"
        words = [word for line in PIPELINE for word in ("-e", line)]
        self.process = subprocess.Popen(
            program.command(["-i", *words], lcores=lcores, prefix=self.prefix),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def show(self):
        """Events finished, seconds, and seconds of CPU time."""
        self.process.stdin.write(b"traffic show --json\n")
        self.process.stdin.flush()
        text = b""
        while b"{" not in text or text.count(b"{") != text.count(b"}"):
            text += self.process.stdout.read1(65536)
        traffic = json.loads(text[text.index(b"{"):text.rindex(b"}") + 1])["traffic"]
        return traffic["streams"][0]["finished"], traffic["seconds"], cpu_seconds(self.process.pid)

    def window(self, seconds):
        """The RATES."""
        before = self.show()
        self.process.stdin.write(f"wait seconds {seconds}\n".encode())
        events, wall, cpu = (after - one for one, after in zip(before, self.show()))
        return events / wall, events / cpu

    def window_with_top(self, seconds, interval):
        with subprocess.Popen([str(self.program.path), "top", "--file-prefix", self.prefix, "--interval",
                               str(interval), "--frames", "1000000"], stdout=subprocess.PIPE) as top:
            try:
                top.stdout.readline()  # the first frame: it is attached
                rates = self.window(seconds)
                if top.poll() is not None:
                    sys.exit("top ended within a window")
                return rates
            finally:
                top.kill()

    def end(self):
        self.process.communicate(b"quit\n", timeout=60)
        return self.process.returncode


def interval_of_median(ratios):
    """By the ranks that a binomial distribution gives."""
    ratios = sorted(ratios)
    reach = Z * math.sqrt(len(ratios)) / 2
    low = max(0, math.floor(len(ratios) / 2 - reach))
    high = min(len(ratios) - 1, math.ceil(len(ratios) / 2 + reach))
    return ratios[low], ratios[high]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("program", type=Path)
    parser.add_argument("--pairs", type=int, default=40, help="of windows; 40")
    parser.add_argument("--seconds", type=int, default=2, help="of a window; 2")
    parser.add_argument("--interval", type=float, default=1.0, help="of top's frames, at most 1; 1")
    parser.add_argument("--lcores", default="0@0,1@0", help="of the application; 0@0,1@0")
    args = parser.parse_args()
    watched = Watched(Program(args.program.resolve(), devargs="hw=2.5"), args.lcores)
    rates = {False: [], True: []}
    for pair in range(args.pairs):
        for top in (False, True) if pair % 2 == 0 else (True, False):
            rates[top].append(watched.window_with_top(args.seconds, args.interval) if top
                              else watched.window(args.seconds))
    status = watched.end()
    print(f"{args.pairs} pairs of windows of {args.seconds} s, a frame every {args.interval} s; medians")
    for i, name in enumerate(RATES):
        without, beside = ([rate[i] for rate in rates[top]] for top in (False, True))
        ratios = [one / other for one, other in zip(beside, without)]
        low, high = interval_of_median(ratios)
        print(f"{name}: {statistics.median(without):.0f} without top, {statistics.median(beside):.0f} with; "
              f"ratio {statistics.median(ratios):.4f} (95 %: {low:.4f} to {high:.4f})")
        print("    a frame a second costs {:.2f} % (95 %: {:.2f} to {:.2f})".format(
            *(100 * (1 - ratio) * args.interval for ratio in (statistics.median(ratios), high, low))))
    return status


if __name__ == "__main__":
    sys.exit(main())
