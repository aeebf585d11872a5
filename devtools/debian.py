# SPDX-License-Identifier: BSD-3-Clause
"""
Packages of any Debian release, fetched into a folder of one's own: nothing is installed, and nobody has
to be root. Where to get them is derived from the machine's own package sources; apt verifies them.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path


class DebianError(Exception):
    """Something is missing, and the message says what would help."""


def run(command, **options):
    """Run a command; its words are worth showing only when it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    if done.returncode != 0:
        raise DebianError(f"{command[0]} failed:\n{done.stdout[-3000:]}")
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
    raise DebianError(f"no package source of this machine has the release '{codename()}': name a "
                     "mirror of Debian with --mirror")


class PrivateApt:
    """apt with sources, lists and downloads of its own, and a machine that has nothing installed."""

    def __init__(self, folder, mirror, suites, kind="deb"):
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            raise DebianError("this machine has no apt: the parts come as Debian packages")
        uri, signed_by = (mirror, "") if mirror else own_mirror()
        option = f"[signed-by={signed_by}] " if signed_by.startswith("/") else ""
        self.folder = folder
        for name in ("lists/partial", "cache/archives/partial", "state"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "status").write_text("")
        (folder / "sources.list").write_text("".join(
            f"{kind} {option}{uri} {suite} main\n" for suite in suites))
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


def cached(folder, sources, make):
    """
    What make() puts into a folder, made if it is not there, or by other sources than these files. One
    process makes it at a time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    recipe = hashlib.sha256(b"".join(Path(source).read_bytes() for source in sources)).hexdigest()
    stamp = folder / "stamp"
    with open(folder / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.is_file() or json.loads(stamp.read_text())["recipe"] != recipe:
            make()
            stamp.write_text(json.dumps({"recipe": recipe}))
