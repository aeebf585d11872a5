# SPDX-License-Identifier: BSD-3-Clause
"""The guest's first and only file system: a cpio archive, written without tools or root."""

import os
import re
import stat
import subprocess
from pathlib import Path, PurePosixPath


class Initramfs:
    """An archive in the format that the kernel calls newc."""

    def __init__(self):
        self.entries = {}

    def _add(self, name, mode, content=b""):
        name = PurePosixPath(name)
        for folder in reversed(name.parents):
            if str(folder) not in (".", "/"):
                self.entries.setdefault(str(folder), (stat.S_IFDIR | 0o755, b""))
        self.entries[str(name)] = (mode, content)

    def add_text(self, name, text):
        self._add(name, stat.S_IFREG | 0o644, text.encode())

    def add_link(self, name, target):
        self._add(name, stat.S_IFLNK | 0o777, os.fsencode(target))

    def add_program(self, name, source):
        self._add(name, stat.S_IFREG | 0o755, Path(source).read_bytes())

    def add_with_links(self, path):
        """A file of this machine under its own name, and what it is a link to as well."""
        path = Path(os.path.realpath(path.parent)) / path.name
        while path.is_symlink():
            self.add_link(path.relative_to("/"), os.readlink(path))
            path = path.parent / os.readlink(path)
            path = Path(os.path.realpath(path.parent)) / path.name
        self.add_program(path.relative_to("/"), path)

    def add_libraries(self, programs):
        """What the loader would load for programs of this machine, where it would look for it."""
        for folder in map(Path, ("/lib", "/lib64")):
            if folder.is_symlink():
                self.add_link(folder.relative_to("/"), os.readlink(folder))
        listing = subprocess.run(["ldd", *map(str, programs)], stdout=subprocess.PIPE, text=True,
                                 check=True).stdout
        for path in sorted(set(re.findall(r"(/\S+) \(0x", listing))):
            self.add_with_links(Path(path))

    def write(self, path):
        """Not compressed, which would take longer in the guest than reading more does."""
        with open(path, "wb") as archive:
            names = [*self.entries.items(), ("TRAILER!!!", (0, b""))]
            for inode, (name, (mode, content)) in enumerate(names, 1):
                self._write_entry(archive, inode, name, mode, content)

    @staticmethod
    def _write_entry(archive, inode, name, mode, content):
        encoded = os.fsencode(name) + b"\0"
        fields = (inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(encoded), 0)
        header = b"070701" + b"".join(b"%08x" % field for field in fields)
        for block in (header + encoded, content):
            archive.write(block + b"\0" * (-len(block) % 4))
