#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# From a fresh clone to the main job: installs what is missing, builds into build/, and runs
# dpdk-test-eventdev of the distribution on the embedded device. No hardware, no hugepages. Safe to
# run again: what is there stays.
#
# usage: devtools/quickstart.sh [--no-install]
#   --no-install  take the machine as it is; a missing tool is an error
set -euo pipefail
cd "$(dirname "$0")/.."

plugin=build/drivers/event/dlb/librte_event_dlb.so
log=build/quickstart.log

die() {
	echo "quickstart: $*" >&2
	exit 1
}

step() {
	echo "== $*"
}

# Build steps talk into the log; its end is shown when one fails.
logged() {
	"$@" >>"$log" 2>&1 || {
		grep -v '^\[[0-9]*/[0-9]*\]' "$log" | tail -20 >&2
		die "'$*' failed: its last words are above, all of them in $log"
	}
}

install=yes
for argument in "$@"; do
	case $argument in
	--no-install) install=no ;;
	-h | --help) sed -n '4,/^set/s/^# \{0,1\}//p' "$0" && exit 0 ;;
	*) die "'$argument' is no option of quickstart.sh: there is --no-install" ;;
	esac
done

[ "$(uname -sm)" = "Linux x86_64" ] || die "OpenDLB runs on x86-64 Linux, not on $(uname -sm)"

step "Packages"
[ "$install" = no ] || devtools/install-packages.sh build run
for tool in cc meson ninja pkg-config python3 dpdk-test-eventdev; do
	command -v "$tool" >/dev/null ||
		die "$tool is missing: install it, or let quickstart.sh do it, without --no-install"
done
pkg-config --atleast-version=22.11 libdpdk ||
	die "DPDK $(pkg-config --modversion libdpdk) is too old: 22.11 is needed, as in Debian 12"

step "Driver headers"
devtools/fetch-sdk.sh

step "Build"
mkdir -p build
: >"$log"
[ -f build/build.ninja ] || logged meson setup build
logged meson compile -C build
echo "built: $plugin"

step "Main job"
python3 test/conformance/main_job.py "$plugin" || die "the main job did not do what it should"
echo
echo "Use it in your own application with: -d $PWD/$plugin --vdev=event_dlb0"
