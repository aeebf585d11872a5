#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write a capture of many connections from an inside network, a few of which send most packets.

Every packet carries its connection and its number in it, so that what comes out of the gateway can be
checked: the payload is "CONNECTION NUMBER " and some filling.

usage: make_capture.py FILE [PACKETS [CONNECTIONS [ELEPHANTS]]]
"""

import random
import sys

from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.utils import PcapWriter

ELEPHANT_SHARE = 0.6
OTHER_EVERY = 500  # packets that nobody translates


def connection(number):
    protocol = TCP if number % 3 else UDP
    return (Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") /
            IP(src=f"10.0.{number // 200}.{number % 200 + 1}", dst=f"198.51.100.{number % 50 + 1}") /
            protocol(sport=20000 + number % 1000, dport=443))


def main(path, packets=10000, connections=300, elephants=3):
    draw = random.Random(2710)
    numbers = [0] * connections
    heads = [connection(i) for i in range(connections)]
    with PcapWriter(path) as out:
        for i in range(packets):
            if i % OTHER_EVERY == OTHER_EVERY - 1:
                out.write(Ether() / ARP(pdst="10.0.0.1"))
                continue
            elephant = draw.random() < ELEPHANT_SHARE
            c = draw.randrange(elephants) if elephant else draw.randrange(elephants, connections)
            filling = b"x" * draw.randrange(0, 1000)
            out.write(heads[c] / (f"{c} {numbers[c]} ".encode() + filling))
            numbers[c] += 1


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__.rsplit("\n\n", 1)[-1])
    main(sys.argv[1], *map(int, sys.argv[2:]))
