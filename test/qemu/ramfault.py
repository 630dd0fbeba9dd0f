# SPDX-License-Identifier: MIT
"""Faulty RAM: pages of a guest's memory that do not keep what the guest writes.

The guest's RAM is a file. From the moment when its memory test announces the largest
range until the test is over, words in some pages of that range are written over and over
from here. No value written is a pattern of the test, and each page is written thousands of
times between the moments when the guest writes and reads it. The guest must find just these
pages; they are then filled once more, and must hold that when the guest has ended.
"""
import mmap
import os
import re
import time

import guestlog

SIZE = 256 << 20
QEMU_ARGUMENTS = ['-m', '256M', '-machine', 'memory-backend=ram', '-object',
                  f'memory-backend-file,id=ram,size={SIZE},mem-path=ram,share=on']
PAGE = 4096
RANGE = re.compile(r'  0x([0-9a-f]{16}) - 0x([0-9a-f]{16}) pattern [0-9a-f]{16}$')
FOUND = re.compile(r'  [0-9a-f]{16} bad mem addr 0x([0-9a-f]{16}) - 0x([0-9a-f]{16}) reserved$')
DONE = re.compile(r'early_memtest: \d+K of \d+K bad')
LOOK = 0.02  # seconds between looks at the log


def _lines(boot):
    return [guestlog.without_time(line) for line in boot.lines()]


def _wait_for(boot, guest, find):
    """What @find makes of the log's lines once it is not None; None if the guest has ended."""
    while True:
        running = guest.poll() is None
        found = find(_lines(boot))
        if found is not None or not running:
            return found
        time.sleep(LOOK)


def _large_range(lines):
    """(start, end) of a range with half of the memory."""
    for match in filter(None, map(RANGE.match, lines)):
        start, end = int(match[1], 16), int(match[2], 16)
        if end - start >= SIZE // 2:
            return start, end
    return None


def _choose(start, end):
    """Pages of the range, by address: alone, side by side, first and last."""
    first, last = -(-start // PAGE) * PAGE, end // PAGE * PAGE - PAGE
    middle = (first + last) // 2 // PAGE * PAGE
    # The first pages may be tested before the first fault comes; that is up to the next pattern.
    return sorted({first, middle, middle + PAGE, middle + 5 * PAGE, middle - (8 << 20),
                   last - (1 << 20), last})


def _corrupt(boot, guest, ram, pages):
    """Until the test is over, or the guest."""
    number, look = 0, 0.0
    while guest.poll() is None:
        number += 1
        value = b'\x42' + (number & (1 << 48) - 1).to_bytes(6, 'little') + b'\x43'
        for page in pages:
            offset = page + page // PAGE % 512 * 8
            ram[offset:offset + 8] = value
        if time.monotonic() - look > LOOK:
            if any(map(DONE.match, _lines(boot))):
                return
            look = time.monotonic()


def _found_faults(lines, pages):
    """Just @pages must have been found, and be counted."""
    found = {int(match[1], 16) // PAGE * PAGE for match in filter(None, map(FOUND.match, lines))}
    faults = [f'page {page:#x} is faulty, but was not found' for page in pages if page not in found]
    faults += [f'page {page:#x} was found, but is good' for page in sorted(found - set(pages))]
    count = f'baremm: HardwareCorrupted: {len(pages) * PAGE >> 10}K'
    return faults if count in lines else [*faults, f'not in the log: {count}']


def faults(boot, guest, _words):
    """Makes pages faulty during the test of @guest; what it does wrong about them."""
    area = _wait_for(boot, guest, _large_range)
    if area is None:
        return ['the guest tests no large range']
    pages = _choose(*area)
    path = boot.folder / 'ram'
    with open(path, 'r+b') as file, mmap.mmap(file.fileno(), SIZE) as ram:
        _corrupt(boot, guest, ram, pages)
        last = {page: os.urandom(PAGE) for page in pages}
        for page, content in last.items():
            ram[page:page + PAGE] = content
        guest.wait()
        written = [page for page in pages if ram[page:page + PAGE] != last[page]]
    path.unlink()
    return (_found_faults(_lines(boot), pages) +
            [f'page {page:#x} was written to after the test' for page in written])
