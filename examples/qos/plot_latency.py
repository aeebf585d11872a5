#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Plot what --csv has written: which part of the events took up to how long.

usage: plot_latency.py LATENCY.csv PICTURE.svg
"""

import csv
import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402


def main(latency_path, picture_path):
    curves = {}
    with open(latency_path, newline="", encoding="utf-8") as latency:
        for run, event_class, us, part in csv.reader(latency):
            curves.setdefault((run, event_class), []).append((float(us), 100 * float(part)))
    figure, axes = pyplot.subplots(figsize=(6, 3.2))
    for (run, event_class), points in curves.items():
        axes.step(*zip(*points), where="post", label=f"{event_class}, {run}",
                  linestyle="-" if run == "priorities" else "--",
                  color="C3" if event_class == "urgent" else "C0")
    axes.set_xscale("log")
    axes.set_xlabel("microseconds from enqueue to the end of the work")
    axes.set_ylabel("events, %")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(picture_path)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__.rsplit("\n\n", 1)[-1])
    main(*sys.argv[1:])
