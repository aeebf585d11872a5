# SPDX-License-Identifier: BSD-3-Clause
"""DPDK of this machine, as much of it as the guest needs: programs, drivers, libraries, our plugin."""

import subprocess
from pathlib import Path

PROGRAMS = ["dpdk-test-eventdev", "dpdk-test"]
# event_dlb2 claims the same devices, and loads by itself: ours has to win.
DRIVERS = ["bus_pci", "bus_vdev", "mempool_ring", "event_dlb2", "net_e1000"]
PLUGIN = "/plugin/librte_event_dlb.so"


def library_folder():
    return Path(subprocess.run(["pkg-config", "--variable=libdir", "libdpdk"], check=True,
                               stdout=subprocess.PIPE, text=True).stdout.strip())


def programs():
    return [Path("/usr/bin") / name for name in PROGRAMS]


def why_not(plugin, applications):
    """Why the guest can have no DPDK, or None if it can."""
    if plugin is None:
        return "no --plugin"
    if not applications:
        return "no --application"
    missing = [path.name for path in programs() if not path.is_file()]
    return f"this machine has no {missing[0]}" if missing else None


def add(fs, plugin, applications):
    """Put DPDK and what we add to it into an initramfs; links stay links, or a library is loaded twice."""
    folder = next(library_folder().glob("dpdk/pmds-*"))
    drivers = [path for name in DRIVERS for path in folder.glob(f"librte_{name}.so*")]
    for path in [*drivers, *programs()]:
        fs.add_with_links(path)
    fs.add_program(PLUGIN.lstrip("/"), plugin)
    for path in applications:
        fs.add_program(f"bin/{path.name}", path)
    fs.add_libraries([*programs(), *drivers, plugin, *applications])
    # Threads that are cancelled load it then.
    fs.add_with_links(Path("/lib/x86_64-linux-gnu/libgcc_s.so.1"))
