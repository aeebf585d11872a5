# SPDX-License-Identifier: BSD-3-Clause
"""A kernel out of its wrapping, in which QEMU boots it too: to unpack itself takes it seconds there."""

import shutil
import struct
import subprocess

# Fields of the header of a bzImage, as "The Linux/x86 Boot Protocol" has them.
SETUP_SECTORS = 0x1F1
PAYLOAD = 0x248
SECTOR_BYTES = 512
SIZE_BYTES = 4  # of what has been compressed, after the payload
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


def payload(image):
    """The compressed kernel in a bzImage."""
    start = (image[SETUP_SECTORS] + 1) * SECTOR_BYTES
    offset, length = struct.unpack_from("<II", image, PAYLOAD)
    return image[start + offset:start + offset + length - SIZE_BYTES]


def unpacked(image, path):
    """Unpack a bzImage to a path, and return it; or the image, where this cannot be done."""
    content = payload(image.read_bytes())
    if not content.startswith(ZSTD_MAGIC) or not shutil.which("zstd"):
        return image
    with open(path, "wb") as kernel:
        subprocess.run(["zstd", "-dcq"], input=content, stdout=kernel, check=True)
    return path
