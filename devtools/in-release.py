#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""
Run a command in another release of Debian, with that release's compiler and DPDK.

usage: in-release.py RELEASE COMMAND...

The command sees this tree, writable, at its place, in this folder; all else of its file system is the
release's. That is made of packages when it is first needed, and kept in .cache: nothing is installed, and
nobody has to be root. Who is root stays root: what needs hugepages gets them.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import debian
import sdk
from debian import DebianError

TREE = Path(__file__).resolve().parents[1]
# Those of packages.txt that a build and its tests need, and what every Debian has anyway.
GROUPS = ("build", "run")
ESSENTIAL = ["base-files", "base-passwd", "bash", "ccache", "coreutils", "dash", "diffutils", "findutils",
             "grep", "gzip", "libc-bin", "mount", "sed", "tar", "util-linux"]

# In a mount name space of its own: the release as a file system, or nobody could have a name space in it;
# kernel file systems, a place for temporary files, and the tree.
ENTER = '''
root=$1 tree=$2 cwd=$3; shift 3
mount --bind "$root" "$root"
for folder in proc sys dev; do mount --rbind "/$folder" "$root/$folder"; done
mount -t tmpfs none "$root/tmp"
mkdir -p "$root$tree" && mount --rbind "$tree" "$root$tree"
exec chroot "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$cwd" "$@"
'''


def packages():
    words = [line.split() for line in (TREE / "devtools/packages.txt").read_text().splitlines()
             if line and not line.startswith("#")]
    return [*ESSENTIAL, *(package for group, package in words if group in GROUPS)]


def dpdk_version(root):
    text = next(root.glob("usr/lib/*/pkgconfig/libdpdk.pc")).read_text()
    return re.search(r"^Version: (\S+)", text, re.M)[1]


def headers_from_sources(folder, release, to):
    """As devtools/fetch-sdk.sh does it for this machine's own release."""
    apt = debian.PrivateApt(folder, os.environ.get("DLB_VM_MIRROR"), (release,), "deb-src")
    apt("apt-get", "update")
    apt("apt-get", "source", "--download-only", "dpdk")
    debian.run(["dpkg-source", "--no-check", "-x", str(next(folder.glob("*.dsc"))),
                str(folder / "tree")])
    sdk.copy(folder / "tree", to)


def headers(folder, release, version):
    """Put the headers for drivers of that DPDK where meson looks for them."""
    to = TREE / f".sdk/dpdk-{version}/include"
    base = next((TREE / ".sdk").glob("dpdk-22.11*/include"), None)
    shutil.rmtree(to, ignore_errors=True)
    try:
        headers_from_sources(folder, release, to)
        return "of its sources"
    except DebianError:
        if base is None:
            raise
        sdk.derive(base, to, version)
        return f"derived from {base.parent.name}: its sources cannot be had"


def build(folder, release):
    root = folder / "root"
    for stale in (root, folder / "apt", folder / "sources"):
        shutil.rmtree(stale, ignore_errors=True)
    apt = debian.PrivateApt(folder / "apt", os.environ.get("DLB_VM_MIRROR"), (release,))
    print(f"in-release: getting Debian {release} into {folder}", file=sys.stderr)
    apt("apt-get", "update")
    archives = apt.download_with_dependencies(release, packages())
    # Links that others are unpacked through.
    archives.sort(key=lambda path: not path.name.startswith("base-files_"))
    for archive in archives:
        debian.run(["dpkg-deb", "-x", str(archive), str(root)])
    version = dpdk_version(root)
    print(f"in-release: DPDK {version}, headers for drivers "
          f"{headers(folder / 'sources', release, version)}", file=sys.stderr)
    for stale in ("apt", "sources"):
        shutil.rmtree(folder / stale, ignore_errors=True)


def own_mounts():
    """The command that gives a mount name space; who may not have one gets a user name space with it."""
    plain = ["unshare", "--mount"]
    allowed = subprocess.run([*plain, "true"], capture_output=True, check=False).returncode == 0
    return plain if allowed else [*plain, "--map-root-user"]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    release, command = sys.argv[1], sys.argv[2:]
    folder = TREE / ".cache" / release
    try:
        debian.cached(folder, (__file__, debian.__file__, sdk.__file__,
                               TREE / "devtools/packages.txt"), lambda: build(folder, release))
    except (DebianError, sdk.SdkError) as error:
        sys.exit(f"in-release: {release}: {error}")
    environment = dict(os.environ, PATH="/usr/bin:/usr/sbin", HOME="/tmp", CC="ccache gcc",
                       CCACHE_DIR=str(TREE / ".cache/ccache"), CCACHE_NOHASHDIR="1")
    words = [*own_mounts(), "sh", "-c", ENTER, "sh", str(folder / "root"),
             str(TREE), os.getcwd(), *command]
    os.execvpe(words[0], words, environment)


if __name__ == "__main__":
    main()
