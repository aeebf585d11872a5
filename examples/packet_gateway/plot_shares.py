#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Plot what --shares has written: how the packets fell to the workers, for each way of spreading.

usage: plot_shares.py SHARES.csv PICTURE.svg
"""

import csv
import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402


def main(shares_path, picture_path):
    spreads = {}
    with open(shares_path, newline="", encoding="utf-8") as shares:
        for spread, worker, packets in csv.reader(shares):
            spreads.setdefault(spread, {})[int(worker)] = int(packets)
    figure, axes = pyplot.subplots(figsize=(6, 3.2))
    width = 0.8 / len(spreads)
    for i, (spread, workers) in enumerate(spreads.items()):
        share = 100 / sum(workers.values())
        axes.bar([w + (i - (len(spreads) - 1) / 2) * width for w in workers],
                 [n * share for n in workers.values()], width, label=spread)
    axes.axhline(100 / len(workers), color="grey", linewidth=0.8, linestyle="--")
    axes.set_xticks(range(len(workers)))
    axes.set_xlabel("worker")
    axes.set_ylabel("packets, %")
    axes.legend()
    figure.tight_layout()
    figure.savefig(picture_path)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__.rsplit("\n\n", 1)[-1])
    main(*sys.argv[1:])
