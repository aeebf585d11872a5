#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Does the tester notice? Each file in bugs/ is a one-line bug. For each: put it into a copy of the
tree, build only what that changes, run the testers, and demand a violation of an invariant that the
file names. A bug that nobody notices is a finding about the testers.

A bug file says what is wrong, then "Wants:" with the invariants that would tell, then "--- FILE" and
lines as in a patch: " " stays, "-" goes, "+" comes. The lines that stay or go must stand in the file
exactly once, wherever that is: line numbers would go stale with every change above them."""

import argparse
import concurrent.futures
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COPIED = ['lib', 'drivers', 'test', 'devtools', 'app', 'examples', 'doc', 'meson.build', 'meson_options.txt', '.sdk']
# What each of a full run must be the name of some violation. Not in the list: X3, memory ordering,
# which one thread cannot see; K3, answers in any order, which shows as O1, O4 or X1; O10, which
# promises nothing.
INVARIANTS = ('D1 D2 D3 D4 D5 O1 O2 O3 O4 O5 O6 O7 O8 O9 X1 X2 X4 X5 C1 C2 C3 C4 C5 C6 C7 C8 G1 G2 G3 G4 '
              'K1 K2 K4 L1 L2 L3 L4 P1 P2 P3 P4 P5').split()
VIOLATION = re.compile(r'^(?:VIOLATION|--seed \d+ --cases 1:) (\w+): (.*)$', re.MULTILINE)
TIMEOUT_S = 400

# Tester, what must be in a bug's path for it to be worth running, and arguments: first with a stop at
# the first violation, then, if that has another name than it should, with a look at some more.
TESTERS = [
    ('test/property/property_device', 'lib/',
     [['--cases', '3000', '--no-shrink'], ['--cases', '3000', '--no-shrink', '--keep-going']]),
    ('test/property/property_statistics', 'lib/', [[]]),
    ('test/property/property_eventdev', '',
     [['--cases', '4000', '--no-shrink'], ['--cases', '600', '--keep-going']]),
]


class Bug:
    def __init__(self, path):
        head, _, body = path.read_text().partition('\n--- ')
        self.name = path.stem
        self.text, _, wants = head.partition('\nWants: ')
        self.wants = wants.split()
        lines = body.split('\n')
        self.file = lines[0]
        lines = [line for line in lines[1:] if line]
        self.old = ''.join(line[1:] + '\n' for line in lines if line[0] in ' -')
        self.new = ''.join(line[1:] + '\n' for line in lines if line[0] in ' +')

    def apply(self, tree):
        path = tree / self.file
        text = path.read_text()
        if text.count(self.old) != 1:
            return None
        path.write_text(text.replace(self.old, self.new))
        return text


def tree_copy(root, tree):
    """A copy to break: its own build folder, configured once."""
    for name in COPIED:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns('__pycache__'))
        elif source.exists():
            shutil.copy(source, tree / name)
    setup = subprocess.run(['meson', 'setup', 'build'], cwd=tree, text=True, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT)
    made = setup if setup.returncode != 0 else build(tree, [tester for tester, _, _ in TESTERS])
    if made.returncode != 0:
        sys.exit(f'the tree does not build as it is:\n{made.stdout[-2000:]}')


def testers_of(file):
    return [tester for tester in TESTERS
            if file.startswith(tester[1])]


def build(tree, targets):
    return subprocess.run(['ninja', '-C', 'build', '-j1', *targets], cwd=tree, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def run_tester(tree, tester, args):
    """What it says, and its exit status; None if it has to be stopped."""
    try:
        run = subprocess.run([tree / 'build' / tester, *args], cwd=tree, text=True, errors='replace',
                             timeout=TIMEOUT_S, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b'').decode(errors='replace'), None
    return run.stdout, run.returncode


def judge(tree, bug):
    """What a bug comes to: (invariant, how it was noticed) or (None, why not)."""
    others = set()
    for tester, _, runs in testers_of(bug.file):
        name = os.path.basename(tester)
        if build(tree, [tester]).returncode != 0:
            return None, 'does not build'
        for args in runs:
            said, status = run_tester(tree, tester, args)
            found = VIOLATION.findall(said)
            for invariant, text in found:
                if invariant in bug.wants:
                    return invariant, f'{invariant} by {name}: {text}'
            others.update(invariant for invariant, _ in found)
            if status is None:
                return None, f'{name} hangs'
            if not found and status != 0:
                return None, f'{name} ends with {status}: {said.strip()[-200:]}'
            if not found:
                break
    if others:
        return None, f'noticed as {" ".join(sorted(others))}, not {" or ".join(bug.wants)}'
    return None, 'nobody notices'


def bug_run(trees, bug):
    tree = trees.get()
    try:
        original = bug.apply(tree)
        if original is None:
            return bug, (None, f'its lines are not in {bug.file} exactly once'), 0
        start = time.monotonic()
        verdict = judge(tree, bug)
        (tree / bug.file).write_text(original)
        return bug, verdict, time.monotonic() - start
    finally:
        trees.put(tree)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), help='copies of the tree')
    parser.add_argument('--tree', type=pathlib.Path, default=ROOT, help='the sources to copy')
    parser.add_argument('only', nargs='*', help='names of bugs, or their beginnings')
    args = parser.parse_args()
    bugs = [Bug(path) for path in sorted((HERE / 'bugs').glob('*.patch'))]
    bugs = [bug for bug in bugs if not args.only or any(bug.name.startswith(o) for o in args.only)]
    start = time.monotonic()
    missed = 0
    unbroken = set() if args.only else set(INVARIANTS)
    with tempfile.TemporaryDirectory() as scratch, \
            concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        trees = queue.Queue()
        folders = [pathlib.Path(scratch) / str(i) for i in range(min(args.jobs, len(bugs)))]
        for folder in folders:
            folder.mkdir()
        list(pool.map(lambda folder: tree_copy(args.tree, folder), folders))
        for folder in folders:
            trees.put(folder)
        for bug, (noticed, why), seconds in pool.map(lambda b: bug_run(trees, b), bugs):
            missed += noticed is None
            unbroken.discard(noticed)
            print(f'{"noticed" if noticed else "MISSED "} {bug.name} ({seconds:.0f} s): {why}', flush=True)
    print(f'{len(bugs) - missed} of {len(bugs)} bugs noticed, {time.monotonic() - start:.0f} s')
    if unbroken:
        print(f'no bug was noticed under the name {" ".join(sorted(unbroken))}')
    return 1 if missed or unbroken else 0


if __name__ == '__main__':
    sys.exit(main())
