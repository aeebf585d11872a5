#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Checks that every C file is as clang-format 14 leaves it; prints what differs. --fix rewrites them.
set -euo pipefail
cd "$(dirname "$0")/.."

formatter=$(command -v clang-format-14 || command -v clang-format) || {
	echo "check-format: clang-format is missing: install the package clang-format-14" >&2
	exit 1
}
mapfile -t files < <(git ls-files -co --exclude-standard '*.c' '*.h')
if [ "${1:-}" = --fix ]; then
	exec "$formatter" -i "${files[@]}"
fi

bad=0
for file in "${files[@]}"; do
	"$formatter" "$file" | diff -u --label "$file" --label "$file as formatted" "$file" - ||
		bad=$((bad + 1))
done
if [ "$bad" -gt 0 ]; then
	echo "check-format: $bad of ${#files[@]} files differ: run devtools/check-format.sh --fix" >&2
	exit 1
fi
echo "check-format: ${#files[@]} files are as they should be"
