#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Draw what dpdk-dlb-perf --json wrote, as SVG and PNG.

A picture for every dimension that has several values (the cost by burst, by stages, by flows), a line
for each device; and one that shows the devices beside each other in every cell.
"""

import argparse
import json
import sys
from pathlib import Path

try:
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
except ImportError:
    sys.exit("plot-perf: matplotlib is missing for this python: install the package "
             "python3-matplotlib, and run it with the distribution's python3")

# Text stays text: files are a third as large, and can be searched. The same input gives the same file.
matplotlib.rcParams["svg.fonttype"] = "none"
matplotlib.rcParams["svg.hashsalt"] = "opendlb"

# What dpdk-dlb-perf does when nobody says otherwise; a picture by one dimension shows these of others.
DIMENSIONS = {"stages": 1, "workers": 1, "type": "atomic", "burst": 32, "flows": 1024,
              "window": 1024, "priorities": 1, "load": 1000}
DOUBLING = ("burst", "flows", "window", "load")
COLOURS = {"event_dlb": "#0068b5", "event_dsw": "#e07b00", "event_sw": "#7a7a7a"}
OTHER_COLOURS = ("#2a9d4e", "#9b3fb5", "#b53f3f", "#3fb5ad")
PANEL_INCHES = (4.2, 3.4)
BAR_INCHES = 0.22
FORMATS = ("svg", "png")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("results", nargs="+", type=Path, help="file that --json wrote")
    parser.add_argument("--out", type=Path, default=Path("."), help="folder for the pictures (.)")
    return parser.parse_args()


def read_benches(path):
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return [Bench(bench, data["machine"]["cpu"]) for bench in data["benches"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.exit(f"plot-perf: {path}: no result of dpdk-dlb-perf --json: {error!r}")


class Bench:
    """One bench of a result: its mode, its cells, its devices."""

    def __init__(self, data, cpu):
        self.mode = data["mode"]
        self.units = data["metrics"]
        self.rounds = data["rounds"]
        self.cells = data["cells"]
        self.cpu = cpu
        self.drivers = {device["name"]: device["driver"] for device in data["devices"]}
        self.colours = self.choose_colours()

    def choose_colours(self):
        """The same for a driver in every picture; a second device of a driver gets another."""
        colours = {}
        spare = iter(OTHER_COLOURS * len(self.drivers))
        for name, driver in self.drivers.items():
            colour = COLOURS.get(driver)
            colours[name] = next(spare) if colour in (None, *colours.values()) else colour
        return colours

    def metrics(self):
        """Those worth a picture: how long the CPU was away is for the reader of the table."""
        return [name for name in self.units if name not in ("away", "reached")]

    def values(self, dimension):
        return sorted({cell[dimension] for cell in self.cells})

    def varying(self):
        return [dimension for dimension in DIMENSIONS if len(self.values(dimension)) > 1]

    def shown(self, dimension):
        """The value of a dimension that is not the picture's own."""
        values = self.values(dimension)
        return DIMENSIONS[dimension] if DIMENSIONS[dimension] in values else values[0]


def metric_of(cell, device, metric):
    for result in cell["results"]:
        if result["device"] == device and "metrics" in result:
            return result["metrics"][metric]
    return None


def draw_lines(axes, bench, cells, dimension, metric):
    for device in bench.drivers:
        points = [(cell[dimension], metric_of(cell, device, metric)) for cell in cells]
        points = sorted((x, y) for x, y in points if y is not None)
        if not points:
            continue
        medians = [y["median"] for _, y in points]
        spread = [[y["median"] - y["quartiles"][0] for _, y in points],
                  [y["quartiles"][1] - y["median"] for _, y in points]]
        axes.errorbar([x for x, _ in points], medians, yerr=spread, marker="o", markersize=4,
                      capsize=2, color=bench.colours[device], label=device)
    if dimension in DOUBLING:
        axes.set_xscale("log", base=2)
    ticks = bench.values(dimension)
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.set_xlabel(dimension)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)


