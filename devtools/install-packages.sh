#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Installs what is missing of the named groups of packages.txt, and nothing else.
#
# usage: install-packages.sh GROUP...
set -euo pipefail
cd "$(dirname "$0")"

die() {
	echo "install-packages: $*" >&2
	exit 1
}

packages_of() {
	local group

	for group in "$@"; do
		awk -v group="$group" '$1 == group { print $2 }' packages.txt
	done
}

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# apt-get as this user may run it; dies where there is no way.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
		sudo "$@"
	else
		die "some packages are missing; as root, run: apt-get install ${missing[*]}"
	fi
}

# Run a command of apt's; its words are worth showing only when it fails.
quietly() {
	local log status=0

	log=$(mktemp)
	as_root env DEBIAN_FRONTEND=noninteractive "$@" </dev/null >"$log" 2>&1 || status=$?
	[ "$status" -eq 0 ] || tail -5 "$log" >&2
	rm -f "$log"
	return "$status"
}

[ $# -gt 0 ] || die "name the groups of packages.txt to install"
command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
	die "this machine has no apt: install the equivalents of $(packages_of "$@" | xargs)"

missing=()
for package in $(packages_of "$@"); do
	is_installed "$package" || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
	echo "packages: all there"
	exit 0
fi

echo "packages: installing ${missing[*]}"
quietly apt-get update || echo "packages: apt could not read all of its package sources" >&2
for package in "${missing[@]}"; do
	apt-cache show "$package" >/dev/null 2>&1 ||
		die "apt knows no package $package: check the network; Debian 12 and later have it"
done
quietly apt-get install -y --no-install-recommends "${missing[@]}" ||
	die "apt could not install ${missing[*]}: check the network and the disk, try again"
