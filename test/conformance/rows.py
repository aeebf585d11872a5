# SPDX-License-Identifier: BSD-3-Clause
"""The table of conformance tests: one row is one run of somebody else's program, unmodified."""

from dataclasses import dataclass, field
from itertools import chain

import judge
from program import MEMORY_MB, Program, lcore_map

GENERATIONS = ("2.0", "2.5")
PCI_IDS = ("8086:2710", "8086:2714")
PARAMETERS = ("hw=", "sched=")
STAGES = ("o", "a", "p", "o,a", "p,a", "a,o,p")
BURSTS = (1, 32)

EVENTDEV_TIMEOUT_S = 60
SUITE_TIMEOUT_S = 120
TIMER_SUITE_TIMEOUT_S = 600
MAIN_JOB_EVENTS = 1_000_000
TIMERS = 20_000


@dataclass
class Setting:
    """What the command line of the runner says about the device under test."""

    plugin: str
    vdev: str
    devargs: str
    service_lcore: bool
    events: int
    environment: dict

    def vdev_argument(self, devargs):
        return ",".join(filter(None, (f"--vdev={self.vdev}", *devargs, self.devargs)))

    def eal(self, *vdevs, lcores=4, service=False):
        service = service or self.service_lcore
        arguments = ["--lcores", lcore_map(lcores + service)]
        if service:
            arguments += ["-S", str(lcores)]
        if self.plugin:
            arguments += ["-d", self.plugin]
        return arguments + list(vdevs)


class AnyRow:
    """What holds for a row unless it says otherwise."""

    def lost_race(self, _outcome):
        return False


@dataclass
class Row(AnyRow):
    """A dpdk-test-eventdev run: producer on lcore 1, workers on 2 and 3 unless it says otherwise."""

    name: str
    test: str
    devargs: tuple = ()
    options: tuple = ()
    stages: str = ""
    producers: str = "1"
    workers: str = "2,3"
    service: bool = False
    events: int = 0
    timeout_s: int = EVENTDEV_TIMEOUT_S
    other_vdevs: tuple = ()
    environment: dict = field(default_factory=dict)

    def nb_events(self, setting):
        return self.events or setting.events

    def program(self, setting):
        arguments = [f"--test={self.test}", f"--plcores={self.producers}",
                     f"--wlcores={self.workers}", f"--nb_pkts={self.nb_events(setting)}"]
        if self.stages:
            arguments.append(f"--stlist={self.stages}")
        vdevs = [setting.vdev_argument(self.devargs), *self.other_vdevs]
        eal = setting.eal(*vdevs, service=self.service)
        return Program("dpdk-test-eventdev", eal, arguments + list(self.options),
                       {**setting.environment, **self.environment})

    def complaints(self, outcome, setting):
        if self.test.startswith("perf"):
            events = self.nb_events(setting) * len(self.producers.split(","))
            return judge.perf_complaints(outcome, events)
        return judge.order_complaints(outcome, self.nb_events(setting))


@dataclass
class Suite:
    """One of the suites of dpdk-test, and what is known of it."""

    name: str
    cases: int
    may_skip: tuple = ()
    memory_mb: int = MEMORY_MB
    other_vdevs: tuple = ()
    lcores: int = 2
    timeout_s: int = SUITE_TIMEOUT_S
    races: tuple = ()  # cases that the machine can make fail: the suite runs again if one of them is first
    since: tuple = (22, 11)  # release of DPDK
    until: tuple = (99, 11)


# Link profiles and prescheduling came to it later.
COMMON_SUITES = (
    Suite("eventdev_common_autotest", 27, until=(23, 7)),
    Suite("eventdev_common_autotest", 30, since=(24, 11)),
)
# A device that is a service leaves timers to the library, whose adapter is one, too.
SERVICE_CASES = ("event_timer_arm_invalid_sched_type", "adapter_tick_resolution", "adapter_create_max")
SERVICE_RACE = "adapter_tick_resolution"  # a service has to come by ten times within a second
TIMER_RACES = ("test_timer_state", "test_timer_arm_periodic", "test_timer_arm_burst_periodic",
               "test_timer_cancel_periodic")
