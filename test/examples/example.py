# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of examples share: running one, in a folder of its own, without hugepages or PCI."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

DLB = ("--vdev=event_dlb0,lint=1",)
CROWD = ",".join(f"{lcore}@0" for lcore in range(70))  # more lcores than a DLB has ports
EAL = ("--no-pci", "--no-huge", "--no-shconf", "--no-telemetry")
LIMIT_S = 120
OWN_LINE = re.compile(
    "(epoll_server|pipeline|packet_gateway|ordered_crypto|qos|pool|hash_files|timers): ")
EXAMPLE_FOLDER = Path(os.environ["EXAMPLE_SOURCE"])
DISTRIBUTION_PYTHON = "/usr/bin/python3"


def python_with(module):
    """Scapy and matplotlib belong to the distribution's python, which need not be the first."""
    for python in (DISTRIBUTION_PYTHON, "python3"):
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True,
                          check=False).returncode == 0:
            return python
    raise unittest.SkipTest(f"no python3 here has {module}")


class ExampleTest(unittest.TestCase):
    def setUp(self):
        self.folder_object = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder_object.cleanup)
        self.folder = Path(self.folder_object.name)

    def run_example(self, *options, devices=DLB, lcores="0@0,1@0,2@1,3@1", memory_mb=256):
        eal = [*EAL, "-m", str(memory_mb), "--lcores", lcores, *devices]
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(self.folder)}
        return subprocess.run([os.environ["EXAMPLE"], *eal, "--", *map(str, options)],
                              capture_output=True, text=True, timeout=LIMIT_S, check=False,
                              env=environment)

    def run_well(self, *options, **surroundings):
        """Run it, see that it succeeds and that the device's lint had nothing to say."""
        done = self.run_example(*options, **surroundings)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotIn("lint", done.stderr)
        return done.stdout

    def assert_refused(self, *options, says, **surroundings):
        """Bad input: one clear line, or the usage, and a failure that is not a crash."""
        done = self.run_example(*options, **surroundings)
        output = done.stdout + done.stderr
        self.assertIn(done.returncode, (1, 2), output)
        self.assertIn(says, output)
        own = [line for line in output.splitlines() if OWN_LINE.match(line)]
        self.assertLessEqual(len(own), 1, output)
