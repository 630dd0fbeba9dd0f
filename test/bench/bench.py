#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What allocators cost in guest instructions, which QEMU's -icount makes the TSC count.

  bench.py          measures baremm, the firmware and, where Debian's kernel is installed,
                    Linux; prints a table and writes build/bench.json; then what operations
                    cost on several CPUs, and how far each node's memory is on a machine
                    of two, in real time
  bench.py save     the figures of build/bench.json become those of the tree
  bench.py check    measures baremm's operations, and bring-up with least and most RAM and
                    on eight nodes; status 1 where a figure is more than a tenth worse than
                    the tree's, or misses its mark
  bench.py scaling  measures operations on one to eight CPUs; status 1 where one takes a lock,
                    or over a fifth more instructions than on one CPU

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
# The counter goes on by a power of two each instruction, and random numbers are the same each
# time. Firmware waits by that clock: at 64 for an instruction it is done in a tenth of the time
# that it takes at 1, which Linux needs.
SHIFT = 6


def counting(shift):
    return ['-icount', f'shift={shift},sleep=off', '-seed', '1']


# Figures by boot: what the option bench is to measure, the gigabytes of memory, in how many
# nodes, each with a CPU, more options, and the names that its bringup and free_share have, ''
# for those that are not wanted.
LARGEST = ('bench=bringup', 16384, 1, '', 'bringup_16T', 'free_share_16T')
ON_NODES = [('bench=bringup', 1, 8, '', 'bringup_1G_nodes8', ''),
            ('bench=bringup', 4, 8, '', 'bringup_4G_nodes8', 'free_share_4G_nodes8'),
            ('bench=bringup', 16384, 8, '', 'bringup_16T_nodes8', 'free_share_16T_nodes8')]
BOOTS = [('bench', 1, 1, '', 'bringup_1G', ''),
         ('bench=bringup', 4, 1, '', 'bringup_4G', 'free_share_4G'),
         ('bench=bringup', 64, 1, '', 'bringup_64G', ''),
         LARGEST,
         *ON_NODES,
         ('bench=bringup', 4, 1, 'memmap_init=eager', '', 'free_share_eager')]
SCALING = ('bench=scaling', 1, 1, '', '', '')
# What a figure must reach whatever the tree's is: instructions at most, per cent at least.
MARKS = {'page_pair_order0': 60, 'page_batch1024_order0': 100, 'page_pair_order3': 120,
         'page_pair_order9': 300, 'page_pair_order10': 300, 'page_bulk512': 60,
         **{f'kmalloc_pair_{size}': 40 for size in (8, 32, 64, 96, 192, 256, 512, 1024, 2048,
                                                    4096, 8192)},
         'kmalloc_batch1024_64': 70, 'cache_pair_128': 35, 'cache_bulk1024_128': 30,
         'vmalloc_pair_16k': 1500,
         **{f'bringup_{machine}': 2000000 for machine in (
             '1G', '4G', '64G', '16T', '1G_nodes8', '4G_nodes8', '16T_nodes8')},
         **{f'free_share_{machine}': 99.9 for machine in (
             '4G', '16T', '4G_nodes8', '16T_nodes8')},
         'free_share_eager': 99.1}
ON_CPUS = re.compile(r'(\w+)_cpus(\d+)(_locks|_spins|)$')
SHARED = {'page_pair_order10'}  # no CPU has such blocks of its own
DEARER = 1.2  # on several CPUs than on one
NO_CYCLES = re.compile('^free_share|_locks$|_spins$')
LINE = re.compile(r'bench (firmware )?(\w+) (\d+(?:\.\d+)?)(?: \(to [\d.]+\))?\s*$')
COMPILER = re.compile(r'baremm version \S+ \(([^)]*)\)')


# In real time, for what is measured is not the program.
NODES = ['-m', '2G', '-smp', '4', '-machine', 'q35,hmat=on',
         '-object', 'memory-backend-ram,id=m0,size=1G',
         '-object', 'memory-backend-ram,id=m1,size=1G',
         '-numa', 'node,nodeid=0,cpus=0-1,memdev=m0', '-numa', 'node,nodeid=1,cpus=2-3,memdev=m1',
         '-numa', 'dist,src=0,dst=1,val=21']
for node in '01':
    for kind, near, far in (('latency,latency', '80', '140'), ('bandwidth,bandwidth', '20G', '10G')):
        for to in '01':
            NODES += ['-numa', f'hmat-lb,initiator={node},target={to},hierarchy=memory,'
                      f'data-type=access-{kind}={near if node == to else far}']


def machine(gigabytes, nodes, cpus):
    """QEMU's arguments for a machine with memory that the host need not have."""
    part = gigabytes * 1024 // nodes
    arguments = ['-cpu', 'max,phys-bits=46' if gigabytes > 512 else 'max',
                 '-m', f'{gigabytes}G', '-smp', str(cpus)]
    for node in range(nodes):
        arguments += ['-object', f'memory-backend-ram,id=m{node},size={part}M,reserve=off']
    if nodes == 1:
        return arguments + ['-machine', 'q35,memory-backend=m0']
    for node in range(nodes):
        arguments += ['-numa', f'node,nodeid={node},cpus={node},memdev=m{node}']
    return arguments + ['-machine', 'q35']


class Failed(Exception):
    """A boot that measured nothing; the text says why."""


