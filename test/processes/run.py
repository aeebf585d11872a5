#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A device in two processes. TAP; skipped where there are no hugepages, which EAL shares memory by.

usage: run.py PROGRAM
"""

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

PAGES = Path("/proc/sys/vm/nr_hugepages")
PAGES_FOLDER = "/sys/kernel/mm/hugepages"  # one for the whole system, in a chroot too
PAGES_NEEDED = 96
TIMEOUT_S = 300
ROWS = [f"hw={gen},sched=thread{more}" for gen in ("2.0", "2.5") for more in ("", ",cq_mode=sparse")]
ROWS += ["sched=service", "sched=inline"]
REFUSED = "accepted are sched=thread and sched=service"


def skip(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


def enter_name_space():
    """A mount name space of our own, so that nothing stays mounted."""
    if "DLB_PROCESSES" in os.environ:
        return
    environment = dict(os.environ, DLB_PROCESSES="1")
    words = ["unshare", "--mount", sys.executable, *sys.argv]
    if subprocess.run([*words[:2], "true"], capture_output=True, check=False).returncode != 0:
        skip("hugepages have to be mounted, and only root may")
    os.execvpe(words[0], words, environment)


@contextmanager
def turn():
    """One test at a time changes the number of hugepages, or one would take the other's away."""
    try:
        folder = os.open(PAGES_FOLDER, os.O_RDONLY)
    except OSError as error:
        skip(f"no hugepages here: {error}")
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def hugepages():
    before = int(PAGES.read_text())
    try:
        if before < PAGES_NEEDED:
            PAGES.write_text(str(PAGES_NEEDED))
        if int(PAGES.read_text()) < PAGES_NEEDED:
            skip(f"the system gives {PAGES.read_text().strip()} hugepages of {PAGES_NEEDED}")
        with tempfile.TemporaryDirectory(prefix="dlb-huge-") as folder:
            mounted = subprocess.run(
                ["mount", "-t", "hugetlbfs", "-o", "pagesize=2M", "none", folder],
                capture_output=True, text=True, check=False)
            if mounted.returncode != 0:
                skip(f"hugepages cannot be mounted here: {mounted.stderr.strip()}")
            try:
                yield folder
            finally:
                subprocess.run(["umount", folder], check=True)
    except PermissionError:
        skip("only root may have hugepages")
    finally:
        if before < PAGES_NEEDED and os.access(PAGES, os.W_OK):
            PAGES.write_text(str(before))


class Process:
    def __init__(self, program, folder, runtime, *more):
        self.process = subprocess.Popen(
            [program, "--no-pci", "--no-telemetry", "--file-prefix=processes",
             f"--huge-dir={folder}", "-m", "128", *more],
            env={**os.environ, "RUNTIME_DIRECTORY": runtime}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        self.lines = []

    def read_until(self, word):
        """Whether a line with that word came before the end."""
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if word in line:
                return True
        return False

    def end(self):
        self.process.kill()
        self.read_until("\0")
        return self.process.wait()


def watch(processes):
    def expire(*_):
        for process in processes:
            process.lines.append(f"no end within {TIMEOUT_S} s")
            process.process.kill()
    signal.signal(signal.SIGALRM, expire)
    signal.alarm(TIMEOUT_S)


def meets(primary, secondary):
    """Whether the two do all that they have to do."""
    fine = primary.read_until("dying")
    primary.process.kill()
    return secondary.read_until("survived: ") and fine and secondary.process.wait() == 0


def run_row(program, folder, devargs):
    """Returns what is wrong, as lines."""
    lcores = ["--lcores", "0@0,1@0", "-S", "1"] if "service" in devargs else ["--lcores", "0@0"]
    with tempfile.TemporaryDirectory(prefix="dlb-run-") as runtime:
        primary = Process(program, folder, runtime, *lcores, f"--vdev=event_dlb0,lint=1,{devargs}")
        processes = [primary]
        watch(processes)
        fine = primary.read_until("ready")
        if fine:
            secondary = Process(program, folder, runtime, "--lcores", "0@0", "--proc-type=secondary")
            processes.append(secondary)
            inline = "inline" in devargs
            fine = secondary.read_until(REFUSED) if inline else meets(primary, secondary)
        signal.alarm(0)
        for process in processes:
            process.end()
    lines = [line for process in processes for line in process.lines]
    fine = fine and not any("lint:" in line for line in lines)
    return [] if fine else lines


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    enter_name_space()
    # Ended from outside, it gives back what it asked the system for.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    failed = 0
    with turn(), hugepages() as folder:
        print(f"1..{len(ROWS)}")
        for number, devargs in enumerate(ROWS, 1):
            complaints = run_row(sys.argv[1], folder, devargs)
            print(f"{'not ok' if complaints else 'ok'} {number} - {devargs}", flush=True)
            for line in complaints:
                print(f"# {line}")
            failed += bool(complaints)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
