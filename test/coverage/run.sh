#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Lines and branches of lib/dlb_pf and lib/dlb_model that the fast tests run: builds a copy with
# counters below the build folder, runs the tests, prints a table.
#
# usage: run.sh SOURCE BUILD [LEAST_LINES LEAST_BRANCHES], the last two in percent
set -euo pipefail
source=$1
build=$2/coverage
least_lines=${3:-95}
least_branches=${4:-85}

command -v gcovr >/dev/null || {
	echo "coverage: gcovr is missing: install the package of that name" >&2
	exit 1
}
[ -e "$build/build.ninja" ] ||
	meson setup "$build" "$source" -Db_coverage=true --buildtype=debug -Doptimization=1 \
		--default-library=static >/dev/null
find "$build" -name '*.gcda' -delete
meson test -C "$build" --suite fast --print-errorlogs --timeout-multiplier 10 >"$build/tests.log" || {
	tail -40 "$build/tests.log"
	echo "coverage: tests have failed, the figures count what they reached" >&2
}
# A branch of an assertion that would end the program is not one to be taken.
gcovr --root "$source" --object-directory "$build" \
	--filter "$source/lib/dlb_pf/" --filter "$source/lib/dlb_model/" \
	--exclude-branches-by-pattern '.*assert\(.*' \
	--print-summary --sort-uncovered \
	--fail-under-line "$least_lines" --fail-under-branch "$least_branches" "$build"
