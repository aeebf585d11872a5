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

# How this user becomes root, in front of a command; dies where there is no way.
root_prefix() {
	[ "$(id -u)" -ne 0 ] || return 0
	if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
		echo sudo
		return 0
	fi
	die "some packages are missing; as root, run: apt-get install ${missing[*]}"
}

# Run a command of apt's, whose many words go to a log.
apt_step() {
	$prefix env DEBIAN_FRONTEND=noninteractive "$@" </dev/null >>"$log" 2>&1
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

prefix=$(root_prefix)
log=$(mktemp)
echo "packages: installing ${missing[*]}"
# Sources that cannot be read are no failure as long as the packages can be had.
apt_step apt-get update || true
for package in "${missing[@]}"; do
	apt-cache show "$package" >>"$log" 2>&1 ||
		die "apt knows no package $package: check the network; Debian 12 and later have it"
done
apt_step apt-get install -y --no-install-recommends "${missing[@]}" ||
	die "apt could not install ${missing[*]}: check the network and the disk (its words: $log)"
rm -f "$log"
