#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write the guide's register reference from registers.txt.

usage: gen_registers.py registers.txt registers.md
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib" / "dlb_hw"))
import gen_regs  # noqa: E402

ACCESS = (
    ("const", "never changes"),
    ("rw", "holds what software wrote, masked to its fields"),
    ("live", "device state that software may also write"),
    ("status", "device state; writes are ignored"),
    ("command", "a write acts; reads as 0"),
    ("w1c", "status bits that writing 1 clears"),
)


def place(text):
    if text is None:
        return "-"
    dims = [f"{count} x {stride:#x}" for count, stride in text.dims if count > 1]
    return " + ".join([f"`{text.offset:#010x}`"] + dims)


def field(f):
    bits = str(f.msb) if f.msb == f.lsb else f"{f.msb}:{f.lsb}"
    return f"{f.name} {bits}" + (f" ({f.only})" if f.only else "")


def lines(rows):
    yield "# Registers\n"
    yield "Every register that OpenDLB uses, in BAR 2. Made from `lib/dlb_hw/registers.txt`.\n"
    yield "| access | meaning |\n|---|---|"
    yield from (f"| {name} | {meaning} |" for name, meaning in ACCESS)
    unit = None
    for row in rows:
        if row.name.split("_")[0] != unit:
            unit = row.name.split("_")[0]
            yield f"\n## {unit}\n"
            yield "| register | access | 2.0 | 2.5 | reset | fields |\n|---|---|---|---|---|---|"
        yield (f"| {row.name} | {row.access} | {place(row.places[0])} | {place(row.places[1])} | "
               f"{row.reset:#x} | {', '.join(map(field, row.fields))} |")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    text = "\n".join(lines(gen_regs.parse(sys.argv[1]))) + "\n"
    Path(sys.argv[2]).write_text(text, encoding="ascii")


if __name__ == "__main__":
    main()
