#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""
Boot a virtual machine with two DLBs and ask them things, through Linux, its IOMMU and vfio-pci.

The last lines of the output are a TAP report: one test for each case in the guest, and one for what
the server saw. Logs, the server's trace among them, are kept in the log folder.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True

import cases  # noqa: E402
import dpdk  # noqa: E402
import kernel  # noqa: E402
import parts as vm_parts  # noqa: E402
from initramfs import Initramfs  # noqa: E402
from machine import Machine, MachineError, Server  # noqa: E402

HERE = Path(__file__).parent
BOOT_SECONDS = 120
OUTPUT_LINES = 40  # of a case that failed
SLOW_SECONDS = 5


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--server", type=Path, required=True, help="the program dlb-vfio-user")
    parser.add_argument("--guest", type=Path, required=True, help="the program dlb-guest")
    parser.add_argument("--plugin", type=Path,
                        help="librte_event_dlb.so; without it no case runs DPDK")
    parser.add_argument("--application", type=Path, action="append", default=[],
                        help="what the guest's DPDK needs of ours: dlb-guest-sleep, "
                             "dlb-guest-selftest, dlb-guest-loop, "
                             "libdlb-guest-movdir64b.so and processes; no case runs DPDK "
                             "without any")
    parser.add_argument("--cache", type=Path, help="folder for QEMU and kernel; $DLB_VM_CACHE")
    parser.add_argument("--log-dir", type=Path, help="folder for logs; without it a temporary one")
    parser.add_argument("--mirror", default=os.environ.get("DLB_VM_MIRROR"),
                        help="mirror of Debian; without it, that of this machine; $DLB_VM_MIRROR")
    parser.add_argument("--set", default="own", choices=cases.SETS,
                        help="cases of our own driver, or of the distribution's")
    parser.add_argument("--accel", default="tcg,thread=multi", help="QEMU's -accel")
    parser.add_argument("--only", action="append", default=[], metavar="TEXT",
                        help="only cases whose name has this in it; can be repeated")
    parser.add_argument("--list", action="store_true", help="list the cases and exit")
    options = parser.parse_args()
    if "DLB_VM_CACHE" in os.environ:
        options.cache = Path(os.environ["DLB_VM_CACHE"])
    if options.cache is None:
        parser.error("name a folder for QEMU and the kernel with --cache, or in DLB_VM_CACHE")
    return options


class Tap:
    """A report in the Test Anything Protocol."""

    def __init__(self):
        self.count = self.failed = 0

    def case(self, good, name, details=()):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}", flush=True)
        if not good:
            for line in details:
                print(f"#   {line}", flush=True)

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}", flush=True)

    def note(self, text):
        print(f"# {text}", flush=True)

    def plan(self):
        print(f"1..{self.count}", flush=True)


def initramfs_make(parts, options, rows, path):
    fs = Initramfs()
    fs.add_program("init", HERE / "guest" / "init")
    fs.add_program("bin/busybox", parts.busybox)
    fs.add_program("bin/dlb-guest", options.guest)
    if any(row.dpdk for row in rows):
        dpdk.add(fs, options.plugin.resolve(), [p.resolve() for p in options.application])
    fs.add_text("modules/order", "".join(f"{module.stem}\n" for module in parts.modules))
    for module in parts.modules:
        fs.add_program(f"modules/{module.name}", module)
    fs.add_text("cases", "".join(f"{r.name}|{r.seconds}|{r.command}\n" for r in rows))
    fs.write(path)


def guest_run(options, parts, server, rows, folder, tap):
    initrd = folder / "initrd"
    initramfs_make(parts, options, rows, initrd)
    machine = Machine(parts, kernel.unpacked(parts.kernel, folder / "vmlinux"), server.sockets, initrd,
                      folder / "console.txt", options.accel)
    by_name = {row.name: row for row in rows}

    def judge(name, case):
        complaints = cases.complaints(by_name[name], case)
        tap.case(not complaints, name, [*complaints, *case.output[-OUTPUT_LINES:]])
        if case.seconds >= SLOW_SECONDS:
            tap.note(f"{name} took {case.seconds:.0f} s")

    try:
        seen = machine.run(BOOT_SECONDS + sum(row.seconds for row in rows), judge)
    except TimeoutError:
        tap.case(False, "the guest powers off", ["it does not"])
        return
    finally:
        machine.stop()
    lost = [row.name for row in rows if row.name not in seen or seen[row.name].status is None]
    tap.case(not lost, "the guest gets through all cases",
             [f"not through: {' '.join(lost)}", "the end of its console:", *machine.tail])


def server_judge(server, complete, tap):
    status, stats = server.stop()
    tap.case(status == 0, "the server ends well", [f"exit status {status}"])
    if not complete:
        return
    faults = list(cases.check_stats(stats))
    tap.case(not faults, "the server's counters and lint", faults)
    faults = list(cases.bring_up_faults(server.trace.read_text().splitlines()))
    tap.case(not faults, "bring-up in the order of the programming model", faults)


def test(options, rows, folder, tap):
    started = time.monotonic()
    why_no_dpdk = dpdk.why_not(options.plugin, options.application)
    if why_no_dpdk:
        for row in filter(lambda row: row.dpdk, rows):
            tap.skip(row.name, why_no_dpdk)
        rows = [row for row in rows if not row.dpdk]
    parts = vm_parts.prepare(options.cache, options.mirror, tap.note)
    tap.note(f"parts ready after {time.monotonic() - started:.0f} s")
    server = Server(options.server.resolve(), folder)
    try:
        guest_run(options, parts, server, rows, folder, tap)
        server_judge(server, not options.only, tap)
    finally:
        server.kill()
    tap.note(f"all of it took {time.monotonic() - started:.0f} s")


def main():
    options = arguments()
    rows = [row for row in cases.rows(options.set)
            if not options.only or any(text in row.name for text in options.only)]
    if options.list:
        print("\n".join(row.name for row in rows))
        return 0
    tap = Tap()
    # Sockets have short names: they live in a folder of their own.
    folder = Path(tempfile.mkdtemp(prefix="dlb-vm-"))
    try:
        test(options, rows, folder, tap)
    except (vm_parts.DebianError, MachineError) as error:
        tap.case(False, "the machine can be made", str(error).splitlines())
    finally:
        if options.log_dir:
            shutil.copytree(folder, options.log_dir, dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("*.sock", "initrd", "vmlinux"))
            shutil.rmtree(folder)
    tap.note(f"logs are in {options.log_dir or folder}")
    tap.plan()
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
