#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""examples/packet_gateway: what comes out of it, as tshark sees it."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from example import DLB, EXAMPLE_FOLDER, ExampleTest, python_with

PACKETS = 6000
GATEWAY_ADDRESS = "203.0.113.1"
FIELDS = ("ip.src", "tcp.srcport", "udp.srcport", "tcp.payload", "udp.payload",
          "ip.checksum.status", "tcp.checksum.status", "udp.checksum.status")
CHECKSUMS = ("ip.check_checksum", "tcp.check_checksum", "udp.check_checksum")
GOOD = "1"


def packets_of(capture):
    options = [word for name in CHECKSUMS for word in ("-o", f"{name}:TRUE")]
    fields = [word for name in FIELDS for word in ("-e", name)]
    lines = subprocess.run(["tshark", "-r", capture, *options, "-T", "fields", *fields],
                           capture_output=True, text=True, check=True).stdout.splitlines()
    return [dict(zip(FIELDS, line.split("\t"))) for line in lines]


class PacketGateway(ExampleTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.capture = Path(folder.name) / "in.pcap"
        subprocess.run([python_with("scapy"), EXAMPLE_FOLDER / "make_capture.py", cls.capture,
                        str(PACKETS)], check=True)

    def setUp(self):
        super().setUp()
        self.output = self.folder / "out.pcap"
        self.files = ("--capture", self.capture, "--output", self.output)

    def check_capture(self):
        """Translated, one port for a connection and one connection for a port, and in order."""
        packets = packets_of(self.output)
        self.assertEqual(len(packets), PACKETS)
        ports, numbers = {}, {}
        for packet in packets:
            if packet["ip.src"] == "":
                continue  # ARP passes as it is
            layer = "tcp" if packet["tcp.srcport"] else "udp"
            connection, number = bytes.fromhex(packet[f"{layer}.payload"]).split(b" ", 2)[:2]
            port = packet[f"{layer}.srcport"]
            self.assertEqual(packet["ip.src"], GATEWAY_ADDRESS)
            self.assertEqual(packet["ip.checksum.status"], GOOD)
            self.assertEqual(packet[f"{layer}.checksum.status"], GOOD)
            self.assertEqual(ports.setdefault(port, connection), connection)
            self.assertEqual(int(number), numbers.get(connection, 0), "order within a connection")
            numbers[connection] = int(number) + 1
        self.assertEqual(len(ports), len(numbers))

    def test_dynamic(self):
        output = self.run_well(*self.files, "--work", "500", memory_mb=512)
        self.assertIn(f"{PACKETS} packets of 300 connections", output)
        self.assertIn("0 packets were dropped", output)
        self.check_capture()

    def test_static(self):
        self.run_well(*self.files, "--spread", "static", devices=(), memory_mb=512)
        self.check_capture()

    def test_another_event_device(self):
        self.run_well(*self.files, "--work", "0", devices=("--vdev=event_sw0",), memory_mb=512)
        self.check_capture()

    def test_plot_of_shares(self):
        shares, picture = self.folder / "shares.csv", self.folder / "shares.svg"
        for spread in ("static", "dynamic"):
            self.run_well(*self.files, "--spread", spread, "--shares", shares, memory_mb=512)
        lines = shares.read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(lines), 6)
        subprocess.run([python_with("matplotlib"), EXAMPLE_FOLDER / "plot_shares.py", shares,
                        picture], check=True)
        self.assertIn("</svg>", picture.read_text(encoding="utf-8"))

    def test_bad_input(self):
        def refused(*options, says, **surroundings):
            self.assert_refused(*options, says=says, memory_mb=512, **surroundings)

        torn, other = self.folder / "torn.pcap", self.folder / "other"
        torn.write_bytes(self.capture.read_bytes()[:-1])
        other.write_bytes(b"this is not a capture file at all")
        out = ("--output", self.output)
        refused(says="usage:")
        refused("--capture", self.folder / "none", *out, says="No such file or directory")
        refused("--capture", torn, *out, says="the last packet is cut off")
        refused("--capture", other, *out, says="not a pcap file")
        refused("--capture", self.capture, "--output", self.folder / "no" / "x", says="no port for it")
        refused(*self.files, devices=(), says="no event device")
        refused(*self.files, "--spread", "evenly", says="accepted are dynamic and static")
        refused(*self.files, "--work", "-1", says="accepted are 0 to 1000000000")
        refused(*self.files, lcores="0@0", says="0 worker lcores: accepted are 1 to 16")
        refused(*self.files, lcores=",".join(f"{i}@0" for i in range(18)),
                says="17 worker lcores: accepted are 1 to 16", devices=DLB)


if __name__ == "__main__":
    unittest.main()
