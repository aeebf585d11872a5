#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Prometheus exporter for every DLB of running DPDK processes, from their telemetry sockets.

Each scrape asks the processes anew; nothing is kept, so processes may come and go. Needs python3 only.
"""

import argparse
import glob
import http.server
import json
import os
import socket
import sys

GREETING_BYTES = 1024
REQUEST_TIMEOUT_S = 2
DEFAULT_PORT = 9716

# Columns of /dlb/queues and /dlb/ports: name of the metric, its type, and what it is.
QUEUE_METRICS = {
    "depth": ("dlb_queue_depth", "gauge", "Events stored and not scheduled"),
    "max_depth": ("dlb_queue_depth_max", "gauge", "Deepest that the hardware recorded"),
    "inflights": ("dlb_queue_inflights", "gauge", "Events scheduled and not completed"),
    "enqueued": ("dlb_queue_enqueued_total", "counter", "Events enqueued"),
}
PORT_METRICS = {
    "scheduled": ("dlb_port_scheduled_total", "counter", "Events scheduled to the port"),
    "inflights": ("dlb_port_inflights", "gauge", "Events scheduled and not completed"),
    "held": ("dlb_port_held", "gauge", "Events that the application has"),
    "tokens": ("dlb_port_tokens", "gauge", "Consumer queue entries not paid for"),
    "credits_cached": ("dlb_port_credits_cached", "gauge", "Events the port may enqueue by itself"),
    "nb_links": ("dlb_port_links", "gauge", "Queues linked to the port"),
}
DEVICE_METRICS = {
    "started": ("dlb_started", "gauge", "1 while the device is started"),
    "events_limit": ("dlb_events_limit", "gauge", "Events that may be in the device at once"),
    "events_free": ("dlb_events_free", "gauge", "Of those the ones that nobody holds"),
    "links_pending": ("dlb_links_pending", "gauge", "Links and unlinks that wait for completions"),
}


def runtime_folder():
    """Where EAL keeps what belongs to running processes, as EAL finds it."""
    folder = os.environ.get("RUNTIME_DIRECTORY")
    if folder is None:
        folder = "/var/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", "/tmp")
    return os.path.join(folder, "dpdk")


class Telemetry:
    """A process's telemetry socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(REQUEST_TIMEOUT_S)
        self.socket.connect(path)
        self.reply_bytes = json.loads(self.socket.recv(GREETING_BYTES))["max_output_len"] + GREETING_BYTES

    def ask(self, request):
        """What a request is answered; {} where the process has nothing to say."""
        self.socket.send(request.encode())
        reply = json.loads(self.socket.recv(self.reply_bytes))
        answer = reply.get(request.split(",")[0])
        return answer if isinstance(answer, dict) else {}

    def close(self):
        self.socket.close()


def escape(value):
    return str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class Page:
    """Metrics in Prometheus' text format, one block a name."""

    def __init__(self):
        self.blocks = {}

    def add(self, metric, labels, value):
        name, kind, text = metric
        lines = self.blocks.setdefault(name, [f"# HELP {name} {text}", f"# TYPE {name} {kind}"])
        pairs = ",".join(f'{key}="{escape(label)}"' for key, label in labels.items())
        lines.append(f"{name}{{{pairs}}} {value}")

    def add_table(self, metrics, labels, row_label, table):
        for column, metric in metrics.items():
            for row, value in enumerate(table.get(column, [])):
                self.add(metric, {**labels, row_label: row}, value)

    def text(self):
        return "".join(line + "\n" for lines in self.blocks.values() for line in lines)


def add_device(page, telemetry, dev_id, labels):
    device = telemetry.ask(f"/dlb/device,{dev_id}")
    for key, metric in DEVICE_METRICS.items():
        page.add(metric, labels, device.get(key, 0))
    page.add_table(QUEUE_METRICS, labels, "queue", telemetry.ask(f"/dlb/queues,{dev_id}"))
    page.add_table(PORT_METRICS, labels, "port", telemetry.ask(f"/dlb/ports,{dev_id}"))
    left = telemetry.ask(f"/dlb/credits,{dev_id}").get("hw_credits_left", {})
    for kind, value in left.items():
        page.add(("dlb_credits_left", "gauge", "Hardware credits left"), {**labels, "kind": kind}, value)
    for name, value in telemetry.ask(f"/dlb/xstats,{dev_id},device").items():
        if name.startswith("dev_"):
            page.add(("dlb_device_xstat", "untyped", "Extended statistics of the device"),
                     {**labels, "name": name[len("dev_"):]}, value)


def scrape(folder, prefixes):
    """One page for all processes that answer; those that do not are counted."""
    page = Page()
    for path in sorted(glob.glob(os.path.join(folder, "*", "dpdk_telemetry.v2"))):
        prefix = os.path.basename(os.path.dirname(path))
        if prefixes and prefix not in prefixes:
            continue
        up = 0
        try:
            telemetry = Telemetry(path)
            try:
                for dev_id, name in telemetry.ask("/dlb/devices").items():
                    add_device(page, telemetry, dev_id, {"process": prefix, "device": name})
                up = 1
            finally:
                telemetry.close()
        except (OSError, ValueError, KeyError):
            pass
        page.add(("dlb_process_up", "gauge", "1 if the process answers"), {"process": prefix}, up)
    return page.text()


def handler_for(folder, prefixes):
    class Handler(http.server.BaseHTTPRequestHandler):
        """Answers /metrics, and nothing else."""

        def do_GET(self):
            found = self.path.split("?")[0] == "/metrics"
            body = (scrape(folder, prefixes) if found else "see /metrics\n").encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """A line for every scrape is of no use to anybody."""

    return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default="127.0.0.1", help="to listen on")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="to listen on; 0: any, and print it")
    parser.add_argument("--file-prefix", action="append", default=[],
                        help="of a process to ask; may be repeated; without: all")
    parser.add_argument("--once", action="store_true", help="print one page, and end")
    args = parser.parse_args()
    if args.once:
        print(scrape(runtime_folder(), args.file_prefix), end="")
        return 0
    try:
        server = http.server.ThreadingHTTPServer((args.address, args.port),
                                                 handler_for(runtime_folder(), args.file_prefix))
    except (OSError, OverflowError) as error:
        print(f"dlb-exporter: {args.address}:{args.port}: {error}", file=sys.stderr)
        return 1
    print(f"listening on {server.server_address[0]}:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
