#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""
The headers that drivers need and DPDK's packages lack.

usage: sdk.py copy SOURCE-TREE FOLDER
       sdk.py derive FOLDER-OF-22.11 FOLDER VERSION

"copy" takes them from DPDK's sources: that is the way to get them. "derive" is for a machine that can
have the packages of a newer release and not its sources: it writes down what has changed since 22.11 in
those headers that our driver includes, as far as the driver is touched by it. What cannot be seen in the
public headers was read off the packages' static libraries, which have tables of the very operations;
the driver's tests, against the real libraries, are what says that it is right.
"""

import re
import shutil
import sys
from pathlib import Path

ENTRY_HEADERS = ["eventdev_pmd_pci.h", "eventdev_pmd_vdev.h", "bus_pci_driver.h", "bus_vdev_driver.h"]
DERIVED = [*ENTRY_HEADERS, "eventdev_pmd.h", "event_timer_adapter_pmd.h", "dev_driver.h", "bus_driver.h"]

# What a macro of driver registration leaves for dpdk-pmdinfo: up to 25.07 they are in rte_dev.h.
REGISTRATION = '''
#define RTE_PMD_EXPORT_NAME_ARRAY(n, idx) n##idx[]
#define RTE_PMD_EXPORT_NAME(name, idx) \\
	static const char RTE_PMD_EXPORT_NAME_ARRAY(this_pmd_name, idx) __rte_used = RTE_STR(name)
#define DRV_EXP_TAG(name, tag) __##name##_##tag
#define RTE_PMD_REGISTER_PCI_TABLE(name, table) \\
	static const char DRV_EXP_TAG(name, pci_tbl_export)[] __rte_used = RTE_STR(table)
#define RTE_PMD_REGISTER_PARAM_STRING(name, str) \\
	static const char DRV_EXP_TAG(name, param_string_export)[] __rte_used = str
#define RTE_PMD_REGISTER_KMOD_DEP(name, str) \\
	static const char DRV_EXP_TAG(name, kmod_dep_export)[] __rte_used = str
'''

# Since which release, in which header, what stands ahead of the place, what is there, and what will be.
EDITS = [
    ((23, 3), "event_timer_adapter_pmd.h",
     r"\trte_event_timer_cancel_burst_t\s+cancel_burst;\n(\t/\*\*<.*\*/\n)?",
     r"\g<0>\tvoid (*remaining_ticks_get)(void);\n"),
    ((23, 11), "*", r"\bRTE_STD_C11\b", "__extension__"),
    ((23, 11), "eventdev_pmd.h", r"/\* Logging Macros \*/",
     "extern int rte_event_logtype;\n#define RTE_LOGTYPE_EVENTDEV rte_event_logtype\n"),
    ((23, 11), "eventdev_pmd.h", r"links_map\[",
     "links_map[RTE_EVENT_MAX_PROFILES_PER_PORT][\n\t\t\t   "),
    ((23, 11), "eventdev_pmd.h", r"\teventdev_port_link_t port_link;\n",
     r"\g<0>\tint (*port_link_profile)(struct rte_eventdev *dev, void *port, const uint8_t queues[],"
     r" const uint8_t priorities[], uint16_t nb_links, uint8_t profile);\n"),
    ((23, 11), "eventdev_pmd.h", r"\teventdev_port_unlink_t port_unlink;\n",
     r"\g<0>\tint (*port_unlink_profile)(struct rte_eventdev *dev, void *port, uint8_t queues[],"
     r" uint16_t nb_unlinks, uint8_t profile);\n"),
    ((23, 11), "eventdev_pmd.h", r"\teventdev_selftest dev_selftest;\n",
     r"\tvoid (*dma_adapter[7])(void);\n\g<0>"),
    ((24, 11), "eventdev_pmd.h", r"\tevent_(enqueue|dequeue)_t \1;\n\t/\*\*<.*\*/\n", ""),
    ((24, 11), "eventdev_pmd.h",
     r"(\tevent_crypto_adapter_enqueue_t ca_enqueue;\n(?:.*\n)*?)\tuint64_t reserved_64s\[4\]",
     r"\1\tevent_dma_adapter_enqueue_t dma_enqueue;\n\tevent_profile_switch_t profile_switch;\n"
     r"\tevent_preschedule_modify_t preschedule_modify;\n\tevent_preschedule_t preschedule;\n"
     r"\tuint64_t reserved_64s[3]"),
    ((25, 11), "eventdev_pmd.h",
     r"\teventdev_eth_rx_adapter_queue_add_t eth_rx_adapter_queue_add;\n",
     r"\g<0>\tvoid (*eth_rx_adapter_queues_add)(void);\n"),
    ((25, 11), "eventdev_pmd.h", r"\teventdev_selftest dev_selftest;\n",
     r"\tvoid (*vector_adapter[2])(void);\n\g<0>"),
    ((25, 11), "dev_driver.h", r"#include <rte_dev\.h>\n", lambda found: found[0] + REGISTRATION),
]


class SdkError(Exception):
    """The headers are not where they should be."""


def copy(tree, to):
    """The headers that DPDK itself would install as its driver SDK, of its libraries and of the buses."""
    to.mkdir(parents=True, exist_ok=True)
    folders = [*tree.glob("lib/**"), *tree.glob("drivers/bus/pci"), *tree.glob("drivers/bus/vdev")]
    for rules in (folder / "meson.build" for folder in folders):
        if not rules.is_file():
            continue
        for names in re.findall(r"driver_sdk_headers\s*\+?=\s*files\((.*?)\)", rules.read_text(), re.S):
            for name in re.findall(r"'([^']+)'", names):
                shutil.copy(rules.parent / name, to)
    missing = [name for name in ENTRY_HEADERS if not (to / name).is_file()]
    if missing:
        raise SdkError(f"the sources in {tree} hold no {missing[0]}")


def derive(base, to, version):
    """Those of a newer release, made from those of 22.11."""
    release = tuple(int(number) for number in version.split(".")[:2])
    to.mkdir(parents=True, exist_ok=True)
    for name in DERIVED:
        text = (base / name).read_text()
        for since, header, found, becomes in EDITS:
            if release < since or header not in ("*", name):
                continue
            text, count = re.subn(found, becomes, text)
            if count == 0 and header != "*":
                raise SdkError(f"{base / name} is no header of 22.11: it has no {found}")
        (to / name).write_text(text)


def main():
    try:
        if len(sys.argv) == 4 and sys.argv[1] == "copy":
            copy(Path(sys.argv[2]), Path(sys.argv[3]))
        elif len(sys.argv) == 5 and sys.argv[1] == "derive":
            derive(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
        else:
            sys.exit(__doc__)
    except SdkError as error:
        sys.exit(f"sdk: {error}")


if __name__ == "__main__":
    main()
