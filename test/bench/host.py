#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What allocators cost natively on this host, in nanoseconds an operation.

  host.py PROGRAM   runs bench-host, with mm/'s allocators over arch/host/ and with
                    malloc of glibc and of Debian's other allocators, in turns; prints a
                    table and writes build/bench-host.json

A figure is the least, the median and the most of all rounds, of which each is the best
of several runs. Libraries that are not installed are named, and left out.
"""
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
RESULT = TOP / 'build' / 'bench-host.json'
LIBRARIES = Path('/usr/lib/x86_64-linux-gnu')
# Processes of one allocator take turns with those of the others. What one costs depends on where
# its process has it, by up to a fifth: so there are more processes than rounds in each.
PROCESSES, ROUNDS = 13, 2
ALLOCATORS = {
    'baremm': ('mm', None),
    'glibc': ('malloc', None),
    'jemalloc': ('malloc', 'libjemalloc.so.2'),
    'mimalloc': ('malloc', 'libmimalloc.so.2'),
    'tcmalloc': ('malloc', 'libtcmalloc_minimal.so.4'),
}


def run(program, what, library):
    """{operation: [nanoseconds, one for each round]} of one process."""
    env = dict(os.environ)
    if library:
        env['LD_PRELOAD'] = str(LIBRARIES / library)
    output = subprocess.run([program, what, str(ROUNDS)], env=env, check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    return {name: [float(each) for each in values]
            for name, *values in map(str.split, output.splitlines())}


def installed():
    """Those of ALLOCATORS that are there; names the others."""
    found = {}
    for name, (what, library) in ALLOCATORS.items():
        if library and not (LIBRARIES / library).exists():
            print(f'no column for {name}: {LIBRARIES / library} is missing, see make bench-deps')
        else:
            found[name] = (what, library)
    return found


def measure(program):
    """{operation: {allocator: {min, median, max}}}"""
    allocators, samples = installed(), {}
    for _ in range(PROCESSES):
        for name, (what, library) in allocators.items():
            for operation, values in run(program, what, library).items():
                samples.setdefault(operation, {}).setdefault(name, []).extend(values)
    return list(allocators), {
        operation: {name: {'min': min(values), 'median': statistics.median(values),
                           'max': max(values)} for name, values in row.items()}
        for operation, row in samples.items()}


def cell(figure):
    """`least / median / most`, large numbers without a fraction."""
    if not figure:
        return '-'
    return ' / '.join(f'{ns:.0f}' if ns >= 1000 else f'{ns:.1f}' for ns in figure.values())


def print_table(allocators, figures):
    print(f'{"":24}' + ''.join(f'{name:>24}' for name in allocators))
    for operation, row in figures.items():
        print(f'{operation:24}' + ''.join(f'{cell(row.get(name)):>24}' for name in allocators))
    print(f'Nanoseconds an operation: least / median / most of {PROCESSES * ROUNDS} rounds in '
          f'{PROCESSES} processes.')
    print('page_*: blocks aligned to a page, from aligned_alloc() where there is no other call; '
          'mixed_*: sizes and lifetimes at random; mixed_mean: of those above.')


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        allocators, figures = measure(sys.argv[1])
    except (OSError, subprocess.CalledProcessError) as error:
        print(f'host.py: {error}', file=sys.stderr)
        return 1
    RESULT.write_text(json.dumps(figures, indent=1) + '\n')
    print_table(allocators, figures)
    return 0


if __name__ == '__main__':
    sys.exit(main())
