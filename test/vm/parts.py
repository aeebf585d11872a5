# SPDX-License-Identifier: BSD-3-Clause
"""
What a virtual machine is made of: QEMU with vfio-user, a kernel with vfio-pci, busybox.

All of it comes from Debian packages that are unpacked into a cache folder.
"""

import lzma
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "devtools"))

import debian  # noqa: E402
from debian import DebianError, members, run  # noqa: E402

RELEASE = "trixie"
BACKPORTS = f"{RELEASE}-backports"  # QEMU 10.1 or later is there
QEMU_PACKAGES = ["qemu-system-x86", "seabios"]
KERNEL_PACKAGE = "linux-image-amd64"
MODULES = ["irqbypass", "vfio", "vfio_iommu_type1", "vfio-pci-core", "vfio-pci"]  # in this order
LIBRARY_FOLDER = "usr/lib/x86_64-linux-gnu"


class Parts:
    """Where the parts are, in a cache folder."""

    def __init__(self, cache):
        self.cache = cache
        self.root = cache / "qemu"
        self.kernel = cache / "vmlinuz"
        self.busybox = cache / "busybox"
        self.modules = [cache / "modules" / f"{name}.ko" for name in MODULES]

    def qemu_command(self):
        """QEMU, with the loader and the libraries that it was built for."""
        loader = next(self.root.glob("usr/lib64/ld-linux-x86-64.so.2"))
        libraries = [self.root / LIBRARY_FOLDER]
        libraries += [p for p in libraries[0].iterdir() if p.is_dir() and any(p.glob("*.so.*"))]
        return [str(loader), "--library-path", ":".join(map(str, libraries)),
                str(self.root / "usr/bin/qemu-system-x86_64"),
                "-L", str(self.root / "usr/share/qemu"),
                "-L", str(self.root / "usr/share/seabios")]

    def qemu_environment(self):
        return dict(os.environ, QEMU_MODULE_DIR=str(self.root / LIBRARY_FOLDER / "qemu"))


def module_name(path):
    return path.name.split(".ko")[0]


def unpack_kernel(package, parts):
    (parts.cache / "modules").mkdir(exist_ok=True)

    def wanted(path):
        return path.name.startswith("vmlinuz") or (".ko" in path.name and module_name(path) in MODULES)

    for path, content in members(package, wanted):
        if path.name.startswith("vmlinuz"):
            parts.kernel.write_bytes(content)
        else:
            content = lzma.decompress(content) if path.suffix == ".xz" else content
            (parts.cache / "modules" / f"{module_name(path)}.ko").write_bytes(content)
    missing = [p for p in (parts.kernel, *parts.modules) if not p.is_file()]
    if missing:
        raise DebianError(f"{package.name} has no {missing[0].name}")


def build(parts, mirror, say):
    for stale in (parts.root, parts.cache / "apt"):
        shutil.rmtree(stale, ignore_errors=True)
    apt = debian.PrivateApt(parts.cache / "apt", mirror, (RELEASE, BACKPORTS))
    say(f"getting QEMU and a kernel of Debian {RELEASE} into {parts.cache}")
    apt("apt-get", "update")
    for package in apt.download_with_dependencies(BACKPORTS, QEMU_PACKAGES):
        run(["dpkg-deb", "-x", str(package), str(parts.root)])
    unpack_kernel(apt.download(apt.dependency(KERNEL_PACKAGE)), parts)
    for _, content in members(apt.download("busybox-static"),
                              lambda path: path.parts[-2:] == ("bin", "busybox")):
        parts.busybox.write_bytes(content)
    shutil.rmtree(parts.cache / "apt")


def prepare(cache, mirror=None, say=print):
    """The parts in a cache folder, made if they are not there."""
    parts = Parts(cache.resolve())
    debian.cached(parts.cache, (__file__, debian.__file__), lambda: build(parts, mirror, say))
    return parts
