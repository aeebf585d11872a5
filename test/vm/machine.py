# SPDX-License-Identifier: BSD-3-Clause
"""The two programs of a test: dlb-vfio-user with its devices, and QEMU with the guest."""

import collections
import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections import namedtuple

# A device in the guest: where it is, and what it is.
Device = namedtuple("Device", "name hw bdf slot")

DEVICES = [Device("dlb0", "2.5", "0000:00:10.0", "10"), Device("dlb1", "2.0", "0000:00:11.0", "11")]

# A network card of Intel's, with the offloads that dpdk-test-eventdev wants. It keeps two slots for
# functions of its own, 16 after its own slot: no two cards may be neighbours, nor 16 before a DLB.
Nic = namedtuple("Nic", "name bdf slot")

NICS = [Nic("nic0", "0000:00:02.0", "02"), Nic("nic1", "0000:00:04.0", "04")]

# For a CPU of AMD's, QEMU keeps the addresses below 1 TiB that the second 4 GiB BAR needs. An emulated
# CPU walks page tables in software, and a fifth level is one more step each time.
CPU = "max,vendor=GenuineIntel,la57=off"
# The kernel's test of its timer takes a busy host for a broken one. What guards against attackers, and
# what the kernel tests and measures of itself, takes half of an emulated CPU's time: with page tables of
# its own, each system call empties the TLB; and each hugepage would be cleared twice.
KERNEL_WORDS = ("console=ttyS0 panic=-1 intel_iommu=on no_timer_check quiet loglevel=4 hugepages=256 "
                "mitigations=off init_on_alloc=0 cryptomgr.notests lpj=10000000")


class MachineError(Exception):
    """A program did not do what it must; the message says which and what."""


COLOUR = re.compile("\x1b\\[[0-9;]*m")


def lines_of(stream, log):
    """A queue that gets the lines of a stream, and None at its end; a file keeps them."""
    lines = queue.Queue()
    started = time.monotonic()

    def pump():
        for line in stream:
            line = COLOUR.sub("", line.rstrip("\r\n"))
            log.write(f"{time.monotonic() - started:8.3f} {line}\n")
            log.flush()
            lines.put(line)
        lines.put(None)

    threading.Thread(target=pump, daemon=True).start()
    return lines


def next_line(lines, deadline):
    """The next line, or None at the end; TimeoutError if there is none in time."""
    try:
        return lines.get(timeout=max(0.01, deadline - time.monotonic()))
    except queue.Empty:
        raise TimeoutError from None


class Server:
    """dlb-vfio-user, from its first word to its statistics."""

    def __init__(self, program, folder):
        self.sockets = {d.name: folder / f"{d.name}.sock" for d in DEVICES}
        self.trace = folder / "trace.txt"
        self.log = folder / "server.txt"
        words = [str(program), "--lint", "--stats", "--trace", str(self.trace)]
        for device in DEVICES:
            words += ["--socket", str(self.sockets[device.name]), "--hw", device.hw]
        self._file = open(self.log, "w", encoding="utf-8")
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True)
        self.lines = lines_of(self.process.stdout, self._file)
        deadline = time.monotonic() + 10
        for _ in DEVICES:
            line = next_line(self.lines, deadline)
            if line is None or ": serving" not in line:
                raise MachineError(f"dlb-vfio-user does not serve: {line}")

    def stop(self):
        """Exit status, and the counters of each device by name."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=20)
        stats = {d.name: {} for d in DEVICES}
        deadline = time.monotonic() + 5
        while (line := next_line(self.lines, deadline)) is not None:
            match = re.match(r"(\w+): (\S.*?)\s+(\d+)$", line)
            if match and match[1] in stats:
                stats[match[1]][match[2]] = int(match[3])
        self._file.close()
        return status, stats

    def kill(self):
        self.process.kill()
        self.process.wait()


def nic_words():
    """Two network cards with a wire from one to the other."""
    words = []
    for card in NICS:
        words += ["-netdev", f"hubport,id={card.name},hubid=0",
                  "-device", f"igb,bus=pcie.0,addr=0x{card.slot},netdev={card.name},romfile="]
    return words


def qemu_words(parts, kernel, sockets, initrd, accel, kernel_words):
    words = [*parts.qemu_command(), "-accel", accel, "-M", "q35", "-cpu", CPU, "-smp", "4",
             "-m", "2048", "-nodefaults", "-display", "none", "-serial", "stdio",
             "-object", "memory-backend-memfd,id=ram0,size=2048M,share=on",
             "-machine", "memory-backend=ram0", "-device", "intel-iommu,caching-mode=on",
             "-kernel", str(kernel), "-initrd", str(initrd),
             "-append", f"{KERNEL_WORDS} {kernel_words}"]
    words += nic_words()
    for device in DEVICES:
        words += ["-device", json.dumps({
            "driver": "vfio-user-pci", "bus": "pcie.0", "addr": f"0x{device.slot}",
            "socket": {"type": "unix", "path": str(sockets[device.name])}})]
    return words


class Case:
    """What became of a case in the guest."""

    def __init__(self):
        self.status = None
        self.output = []
        self.started = time.monotonic()
        self.seconds = None


class Machine:
    """A guest that runs its cases and powers off."""

    def __init__(self, parts, kernel, sockets, initrd, log, accel="tcg,thread=multi", kernel_words=""):
        self._file = open(log, "w", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(
            qemu_words(parts, kernel, sockets, initrd, accel, kernel_words), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            env=parts.qemu_environment(), preexec_fn=lambda: os.nice(5))
        self.lines = lines_of(self.process.stdout, self._file)
        self.tail = collections.deque(maxlen=20)

    def run(self, seconds, on_case):
        """Read the console to the end; cases by name. on_case(name, case) is told of each."""
        cases, current = {}, None
        deadline = time.monotonic() + seconds
        while (line := next_line(self.lines, deadline)) is not None:
            self.tail.append(line)
            if "Kernel panic" in line:
                self.process.kill()  # instead of booting over and over
            if match := re.search(r"@@ begin (\S+)", line):
                current = cases[match[1]] = Case()
            elif match := re.search(r"@@ end (\S+) (\d+)", line):
                cases[match[1]].status = int(match[2])
                cases[match[1]].seconds = time.monotonic() - cases[match[1]].started
                on_case(match[1], cases[match[1]])
                current = None
            elif current is not None:
                current.output.append(line)
        self.process.wait(timeout=20)
        return cases

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._file.close()
