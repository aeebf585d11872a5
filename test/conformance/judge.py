# SPDX-License-Identifier: BSD-3-Clause
"""Verdicts on the output of dpdk-test-eventdev, dpdk-test and dpdk-pmdinfo.py.

Each judge returns a list of complaints, empty when all is well. Exit statuses alone prove nothing:
dpdk-test-eventdev ends with 0 after a deadlock and after "Unsupported".
"""

import json
import re
import signal

SELFTEST_CASES = 56


def lines_with(output, word):
    return [line.strip() for line in output.splitlines() if word in line]


def common_complaints(outcome, may_fail=False):
    """What is wrong whatever the program was meant to do."""
    if outcome.timed_out:
        yield f"no end within {outcome.timeout_s} s"
    elif outcome.exit_status < 0:
        yield f"killed by {signal.Signals(-outcome.exit_status).name}"
    elif outcome.exit_status != 0 and not may_fail:
        yield f"exit status {outcome.exit_status}"
    for line in lines_with(outcome.output, "lint:")[:3]:
        yield f"the model complains: {line}"
    for word in ("AddressSanitizer", "LeakSanitizer", "runtime error:"):
        for line in lines_with(outcome.output, word)[:1]:
            yield line


def eventdev_complaints(outcome):
    """dpdk-test-eventdev: one clean success, and no sign of trouble on the way."""
    yield from common_complaints(outcome)
    if "Result: Success" not in outcome.output:
        yield "no 'Result: Success'"
    for word in ("deadlock", "Unsupported", "unsupported", "preparing to exit", "error:"):
        for line in lines_with(outcome.output, word)[:1]:
            yield line


def worker_packets(output):
    """Events that each worker of a perf test took through the last stage; printed in hexadecimal."""
    return [int(n, 16) for n in re.findall(r"^Worker \d+ packets: ([0-9a-f]+)", output, re.M)]


def perf_complaints(outcome, events):
    yield from eventdev_complaints(outcome)
    packets = worker_packets(outcome.output)
    if sum(packets) != events:
        yield f"{sum(packets)} events came out of the last stage, not {events}: {packets}"


def order_complaints(outcome, events):
    """The program itself counts down to 0 before it says Success; it prints the way there."""
    yield from eventdev_complaints(outcome)
    left = [int(n) for n in re.findall(r"^(-?\d+)$", outcome.output, re.M)]
    if left and (max(left) > events or min(left) < 0 or left != sorted(left, reverse=True)):
        yield f"outstanding events do not count down from {events}: {left[:8]}"


def summary(output):
    """The numbers under 'Test Suite Summary' of dpdk-test, by their label."""
    return {label: int(number) for label, number in
            re.findall(r"^ \+ Tests (\w+) *: *(\d+)$", output, re.M)}


def suite_verdicts(output):
    """Pairs of a case's name and what dpdk-test says of it."""
    return re.findall(r"TestCase \[ *\d+\] : (\w+) (\w+)", output)


def suite_complaints(outcome, cases, may_skip=()):
    """A suite of dpdk-test: every case succeeds, but for those that may skip, or say that they are for others.

    A suite that lists no cases has 0, and says only how it ended.
    """
    yield from common_complaints(outcome)
    verdicts = suite_verdicts(outcome.output)
    excused = [verdict for name, verdict in verdicts if name in may_skip]
    for name, verdict in verdicts:
        if verdict != "succeeded" and not (verdict in ("skipped", "unsupported") and name in may_skip):
            yield f"{name} {verdict}"
    counts = summary(outcome.output)
    if len(verdicts) < cases or counts.get("Total", 0) != len(verdicts):
        yield f"{len(verdicts)} of {cases} cases were reported, summary {counts}"
    if counts.get("Failed", 0) != 0 or counts.get("Unsupported", 0) != excused.count("unsupported"):
        yield f"summary {counts}"
    if "Test OK" not in outcome.output:
        yield "no 'Test OK'"
    for line in lines_with(outcome.output, "Test assert")[:5]:
        yield line


def case_complaints(outcome, cases):
    """A suite of dpdk-test of which these cases have to succeed, whatever becomes of the others."""
    yield from common_complaints(outcome, may_fail=True)
    verdicts = dict(suite_verdicts(outcome.output))
    for name in cases:
        if verdicts.get(name) != "succeeded":
            yield f"{name} {verdicts.get(name, 'did not run')}"


def case_lost_race(outcome, case):
    return not outcome.timed_out and (case, "failed") in suite_verdicts(outcome.output)


def suite_lost_race(outcome, races):
    """Whether one of these failed before any other case did; what it leaves behind can make later ones fail.

    They are those that fail when a CPU is away for a moment.
    """
    failed = [name for name, verdict in suite_verdicts(outcome.output) if verdict == "failed"]
    return not outcome.timed_out and failed[:1] != [] and failed[0] in races


def selftest_complaints(outcome):
    """eventdev_selftest_dlb2 also says OK when it finds no device: the driver's own lines count."""
    yield from common_complaints(outcome)
    verdicts = re.findall(r"^selftest: device \d+: ([\w -]+): (\w+)$", outcome.output, re.M)
    if len(verdicts) < SELFTEST_CASES:
        yield f"{len(verdicts)} of {SELFTEST_CASES} cases were reported"
    yield from (f"{name} {verdict}" for name, verdict in verdicts if verdict != "passed")
    if "Test OK" not in outcome.output:
        yield "no 'Test OK'"


def pmdinfo_complaints(outcome, pci_ids, parameters):
    yield from common_complaints(outcome)
    try:
        drivers = json.loads(outcome.output)
    except ValueError:
        yield "the output is no JSON"
        return
    found = {f"{i['vendor']}:{i['device']}" for d in drivers for i in d.get("pci_ids", [])}
    if found != set(pci_ids):
        yield f"PCI ids {sorted(found)}, not {sorted(pci_ids)}"
    text = " ".join(d.get("params", "") for d in drivers)
    for parameter in parameters:
        if parameter not in text:
            yield f"parameter {parameter} is not listed in '{text}'"