SUITES = (
    *COMMON_SUITES,
    Suite("event_ring_autotest", 0),
    Suite("event_eth_tx_adapter_autotest", 7),
    Suite("event_eth_rx_adapter_autotest", 10, memory_mb=3072),
    # The software crypto device that the suite creates knows no asymmetric operations.
    Suite("event_crypto_adapter_autotest", 11,
          tuple(f"test_asym_{session}_with_op_{mode}_mode"
                for session in ("session", "sessionless") for mode in ("forward", "new"))),
    # Three cases say that they are for adapters that are services: they have a row of their own. Four others
    # want a CPU that is never away for long: the guide's chapter on testing tells how long.
    Suite("event_timer_adapter_test", 30, SERVICE_CASES, lcores=4, timeout_s=TIMER_SUITE_TIMEOUT_S,
          races=TIMER_RACES),
    Suite("event_dma_adapter_autotest", 5, other_vdevs=("--vdev=dma_skeleton",), since=(24, 11)),
)


def suites(release, among=SUITES):
    return [suite for suite in among if suite.since <= release <= suite.until]


@dataclass
class SuiteRow(AnyRow):
    """A suite of dpdk-test, with no event device but ours."""

    name: str
    suite: Suite
    devargs: tuple = ()

    @property
    def timeout_s(self):
        return self.suite.timeout_s

    def program(self, setting):
        vdevs = [setting.vdev_argument(self.devargs), *self.suite.other_vdevs]
        return Program("dpdk-test", setting.eal(*vdevs, lcores=self.suite.lcores), (),
                       {**setting.environment, "DPDK_TEST": self.suite.name},
                       self.suite.memory_mb)

    def complaints(self, outcome, _setting):
        return judge.suite_complaints(outcome, self.suite.cases, self.suite.may_skip)

    def lost_race(self, outcome):
        return judge.suite_lost_race(outcome, self.suite.races)


@dataclass
class ServiceTimerRow(AnyRow):
    """The cases of event_timer_adapter_test for adapters that are services, with the library's adapter.

    The others are the timer row's to judge. The suite makes service cores of two of its lcores.
    """

    name: str
    devargs: tuple = ()
    timeout_s: int = TIMER_SUITE_TIMEOUT_S

    def program(self, setting):
        return Program("dpdk-test", setting.eal(setting.vdev_argument(self.devargs), lcores=6), (),
                       {**setting.environment, "DPDK_TEST": "event_timer_adapter_test"})

    def complaints(self, outcome, _setting):
        return judge.case_complaints(outcome, SERVICE_CASES)

    def lost_race(self, outcome):
        return judge.case_lost_race(outcome, SERVICE_RACE)


@dataclass
class SelftestRow(AnyRow):
    """eventdev_selftest_dlb2 of dpdk-test, which looks for a device called dlb2_event."""

    name: str
    devargs: tuple = ()
    timeout_s: int = SUITE_TIMEOUT_S

    def program(self, setting):
        vdev = ",".join(filter(None, ("--vdev=dlb2_event", *self.devargs, setting.devargs)))
        return Program("dpdk-test", setting.eal(vdev, lcores=2), (),
                       {**setting.environment, "DPDK_TEST": "eventdev_selftest_dlb2"})

    def complaints(self, outcome, _setting):
        return judge.selftest_complaints(outcome)


@dataclass
class PmdinfoRow(AnyRow):
    """dpdk-pmdinfo.py on the plugin."""

    name: str
    timeout_s: int = EVENTDEV_TIMEOUT_S

    def program(self, setting):
        program = Program("dpdk-pmdinfo.py", ())
        program.argv = ["dpdk-pmdinfo.py", setting.plugin]
        return program

    def complaints(self, outcome, _setting):
        return judge.pmdinfo_complaints(outcome, PCI_IDS, PARAMETERS)


def main_job(gen):
    """What a user types first, with nothing added but the generation."""
    return Row(f"hw={gen} main job", "order_queue", (f"hw={gen}",), events=MAIN_JOB_EVENTS)


