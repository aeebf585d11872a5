#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Every check there is, from a fresh clone: house rules, format, gcc and clang with warnings as
# errors, the tests in both, under address and undefined-behaviour sanitizers and under valgrind, the
# distribution's own programs, a minute of each fuzzer, and a virtual machine. No hugepages; no network
# once everything is installed.
# The last line is "N passed, N failed, N skipped", counted from the programs' own reports.
#
# usage: devtools/test.sh [[--suite] STAGE...]
#   stages: rules gcc clang sanitize valgrind conformance fuzz vm interop releases (all of them if none is
#           named)
set -euo pipefail
cd "$(dirname "$0")/.."

stages=(rules gcc clang sanitize valgrind conformance fuzz vm interop releases)
named=("${stages[@]}")
root=build-test
logs=$root/logs
passed=0 failed=0 skipped=0
declare -A built
within=() # what builds and runs somewhere else: a command that the others are arguments of
targets=() # what is built; all if there are none
# What is a stage of its own is no part of others.
without_own_stages=(--no-suite vm --no-suite interop --no-suite fuzz)
# Threads take turns, or a spinning one would keep the others out. Memory of threads that live until
# the end of the process counts as "possibly lost" and is none of ours.
valgrind="valgrind -q --fair-sched=yes --leak-check=full --show-leak-kinds=definite"
valgrind+=" --errors-for-leak-kinds=definite --error-exitcode=99"
valgrind+=" --suppressions=$PWD/test/valgrind.supp"

export CMOCKA_MESSAGE_OUTPUT=TAP
export DLB_VM_CACHE=$PWD/.cache/vm
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

die() {
	echo "test: $*" >&2
	exit 1
}

add() {
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
	printf '   %s: %d passed, %d failed, %d skipped (%d s)\n' "$stage" "$1" "$2" "$3" \
		$((SECONDS - started))
}

# A command that counts as one case; its output is shown when it fails.
check() {
	local name=$1 log=$logs/$stage-$1.log
	shift

	if "$@" >"$log" 2>&1; then
		echo "   $name: fine"
		add 1 0 0
	else
		grep -v '^\[[0-9]*/[0-9]*\]' "$log" | tail -60
		echo "   $name: FAILED, see $log"
		add 0 1 0
		return 1
	fi
}

