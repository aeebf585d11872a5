#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The tools that need no EAL: doctor on made-up machines, top beside a running program, completion."""

import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import jsonschema

from program import Program

SCHEMA = json.loads((Path(__file__).parent / "schema.json").read_text(encoding="utf-8"))
ADDRESS = "0000:f1:00.0"
DEVICE = f"sys/bus/pci/devices/{ADDRESS}"

# A machine where nothing is in the way; a value of None is a folder, "->" begins a link.
HEALTHY = {
    "proc/cpuinfo": "processor : 0\nflags\t\t: fpu movdir64b avx512vl avx512_vbmi\n",
    "proc/mounts": "hugetlbfs /dev/hugepages hugetlbfs rw 0 0\n",
    f"{DEVICE}/vendor": "0x8086\n",
    f"{DEVICE}/device": "0x2714\n",
    f"{DEVICE}/numa_node": "1\n",
    f"{DEVICE}/local_cpulist": "16-31\n",
    f"{DEVICE}/driver": "->../../../bus/pci/drivers/vfio-pci",
    f"{DEVICE}/iommu_group": "->../../../kernel/iommu_groups/7",
    "sys/bus/pci/drivers/vfio-pci": None,
    "sys/kernel/iommu_groups/7": None,
    "dev/vfio/7": "",
    "sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages": "4\n",
    "sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages": "3\n",
    "sys/devices/system/node/node1/distance": "21 10\n",
    "sys/devices/system/node/node1/hugepages/hugepages-1048576kB/nr_hugepages": "4\n",
}

# What is different, the level that the visit ends with, and what the doctor must find and mend.
SICK = [
    ({}, 0, "3 of 4 free", ""),
    ({f"{DEVICE}/driver": "->../drivers/dlb2"}, 1, "the kernel driver dlb2 has it",
     f"dpdk-devbind.py --bind=vfio-pci {ADDRESS}"),
    ({f"{DEVICE}/driver": False}, 1, "no kernel driver has it",
     f"dpdk-devbind.py --bind=vfio-pci {ADDRESS}"),
    ({f"{DEVICE}/device": "0x2710\n"}, 0, "a DLB 2.0", ""),
    ({f"{DEVICE}/device": "0x1521\n"}, 0, "the kernel sees no DLB", ""),
    ({"dev/vfio/7": False}, 1, "/dev/vfio/7 may not be read and written", "chown $USER /dev/vfio/7"),
    ({"sys/kernel/iommu_groups/7": False}, 1, "gives out no device",
     "add intel_iommu=on iommu=pt to the kernel's command line, and reboot"),
    ({"sys/bus/pci/drivers/vfio-pci": False}, 1, "not loaded", "modprobe vfio-pci"),
    ({"proc/cpuinfo": "flags\t: fpu movdir64bx\n"}, 1, "no MOVDIR64B",
     "give the virtual machine the flag: qemu -cpu host"),
    ({"proc/cpuinfo": False}, 0, "tells no flags", ""),
    ({"proc/mounts": "proc /proc proc rw 0 0\n"}, 0, "not mounted", "dpdk-hugepages.py --mount"),
    ({"sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages": "0\n"}, 0, "only with --no-huge",
     "dpdk-hugepages.py --setup 1G"),
    ({"sys/devices/system/node/node1/hugepages/hugepages-1048576kB/nr_hugepages": "0\n"}, 0,
     "node 1 has no hugepages", "dpdk-hugepages.py --node 1 --setup 1G"),
    ({}, 0, "node 1, near cores 16-31, distances 21 10", ""),
]


def machine_make(root, files):
    for name, content in files.items():
        path = Path(root) / name
        if content is False:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir(exist_ok=True)
        elif content.startswith("->"):
            path.symlink_to(content[2:])
        else:
            path.write_text(content, encoding="utf-8")


def telemetry_ns(pid):
    """CPU time of a process's telemetry threads."""
    used = 0
    for task in glob.glob(f"/proc/{pid}/task/*"):
        try:
            if "telemetry" in Path(task, "comm").read_text(encoding="utf-8"):
                used += int(Path(task, "schedstat").read_text(encoding="utf-8").split()[0])
        except OSError:
            continue  # the thread has ended
    return used


