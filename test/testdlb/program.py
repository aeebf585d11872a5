# SPDX-License-Identifier: BSD-3-Clause
"""dpdk-testdlb as tests run it: one process, its script, and what it said."""

import json
import os
import subprocess
import tempfile

SCRIPT = "script"
PROMPT = "testdlb> "
# Behind a command: a prompt on a line of its own. One that is drawn again, below a log line, is no answer.
NEXT_PROMPT = "\n" + PROMPT


class Program:
    """How to start the program; each with a prefix of its own, so that tests run side by side."""

    def __init__(self, path, devargs="lint=1"):
        self.path = path
        self.devargs = devargs

    def eal_args(self, lcores="0@0,1@0,2@0", prefix=None):
        prefix = prefix or f"testdlb{os.getpid()}"
        return ["--no-pci", "--no-huge", "-m", "256", "--no-shconf", "--log-level=lib.eal:4",
                "--lcores", lcores, "--file-prefix", prefix, f"--vdev=event_dlb0,{self.devargs}"]

    def command(self, options, **eal):
        return [str(self.path), *self.eal_args(**eal), "--", *options]

    def run(self, lines, options=(), timeout=120, **eal):
        """Run a script. Returns its exit status, standard output, and a dictionary of complaints by line."""
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, SCRIPT), "w", encoding="utf-8") as script:
                script.write("".join(line + "\n" for line in lines))
            done = subprocess.run(
                self.command(["--cmdline-file", SCRIPT, *options], **eal), cwd=folder, text=True,
                capture_output=True, timeout=timeout, check=False)
            return Result(done)


class Result:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr
        self.complaints = {}
        for line in done.stderr.splitlines():
            if line.startswith(SCRIPT + ":"):
                number, text = line[len(SCRIPT) + 1:].split(": ", 1)
                self.complaints.setdefault(int(number), text)

    def reports(self):
        """The JSON documents on standard output, one after the other."""
        decoder = json.JSONDecoder()
        text = self.out
        found = []
        while (start := text.find("{")) >= 0:
            report, end = decoder.raw_decode(text[start:])
            found.append(report)
            text = text[start + end:]
        return found
