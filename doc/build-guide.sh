#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Build the guide from a copy of its chapters and the generated reference; warnings are errors.
#
# usage: build-guide.sh SPHINX-BUILD SOURCE-FOLDER BUILD-FOLDER
set -euo pipefail

sphinx=$1 source=$2 build=$3
rm -rf "$build/guide-source"
cp -r "$source/guide" "$build/guide-source"
python3 "$source/gen_registers.py" "$source/../lib/dlb_hw/registers.txt" \
	"$build/guide-source/registers.md"
"$sphinx" -q -W --keep-going -b html "$build/guide-source" "$build/guide"
echo "the guide: $build/guide/index.html"
