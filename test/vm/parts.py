# SPDX-License-Identifier: BSD-3-Clause
"""
What a virtual machine is made of: QEMU with vfio-user, a kernel with vfio-pci, busybox.

All of it comes from Debian packages that are unpacked into a cache folder; nothing is installed, and
nobody has to be root. Where to get them is derived from the machine's own package sources.
"""

import fcntl
import hashlib
import json
import lzma
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

RELEASE = "trixie"
BACKPORTS = f"{RELEASE}-backports"  # QEMU 10.1 or later is there
QEMU_PACKAGES = ["qemu-system-x86", "seabios"]
KERNEL_PACKAGE = "linux-image-amd64"
MODULES = ["irqbypass", "vfio", "vfio_iommu_type1", "vfio-pci-core", "vfio-pci"]  # in this order
LIBRARY_FOLDER = "usr/lib/x86_64-linux-gnu"


class PartsError(Exception):
    """Something is missing, and the message says what would help."""


class Parts:
    """Where the parts are, in a cache folder."""

    def __init__(self, cache):
        self.cache = cache
        self.root = cache / "qemu"
        self.kernel = cache / "vmlinuz"
        self.busybox = cache / "busybox"
        self.modules = [cache / "modules" / f"{name}.ko" for name in MODULES]
        self.stamp = cache / "stamp"

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


def run(command, **options):
    """Run a command; its words are worth showing only when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    if done.returncode != 0:
        raise PartsError(f"{command[0]} failed:\n{done.stdout[-3000:]}")
    return done.stdout


def codename():
    match = re.search(r"^VERSION_CODENAME=\"?(\w+)", Path("/etc/os-release").read_text(), re.M)
    return match[1] if match else ""


def deb822_entries(text):
    for stanza in re.split(r"\n\s*\n", text):
        fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*)$", stanza, re.M))
        fields = {name.lower(): value for name, value in fields.items()}
        for uri in fields.get("uris", "").split():
            yield uri, fields.get("suites", "").split(), fields.get("signed-by", "")


def one_line_entries(text):
    for options, uri, suite in re.findall(r"^\s*deb\s+(\[[^]]*\])?\s*(\S+)\s+(\S+)", text, re.M):
        signed_by = re.search(r"signed-by=(\S+?)[\]\s]", options)
        yield uri, [suite], signed_by[1] if signed_by else ""


def own_mirror(etc=Path("/etc/apt")):
    """URI and keyring of the archive that this machine gets its own release from."""
    for path in [etc / "sources.list", *sorted(etc.glob("sources.list.d/*"))]:
        if not path.is_file():
            continue
        entries = deb822_entries if path.suffix == ".sources" else one_line_entries
        for uri, suites, signed_by in entries(path.read_text()):
            if codename() in suites:
                return uri, signed_by
    raise PartsError(f"no package source of this machine has the release '{codename()}': name a "
                     "mirror of Debian with --mirror")


class PrivateApt:
    """apt with sources, lists and downloads of its own, and a machine that has nothing installed."""

    def __init__(self, folder, mirror):
        uri, signed_by = (mirror, "") if mirror else own_mirror()
        option = f"[signed-by={signed_by}] " if signed_by.startswith("/") else ""
        self.folder = folder
        for name in ("lists/partial", "cache/archives/partial", "state"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "status").write_text("")
        (folder / "sources.list").write_text("".join(
            f"deb {option}{uri} {suite} main\n" for suite in (RELEASE, BACKPORTS)))
        settings = {
            "Dir::Etc::SourceList": folder / "sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::Etc::Preferences": "/dev/null",
            "Dir::Etc::PreferencesParts": "/dev/null",
            "Dir::State": folder / "state",
            "Dir::State::Lists": folder / "lists",
            "Dir::State::Status": folder / "status",
            "Dir::Cache": folder / "cache",
            "APT::Architecture": "amd64",
            "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
            "APT::Install-Recommends": "false",
            "APT::Update::Post-Invoke-Success": "",
            "DPkg::Post-Invoke": "",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
        }
        self.options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]

    def __call__(self, tool, *words):
        return run([tool, "-q", *self.options, *words], cwd=self.folder)

    def download_with_dependencies(self, suite, packages):
        self("apt-get", "install", "--yes", "--download-only", "-t", suite, *packages)
        archives = self.folder / "cache/archives"
        return sorted(archives.glob("*.deb"))

    def download(self, package):
        before = set(self.folder.glob("*.deb"))
        self("apt-get", "download", package)
        return (set(self.folder.glob("*.deb")) - before).pop()

    def dependency(self, package):
        """The first package that a package without contents stands for."""
        return re.search(r"Depends: (\S+)", self("apt-cache", "depends", package))[1]


def members(package, wanted):
    """Files of a package whose name passes a test, without unpacking the others."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as stream:
        with tarfile.open(fileobj=stream.stdout, mode="r|") as archive:
            for member in archive:
                if member.isfile() and wanted(Path(member.name)):
                    yield Path(member.name), archive.extractfile(member).read()


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
        raise PartsError(f"{package.name} has no {missing[0].name}")


def recipe():
    """Changes when this file does: a cache made by another recipe is made anew."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def build(parts, mirror, say):
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise PartsError("this machine has no apt: the parts come as Debian packages")
    for stale in (parts.root, parts.cache / "apt"):
        shutil.rmtree(stale, ignore_errors=True)
    apt = PrivateApt(parts.cache / "apt", mirror)
    say(f"getting QEMU and a kernel of Debian {RELEASE} into {parts.cache}")
    apt("apt-get", "update")
    for package in apt.download_with_dependencies(BACKPORTS, QEMU_PACKAGES):
        run(["dpkg-deb", "-x", str(package), str(parts.root)])
    unpack_kernel(apt.download(apt.dependency(KERNEL_PACKAGE)), parts)
    for _, content in members(apt.download("busybox-static"),
                              lambda path: path.parts[-2:] == ("bin", "busybox")):
        parts.busybox.write_bytes(content)
    shutil.rmtree(parts.cache / "apt")
    parts.stamp.write_text(json.dumps({"recipe": recipe()}))


def prepare(cache, mirror=None, say=print):
    """The parts in a cache folder, made if they are not there. One process makes them at a time."""
    cache = cache.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    parts = Parts(cache)
    with open(cache / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not parts.stamp.is_file() or json.loads(parts.stamp.read_text())["recipe"] != recipe():
            build(parts, mirror, say)
    return parts
