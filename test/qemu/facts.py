#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The memory facts of a boot log in Linux's format, one per line, and their comparison.

  facts.py LOG             prints the facts: linux.txt of a scenario is this, of Linux's log
  facts.py LINUX.TXT LOG   prints what differs; exit status 1 if anything does

A fact is a line of text, so two machines are equal if the sets of lines are:

  e820 0x0-0x9ffff usable        firmware's table
  change update 0x0-0xfff usable ==> reserved
  user 0x0-0x9ffff usable        the table after mem= and memmap=
  srat 0 1 0x0-0x9ffff           node and proximity domain of a range; ` hotplug` after it
  zone DMA 0x1000-0xffffff       Zone ranges
  movable 0 0x100000000          start of ZONE_MOVABLE on a node
  range 0 0x1000-0x9ffff         Early memory node ranges
  initmem 0 0x1000-0x17fffffff   a node's span
  unavailable 0 DMA 346          pages in holes, summed up
  fallback 0: 0                  order of nodes
  built 1 on                     number of zonelists, mobility grouping
  zonelist general 0:DMA32: 0:DMA32 0:DMA
  pages 0 DMA spanned 4095       zoneinfo; and present

Differences in which Linux itself depends on its size (managed pages, Memory:)
are not facts of the machine and not read.
"""
import re
import sys
from collections import Counter
from pathlib import Path

from guestlog import lines_of, without_time

RANGE = r'\[mem 0x([0-9a-f]+)-0x([0-9a-f]+)\]'


def _span(match, first):
    """The range whose two addresses are groups @first and the next, without leading zeros."""
    return f'0x{int(match[first], 16):x}-0x{int(match[first + 1], 16):x}'


# Lines that stand for themselves: pattern, and how a match reads as a fact.
SIMPLE = (
    (r'BIOS-e820: ' + RANGE + r' (.+)', lambda m: f'e820 {_span(m, 1)} {m[3]}'),
    (r'user: ' + RANGE + r' (.+)', lambda m: f'user {_span(m, 1)} {m[3]}'),
    (r'e820: (update|remove) ' + RANGE + r' (.+)', lambda m: f'change {m[1]} {_span(m, 2)} {m[4]}'),
    (r'ACPI: SRAT: Node (\d+) PXM (\d+) ' + RANGE + r'(.*)',
     lambda m: f'srat {m[1]} {m[2]} {_span(m, 3)}{m[5]}'),
    (r'  (DMA|DMA32|Normal|HighMem|Movable) +' + RANGE, lambda m: f'zone {m[1]} {_span(m, 2)}'),
    (r'  (DMA|DMA32|Normal|HighMem|Movable) +empty', lambda m: f'zone {m[1]} empty'),
    (r'  Node (\d+): 0x([0-9a-f]+)', lambda m: f'movable {m[1]} 0x{int(m[2], 16):x}'),
    (r'  node +(\d+): ' + RANGE, lambda m: f'range {m[1]} {_span(m, 2)}'),
    (r'Initmem setup node (\d+) ' + RANGE, lambda m: f'initmem {m[1]} {_span(m, 2)}'),
    (r'Initmem setup node (\d+) as memoryless', lambda m: f'initmem {m[1]} memoryless'),
    (r'Fallback order for Node (\d+): ([\d ]+)', lambda m: f'fallback {m[1]}: {m[2].strip()}'),
    (r'Built (\d+) zonelists, mobility grouping (on|off)', lambda m: f'built {m[1]} {m[2]}'),
    (r'mminit::zonelist (\w+) (\d+:\w+) = (.*)', lambda m: f'zonelist {m[1]} {m[2]}: {m[3].strip()}'),
)
UNAVAILABLE = re.compile(r'On node (\d+), zone (\w+): (\d+) pages in unavailable ranges')
ZONE = re.compile(r'Node (\d+), zone +(\w+)$')
PAGES = re.compile(r' +(spanned|present) +(\d+)$')


def _zoneinfo(lines):
    """`pages` facts of the zones that span anything."""
    zone, spans, facts = None, set(), []
    for line in lines:
        if match := ZONE.match(line):
            zone = f'{match[1]} {match[2]}'
        elif zone and (match := PAGES.match(line)):
            if match[1] == 'spanned' and int(match[2]):
                spans.add(zone)
            if zone in spans:
                facts.append(f'pages {zone} {match[1]} {match[2]}')
    return facts


def facts_of(lines):
    """The facts of a log, in its order."""
    lines = [without_time(line) for line in lines]
    facts, unavailable = [], Counter()
    for line in lines:
        if match := UNAVAILABLE.match(line):
            unavailable[match[1], match[2]] += int(match[3])
        for pattern, fact in SIMPLE:
            if match := re.match(pattern, line):
                facts.append(fact(match))
                break
    facts += [f'unavailable {node} {zone} {pages}' for (node, zone), pages in unavailable.items()]
    return facts + _zoneinfo(lines)


def difference(linux_txt, lines):
    """What Linux's facts (text of linux.txt) and a log's lines do not share."""
    linux = [line for line in linux_txt.splitlines() if line and not line.startswith('#')]
    ours = facts_of(lines)
    return ([f'only Linux: {fact}' for fact in linux if fact not in ours] +
            [f'only ours:  {fact}' for fact in ours if fact not in linux])


def main(args):
    logs = [Path(arg).read_bytes() for arg in args]
    if len(logs) == 1:
        print('\n'.join(facts_of(lines_of(logs[0]))))
        return 0
    differing = difference(logs[0].decode(), lines_of(logs[1]))
    print('\n'.join(differing) or 'equal')
    return bool(differing)


if __name__ == '__main__':
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
