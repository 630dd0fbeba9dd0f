#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads BOOTX64.EFI as strict firmware does, and compares it with its objects.

  pe-check.py BOOTX64.EFI [OBJECT...]

Prints TAP; exit status 1 where a check failed. The objects are the ELF files
that the image was linked from: each absolute address in them has to be a base
relocation of the image. What is asked for: PE/COFF specification, UEFI 2.10
section 2.1.1, and the memory mitigations that firmware asks of signed images.
"""
import struct
import sys

PAGE = 4096
EXECUTE, READ, WRITE = 0x20000000, 0x40000000, 0x80000000
CODE, DATA, BSS = 0x20, 0x40, 0x80
DYNAMIC_BASE, NX_COMPAT = 0x40, 0x100
RELOC_ABSOLUTE, RELOC_DIR64 = 0, 10
DIR_SECURITY, DIR_RELOC, NR_DIRS = 4, 5, 16
R_X86_64_64, R_X86_64_PLT32, R_X86_64_PC32, R_X86_64_PC64 = 1, 4, 2, 24
SHT_RELA, SHF_ALLOC = 4, 2
DROPPED = ('.eh_frame', '.discard.')  # by the linker


def up(value, to):
    return (value + to - 1) // to * to


class Section:
    def __init__(self, raw):
        name, self.vsize, self.start, self.raw_size, self.raw, _, _, _, _, self.flags = (
            struct.unpack('<8sIIIIIIHHI', raw))
        self.name = name.rstrip(b'\0').decode()
        self.end = self.start + self.vsize
        self.page_end = up(self.end, PAGE)

    def __contains__(self, rva):
        return self.start <= rva < self.end


class Image:
    """The headers of a PE32+ file and its base relocations."""

    def __init__(self, data):
        self.data = data
        pe = struct.unpack_from('<I', data, 0x3c)[0]
        self.magic_ok = data[:2] == b'MZ' and data[pe:pe + 4] == b'PE\0\0'
        (self.machine, nr, self.timestamp, self.symbols, _, optional,
         self.characteristics) = struct.unpack_from('<HHIIIHH', data, pe + 4)
        at = pe + 24
        self.optional_magic, = struct.unpack_from('<H', data, at)
        self.entry, = struct.unpack_from('<I', data, at + 16)
        self.base, self.alignment, self.file_alignment = struct.unpack_from('<QII', data, at + 24)
        self.size, self.header_size = struct.unpack_from('<II', data, at + 56)
        self.subsystem, self.dll = struct.unpack_from('<HH', data, at + 68)
        nr_dirs, = struct.unpack_from('<I', data, at + 108)
        self.dirs = [struct.unpack_from('<II', data, at + 112 + 8 * i) for i in range(nr_dirs)]
        self.headers_end = at + optional + 40 * nr
        self.sections = [Section(data[at + optional + 40 * i:at + optional + 40 * i + 40])
                         for i in range(nr)]

    def section(self, name):
        return next(s for s in self.sections if s.name == name)

    def bytes_at(self, rva, size):
        section = next(s for s in self.sections if rva in s)
        at = section.raw + rva - section.start
        return self.data[at:at + size]

    def relocations(self):
        """(type, rva) of every base relocation; the padding at a block's end left out."""
        rva, size = self.dirs[DIR_RELOC]
        table, found, at = self.bytes_at(rva, size), [], 0
        while at < size:
            page, block = struct.unpack_from('<II', table, at)
            if block < 8 or block % 4 or at + block > size or page % PAGE:
                raise ValueError(f'relocation block at {at}: page {page:#x}, size {block}')
            entries = struct.unpack_from(f'<{(block - 8) // 2}H', table, at + 8)
            found += [(e >> 12, page + (e & 0xfff)) for e in entries if e >> 12 != RELOC_ABSOLUTE]
            at += block
        return found


def elf_relocations(path):
    """(type, section name) of each relocation of what an ELF object loads."""
    data = open(path, 'rb').read()
    shoff, = struct.unpack_from('<Q', data, 40)
    size, nr, names = struct.unpack_from('<HHH', data, 58)
    headers = [struct.unpack_from('<IIQQQQIIQQ', data, shoff + i * size) for i in range(nr)]

    def name(header):
        start = headers[names][4] + header[0]
        return data[start:data.index(b'\0', start)].decode()

    for header in headers:
        target = headers[header[7]] if header[1] == SHT_RELA else None
        if not target or not target[2] & SHF_ALLOC or name(target).startswith(DROPPED):
            continue
        for at in range(header[4], header[4] + header[5], 24):
            info, = struct.unpack_from('<Q', data, at + 8)
            yield info & 0xffffffff, name(target)


def check_headers(image):
    yield 'it is a PE32+ image', image.magic_ok and image.optional_magic == 0x20b
    yield 'the machine is x86-64', image.machine == 0x8664
    yield 'the subsystem is EFI application', image.subsystem == 10
    yield 'sections are aligned to 4 KiB', image.alignment == PAGE
    yield 'raw data is aligned to 512 bytes', image.file_alignment == 512 and all(
        s.raw % 512 == 0 and s.raw_size % 512 == 0 for s in image.sections)
    yield 'NX_COMPAT is set', image.dll & NX_COMPAT
    yield 'DYNAMIC_BASE is set', image.dll & DYNAMIC_BASE
    yield 'relocations are not stripped', not image.characteristics & 1
    yield 'the time stamp is 0', image.timestamp == 0
    yield 'there are no symbols', image.symbols == 0
    yield 'all 16 data directories are there', len(image.dirs) == NR_DIRS
    yield 'the only data directory is that of relocations', [
        i for i, each in enumerate(image.dirs) if each != (0, 0)] == [DIR_RELOC]
    yield 'the space of the certificate table is empty', image.dirs[DIR_SECURITY] == (0, 0)
    yield 'headers end before SizeOfHeaders and the first section', (
        image.headers_end <= image.header_size <= image.sections[0].start
        and image.header_size <= min(s.raw for s in image.sections if s.raw_size))


