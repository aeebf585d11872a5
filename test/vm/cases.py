# SPDX-License-Identifier: BSD-3-Clause
"""What is asked in the guest, and what the server must have seen when all of it is answered."""

import re
from dataclasses import dataclass, replace
from typing import Callable

from dpdk import PLUGIN
from machine import DEVICES, NICS

EVENTS = 2000

# Cases that stop a program anywhere, between two stores of a line too: killed, eventdev-killed, reboot.
INTERRUPTED = 3


def status_only(_output):
    """Nothing in the output can make a case fail."""
    return []


def eventdev_output(output, driver="event_dlb_pci"):
    """dpdk-test-eventdev says Success, and ends with 0, after a deadlock too."""
    text = "\n".join(output)
    if "Result: Success" not in text:
        yield "no 'Result: Success'"
    if driver not in text:
        yield "some other driver has the device"
    for word in ("deadlock", "nsupported", "preparing to exit", "lint", "error:"):
        if word in text:
            yield f"it says '{word}'"


def perf_output(output):
    yield from eventdev_output(output)
    packets = [int(n, 16) for n in re.findall(r"Worker \d+ packets: ([0-9a-f]+)", "\n".join(output))]
    if sum(packets) != EVENTS:
        yield f"{sum(packets)} events came out of the last stage, not {EVENTS}: {packets}"


def pipeline_output(output):
    """It counts packets until it gets the signal that we send, and names."""
    yield from eventdev_output([line for line in output if "Signal 2 received" not in line])
    workers = re.findall(r"Worker \d+ packets: ([0-9a-f]+)", "\n".join(output))
    if not sum(int(n, 16) for n in workers):
        yield f"no packet went round: {workers}"


def other_driver_output(output):
    return eventdev_output(output, "event_dlb2")


def reboot_output(output):
    if not any("reboot: Restarting system" in line for line in output):
        yield "the machine did not restart"


def sleep_output(output):
    if "driver event_dlb_pci" not in output:
        yield "some other driver has the device"


def loop_output(output):
    """Rounds that an interrupt ended, and one that nothing did."""
    yield from sleep_output(output)
    if not any(line.endswith("times, and not without an event") for line in output):
        yield "it does not say that it was woken"


# It enqueues to a queue of low priority, then to one of high priority, and wants the latter's event
# first. A device that runs beside the program may have scheduled the former by then, and often has.
RACES = {"test_eventdev_queue_attr_priority_runtime"}


def autotest_output(output):
    text = "\n".join(output)
    failed = set(re.findall(r"TestCase \[ *\d+\] : (\w+) failed", text))
    if not re.search(r"Tests Passed\s*:\s*[1-9]", text):
        yield "no test suite that ran"
    if failed - RACES:
        yield f"failed: {', '.join(sorted(failed - RACES))}"


def selftest_output(output):
    """Linked into its program, the driver has the device although the distribution's is there."""
    text = "\n".join(output)
    runs = 2 if "unplugged" in output else 1
    if text.count("driver event_dlb_pci, device") != runs or "driven by OpenDLB" not in text:
        yield "some other driver has the device"
    if not re.search(r"selftest: .*: passed", text) or "FAILED" in text:
        yield "no test of the driver's passed, or one failed"
    if output[-1:] != ["passed"]:
        yield "the program does not say that it passed"


def refusal_output(output):
    """One line of the driver's that says what to do, and no device."""
    text = "\n".join(output)
    if text.count("no MOVDIR64B") != 1 or "plain_stores=1 will do" not in text:
        yield "it does not say what is missing"


def processes_output(output):
    text = "\n".join(output)
    for word in ("went through the other process", "after a reconfigure: ",
                 "produced as many", "ran alone; dying"):
        if word not in text:
            yield f"no '{word}'"
    survived = re.search(r"survived: (\d+) events accepted, (\d+) received", text)
    if not survived or int(survived[2]) == 0:
        yield "the device did not go on without the primary"


@dataclass(frozen=True)
class Row:
    """A case: its name, the seconds it may take, a shell command in which {bdf} is the device."""

    name: str
    seconds: int
    command: str
    judge: Callable = status_only
    dpdk: bool = False


def eventdev_command(test, *words, eal="-a {bdf},plain_stores=1", events=EVENTS):
    """dpdk-test-eventdev, unmodified, with our plugin."""
    return (f"dpdk-test-eventdev -l 0-3 {eal} -d {PLUGIN} -- --test={test} --plcores=1 "
            f"--wlcores=2,3 --nb_flows=64 --nb_pkts={events} {' '.join(words)}")


def start(program):
    """
    Start a program in the background, as $pid. What it says goes to the console, by way of $tee, and to
    a pipe, for hear(): who looked into a file again and again would take the time that the program needs.
    The next start removes the pipes: here nobody knows when both ends are open.
    """
    return ("rm -f /tmp/said /tmp/heard; mkfifo /tmp/said /tmp/heard; "
            "tr '\\r' '\\n' </tmp/said | tee /tmp/heard & tee=$!; "
            f"{program} >/tmp/said 2>&1 & pid=$!; exec 3</tmp/heard; ")


