#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Turn registers.txt into the C header and the C table of registers.

usage: gen_regs.py registers.txt dlb_regs.h dlb_regs.c

A row that cannot be right (a field outside 32 bits, two fields that share a bit, a reset value with
bits that no field covers, two registers at one address) stops the build with the line's number.
"""

import re
import sys

GENERATIONS = ("2.0", "2.5")
ACCESS = {
    "const": "DLB_ACCESS_CONST",
    "rw": "DLB_ACCESS_RW",
    "live": "DLB_ACCESS_LIVE",
    "status": "DLB_ACCESS_STATUS",
    "command": "DLB_ACCESS_COMMAND",
    "w1c": "DLB_ACCESS_W1C",
}
WRITABLE = ("rw", "live", "command", "w1c")


class RowError(Exception):
    pass


class Field:
    def __init__(self, text):
        m = re.fullmatch(r"(\w+):(\d+)(?:-(\d+))?(?:@(2\.[05]))?", text)
        if m is None:
            raise RowError(f"'{text}' is not NAME:BIT or NAME:MSB-LSB")
        self.name = m[1]
        self.msb = int(m[2])
        self.lsb = int(m[3] or m[2])
        self.only = m[4]
        if not 31 >= self.msb >= self.lsb >= 0:
            raise RowError(f"field {self.name} does not fit 32 bits")

    def shares_generation(self, other):
        return None in (self.only, other.only) or self.only == other.only

    @property
    def mask(self):
        return ((1 << (self.msb - self.lsb + 1)) - 1) << self.lsb


class Place:
    """Offset of a register in one generation, and up to two indices of (count, stride)."""

    def __init__(self, text):
        base, *dims = text.split("+")
        self.offset = int(base, 16)
        self.dims = [tuple(int(n, 0) for n in re.fullmatch(r"(\d+)x(0x[0-9a-f]+)", d).groups())
                     for d in dims]
        if len(self.dims) > 2:
            raise RowError("more than two indices")
        while len(self.dims) < 2:
            self.dims.insert(0, (1, 0))

    def offsets(self):
        (n0, s0), (n1, s1) = self.dims
        return [self.offset + i * s0 + j * s1 for i in range(n0) for j in range(n1)]


class Row:
    def __init__(self, words):
        if len(words) < 6:
            raise RowError("a row has a name, an access, two places, a reset value and fields")
        self.name, self.access, *places, reset = words[:5]
        if self.access not in ACCESS:
            raise RowError(f"'{self.access}' is not one of {', '.join(ACCESS)}")
        self.places = [None if p == "-" else Place(p) for p in places]
        self.reset = int(reset, 16)
        self.fields = []
        self.add_fields(words[5:])

    def add_fields(self, words):
        for field in map(Field, words):
            if any(f.mask & field.mask for f in self.fields if f.shares_generation(field)):
                raise RowError(f"field {field.name} shares bits with another")
            self.fields.append(field)

    def mask(self, gen):
        return sum(f.mask for f in self.fields if f.only in (None, GENERATIONS[gen]))

    def check(self):
        for gen, place in enumerate(self.places):
            if place and self.access != "status" and self.reset & ~self.mask(gen):
                raise RowError(f"{self.name}: the reset value has bits that no field covers")


def parse(path):
    rows = []
    with open(path, encoding="ascii") as text:
        for number, line in enumerate(text, 1):
            if line.startswith("#") or not line.strip():
                continue
            try:
                if line[0].isspace():
                    rows[-1].add_fields(line.split())
                else:
                    rows.append(Row(line.split()))
            except (RowError, ValueError, AttributeError, IndexError) as err:
                sys.exit(f"{path}:{number}: {err}")
    try:
        for row in rows:
            row.check()
        for gen, name in enumerate(GENERATIONS):
            seen = {}
            for row in rows:
                for offset in row.places[gen].offsets() if row.places[gen] else ():
                    if offset in seen:
                        raise RowError(f"{row.name} and {seen[offset]} share {offset:#x} on {name}")
                    seen[offset] = row.name
    except RowError as err:
        sys.exit(f"{path}: {err}")
    return rows


def header(rows):
    yield "/* SPDX-License-Identifier: BSD-3-Clause */"
    yield "/* Generated from registers.txt by gen_regs.py: do not edit. */"
    yield "#ifndef DLB_REGS_H\n#define DLB_REGS_H\n"
    yield "enum dlb_reg {"
    yield from (f"\tDLB_{row.name}," for row in rows)
    yield "\tDLB_REG_COUNT\n};\n"
    for row in rows:
        for f in row.fields:
            yield f"#define DLB_{row.name}_{f.name} 0x{f.mask:08x}u"
    yield "\n#endif /* DLB_REGS_H */"


def initialiser(values):
    return "{ " + ", ".join(values) + " }"


def table(rows):
    yield "/* SPDX-License-Identifier: BSD-3-Clause */"
    yield "/* Generated from registers.txt by gen_regs.py: do not edit. */"
    yield '#include "dlb_reg.h"\n'
    for row in rows:
        yield f"static const struct dlb_field_info fields_{row.name}[] = {{"
        for f in row.fields:
            gens = sum(1 << g for g, name in enumerate(GENERATIONS) if f.only in (None, name))
            yield f'\t{{ "{f.name}", 0x{f.mask:08x}u, {gens:#x} }},'
        yield "};\n"
    yield "const struct dlb_reg_info dlb_regs[DLB_REG_COUNT] = {"
    for row in rows:
        zero = Place("0x0")
        places = [p or zero for p in row.places]
        present = sum(1 << g for g, p in enumerate(row.places) if p)
        writable = [row.mask(g) if row.access in WRITABLE else 0 for g in range(len(GENERATIONS))]
        yield f"\t[DLB_{row.name}] = {{"
        yield f'\t\t.name = "{row.name}", .access = {ACCESS[row.access]}, .present = {present:#x},'
        yield "\t\t.offset = " + initialiser(f"0x{p.offset:08x}u" for p in places) + ","
        for dim in (0, 1):
            part = ("outer", "inner")[dim]
            yield f"\t\t.{part}_count = " + initialiser(str(p.dims[dim][0]) for p in places) + ","
            yield f"\t\t.{part}_stride = " + initialiser(f"{p.dims[dim][1]:#x}u" for p in places) + ","
        yield f"\t\t.reset = 0x{row.reset:08x}u,"
        yield "\t\t.writable = " + initialiser(f"0x{w:08x}u" for w in writable) + ","
        yield f"\t\t.fields = fields_{row.name}, .field_count = {len(row.fields)},"
        yield "\t},"
    yield "};"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    rows = parse(sys.argv[1])
    for path, lines in zip(sys.argv[2:], (header(rows), table(rows))):
        with open(path, "w", encoding="ascii") as out:
            out.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
