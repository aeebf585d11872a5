#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Count the test cases that programs reported; print "PASSED FAILED SKIPPED" on standard output.

usage: count-tests.py STAGE meson TESTLOG.json
       count-tests.py STAGE tap FILE

A meson test that speaks TAP (cmocka does, with CMOCKA_MESSAGE_OUTPUT=TAP) counts as its cases, and
so does a Python unittest; any other counts as one. A program that fails without naming a case counts
as one failure. Failures, with the end of what a failed program said, and skips with their reasons go
to standard error.
"""

import json
import re
import sys

# "ok 1 - name", "not ok 2 - name", "ok 3 # SKIP reason"; cmocka writes "not ok 3 # SKIP name".
TAP_LINE = re.compile(r"^(ok|not ok) \d+ (?:- )?(.*)$", re.M)
TAP_PLAN = re.compile(r"^1\.\.(\d+)", re.M)
UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in ", re.M)
UNITTEST_RESULT = re.compile(r"^(?:OK|FAILED)(?: \((.*)\))?$", re.M)
MESON_GOOD = ("OK", "EXPECTEDFAIL")
SAID_LINES = 40


class Tally:
    def __init__(self, stage):
        self.stage = stage
        self.passed = 0
        self.failed = 0
        self.skipped = 0

    def fail(self, name, why=""):
        self.failed += 1
        print(f"  {self.stage}: FAILED {name} {why}".rstrip(), file=sys.stderr)

    def skip(self, name, why):
        self.skipped += 1
        print(f"  {self.stage}: skipped {name}: {why}", file=sys.stderr)

    def said(self, text):
        """The end of what a program said, without the cases that passed."""
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("ok ")]
        for line in lines[-SAID_LINES:]:
            print(f"  {self.stage}: | {line}", file=sys.stderr)

    def count_tap(self, program, text):
        """Returns how many cases the text told of."""
        cases = TAP_LINE.findall(text)
        for verdict, name in cases:
            name, skip, rest = name.partition("# SKIP")
            if skip:
                self.skip(f"{program} {name}".strip(), rest.strip() or "no reason given")
            elif verdict == "ok":
                self.passed += 1
            else:
                self.fail(f"{program} {name}".strip())
        return len(cases)

    def count_unittest(self, program, text):
        ran = sum(map(int, UNITTEST_RAN.findall(text)))
        marks = dict(mark.split("=") for result in UNITTEST_RESULT.findall(text)
                     for mark in result.split(", ") if "=" in mark)
        bad = int(marks.get("failures", 0)) + int(marks.get("errors", 0))
        skipped = int(marks.get("skipped", 0))
        for _ in range(bad):
            self.fail(program, "(a case of it)")
        for _ in range(skipped):
            self.skip(program, "see its own output")
        self.passed += max(ran - bad - skipped, 0)
        return ran

    def count_meson_test(self, test):
        """One line of meson's test log."""
        name = test["name"]
        out, err = test.get("stdout") or "", test.get("stderr") or ""
        failed = self.failed
        cases = self.count_tap(name, out) or self.count_unittest(name, out + err)
        planned = sum(map(int, TAP_PLAN.findall(out)))
        if test["result"] == "SKIP" and cases == 0:
            self.skip(name, (out + err).strip().split("\n")[-1] or "no reason given")
        elif test["result"] not in MESON_GOOD and self.failed == failed:
            self.fail(name, f"({test['result'].lower()}, after {cases} cases)")
        elif cases < planned and self.failed == failed:
            self.fail(name, f"({cases} of {planned} cases were reported)")
        elif cases == 0 and test["result"] in MESON_GOOD:
            self.passed += 1
        if self.failed > failed:
            self.said(out + err)

    def __str__(self):
        return f"{self.passed} {self.failed} {self.skipped}"


def main():
    if len(sys.argv) != 4 or sys.argv[2] not in ("meson", "tap"):
        sys.exit(__doc__)
    _, stage, form, path = sys.argv
    tally = Tally(stage)
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            text = stream.read()
    except OSError as err:
        sys.exit(f"count-tests: {err}")
    if form == "meson":
        for line in text.splitlines():
            tally.count_meson_test(json.loads(line))
        if not text:
            tally.fail("the run", "(no test ran)")
    else:
        cases = tally.count_tap("", text)
        planned = sum(map(int, TAP_PLAN.findall(text)))
        if cases == 0 or cases < planned:
            tally.fail("the run", f"({cases} of {planned} cases were reported)")
    print(tally)


if __name__ == "__main__":
    main()
