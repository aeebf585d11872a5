#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The exporter beside a running device, scraped by a real Prometheus; every query of the dashboard has an answer."""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from program import Program

PATIENCE_S = 90
SKIPPED = 77
SCRIPT = ["create queue 0", "create queue 1 type directed", "create port 0", "create port 1",
          "create link 1 0", "create link 0 1", "start", "traffic add 0 stages 0 port 0 rate 20k",
          "traffic start"]


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Monitoring(unittest.TestCase):
    program = None
    folder = None

    def setUp(self):
        self.prefix = f"testdlbmon{os.getpid()}"
        options = ["--interactive"] + [word for line in SCRIPT for word in ("-e", line)]
        self.running = self.start(self.program.command(options, lcores="0@0,1@1", prefix=self.prefix),
                                  "testdlb> ", stdin=subprocess.PIPE)
        exporter = self.start([sys.executable, str(self.folder / "dlb-exporter.py"), "--port", "0",
                               "--file-prefix", self.prefix], "\n")
        self.exporter = exporter.said.split()[-1]

    def start(self, command, ready, **pipes):
        """A process that is put away at the end, once it has said that it is ready."""
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                   **pipes)
        self.addCleanup(process.stdout.close)
        if process.stdin:
            self.addCleanup(process.stdin.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        process.said = ""
        while ready not in process.said:
            process.said += process.stdout.read(1)
            self.assertIsNone(process.poll())
        return process

    def prometheus_start(self, scratch):
        config = (self.folder / "prometheus.yml").read_text(encoding="utf-8")
        self.assertIn("127.0.0.1:9716", config)
        config = config.replace("127.0.0.1:9716", self.exporter).replace("5s", "1s")
        Path(scratch, "prometheus.yml").write_text(config, encoding="utf-8")
        address = f"127.0.0.1:{free_port()}"
        server = subprocess.Popen(
            ["prometheus", f"--config.file={scratch}/prometheus.yml", f"--storage.tsdb.path={scratch}/data",
             f"--web.listen-address={address}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        return address

    def query(self, address, expression):
        """The values that Prometheus knows, once it knows any."""
        url = f"http://{address}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                rows = json.loads(fetch(url))["data"]["result"]
            except OSError:
                continue
            if rows:
                return {tuple(sorted(row["metric"].items())): float(row["value"][1]) for row in rows}
        self.fail(f"Prometheus knows nothing of {expression}")
        return {}

    def test_page(self):
        page = fetch(f"http://{self.exporter}/metrics")
        labels = f'process="{self.prefix}",device="event_dlb0"'
        self.assertIn(f"dlb_started{{{labels}}} 1\n", page)
        self.assertIn(f'dlb_port_links{{{labels},port="1"}} 1\n', page)
        self.assertIn("# TYPE dlb_queue_enqueued_total counter\n", page)
        promtool = subprocess.run(["promtool", "check", "metrics"], input=page, text=True,
                                  capture_output=True, check=False)
        self.assertEqual(promtool.returncode, 0, promtool.stdout + promtool.stderr)
        with self.assertRaises(urllib.error.HTTPError):
            fetch(f"http://{self.exporter}/nonsense")

    def test_process_that_is_gone(self):
        self.running.stdin.write("quit\n")
        self.running.stdin.flush()
        self.running.wait(timeout=60)
        self.assertNotIn("dlb_started", fetch(f"http://{self.exporter}/metrics"))

    def test_prometheus_and_dashboard(self):
        dashboard = json.loads((self.folder / "grafana-dashboard.json").read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as scratch:
            address = self.prometheus_start(scratch)
            rates = self.query(address, "rate(dlb_queue_enqueued_total[1m]) > 0")
            self.assertEqual([dict(key)["queue"] for key in rates], ["0"])
            for panel in dashboard["panels"]:
                for target in panel["targets"]:
                    with self.subTest(panel=panel["title"]):
                        self.query(address, target["expr"].replace("$device", ".*"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=Path)
    parser.add_argument("folder", type=Path)
    args, rest = parser.parse_known_args()
    if shutil.which("prometheus") is None:
        print("no prometheus: devtools/install-packages.sh test brings it")
        sys.exit(SKIPPED)
    Monitoring.program = Program(args.program.resolve())
    Monitoring.folder = args.folder
    unittest.main(argv=[sys.argv[0], *rest])
