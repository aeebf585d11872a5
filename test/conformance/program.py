# SPDX-License-Identifier: BSD-3-Clause
"""One run of a DPDK program with an event device: its command line, its surroundings, its output.

No hugepages, no PCI and no root are needed: memory is ordinary memory, and what EAL writes into its
runtime folder goes to a folder of the run's own.
"""

import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

COLOURS = re.compile(r"\033\[[0-9;]*m")
MEMORY_MB = 512


class PlaceError(Exception):
    """No folder is safe enough for EAL to load a plugin from."""


def is_world_writable(folder):
    """Whether EAL refuses plugins from this folder: it looks at the folder and all above it."""
    return any(p.stat().st_mode & stat.S_IWOTH for p in (folder, *folder.parents))


def safe_folders():
    """Where a copy of a plugin may go when it lies in a folder that EAL refuses."""
    for variable, rest in (("XDG_RUNTIME_DIR", ""), ("XDG_CACHE_HOME", ""), ("HOME", ".cache")):
        if os.environ.get(variable):
            yield Path(os.environ[variable]) / rest


class Plugin:
    """A driver to load with -d, copied to a safe place for as long as it is used if need be."""

    def __init__(self, path):
        self.path = Path(path).resolve(strict=True)
        self.copy_folder = None
        if is_world_writable(self.path.parent):
            self.copy_folder = self.make_safe_folder()
            self.path = Path(shutil.copy(self.path, self.copy_folder))

    def make_safe_folder(self):
        for base in safe_folders():
            try:
                base.mkdir(parents=True, exist_ok=True)
                if not is_world_writable(base.resolve()):
                    return Path(tempfile.mkdtemp(prefix="opendlb-", dir=base.resolve()))
            except OSError:
                continue
        raise PlaceError(f"{self.path.parent} or a folder above it is writable by everybody, so EAL "
                         "loads no plugin from there, nor is there a home folder to copy it to: "
                         "build in another place")

    def remove_copy(self):
        if self.copy_folder is not None:
            shutil.rmtree(self.copy_folder)


def lcore_map(count):
    """Lcores 0 to count - 1, spread evenly over the CPUs that this process may use."""
    cpus = sorted(os.sched_getaffinity(0))
    used = min(count, len(cpus))
    return ",".join(f"{lcore}@{cpus[lcore * used // count]}" for lcore in range(count))


def kill(process):
    """Not with SIGTERM: dpdk-test-eventdev takes that as a wish to stop, and reports success."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


class Program:
    """A program of the distribution, its EAL arguments, its own arguments, its environment."""

    def __init__(self, name, eal, arguments=(), environment=None, memory_mb=MEMORY_MB):
        self.argv = [name, "--no-pci", "--no-huge", "-m", str(memory_mb), *eal]
        if arguments:
            self.argv += ["--", *arguments]
        self.environment = environment or {}

    def command(self):
        """As a user would type it."""
        settings = [f"{key}={value}" for key, value in self.environment.items()]
        return " ".join(settings + [shlex.quote(word) for word in self.argv])

    def run(self, timeout_s):
        with tempfile.TemporaryDirectory(prefix="opendlb-run-") as runtime:
            environment = {**os.environ, **self.environment, "RUNTIME_DIRECTORY": runtime}
            started = time.monotonic()
            process = subprocess.Popen(
                self.argv, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, start_new_session=True)
            timed_out = False
            try:
                output, _ = process.communicate(timeout=timeout_s)
            except subprocess.TimeoutExpired:
                timed_out = True
                kill(process)
                output, _ = process.communicate()
            finally:
                kill(process)
            seconds = time.monotonic() - started
        text = COLOURS.sub("", output.decode("utf-8", errors="replace")).replace("\r", "\n")
        return Outcome(text, process.returncode, timed_out, timeout_s, seconds)


class Outcome:
    """What a program left behind."""

    def __init__(self, output, exit_status, timed_out, timeout_s, seconds):
        self.output = output
        self.exit_status = exit_status
        self.timed_out = timed_out
        self.timeout_s = timeout_s
        self.seconds = seconds
