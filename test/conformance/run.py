#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run the distribution's own DPDK programs against a driver and judge what they print (TAP).

Without a plugin, the event device of the distribution that --vdev names is tried instead, which
shows what the runner makes of a device that passes and of one that does not.
"""

import argparse
import fnmatch
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import rows
from program import PlaceError, Plugin

PROGRAMS = ("dpdk-test", "dpdk-test-eventdev", "dpdk-pmdinfo.py")
TAIL_LINES = 15
RACES_LOST = 2  # by a row, at most


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugin", help="the driver to load, librte_event_dlb.so")
    parser.add_argument("--vdev", default="event_dlb0", help="name of the device (event_dlb0)")
    parser.add_argument("--devargs", default="", help="more device arguments, for every row")
    parser.add_argument("--service-lcore", action="store_true", help="give every run a service core")
    parser.add_argument("--events", type=int, default=100_000, help="events of a run (100000)")
    parser.add_argument("--only", action="append", metavar="PATTERN",
                        help="run the rows whose name matches; may be repeated")
    parser.add_argument("--except", dest="without", action="append", default=[], metavar="PATTERN",
                        help="but not these; may be repeated")
    parser.add_argument("--repeat", type=int, default=1, help="run every row so often (1)")
    parser.add_argument("--timeout", type=int, help="seconds a row may take, instead of its own")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE",
                        help="set in the environment of the programs; may be repeated")
    parser.add_argument("--wrapper", default="", help="command to run the programs under: valgrind")
    parser.add_argument("--log-dir", type=Path, help="keep the output of every run there")
    parser.add_argument("--list", action="store_true", help="print the rows' names and run nothing")
    return parser.parse_args()


def dpdk_release():
    version = subprocess.run(["pkg-config", "--modversion", "libdpdk"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    return tuple(int(number) for number in version.split(".")[:2])


def matches(row, patterns):
    return any(fnmatch.fnmatchcase(row.name, pattern) for pattern in patterns)


def select_rows(args):
    release = dpdk_release()
    table = rows.opendlb_rows(release) if args.plugin or args.list else rows.peer_rows(args.vdev, release)
    patterns = args.only or ["*"]
    chosen = [row for row in table if matches(row, patterns) and not matches(row, args.without)]
    if not chosen:
        sys.exit(f"no row's name matches {' or '.join(patterns)}: see --list")
    return chosen * args.repeat


def report_failure(program, outcome, complaints):
    for complaint in complaints:
        print(f"#   {complaint}")
    print(f"#   command: {program.command()}")
    for line in [line for line in outcome.output.splitlines() if line.strip()][-TAIL_LINES:]:
        print(f"#   | {line[:160]}")


def run_program(row, program, args):
    """Run it once; or again, when it lost a race that it has with the machine."""
    for _ in range(RACES_LOST):
        outcome = program.run(args.timeout or row.timeout_s)
        if not row.lost_race(outcome):
            return outcome
        print(f"# {row.name}: lost a race that the program has with the machine: once more", flush=True)
    return program.run(args.timeout or row.timeout_s)


def run_row(number, row, setting, args):
    program = row.program(setting)
    program.argv[:0] = shlex.split(args.wrapper)
    outcome = run_program(row, program, args)
    complaints = list(dict.fromkeys(row.complaints(outcome, setting)))
    if args.log_dir:
        log = args.log_dir / f"{number:03}.log"
        log.write_text(f"{row.name}\n{program.command()}\n{outcome.output}", encoding="utf-8")
    verdict = "not ok" if complaints else "ok"
    print(f"{verdict} {number} - {row.name} ({outcome.seconds:.1f} s)")
    if complaints:
        report_failure(program, outcome, complaints)
    sys.stdout.flush()
    return not complaints


def main():
    args = parse_arguments()
    chosen = select_rows(args)
    if args.list:
        print("\n".join(row.name for row in chosen))
        return 0
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        sys.exit(f"{', '.join(missing)} missing: install the packages dpdk and dpdk-dev")
    if args.log_dir:
        args.log_dir.mkdir(parents=True, exist_ok=True)

    try:
        plugin = Plugin(args.plugin) if args.plugin else None
    except (OSError, PlaceError) as err:
        sys.exit(f"cannot use the plugin: {err}")
    # Ended from outside, the programs end too.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    setting = rows.Setting(str(plugin.path) if plugin else "", args.vdev, args.devargs,
                           args.service_lcore, args.events,
                           dict(pair.split("=", 1) for pair in args.env))
    print(f"1..{len(chosen)}")
    try:
        passed = [run_row(n, row, setting, args) for n, row in enumerate(chosen, 1)]
    finally:
        if plugin:
            plugin.remove_copy()
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