def hear(word):
    """Wait until the program that was started has said something."""
    return f"grep -q '{word}' <&3 || exit 1; "


def until(program, word):
    """Start a program, and go on when it has said something."""
    return start(program) + hear(word)


# A primary process that dies in the end, and a secondary one that has to get along without it.
PROCESSES = "processes --no-telemetry -m 128 -a {bdf},plain_stores=1"
SECONDARY = (start(f"{PROCESSES} -l 0 -- {{bdf}}") + hear("ready")
             + f"{PROCESSES} -l 1 --proc-type=secondary -- {{bdf}} & other=$!; " + hear("dying")
             + "kill -9 $pid; wait $pid; wait $other && dlb-guest directed {bdf}")

SELFTEST = "dlb-guest-selftest -l 0-1 -a {bdf},plain_stores=1"

# What a kernel does when somebody pulls a card, and what its owner does when there is a new one.
UNPLUG = "echo 1 >/sys/bus/pci/devices/{bdf}/remove && test ! -e /sys/bus/pci/devices/{bdf} && "
REPLUG = ("echo 1 >/sys/bus/pci/rescan && "
          "echo vfio-pci >/sys/bus/pci/devices/{bdf}/driver_override && "
          "echo {bdf} >/sys/bus/pci/drivers_probe && ")

KILL = "kill -9 $pid; wait $pid; "

CARDS = " ".join(f"-a {card.bdf}" for card in NICS)

# With network cards, dpdk-test-eventdev moves packets from one to the other until a signal comes.
PIPELINE = (f"dpdk-test-eventdev -l 0-3 -S 3 -a {{bdf}},plain_stores=1 {CARDS} -d {PLUGIN} -- "
            "--test=pipeline_queue --wlcores=1,2 --stlist=a --prod_type_ethdev --tx_first=64")

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
    Row("killed", 60, until("dlb-guest endless {bdf}", "running") + KILL + "dlb-guest directed {bdf}"),
    Row("unbind-and-bind", 60, "echo {bdf} >/sys/bus/pci/drivers/vfio-pci/unbind && "
                               "test ! -e /sys/bus/pci/devices/{bdf}/driver && "
                               "echo {bdf} >/sys/bus/pci/drivers_probe && "
                               "dlb-guest bring-up {bdf}"),
    Row("hot-unplug", 60, UNPLUG + REPLUG + "dlb-guest bring-up {bdf}"),
    Row("no-movdir64b", 30,
        f"! dpdk-test-eventdev -l 0-3 -a {{bdf}} -d {PLUGIN} -- --test=order_queue",
        refusal_output, True),
    Row("selftest", 90, SELFTEST, selftest_output, True),
    Row("hot-unplug-in-use", 150,
        until(f"{SELFTEST} -- unplug", "to be unplugged") + UNPLUG + REPLUG
        + "kill -USR1 $pid && wait $pid; status=$?; wait $tee; exit $status",
        selftest_output, True),
    Row("order_queue", 90, eventdev_command("order_queue"), eventdev_output, True),
    Row("perf_queue", 90, eventdev_command("perf_queue", "--stlist=a,o,p"), perf_output, True),
    Row("eventdev-killed", 120,
        until(eventdev_command("order_queue", events=10000000), "nb_evdev_queues") + KILL
        + eventdev_command("order_queue"), eventdev_output, True),
    Row("pipeline_queue", 120,
        until(PIPELINE, "[1-9][0-9.]* mpps") + "kill -INT $pid; wait $pid; status=$?; wait $tee; "
        "exit $status",
        pipeline_output, True),
    Row("secondary", 120, SECONDARY, processes_output, True),
    Row("sleep", 60, f"dlb-guest-sleep -l 0-1 -a {{bdf}},plain_stores=1 -d {PLUGIN}",
        sleep_output, True),
    Row("eventfd", 60, "dlb-guest-loop -l 0 -a {bdf},plain_stores=1", loop_output, True),
    Row("autotest", 120,
        f"echo eventdev_common_autotest | dpdk-test -l 0-1 -a {{bdf}},plain_stores=1 -d {PLUGIN}",
        autotest_output, True),
]

BOTH = " ".join(f"-a {d.bdf},plain_stores=1" for d in DEVICES)

# First with a program that has traffic on both devices; and when the machine is back, both are new.
REBOOT = ("if [ -z \"$rebooted\" ]; then "
          + "".join(until(f"dlb-guest endless {d.bdf}", "running") for d in DEVICES)
          + "echo restarting; reboot -f; fi; "
          + " && ".join(f"dlb-guest directed {d.bdf}" for d in DEVICES))