def draw_by_dimension(bench, dimension):
    """A row of panels, one for each schedule type, or one for each metric where there are many."""
    others = [name for name in bench.varying() if name not in (dimension, "type")]
    fixed = {name: bench.shown(name) for name in others}
    cells = [cell for cell in bench.cells if all(cell[n] == v for n, v in fixed.items())]
    several = len(bench.metrics()) > 2
    panels = [(bench.shown("type"), metric) for metric in bench.metrics()] if several else \
        [(kind, bench.metrics()[0]) for kind in bench.values("type")]

    width, height = PANEL_INCHES
    figure, row = pyplot.subplots(1, len(panels), figsize=(width * len(panels), height),
                                  sharey=not several, squeeze=False, layout="constrained")
    for axes, (kind, metric) in zip(row[0], panels):
        draw_lines(axes, bench, [c for c in cells if c["type"] == kind], dimension, metric)
        axes.set_title(f"{metric}, {kind}" if several else kind, fontsize="medium")
        axes.set_ylabel(bench.units[metric] if axes is row[0][0] or several else "",
                        fontsize="small")
    handles, labels = max((axes.get_legend_handles_labels() for axes in row[0]),
                          key=lambda pair: len(pair[1]))
    if handles:
        row[0][0].legend(handles, labels, fontsize="small")
    note = "".join(f", {name} {value}" for name, value in fixed.items())
    figure.suptitle(f"{bench.mode} by {dimension}{note}: medians of {bench.rounds} rounds, "
                    f"quartiles\n{bench.cpu}", fontsize="small")
    return figure


def draw_cells(bench):
    """Every cell, the devices beside each other."""
    metric = bench.metrics()[0]
    varying = bench.varying()
    labels, bars = [], []
    place = 0.0
    for cell in bench.cells:
        label = ", ".join(f"{cell[d]}" if d == "type" else f"{d} {cell[d]}" for d in varying)
        start = place
        for device in bench.drivers:
            value = metric_of(cell, device, metric)
            if value is not None:
                bars.append((place, value["median"], device))
                place += 1
        if place > start:
            labels.append(((start + place - 1) / 2, label or bench.mode))
            place += 0.8

    figure, axes = pyplot.subplots(figsize=(7, max(1.6, BAR_INCHES * place + 1)),
                                   layout="constrained")
    for device in bench.drivers:
        mine = [(y, x) for y, x, owner in bars if owner == device]
        axes.barh([y for y, _ in mine], [x for _, x in mine], height=0.9,
                  color=bench.colours[device], label=device)
    for y, x, _ in bars:
        axes.text(x, y, f" {x:.0f}" if x >= 10 else f" {x:.1f}", va="center", fontsize="x-small")
    axes.set_yticks([y for y, _ in labels], [label for _, label in labels], fontsize="small")
    axes.invert_yaxis()
    axes.margins(x=0.08)
    axes.set_xlabel(bench.units[metric])
    axes.legend(fontsize="small")
    axes.set_title(f"{bench.mode}: {metric}, medians of {bench.rounds} rounds\n{bench.cpu}",
                   fontsize="small")
    return figure


def save(figure, folder, name, taken):
    """Under a name of its own; the same input gives the same bytes."""
    taken[name] = taken.get(name, 0) + 1
    stem = name if taken[name] == 1 else f"{name}-{taken[name]}"
    for suffix in FORMATS:
        path = folder / f"{stem}.{suffix}"
        figure.savefig(path, dpi=120, metadata={"Date": None} if suffix == "svg" else None)
        print(path)
    pyplot.close(figure)


def main():
    args = parse_arguments()
    matplotlib.rcParams["svg.hashsalt"] = "opendlb"
    benches = [bench for path in args.results for bench in read_benches(path)]
    benches = [bench for bench in benches
               if any("metrics" in result for cell in bench.cells for result in cell["results"])]
    if not benches:
        sys.exit("plot-perf: nothing was measured: there is nothing to draw")
    args.out.mkdir(parents=True, exist_ok=True)
    taken = {}
    for bench in benches:
        for dimension in bench.varying():
            if dimension != "type":
                save(draw_by_dimension(bench, dimension), args.out,
                     f"{bench.mode}-by-{dimension}", taken)
        save(draw_cells(bench), args.out, f"{bench.mode}-cells", taken)


if __name__ == "__main__":
    main()
