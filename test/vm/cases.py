# SPDX-License-Identifier: BSD-3-Clause
"""What is asked in the guest, and what the server must have seen when all of it is answered."""

import re
from collections import namedtuple

from machine import DEVICES

# name; seconds it may take; shell command, in which {bdf} is the device
Row = namedtuple("Row", "name seconds command")

PER_DEVICE = [
    Row("config", 20, "dlb-guest config {bdf}"),
    Row("bars", 20, "dlb-guest bars {bdf}"),
    Row("bound-to-vfio", 20, "ls -l /sys/bus/pci/devices/{bdf}/driver | grep vfio-pci && "
                             "test -e /sys/bus/pci/devices/{bdf}/iommu_group"),
    Row("flr", 20, "dlb-guest flr {bdf}"),
    Row("bring-up", 30, "dlb-guest bring-up {bdf}"),
    Row("directed", 90, "dlb-guest directed {bdf}"),
    Row("interrupt", 60, "dlb-guest interrupt {bdf}"),
    Row("reset-with-traffic", 60, "dlb-guest reset-with-traffic {bdf}"),
    Row("killed", 60, "dlb-guest endless {bdf} >/tmp/out & pid=$!; "
                      "until grep -q running /tmp/out; do kill -0 $pid || exit 1; done; "
                      "kill -9 $pid; wait $pid; rm /tmp/out; dlb-guest directed {bdf}"),
    Row("unbind-and-bind", 60, "echo {bdf} >/sys/bus/pci/drivers/vfio-pci/unbind && "
                               "test ! -e /sys/bus/pci/devices/{bdf}/driver && "
                               "echo {bdf} >/sys/bus/pci/drivers_probe && "
                               "dlb-guest bring-up {bdf}"),
    Row("hot-unplug", 60, "echo 1 >/sys/bus/pci/devices/{bdf}/remove && "
                          "test ! -e /sys/bus/pci/devices/{bdf} && echo 1 >/sys/bus/pci/rescan && "
                          "echo vfio-pci >/sys/bus/pci/devices/{bdf}/driver_override && "
                          "echo {bdf} >/sys/bus/pci/drivers_probe && dlb-guest bring-up {bdf}"),
]

TOGETHER = [
    Row("iommu", 20, "test -n \"$(ls /sys/class/iommu)\" && ls /sys/class/iommu"),
    Row("both-at-once", 120, " & ".join(f"dlb-guest directed {d.bdf} & a{d.slot}=$!" for d in DEVICES)
        + "; " + " && ".join(f"wait $a{d.slot}" for d in DEVICES)),
]


def rows():
    """All cases, in the order in which the guest runs them."""
    for device in DEVICES:
        for row in PER_DEVICE:
            yield Row(f"{row.name}:{device.hw}", row.seconds, row.command.format(bdf=device.bdf))
    yield from TOGETHER


def check_stats(stats):
    """Faults that counters show, as sentences; none if all is well."""
    for device in DEVICES:
        seen = stats[device.name]
        for counter in ("lint findings", "torn port stores", "accesses that are no word",
                        "messages refused"):
            if seen.get(counter) != 0:
                yield f"{device.name}: {counter}: {seen.get(counter)}"
        for counter in ("QEs to CQs", "directed port lines", "configuration writes"):
            if not seen.get(counter):
                yield f"{device.name}: {counter}: {seen.get(counter)}"


def bring_up_faults(trace):
    """The first register access of a device after its reset is power-up; readiness comes next."""
    for device in DEVICES:
        mine = [line for line in trace if re.match(rf"\s*[\d.]+ {device.name} csr ", line)]
        if not mine or "CM_CFG_PM_PMCSR_DISABLE <- 0x0" not in mine[0]:
            yield f"{device.name}: first register access is no power-up: {mine[:1]}"
        first_config = next((i for i, l in enumerate(mine) if "SYS_" in l), None)
        ready = next((i for i, l in enumerate(mine) if "DLB_FUNC_IDLE=1" in l), None)
        if ready is None or first_config is None or ready > first_config:
            yield f"{device.name}: registers are used before the device is ready"
