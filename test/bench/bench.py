#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What allocators cost in guest instructions, which QEMU's -icount makes the TSC count.

  bench.py          measures baremm, the firmware and, where Debian's kernel is installed,
                    Linux; prints a table and writes build/bench.json
  bench.py save     the figures of build/bench.json become those of the tree
  bench.py check    measures baremm's operations, and bring-up with least and most RAM;
                    status 1 where a figure is more than a tenth worse than the tree's

JOBS=N in the environment boots N machines at once; default: one for each CPU.
"""
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import linux

TOP = Path(__file__).resolve().parents[2]
BUILD = TOP / 'build'
LOGS = BUILD / 'bench'
FIGURES = Path(__file__).with_name('figures.json')
LIMIT = '1500'  # seconds for one boot: no clock is measured, so a slow host is no fault
WORSE = 1.1
# One instruction a nanosecond, and the same random numbers each time.
COUNTING = ['-icount', 'shift=0,sleep=off', '-seed', '1']
# Figures by boot: what the option bench is to measure, the memory, more options, and the
# names that its bringup and free_share have, '' for those that are not wanted.
LARGEST = ('bench=bringup', '16T', '', 'bringup_16T', 'free_share_16T')
BOOTS = [('bench', '1G', '', 'bringup_1G', ''),
         ('bench=bringup', '4G', '', 'bringup_4G', 'free_share_4G'),
         ('bench=bringup', '64G', '', 'bringup_64G', ''),
         LARGEST,
         ('bench=bringup', '4G', 'memmap_init=eager', '', 'free_share_eager')]
LINE = re.compile(r'bench (firmware )?(\w+) (\d+(?:\.\d+)?)\s*$')
COMPILER = re.compile(r'baremm version \S+ \(([^)]*)\)')


def machine(size):
    """QEMU's arguments for a machine with memory that the host need not have."""
    cpu = 'max,phys-bits=46' if size.endswith('T') else 'max'
    return ['-cpu', cpu, '-machine', 'q35,memory-backend=m0', '-m', size,
            '-object', f'memory-backend-ram,id=m0,size={size},reserve=off']


class Failed(Exception):
    """A boot that measured nothing; the text says why."""


def boot(what, size, more):
    """Boots the image once. The log's text."""
    log = LOGS / '-'.join(filter(None, (size, what.replace('=', '-'), more.partition('=')[2])))
    command = [TOP / 'test/qemu/run.sh', '-i', BUILD / 'baremm.img', '-t', LIMIT, '-o',
               f'{what} selftest=off {more}'.strip(), '--', *COUNTING, *machine(size)]
    with open(log, 'wb') as output:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output,
                                stderr=subprocess.STDOUT).returncode
    if status:
        raise Failed(f'{what} on {size}: run.sh ended with status {status}, see {log}')
    return log.read_text(errors='replace')


def lines_of(text):
    """(whose, name, value) of each figure in a log; whose is 'baremm' or 'firmware'."""
    for line in text.splitlines():
        if match := LINE.search(line):
            yield 'firmware' if match[1] else 'baremm', match[2], float(match[3])


def take(figures, text, bringup, free_share):
    """Puts a log's values into @figures: {name: {whose: value}}."""
    renamed = {'bringup': bringup, 'free_share': free_share}
    found = 0
    for whose, name, value in lines_of(text):
        found += 1
        if name := renamed.get(name, name):
            figures.setdefault(name, {})[whose] = value
    if not found:
        raise Failed('a log without a line `bench NAME VALUE`')


def measure(boots):
    """Boots several at once: counts do not depend on it. Figures, and the image's compiler."""
    LOGS.mkdir(parents=True, exist_ok=True)
    figures = {}
    with ThreadPoolExecutor(int(os.environ.get('JOBS', os.cpu_count()))) as pool:
        texts = list(pool.map(lambda each: boot(*each[:3]), boots))
    for text, each in zip(texts, boots):
        take(figures, text, *each[3:])
    return figures, COMPILER.search(texts[0])[1]


def ratio(row, whose):
    if not row.get('baremm') or whose not in row:
        return ''
    return f'{row[whose] / row["baremm"]:.1f}x'


def print_table(figures):
    print(f'{"":24}{"baremm":>14}{"firmware":>14}{"":>10}{"Linux":>14}{"":>10}')
    for name, row in figures.items():
        cells = [f'{row[whose]:,.2f}' if whose in row else '-'
                 for whose in ('baremm', 'firmware', 'linux')]
        print(f'{name:24}{cells[0]:>14}{cells[1]:>14}{ratio(row, "firmware"):>10}'
              f'{cells[2]:>14}{ratio(row, "linux"):>10}')


def compare_all():
    figures, compiler = measure(BOOTS)
    kernel = linux.find()
    if kernel:
        for _, name, value in lines_of(linux.measure(kernel, LOGS / 'linux', COUNTING)):
            figures.setdefault(name, {})['linux'] = value
    (BUILD / 'bench.json').write_text(json.dumps(figures, indent=1) + '\n')
    (LOGS / 'compiler').write_text(compiler + '\n')
    print_table(figures)
    print('Guest instructions an operation; bringup_*: in all; free_share_*: per cent of RAM.')
    print(f'Linux is {kernel}.' if kernel else 'No column for Linux: ' + linux.MISSING)
    return 0


def save():
    figures = json.loads((BUILD / 'bench.json').read_text())
    own = {name: row['baremm'] for name, row in figures.items() if 'baremm' in row}
    compiler = (LOGS / 'compiler').read_text().strip()
    FIGURES.write_text(json.dumps({'compiler': compiler, 'figures': own}, indent=1) + '\n')
    return 0


def badness(name, value):
    """What must not rise: instructions, or the per cent of RAM that is not free."""
    return 100 - value if name.startswith('free_share') else value


def worse(name, value, limit):
    return badness(name, value) > badness(name, limit) * WORSE + 0.02


def check():
    saved = json.loads(FIGURES.read_text())
    figures, compiler = measure([('bench=mm', *BOOTS[0][1:]), LARGEST])
    if compiler != saved['compiler']:
        print(f'not compared: {compiler} built the image, the figures are of {saved["compiler"]}')
        return 0
    faults = 0
    for name, row in figures.items():
        value, limit = row['baremm'], saved['figures'].get(name)
        if limit is None or worse(name, value, limit):
            faults += 1
            print(f'{name}: {value}, the tree has {limit}')
    print(f'{len(figures)} figures compared, {faults} are over a tenth worse or new')
    return 1 if faults else 0


def main():
    commands = {'': compare_all, 'save': save, 'check': check}
    word = sys.argv[1] if len(sys.argv) > 1 else ''
    if word not in commands or len(sys.argv) > 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return commands[word]()
    except (Failed, linux.Failed, OSError) as error:
        print(f'bench.py: {error}', file=sys.stderr)
        return 1


if __name__ == '__main__':
    sys.exit(main())
