#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No code or data that stays may refer to what is given back after the start.

  sections-check.py OBJECT...

What Linux's modpost calls a section mismatch, found in the relocations of the ELF
objects that the image is linked from: __init, __initdata, __initbss and __initconst
(linux/init.h) lie in sections of their own, and only these, and what says __ref, may
name them. A switch's jump table lies in .rodata whatever its function is; it alone
refers to code relative to itself, and so is left out. Prints TAP; exit status 1 where
a reference is found.
"""
import bisect
import struct
import sys

SHT_SYMTAB, SHT_RELA, SHF_ALLOC = 2, 4, 2
R_X86_64_64 = 1
STT_SECTION, STB_LOCAL = 3, 0
INIT = ('.init.text', '.init.data', '.init.rodata', '.bss..init')
MAY_REFER = INIT + ('.ref.text', '.ref.data', '.text.entry')


def kind_of(section, kinds):
    return any(section == kind or section.startswith(kind + '.') for kind in kinds)


class Object:
    """An ELF object: its sections, symbols, and the relocations of what it loads."""

    def __init__(self, path):
        self.path = path
        self.data = open(path, 'rb').read()
        shoff, = struct.unpack_from('<Q', self.data, 40)
        size, nr, names = struct.unpack_from('<HHH', self.data, 58)
        self.headers = [struct.unpack_from('<IIQQQQIIQQ', self.data, shoff + i * size)
                        for i in range(nr)]
        self.sections = [self.text(names, header[0]) for header in self.headers]
        self.symbols = [symbol for i, header in enumerate(self.headers)
                        if header[1] == SHT_SYMTAB for symbol in self.read_symbols(header)]

    def text(self, table, offset):
        start = self.headers[table][4] + offset
        return self.data[start:self.data.index(b'\0', start)].decode()

    def read_symbols(self, header):
        """(name, section's name or '', value, kind) of each symbol; kind is its ELF info."""
        for at in range(header[4], header[4] + header[5], 24):
            name, info, _, index, value, _ = struct.unpack_from('<IBBHQQ', self.data, at)
            inside = 0 < index < len(self.sections)
            section = self.sections[index] if inside else ''
            named = info & 15 != STT_SECTION
            yield self.text(header[6], name) if named else section, section, value, info

    def relocations(self):
        """(section's name, offset, type, symbol) of each."""
        for header in self.headers:
            if header[1] != SHT_RELA or not self.headers[header[7]][2] & SHF_ALLOC:
                continue
            for at in range(header[4], header[4] + header[5], 24):
                offset, info = struct.unpack_from('<QQ', self.data, at)
                yield self.sections[header[7]], offset, info & 0xffffffff, self.symbols[info >> 32]

    def owner(self, section, offset):
        """What is defined in the section at or below the offset."""
        named = sorted((value, name) for name, where, value, info in self.symbols
                       if where == section and info & 15 != STT_SECTION)
        at = bisect.bisect_right([value for value, _ in named], offset)
        return named[at - 1][1] if at else section


def mismatches(objects):
    homes = {name: section for each in objects for name, section, _, info in each.symbols
             if section and info >> 4 != STB_LOCAL}
    for each in objects:
        for section, offset, kind, (name, home, _, _) in each.relocations():
            if kind_of(section, MAY_REFER) or section == '.eh_frame':
                continue
            if section.startswith('.rodata') and kind != R_X86_64_64:
                continue
            if kind_of(home or homes.get(name, ''), INIT):
                yield f'{each.path}: {each.owner(section, offset)} in {section} refers to {name}'


def main():
    objects = [Object(path) for path in sys.argv[1:]]
    found = sorted(set(mismatches(objects)))
    print('1..1')
    print(f'{"not ok" if found else "ok"} 1 - nothing that stays refers to what goes'
          f' ({len(objects)} objects)')
    for each in found:
        print('#', each)
    return 1 if found or not objects else 0


if __name__ == '__main__':
    sys.exit(main())
