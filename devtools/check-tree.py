#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Check the house rules that a script can check; print every breach as FILE:LINE: what is wrong."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

FILE_LINES_MAX = 700
FUNCTION_LINES_MAX = 80
DUPLICATE_LINES = 12
DEFECTS = Path("doc/guide/defects.md")
DEFECT_NUMBERS = range(1, 41)

# Words are written so that this file does not break its own rules.
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E|X[X]X)\b")
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|root|home)/\w")
REGISTRY_HOST = re.compile(r"\b(deb|registry|pypi|index|archive|mirror|mirrors|security|snapshot|"
                           r"packages|proxy|files)\.[a-z0-9-]+\.(org|com|io|net|dev)\b")
SLEEP = re.compile(r"\b(sleep|usleep|nanosleep|clock_nanosleep|rte_delay_\w+|time\.sleep)\s*\(")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]')
SHAPELESS_NAME = re.compile(r"(utils?|common|helpers?|misc)\.[ch]$")

# Who may include whom: rooms that a file of this room must not know, by what their headers are named.
FORBIDDEN_INCLUDES = {
    "lib/dlb_hw/": r"^(rte_|dlb_pf|dlb_bus|dlb_model)",
    "lib/dlb_pf/": r"^(rte_|dlb_model)",
    "lib/dlb_model/": r"^(rte_|dlb_pf|dlb_bus)",
    "lib/vfio_user/": r"^(rte_|dlb_)",
}


def tree_files():
    listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], check=True,
                             capture_output=True, text=True).stdout
    return [Path(name) for name in listing.splitlines() if Path(name).is_file()]


def is_source(path):
    if path.suffix in (".c", ".h", ".py", ".sh") or path.name in ("meson.build", "meson_options.txt"):
        return True
    with open(path, "rb") as stream:
        return stream.read(2) == b"#!"


def read_lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def check_licence(path, lines):
    if not any("SPDX-License-Identifier: BSD-3-Clause" in line for line in lines[:3]):
        yield 1, "no 'SPDX-License-Identifier: BSD-3-Clause' in the first lines"


def check_length(path, lines):
    if len(lines) > FILE_LINES_MAX:
        yield len(lines), f"{len(lines)} lines: a file has at most {FILE_LINES_MAX}"


def c_functions(lines):
    """First line and length of every function: its braces stand in the first column.

    The rows of a table inside it are data, and do not count.
    """
    start = None
    table = 0
    in_table = False
    for number, line in enumerate(lines, 1):
        if line == "{":
            start, table = number, 0
        elif line == "}" and start is not None:
            yield start, number - start + 1 - table
            start = None
        elif re.match(r"\t(static )?const .*[{=]$", line):
            in_table = True
        elif line == "\t};":
            in_table = False
        table += in_table


def python_functions(lines):
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.FunctionDef):
            yield node.lineno, node.end_lineno - node.lineno + 1


def check_functions(path, lines):
    find = {".c": c_functions, ".h": c_functions, ".py": python_functions}.get(path.suffix)
    for number, length in find(lines) if find else ():
        if length > FUNCTION_LINES_MAX:
            yield number, f"a function of {length} lines: at most {FUNCTION_LINES_MAX}"


def check_words(path, lines):
    for number, line in enumerate(lines, 1):
        if UNFINISHED.search(line):
            yield number, "unfinished work is an issue, not a comment"
        if MACHINE_PATH.search(line):
            yield number, "a path of somebody's machine"
        if REGISTRY_HOST.search(line):
            yield number, "a package registry's host"


def check_sleep(path, lines):
    if path.parts[0] != "test":
        return
    for number, line in enumerate(lines, 1):
        if SLEEP.search(line):
            yield number, "tests wait for conditions, they do not sleep"


def check_includes(path, lines):
    for room, forbidden in FORBIDDEN_INCLUDES.items():
        if not str(path).startswith(room):
            continue
        for number, line in enumerate(lines, 1):
            include = INCLUDE.match(line)
            if include and re.match(forbidden, Path(include[1]).name):
                yield number, f"{room} must not know {include[1]}"


def check_name(path, lines):
    if SHAPELESS_NAME.search(path.name):
        yield 1, "a file is one object, and named for it"


def significant(lines):
    """Numbered lines that say something: no blank ones, braces, comments, includes, initialisers."""
    for number, line in enumerate(lines, 1):
        text = " ".join(line.split())
        if len(text) > 3 and not text.startswith(("/*", "*", "//", "#", ".")):
            yield number, text


def find_duplicates(sources):
    """Runs of equal lines in the code that ships: twins that should be one function and a table."""
    seen = defaultdict(list)
    for path, lines in sources:
        if path.suffix not in (".c", ".h") or path.parts[0] == "test":
            continue
        rows = list(significant(lines))
        for first in range(len(rows) - DUPLICATE_LINES + 1):
            window = rows[first:first + DUPLICATE_LINES]
            seen[tuple(text for _, text in window)].append((path, window[0][0]))
    reported = set()
    for places in seen.values():
        if len(places) > 1 and not reported & {(p, n // DUPLICATE_LINES) for p, n in places}:
            reported |= {(p, n // DUPLICATE_LINES) for p, n in places}
            (path, number), (other, line) = places[:2]
            yield path, number, f"{DUPLICATE_LINES} lines as in {other}:{line}"


def find_missing_tests(sources):
    """The guide names a test for each defect that we do not have: it has to be there."""
    defined = defaultdict(set)
    for path, lines in sources:
        if path.parts[0] == "test" and path.suffix == ".c":
            defined[path.stem.removeprefix("test_")] |= {
                match[1] for match in map(re.compile(r"(\w+)\(void \*\*").match, lines) if match}
    mentioned = set()
    for number, line in enumerate(read_lines(DEFECTS), 1):
        mentioned |= {int(n) for n in re.findall(r"\bD(\d+)\b", line)}
        for program, names in re.findall(r"`([a-z]+_\w+)`: ([^;|`]*)", line):
            room, _, unit = program.partition("_")
            tests = defined[unit] | defined[room]
            # One word, or a name that words follow.
            for name in re.findall(r"(?:^|,)\s*([a-z]\w*(?=\s*(?:,|$))|[a-z]+_\w+)", names):
                if name not in tests:
                    yield DEFECTS, number, f"{program} has no test {name}"
    for missing in set(DEFECT_NUMBERS) - mentioned:
        yield DEFECTS, 1, f"nothing is said of D{missing}"


SOURCE_CHECKS = (check_licence, check_length, check_functions, check_sleep, check_includes, check_name)


def main():
    breaches = []
    sources = []
    for path in tree_files():
        try:
            lines = read_lines(path)
        except UnicodeDecodeError:
            continue
        checks = (check_words,)
        if is_source(path):
            sources.append((path, lines))
            checks += SOURCE_CHECKS
        breaches += [(path, *b) for check in checks for b in check(path, lines)]
    breaches += find_duplicates(sources)
    breaches += find_missing_tests(sources)

    for path, number, what in breaches:
        print(f"{path}:{number}: {what}")
    print(f"check-tree: {len(sources)} sources, {len(breaches)} breaches of the house rules")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
