#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run OpenDLB's main job, dpdk-test-eventdev on the embedded device, and say what happened.

usage: main_job.py PLUGIN
"""

import shutil
import sys
from pathlib import Path

import rows
from program import PlaceError, Plugin


def describe(row, setting, outcome):
    count = f"{row.nb_events(setting):,}"
    return (f"  {count} events left a producer for an ordered queue. Two workers took them from there\n"
            "  in any order, and passed them on to an atomic queue; the device restored the order of\n"
            f"  each flow on the way. All {count} came out, none lost, none twice, none out of order,\n"
            f"  in {outcome.seconds:.1f} s including start-up, on CPUs and a model of the device alone.")


def run_generation(gen, setting):
    row = rows.main_job(gen)
    program = row.program(setting)
    print(f"\nDLB {gen}: {program.command()}", flush=True)
    outcome = program.run(row.timeout_s)
    complaints = list(dict.fromkeys(row.complaints(outcome, setting)))
    if not complaints:
        print(describe(row, setting, outcome), flush=True)
        return True
    print(outcome.output)
    for complaint in complaints:
        print(f"  FAILED: {complaint}", flush=True)
    return False


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if shutil.which("dpdk-test-eventdev") is None:
        sys.exit("dpdk-test-eventdev is missing: install the package dpdk-dev")
    try:
        plugin = Plugin(sys.argv[1])
    except (OSError, PlaceError) as err:
        sys.exit(f"cannot use the plugin: {err}")
    if plugin.copy_folder is not None:
        print(f"EAL loads no plugin from {Path(sys.argv[1]).parent}, which everybody may write to, or a "
              "folder above it: a copy is used.\nFor your own runs, build in another place, or "
              "install it: meson install -C build")
    try:
        setting = rows.Setting(str(plugin.path), "event_dlb0", "", False, rows.MAIN_JOB_EVENTS, {})
        passed = [run_generation(gen, setting) for gen in rows.GENERATIONS]
    finally:
        plugin.remove_copy()
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