class Tools(unittest.TestCase):
    program = None

    def tool(self, *args, env=None):
        return subprocess.run([str(self.program.path), *args], capture_output=True, text=True,
                              timeout=60, check=False, env=env)

    def test_doctor(self):
        for change, status, finding, mend in SICK:
            with self.subTest(finding=finding), tempfile.TemporaryDirectory() as root:
                machine_make(root, {**HEALTHY, **change})
                done = self.tool("doctor", "--root", root, "--json")
                report = json.loads(done.stdout)
                jsonschema.validate(report, SCHEMA)
                rows = [row for row in report["findings"] if finding in row["finding"]]
                self.assertEqual([row["mend"] for row in rows], [mend], done.stdout)
                self.assertEqual(done.returncode, status)
                self.assertIn("mend: " + mend if mend else finding,
                              self.tool("doctor", "--root", root).stdout)

    def test_doctor_here(self):
        self.assertIn(self.tool("doctor").returncode, (0, 1))
        self.assertEqual(self.tool("doctor", "--nonsense").returncode, 2)
        self.assertEqual(self.tool("doctor", "--root").returncode, 2)
        self.assertIn("usage", self.tool("doctor", "--help").stdout)

    def test_bad_top(self):
        for args, want in ((["--interval", "0"], "--interval 0: accepted: 0.1 to 60"),
                           (["--sort", "size"], "accepted: id, rate, fill"),
                           (["--frames", "-1"], "accepted: 1 and more"),
                           (["--frames"], "its value is missing"),
                           (["--nonsense", "1"], "accepted: --file-prefix"),
                           (["--file-prefix", "../x"], "accepted: a name"),
                           (["--file-prefix", "no-such-process"], "No such file")):
            with self.subTest(args=args):
                done = self.tool("top", *args)
                self.assertEqual(done.returncode, 2)
                self.assertIn(want, done.stderr)

    def watched(self, lines, prefix):
        """A program that runs a script and then waits for more on standard input."""
        command = self.program.command(["--interactive"] + [
            word for line in lines for word in ("-e", line)], lcores="0@0,1@1", prefix=prefix)
        running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        said = b""
        while b"testdlb>" not in said:
            said += running.stdout.read1(4096)
            self.assertIsNone(running.poll())
        return running

    def test_top(self):
        prefix = f"testdlbtop{os.getpid()}"
        running = self.watched(["create queue 0", "create queue 1 type directed", "create port 0",
                                "create port 1", "create link 1 0", "create link 0 1", "start",
                                "traffic add 0 stages 0 port 0 rate 20k", "traffic start"], prefix)
        try:
            self.check_top(prefix, running.pid)
        finally:
            running.communicate(b"quit\n", timeout=60)
        self.assertEqual(running.returncode, 0)
        self.assertEqual(self.tool("top", "--file-prefix", prefix).returncode, 2)

    def check_top(self, prefix, pid):
        top = subprocess.Popen([str(self.program.path), "top", "--file-prefix", prefix, "--frames",
                                "5", "--sort", "rate"], stdout=subprocess.PIPE, text=True)
        # The thread that answers goes with the connection: look while there is one.
        before, used, began, said = telemetry_ns(pid), 0, time.monotonic_ns(), ""
        for line in top.stdout:
            said += line
            used = max(used, telemetry_ns(pid) - before)
            ended = time.monotonic_ns()
        share = used / (ended - began)
        self.assertEqual(top.wait(timeout=60), 0)
        self.assertLess(share, 0.01, "of a core, in the watched process")
        self.assertGreater(share, 0)
        print(f"top costs the watched process {100 * share:.3f} % of a core", file=sys.stderr)
        last = said.rsplit("event_dlb0  DLB 2.5", 1)[1].splitlines()
        self.assertTrue(all(len(line) <= 80 for line in last))
        queue = last[3].split()
        self.assertEqual(queue[:2], ["0", "ldb"])
        self.assertGreater(int(queue[-1].replace("k", "00").replace(".", "")), 0)
        self.assertEqual(last[6].split()[0], "1")
        self.assertEqual(last[5].split()[6], "FLOWS")
        self.assertRegex(last[6].split()[6], r"^\d+$")
        self.assertIn("100.0%", last[6])
        missing = self.tool("top", "--file-prefix", prefix, "--device", "dlb7")
        self.assertEqual(missing.returncode, 2)
        self.assertIn("has no DLB named dlb7", missing.stderr)

    def test_completion(self):
        """Both shells read their file; bash completes options and commands from it."""
        for shell in ("bash", "zsh"):
            with tempfile.NamedTemporaryFile("w", suffix=shell) as file:
                done = self.tool("completion", shell)
                file.write(done.stdout)
                file.flush()
                self.assertEqual(subprocess.run([shell, "-n", file.name], check=False).returncode, 0)
                self.assertIn("traffic add", done.stdout)
                if shell == "bash":
                    self.check_bash(file.name)
        self.assertEqual(self.tool("completion", "fish").returncode, 2)

    def check_bash(self, file):
        for words, want in ((["top", "--"], "--keep-going"), (["do"], "doctor"),
                            (["--", "-e", "show reg"], "show\\ registers")):
            script = (f"source {file}; COMP_WORDS=(dpdk-testdlb " +
                      " ".join(f"'{word}'" for word in words) +
                      f"); COMP_CWORD={len(words)}; _dpdk_testdlb; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
            done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
            self.assertIn(want, done.stdout.splitlines())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=Path)
    args_, rest = parser.parse_known_args()
    Tools.program = Program(args_.program.resolve())
    unittest.main(argv=[sys.argv[0], *rest])
