# SPDX-License-Identifier: BSD-3-Clause
"""The judges, tried on what the programs print when all is well and when it is not."""

import signal
import unittest

import judge
from program import Outcome, lcore_map

ORDER_OK = "100\n60\n0\nResult: Success\n"
PERF_OK = "Worker 0 packets: 3c percentage: 60\nWorker 1 packets: 28 percentage: 40\nResult: Success\n"
CASES = [f"case_{n}" for n in range(27)]
MAY_SKIP = ("case_7", "case_8")


def outcome(output, exit_status=0, timed_out=False):
    return Outcome(output, exit_status, timed_out, 60, 1.0)


def suite_output(verdicts, total=27, failed=0, unsupported=0):
    lines = [f" + TestCase [{n:2}] : {name} {verdict}"
             for n, (name, verdict) in enumerate(verdicts.items())]
    lines += [f" + Tests Total :       {total}", f" + Tests Failed :       {failed}",
              f" + Tests Unsupported:   {unsupported}", "Test OK"]
    return "\n".join(lines)


class EventdevTest(unittest.TestCase):
    ROWS = (
        ("order, all is well", judge.order_complaints, ORDER_OK, {}, True),
        ("order, too fast to print", judge.order_complaints, "Result: Success", {}, True),
        ("order, failed", judge.order_complaints, "Result: Failed", {}, False),
        ("order, says nothing", judge.order_complaints, "", {}, False),
        ("order, counts upwards", judge.order_complaints, "60\n99\nResult: Success\n", {}, False),
        ("order, more than sent", judge.order_complaints, "101\n0\nResult: Success\n", {}, False),
        ("order, killed late", judge.order_complaints, ORDER_OK, {"timed_out": True}, False),
        ("order, crashed late", judge.order_complaints, ORDER_OK,
         {"exit_status": -signal.SIGSEGV}, False),
        ("order, exit status", judge.order_complaints, ORDER_OK, {"exit_status": 1}, False),
        ("order, interrupted", judge.order_complaints,
         "Signal 15 received, preparing to exit...\nResult: Success", {}, False),
        ("order, unsupported", judge.order_complaints,
         "unsupported test: order_atq\nResult: Unsupported", {}, False),
        ("order, lint", judge.order_complaints, "lint: x\n" + ORDER_OK, {}, False),
        ("order, sanitizer", judge.order_complaints, "a.c:1: runtime error: x\n" + ORDER_OK, {}, False),
        ("perf, all is well", judge.perf_complaints, PERF_OK, {}, True),
        ("perf, one lost", judge.perf_complaints, PERF_OK.replace("28", "27"), {}, False),
        ("perf, one too many", judge.perf_complaints, PERF_OK.replace("28", "29"), {}, False),
        ("perf, no counters", judge.perf_complaints, "Result: Success", {}, False),
        ("perf, deadlock", judge.perf_complaints,
         "error: perf_launch_lcores() No schedules for seconds, deadlock\n" + PERF_OK, {}, False),
    )

    def test_rows(self):
        for name, complaints, output, how, fine in self.ROWS:
            with self.subTest(name):
                self.assertEqual(not list(complaints(outcome(output, **how), 100)), fine)


class SuiteTest(unittest.TestCase):
    def complaints(self, changed=None, **counts):
        verdicts = {name: "skipped" if name in MAY_SKIP else "succeeded" for name in CASES}
        verdicts.update(changed or {})
        output = suite_output(verdicts, **counts)
        return list(judge.suite_complaints(outcome(output), len(CASES), MAY_SKIP))

    def test_all_is_well(self):
        self.assertEqual(self.complaints(), [])

    def test_what_may_skip_may_pass(self):
        self.assertEqual(self.complaints({name: "succeeded" for name in MAY_SKIP}), [])

    def test_other_cases_may_not_skip(self):
        self.assertTrue(self.complaints({"case_3": "skipped"}))

    def test_a_case_fails(self):
        self.assertTrue(self.complaints({"case_3": "failed"}, failed=1))

    def test_a_case_is_unsupported(self):
        self.assertTrue(self.complaints({"case_3": "unsupported"}, unsupported=1))

    def test_what_may_skip_may_be_for_others(self):
        self.assertEqual(self.complaints({MAY_SKIP[0]: "unsupported"}, unsupported=1), [])
        self.assertTrue(self.complaints({MAY_SKIP[0]: "unsupported"}, unsupported=2))

    def test_races(self):
        for verdicts, timed_out, lost in ((("failed", "succeeded"), False, True),
                                          (("failed", "failed"), False, True),
                                          (("succeeded", "failed"), False, False),
                                          (("succeeded", "succeeded"), False, False),
                                          (("failed", "succeeded"), True, False)):
            output = suite_output(dict(zip(("race", "later"), verdicts)))
            with self.subTest(verdicts):
                self.assertEqual(judge.suite_lost_race(outcome(output, timed_out=timed_out), ["race"]),
                                 lost)

    def test_cases_that_have_to_succeed(self):
        verdicts = {"late": "failed", "one": "succeeded", "two": "succeeded"}
        rows = ((("one", "two"), {}, True), (("one", "late"), {}, False), (("one", "absent"), {}, False),
                (("one",), {"timed_out": True}, False),
                (("one",), {"exit_status": -signal.SIGSEGV}, False))
        for cases, how, fine in rows:
            with self.subTest(cases, **how):
                ended = outcome(suite_output(verdicts), **{"exit_status": 255, **how})
                self.assertEqual(not list(judge.case_complaints(ended, cases)), fine)
        self.assertTrue(judge.case_lost_race(outcome(suite_output(verdicts)), "late"))
        self.assertFalse(judge.case_lost_race(outcome(suite_output(verdicts)), "one"))

    def test_a_case_is_missing(self):
        self.assertTrue(self.complaints(total=28))

    def test_nothing_ran(self):
        self.assertTrue(list(judge.suite_complaints(outcome("Test OK"), len(CASES))))

    def test_a_suite_without_cases(self):
        self.assertEqual(list(judge.suite_complaints(outcome("Test OK"), 0)), [])
        self.assertTrue(list(judge.suite_complaints(outcome("Test Failed"), 0)))


class PmdinfoTest(unittest.TestCase):
    def complaints(self, output):
        return list(judge.pmdinfo_complaints(outcome(output), ("8086:2710",), ("hw=",)))

    def test_all_is_well(self):
        self.assertEqual(self.complaints('[{"name": "x", "params": "hw=2.0|2.5", "pci_ids": '
                                         '[{"vendor": "8086", "device": "2710"}]}]'), [])

    def test_nothing_listed(self):
        self.assertEqual(len(self.complaints("[]")), 2)

    def test_no_json(self):
        self.assertTrue(self.complaints("error"))


class LcoreMapTest(unittest.TestCase):
    def test_every_lcore_has_a_cpu(self):
        self.assertEqual([pair.split("@")[0] for pair in lcore_map(4).split(",")], list("0123"))


if __name__ == "__main__":
    unittest.main()