def check_sections(image):
    sections = image.sections
    yield 'section names are as linked', [s.name for s in sections] == [
        '.text', '.init', '.rodata', '.data', '.bss', '.initdat', '.initbss', '.reloc', '.sbat']
    yield 'sections start on pages', all(s.start % PAGE == 0 for s in sections)
    yield 'the first section follows the headers', sections[0].start == up(image.header_size, PAGE)
    yield 'sections follow each other without gap or overlap', all(
        a.page_end == b.start for a, b in zip(sections, sections[1:]))
    yield 'the image ends with its last section', image.size == sections[-1].page_end
    yield 'no section is writable and executable', not any(
        s.flags & WRITE and s.flags & EXECUTE for s in sections)
    kinds = {'.text': READ | EXECUTE | CODE, '.rodata': READ | DATA, '.data': READ | WRITE | DATA,
             '.bss': READ | WRITE | BSS, '.reloc': READ | DATA, '.sbat': READ | DATA}
    kinds |= {'.init': kinds['.text'], '.initdat': kinds['.data'], '.initbss': kinds['.bss']}
    for s in sections:
        mask = EXECUTE | READ | WRITE | CODE | DATA | BSS
        yield f'{s.name} is protected as it should', s.flags & mask == kinds.get(s.name)
    yield 'raw data lies inside the file, in order, without overlap', all(
        a.raw + a.raw_size <= b.raw for a, b in zip(
            [s for s in sections if s.raw_size],
            [s for s in sections if s.raw_size][1:])) and all(
        s.raw + s.raw_size <= len(image.data) for s in sections)
    yield 'nothing follows the last section in the file', len(image.data) == max(
        s.raw + s.raw_size for s in sections)
    yield 'only .bss and .initbss are larger in memory than in the file', all(
        s.vsize <= s.raw_size for s in sections if s.name not in ('.bss', '.initbss'))
    yield 'the entry is in .text', image.entry in image.section('.text')


def check_sbat(image):
    """As shim reads it (rhboot/shim, SBAT.md): lines of six fields, none of them empty."""
    section = image.section('.sbat')
    text = image.bytes_at(section.start, section.vsize).decode('ascii', 'replace')
    rows = [line.split(',') for line in text.splitlines()]
    yield '.sbat is whole lines of text', (
        text.endswith('\n') and text.replace('\n', '').isprintable())
    yield '.sbat has six fields in each line, and none is empty', all(
        len(row) == 6 and all(row) for row in rows)
    yield '.sbat starts with the version of the format', rows[0][:2] == ['sbat', '1']
    yield '.sbat names this program with a generation', [
        row[0] for row in rows[1:] if row[1].isdigit() and int(row[1]) > 0] == ['baremm']


def check_relocations(image):
    relocations = image.relocations()
    rvas = [rva for _, rva in relocations]
    data = [image.section(name) for name in ('.rodata', '.data', '.initdat')]
    yield 'the relocation directory is in .reloc', (
        image.dirs[DIR_RELOC][0] == image.section('.reloc').start)
    yield 'there are relocations', relocations
    yield 'all relocations are DIR64', all(kind == RELOC_DIR64 for kind, _ in relocations)
    yield 'relocations are in .rodata, .data and .initdat', all(
        any(rva in s and rva + 7 in s for s in data) for rva in rvas)
    yield 'no address is relocated twice', len(set(rvas)) == len(rvas) and all(
        b - a >= 8 for a, b in zip(sorted(rvas), sorted(rvas)[1:]))
    yield 'every relocated address points into the image', all(
        image.base < struct.unpack('<Q', image.bytes_at(rva, 8))[0] <= image.base + image.size
        for rva in rvas)


def has_canary(path):
    """Whether the compiler protects a function of this object: one in two files has an array."""
    return b'\0__stack_chk_fail\0' in open(path, 'rb').read()


def check_objects(image, paths):
    kinds = [kind for path in paths for kind in elf_relocations(path)]
    absolute = [section for kind, section in kinds if kind == R_X86_64_64]
    odd = {kind for kind in kinds
           if kind[0] not in (R_X86_64_64, R_X86_64_PC32, R_X86_64_PLT32, R_X86_64_PC64)}
    yield 'objects have absolute and relative addresses alone', not odd
    yield 'objects have no absolute address in code', not any(
        section.startswith(('.text', '.init.text', '.ref.text')) for section in absolute)
    yield (f'the {len(absolute)} absolute addresses of the objects are the image\'s relocations',
           len(absolute) == len(image.relocations()))
    yield 'the stack protector is on', sum(map(has_canary, paths)) > len(paths) / 2


def main():
    image = Image(open(sys.argv[1], 'rb').read())
    checks = [*check_headers(image), *check_sections(image), *check_sbat(image),
              *check_relocations(image)]
    if sys.argv[2:]:
        checks += check_objects(image, sys.argv[2:])
    print(f'1..{len(checks)}')
    for number, (what, right) in enumerate(checks, 1):
        print(f'{"ok" if right else "not ok"} {number} - {what}')
    return 0 if all(right for _, right in checks) else 1


if __name__ == '__main__':
    sys.exit(main())
