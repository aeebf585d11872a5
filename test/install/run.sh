#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Install a build into a folder, and build and run a program against what is there: with the shared library,
# with the static one, and with the plugin. Then the same for the examples, with the shared library.
#
# usage: run.sh BUILD-FOLDER
set -euo pipefail

build=$(cd "$1" && pwd)
source=$(cd "$(dirname "$0")" && pwd)
# Below the build: EAL loads no plugin from a folder below one that everybody may write to.
root=$(mktemp -d -p "$build")
trap 'rm -rf "$root"' EXIT

DESTDIR=$root meson install -C "$build" --no-rebuild >/dev/null
pc=$(find "$root" -name librte_event_dlb.pc)
sed -i "s,^prefix=,prefix=$root," "$pc"
export PKG_CONFIG_PATH=${pc%/*}
libraries=$(pkg-config --variable=libdir librte_event_dlb)

# shellcheck disable=SC2046 # words
build_app() {
	local name=$1
	shift
	cc -Wall -Werror "$source/app.c" -o "$root/$name" $(pkg-config --cflags librte_event_dlb) "$@"
}

# Arguments of EAL's own, then what the program needs to find the driver.
run_app() {
	local name=$1
	shift
	echo "== $name"
	XDG_RUNTIME_DIR=$root "$root/$name" --no-huge --no-pci --no-shconf -m 64 --no-telemetry \
		--vdev=event_dlb0 "$@"
}

# shellcheck disable=SC2046
build_app shared $(pkg-config --libs librte_event_dlb)
LD_LIBRARY_PATH=$libraries run_app shared
# shellcheck disable=SC2046
build_app static $(pkg-config --variable=static_libs librte_event_dlb) $(pkg-config --libs libdpdk) \
	-lrte_bus_vdev -lrte_bus_pci
run_app static
# shellcheck disable=SC2046
build_app plugin $(pkg-config --libs libdpdk)
run_app plugin -d "$libraries/librte_event_dlb.so"

# The examples, each copied out of the tree and built alone.
export LD_LIBRARY_PATH=$libraries
for folder in "$source"/../../examples/*/; do
	name=$(basename "$folder")
	cp -r "$folder" "$root/$name"
	make -s -C "$root/$name" CFLAGS=-Werror
	echo "== example $name"
done
run_app pipeline/pipeline --lcores 0@0,1@0 -- --events 1000