def boot(what, gigabytes, nodes, more):
    """Boots the image once. The log's text."""
    cpus = 8 if what == 'bench=scaling' else nodes
    log = LOGS / '-'.join(filter(None, (f'{gigabytes}G', f'{nodes}', what.replace('=', '-'),
                                        more.partition('=')[2])))
    command = [TOP / 'test/qemu/run.sh', '-i', BUILD / 'baremm.img', '-t', LIMIT, '-o',
               f'{what} selftest=off {more}'.strip(), '--', *counting(SHIFT),
               *machine(gigabytes, nodes, cpus)]
    with open(log, 'wb') as output:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output,
                                stderr=subprocess.STDOUT).returncode
    if status:
        raise Failed(f'{what} with {gigabytes} GB: run.sh ended with status {status}, see {log}')
    return log.read_text(errors='replace')


def lines_of(text, shift):
    """(whose, name, value) of each figure in a log; whose is 'baremm' or 'firmware'."""
    for line in text.splitlines():
        if match := LINE.search(line):
            value = float(match[3])
            if not NO_CYCLES.search(match[2]):
                value = round(value / 2**shift, 2)
            yield 'firmware' if match[1] else 'baremm', match[2], value


def take(figures, text, bringup, free_share):
    """Puts a log's values into @figures: {name: {whose: value}}."""
    renamed = {'bringup': bringup, 'free_share': free_share}
    found = 0
    for whose, name, value in lines_of(text, SHIFT):
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
        texts = list(pool.map(lambda each: boot(*each[:4]), boots))
    for text, each in zip(texts, boots):
        take(figures, text, *each[4:])
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


def print_scaling(figures):
    """Operations by the CPUs that do them at once: instructions of one, and its locks."""
    rows = {}
    for name, row in figures.items():
        if match := ON_CPUS.match(name):
            rows.setdefault(match[1], {})[int(match[2]), match[3]] = row['baremm']
    cpus = sorted({nr for row in rows.values() for nr, _ in row})
    print('\n' + f'{"":24}' + ''.join(f'{f"{nr} CPUs":>16}' for nr in cpus))
    for name, row in rows.items():
        print(f'{name:24}' + ''.join(f'{row[nr, ""]:>10,.2f} {row[nr, "_locks"]:.2f}L' for nr in cpus))
    print('Guest instructions and spinlocks (L) of an operation, while so many CPUs do it at once.')


def print_nodes():
    log = LOGS / 'nodes'
    command = [TOP / 'test/qemu/run.sh', '-i', BUILD / 'baremm.img', '-t', LIMIT, '-l', log, '-o',
               'numa_bench=on selftest=off', '--', *NODES]
    status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.STDOUT).returncode
    lines = re.findall(r'numa_bench: (.*)', log.read_text(errors='replace'))
    if status or not lines:
        raise Failed(f'numa_bench=on: run.sh ended with status {status}, see {log}')
    print('\n' + '\n'.join(line.rstrip() for line in lines))


def compare_all():
    figures, compiler = measure([*BOOTS, SCALING])
    kernel = linux.find()
    if kernel:
        for _, name, value in lines_of(linux.measure(kernel, LOGS / 'linux', counting(0)), 0):
            figures.setdefault(name, {})['linux'] = value
    (BUILD / 'bench.json').write_text(json.dumps(figures, indent=1) + '\n')
    (LOGS / 'compiler').write_text(compiler + '\n')
    print_table({name: row for name, row in figures.items() if not ON_CPUS.match(name)})
    print('Guest instructions an operation; bringup_*: in all; free_share_*: per cent of RAM.')
    print(f'Linux is {kernel}.' if kernel else 'No column for Linux: ' + linux.MISSING)
    print_scaling(figures)
    print_nodes()
    return 0


def save():
    figures = json.loads((BUILD / 'bench.json').read_text())
    own = {name: row['baremm'] for name, row in figures.items()
           if 'baremm' in row and not ON_CPUS.match(name)}
    compiler = (LOGS / 'compiler').read_text().strip()
    FIGURES.write_text(json.dumps({'compiler': compiler, 'figures': own}, indent=1) + '\n')
    return 0


def badness(name, value):
    """What must not rise: instructions, or the per cent of RAM that is not free."""
    return 100 - value if name.startswith('free_share') else value


def worse(name, value, limit):
    return badness(name, value) > badness(name, limit) * WORSE + 0.02


def misses(name, value):
    return name in MARKS and badness(name, value) > badness(name, MARKS[name])


def check_scaling():
    figures, _ = measure([SCALING])
    faults = compared = 0
    for name, row in figures.items():
        match, value = ON_CPUS.match(name), row['baremm']
        if match[1] in SHARED:
            continue
        one = figures[match[1] + '_cpus1']['baremm']
        compared += match[2] == '8'
        if value > (0 if match[3] else one * DEARER):
            faults += 1
            print(f'{name}: {value}: CPUs are in each other\'s way')
    print_scaling(figures)
    print(f'{compared} figures of eight CPUs, {faults} faults')
    return 1 if faults or not compared else 0


def check():
    saved = json.loads(FIGURES.read_text())
    figures, compiler = measure([('bench=mm', *BOOTS[0][1:]), LARGEST, *ON_NODES])
    if compiler != saved['compiler']:
        print(f'not compared: {compiler} built the image, the figures are of {saved["compiler"]}')
        return 0
    faults = 0
    for name, row in figures.items():
        value, limit = row['baremm'], saved['figures'].get(name)
        if limit is None or worse(name, value, limit):
            faults += 1
            print(f'{name}: {value}, the tree has {limit}')
        elif misses(name, value):
            faults += 1
            print(f'{name}: {value}, the mark is {MARKS[name]}')
    marks = len(MARKS.keys() & figures.keys())
    print(f'{len(figures)} figures compared, {marks} with a mark, {faults} are over a tenth worse, '
          'new, or miss it')
    return 1 if faults else 0


def main():
    commands = {'': compare_all, 'save': save,
                'check': check, 'scaling': check_scaling}
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