TOGETHER = [
    Row("iommu", 20, "test -n \"$(ls /sys/class/iommu)\" && ls /sys/class/iommu"),
    Row("reboot", 60, REBOOT, reboot_output),
    Row("both-at-once", 120, "".join(f"dlb-guest directed {d.bdf} & p{d.slot}=$!; " for d in DEVICES)
        + " && ".join(f"wait $p{d.slot}" for d in DEVICES)),
    Row("shared-function", 90,
        eventdev_command("order_queue", "--dev=1",
                         eal=f"-a {DEVICES[0].bdf},plain_stores=1 --vdev=event_dlb1,shares={DEVICES[0].bdf}"),
        eventdev_output, True),
    Row("both-in-one-process", 90, eventdev_command("order_queue", "--dev=1", eal=BOTH),
        eventdev_output, True),
]


# The distribution's own driver, of which nothing is ours. Before it does anything else, it measures how
# long 1000 lines to each port take, which takes minutes here.
OTHER_DRIVER = [
    Row("other-driver", 400,
        "LD_PRELOAD=/bin/libdlb-guest-movdir64b.so dpdk-test-eventdev -l 0-3 -a {bdf} -- "
        "--test=order_queue --plcores=1 --wlcores=2,3 --nb_flows=64 --nb_pkts=1000",
        other_driver_output, True),
]

SETS = {"own": (PER_DEVICE, TOGETHER), "other-driver": (OTHER_DRIVER, [])}


def rows(name):
    """All cases of a set, in the order in which the guest runs them."""
    per_device, together = SETS[name]
    for device in DEVICES:
        for row in per_device:
            yield replace(row, name=f"{row.name}:{device.hw}",
                          command=row.command.replace("{bdf}", device.bdf))
    yield from together


def complaints(row, case):
    """What is wrong with a case that has ended."""
    status = [] if case.status == 0 else [f"exit status {case.status}"]
    return [*status, *row.judge(case.output)]


def check_stats(stats):
    """Faults that counters show, as sentences; none if all is well."""
    for device in DEVICES:
        seen = stats[device.name]
        for counter in ("lint findings", "accesses that are no word", "messages refused"):
            if seen.get(counter) != 0:
                yield f"{device.name}: {counter}: {seen.get(counter)}"
        torn = seen.get("torn port stores")
        if torn is None or torn > INTERRUPTED:
            yield f"{device.name}: torn port stores: {torn}"
        for counter in ("QEs to CQs", "directed port lines", "configuration writes"):
            if not seen.get(counter):
                yield f"{device.name}: {counter}: {seen.get(counter)}"


# Steps of section 5 of the programming model, "Bring-up order, end to end", that leave a mark in a trace;
# where a step is many accesses, its first one.
FLR = re.compile(r"PCIE\.DEVCTL \(.*\) <- 0x[89a-f]")
START = re.compile(r"SYS_(LDB|DIR)_VASQID_V\[.*<- 0x1")
BRING_UP = [
    ("reset", FLR),
    ("PASID off", re.compile(r"PASID\.CONTROL \(.*\) <- 0x0000")),
    ("consumer queue format", re.compile(r"CHP_CFG_CHP_CSR_CTRL <- .*64BYTES")),
    ("credits of a domain",
     re.compile(r"CHP_CFG_(VAS_CRD|LDB_VAS_CRD|DIR_VAS_CRD)\[.*<- 0x[1-9a-f]")),
    ("links", re.compile(r"LSP_CQ2PRIOV\[.*V=")),
    ("start of a domain", START),
]


def bring_ups(lines):
    """The trace of one device, cut at its resets; only what comes to the start of a domain."""
    cuts = [i for i, line in enumerate(lines) if FLR.search(line)]
    for first, last in zip(cuts, [*cuts[1:], len(lines)]):
        if any(START.search(line) for line in lines[first:last]):
            yield lines[first:last]


def order_faults(lines):
    """Steps that come before the one that they have to follow. Not every driver takes every step."""
    seen = [(next((i for i, line in enumerate(lines) if pattern.search(line)), None), name)
            for name, pattern in BRING_UP]
    seen = [(at, name) for at, name in seen if at is not None]
    for (at, name), (following, later) in zip(seen, seen[1:]):
        if following < at:
            yield f"{later} before {name}: {lines[following]}"


def bring_up_faults(trace):
    """Power-up is the first register access of all, readiness comes next, then the order of section 5."""
    for device in DEVICES:
        kinds = f" {device.name} csr ", f" {device.name} config "
        mine = [line for line in trace if kinds[0] in line or kinds[1] in line]
        csr = [line for line in mine if kinds[0] in line]
        writes = [line for line in csr if " <- " in line]
        if not writes or "CM_CFG_PM_PMCSR_DISABLE" not in csr[0] or " <- 0x0" not in writes[0]:
            yield f"{device.name}: the first register access is no power-up: {csr[:1]} {writes[:1]}"
        ready = next((i for i, l in enumerate(csr) if "DLB_FUNC_IDLE=1" in l), None)
        if ready is None or any(f"{kinds[0]}SYS_" in line for line in csr[:ready]):
            yield f"{device.name}: registers are used before the device is ready"
        started = list(bring_ups(mine))
        if not started:
            yield f"{device.name}: no domain was started"
        for lines in started:
            yield from (f"{device.name}: {fault}" for fault in order_faults(lines))