def order_rows(gen, lint):
    for test in ("order_queue", "order_atq"):
        yield Row(f"hw={gen} {test}", test, lint)
        for burst in BURSTS:
            yield Row(f"hw={gen} {test} burst {burst}", test, lint,
                      (f"--worker_deq_depth={burst}", f"--prod_enq_burst_sz={burst}"))
        yield Row(f"hw={gen} {test} one worker", test, lint, workers="2")


def perf_rows(gen, lint):
    for test in ("perf_queue", "perf_atq"):
        for stages in STAGES:
            for burst in BURSTS:
                yield Row(f"hw={gen} {test} {stages} burst {burst}", test, lint,
                          (f"--worker_deq_depth={burst}", f"--prod_enq_burst_sz={burst}"), stages)
        for stages in ("a", "p,a"):
            yield Row(f"hw={gen} {test} {stages} --fwd_latency", test, lint,
                      ("--fwd_latency",), stages)
        for stages in ("o,a", "a,a,p"):
            yield Row(f"hw={gen} {test} {stages} --queue_priority", test, lint,
                      ("--queue_priority",), stages)
        yield Row(f"hw={gen} {test} o,a two producers, one worker", test, lint, (), "o,a",
                  producers="1,2", workers="3")
        yield Row(f"hw={gen} {test} a one flow", test, lint, ("--nb_flows=1",), "a")


def timer_rows(gen, lint):
    """Timers produce the events, of the driver's own adapter."""
    options = (f"--nb_timers={TIMERS}", "--nb_timer_adptrs=1", "--timer_tick_nsec=1000000",
               "--max_tmo_nsec=100000000", "--expiry_nsec=20000000")
    for test in ("perf_queue", "perf_atq"):
        for producer in ("timerdev", "timerdev_burst"):
            yield Row(f"hw={gen} {test} --prod_type_{producer}", test, lint,
                      (f"--prod_type_{producer}", *options), "o,a", events=TIMERS)


def schedule_rows(gen, lint):
    """The scheduler elsewhere than in the poll of an empty CQ."""
    if gen == GENERATIONS[-1]:  # the adapter is the library's: the same for both
        yield ServiceTimerRow(f"hw={gen} sched=service event_timer_adapter_test",
                              (*lint, "sched=service"))
    for place in ("service", "thread"):
        for test, stages in (("order_queue", ""), ("perf_atq", "o,a")):
            yield Row(f"hw={gen} sched={place} {test} {stages}".strip(), test,
                      (*lint, f"sched={place}"), (), stages, service=place == "service")


def pair_rows():
    """One device of each generation in one process; --dev says which of them works.

    The program closes that one only, so the other would count as a leak.
    """
    for dev in range(len(GENERATIONS)):
        yield Row(f"both generations, --dev={dev} order_queue", "order_queue",
                  ("hw=2.0", "lint=1"), (f"--dev={dev}",),
                  other_vdevs=("--vdev=event_dlb1,hw=2.5,lint=1",),
                  environment={"ASAN_OPTIONS": "detect_leaks=0"})


def generation_rows(gen, release):
    lint = (f"hw={gen}", "lint=1")
    return chain((SuiteRow(f"hw={gen} {suite.name}", suite, lint)
                  for suite in suites(release)),
                 (SelftestRow(f"hw={gen} eventdev_selftest_dlb2", lint), main_job(gen)),
                 order_rows(gen, lint), perf_rows(gen, lint), timer_rows(gen, lint),
                 schedule_rows(gen, lint))


def opendlb_rows(release):
    yield PmdinfoRow("dpdk-pmdinfo.py")
    yield from pair_rows()
    for gen in GENERATIONS:
        yield from generation_rows(gen, release)


def peer_rows(vdev, release):
    """The same programs on a device of the distribution: what the runner itself is tried on."""
    for suite in suites(release, COMMON_SUITES):
        yield SuiteRow(f"{vdev} {suite.name}", suite)
    yield from order_rows(vdev, ())
    yield from perf_rows(vdev, ())
