#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Gets the DPDK headers that drivers need and distribution packages lack (eventdev_pmd.h,
# bus_pci_driver.h, ...) into .sdk/dpdk-VERSION/include, where meson looks for them.
#
# They come from the source package that the installed libdpdk-dev was built from, fetched and
# verified by apt through a private configuration derived from the machine's own: nothing outside
# .sdk/ is changed, and no root is needed. A DPDK installed with its driver headers needs nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

die() {
	echo "fetch-sdk: $*" >&2
	exit 1
}

# The headers a driver starts from; the others are found through them.
entry_headers="eventdev_pmd_pci.h eventdev_pmd_vdev.h bus_pci_driver.h bus_vdev_driver.h"

headers_in() {
	local header

	for header in $entry_headers; do
		[ -f "$1/$header" ] || return 1
	done
}

installed_sdk() {
	local flag

	for flag in $(pkg-config --cflags-only-I libdpdk); do
		if headers_in "${flag#-I}"; then
			echo "${flag#-I}"
			return 0
		fi
	done
	return 1
}

# NAME=VERSION of the source package behind the installed libdpdk-dev.
source_package() {
	local pc owner

	command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
		die "this machine has no apt: install DPDK built with -Denable_driver_sdk=true"
	pc=$(pkg-config --variable=pcfiledir libdpdk)/libdpdk.pc
	owner=$(dpkg-query -S "$(realpath "$pc")" 2>/dev/null | cut -d: -f1) ||
		die "the DPDK of $pc lacks driver headers and is no package of this" \
			"distribution: build it with -Denable_driver_sdk=true"
	dpkg-query -W -f '${source:Package}=${source:Version}' "$owner"
}

# Source entries for every package entry of the machine's own lists, in either style.
derive_sources() {
	local from=$1 to=$2 file

	for file in "$from/sources.list" "$from"/sources.list.d/*.list; do
		[ -f "$file" ] || continue
		sed -n '/cdrom:/d; s/^[[:space:]]*deb[[:space:]]/deb-src /p' "$file" \
			>"$to/$(basename "$file" .list).list"
	done
	for file in "$from"/sources.list.d/*.sources; do
		[ -f "$file" ] || continue
		sed 's/^[Tt]ypes:.*/Types: deb-src/' "$file" >"$to/$(basename "$file")"
	done
	[ -n "$(ls "$to")" ] || die "apt has no package sources here: configure them first"
}

# Download the source package into the current folder. Lists that cannot be had are no failure as
# long as the package itself can: not every source of the machine has sources to offer.
download() {
	local package=$1 work=$PWD etc
	local -a options

	eval "$(apt-config shell etc Dir::Etc/d)"
	mkdir -p sources lists/partial cache/archives/partial
	derive_sources "${etc%/}" sources
	options=(-q -o "Dir::Etc::SourceList=/dev/null"
		-o "Dir::Etc::SourceParts=$work/sources"
		-o "Dir::State::Lists=$work/lists"
		-o "Dir::Cache=$work/cache"
		-o "APT::Sandbox::User=$(id -un)"
		-o "APT::Update::Post-Invoke-Success="
		-o "Acquire::Retries=2")
	apt-get "${options[@]}" update >log 2>&1 || true
	apt-get "${options[@]}" source --download-only "$package" >>log 2>&1 || {
		mv log ../fetch.log
		die "apt cannot get the source of $package: check the network; if there is a newer" \
			"libdpdk-dev, upgrade to it first (apt's words: .sdk/fetch.log)"
	}
}

command -v pkg-config >/dev/null || die "pkg-config is missing: install the package pkg-config"
pkg-config --exists libdpdk || die "DPDK is missing: install the package libdpdk-dev"

if found=$(installed_sdk); then
	echo "fetch-sdk: DPDK is installed with its driver headers in $found: nothing to do"
	exit 0
fi

sdk=$PWD/.sdk/dpdk-$(pkg-config --modversion libdpdk)
if headers_in "$sdk/include"; then
	echo "fetch-sdk: the driver headers are already in ${sdk#"$PWD"/}/include"
	exit 0
fi

command -v dpkg-source >/dev/null || die "dpkg-source is missing: install the package dpkg-dev"
package=$(source_package)
mkdir -p .sdk
work=$(mktemp -d "$PWD/.sdk/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
echo "fetch-sdk: getting the driver headers from the source package $package"
(
	cd "$work"
	download "$package"
	# apt has verified the files; dpkg-source need not know the archive's keys.
	dpkg-source --no-check -x ./*.dsc tree >/dev/null
	../../devtools/sdk.py copy tree include
)
rm -rf "$sdk"
mkdir "$sdk"
mv "$work/include" "$sdk/include"
echo "fetch-sdk: $(ls "$sdk/include" | wc -l) headers are in ${sdk#"$PWD"/}/include"