# A folder that was left by an earlier run may have been set up otherwise.
configure() {
	if [ ! -f "$root/$1/build.ninja" ]; then
		"${within[@]}" meson setup "$root/$1" "${@:2}"
	elif [ $# -gt 1 ]; then
		"${within[@]}" meson configure "$root/$1" "${@:2}"
	fi
}

build_steps() {
	configure "$@" && "${within[@]}" meson compile -C "$root/$1" "${targets[@]}"
}

# Configure and compile into a folder of its own, once.
build() {
	if [ -z "${built[$1]:-}" ]; then
		built[$1]=failed
		check "build-$1" build_steps "$@" || return 1
		built[$1]=fine
	fi
	[ "${built[$1]}" = fine ]
}

# The test programs of a build; what meson's log tells is counted, whatever its exit status.
run_tests() {
	local name=$1 folder=$2 counts
	shift 2

	rm -f "$root/$folder/meson-logs/$name"*.json
	"${within[@]}" meson test -C "$root/$folder" --no-rebuild --logbase "$name" "$@" \
		>"$logs/$name-tests.log" 2>&1 || tail -60 "$logs/$name-tests.log"
	# Under a wrapper, meson adds the wrapper's name to the log's.
	cat "$root/$folder/meson-logs/$name"*.json >"$logs/$name.json" || true
	counts=$(devtools/count-tests.py "$name" meson "$logs/$name.json")
	# shellcheck disable=SC2086 # three numbers
	add $counts
}

stage_rules() {
	check format devtools/check-format.sh || true
	check tree devtools/check-tree.py || true
	check guide doc/build-guide.sh sphinx-build doc "$root" || true
}

stage_gcc() {
	build gcc && run_tests gcc gcc "${without_own_stages[@]}"
	build gcc && check install test/install/run.sh "$root/gcc"
}

stage_clang() {
	CC=clang-14 build clang -Dfuzz=true && run_tests clang clang "${without_own_stages[@]}"
}

stage_sanitize() {
	build sanitize -Db_sanitize=address,undefined && run_tests sanitize sanitize "${without_own_stages[@]}"
}

# The fast suite only: Python is none of valgrind's business, and long tests take too long under it.
stage_valgrind() {
	build gcc && run_tests valgrind gcc --suite fast --timeout-multiplier 60 --wrapper \
		"$valgrind"
}

conformance() {
	local name=$1 folder=$2 counts
	shift 2

	"${within[@]}" python3 test/conformance/run.py --plugin "$root/$folder/drivers/event/dlb/librte_event_dlb.so" \
		--log-dir "$logs/$name" "$@" 2>&1 | tee "$logs/$name.tap" | grep -v '^ok' || true
	counts=$(devtools/count-tests.py "$name" tap "$logs/$name.tap")
	# shellcheck disable=SC2086 # three numbers
	add $counts
}

# The programs themselves are not built with sanitizers, so the runtimes are loaded ahead of them. The suite of
# timer adapters has windows of 21 us, and takes minutes.
stage_conformance() {
	local runtimes

	build gcc && conformance conformance gcc
	build gcc && conformance conformance-valgrind gcc --events 1024 --timeout 120 \
		--wrapper "$valgrind" --only 'hw=2.? order_queue' --only '* perf_atq a,o,p burst 32'
	runtimes=$(gcc -print-file-name=libasan.so):$(gcc -print-file-name=libubsan.so)
	build sanitize -Db_sanitize=address,undefined &&
		conformance conformance-sanitized sanitize --events 20000 --timeout 180 \
			--env "LD_PRELOAD=$runtimes" --only 'hw=*' --only 'both *' \
			--except '*timer_adapter_test'
}

stage_fuzz() {
	CC=clang-14 build clang -Dfuzz=true && run_tests fuzz clang --suite fuzz
}

stage_vm() {
	build gcc && run_tests vm gcc --suite vm
}

# The distribution's driver in that virtual machine: a witness for the device, who shares nothing with us.
stage_interop() {
	build gcc && run_tests interop gcc --suite interop
}

# Other releases of Debian have other releases of DPDK: 24.11 and 25.11. Only programs are built there in
# which DPDK takes part. Getting a release is mostly waiting for the network, so both are got at once.
stage_releases() {
	local release

	for release in trixie forky; do
		devtools/in-release.py "$release" true >"$logs/get-$release.log" 2>&1 &
	done
	wait
	for release in trixie forky; do
		cat "$logs/get-$release.log"
		within=(devtools/in-release.py "$release") targets=(dpdk-users)
		build "$release" && run_tests "$release" "$release" --suite dpdk --timeout-multiplier 3
		build "$release" && conformance "conformance-$release" "$release" --events 20000 \
			--timeout 180 --only '* eventdev_*' --only '* *dapter_autotest' \
			--only 'hw=2.? order_queue' --only '* perf_queue a,o,p burst 32'
	done
	within=() targets=()
}

asked=()
while [ $# -gt 0 ]; do
	[ "$1" != --suite ] || shift
	[[ " ${named[*]} " = *" ${1:-} "* ]] || die "'${1:-}' is no stage: there are ${named[*]}"
	asked+=("$1")
	shift
done
[ ${#asked[@]} -eq 0 ] || stages=("${asked[@]}")

devtools/install-packages.sh build run test
devtools/fetch-sdk.sh
mkdir -p "$logs"
for stage in "${stages[@]}"; do
	started=$SECONDS
	echo "== $stage"
	"stage_$stage" || true
done

echo "== all of it took $SECONDS s"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
