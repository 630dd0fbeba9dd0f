#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks sections-check.py: it finds each wrong reference to what is freed, and no other.

  sections-selfcheck.py CC

Prints TAP; exit status 1 where a case went wrong.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

CHECK = Path(__file__).with_name('sections-check.py')
WORDS = '''
#define __init __attribute__((section(".init.text"), noinline))
#define __ref __attribute__((section(".ref.text"), noinline))
#define __initdata __attribute__((section(".init.data")))
#define __initconst __attribute__((section(".init.rodata")))
#define __initbss __attribute__((section(".bss..init")))
int use(int);
'''
OTHER = 'int __init there(void) { return use(1); } int there_data __initdata = 1;'

# name, C, what is to be named ('' for nothing)
CASES = (
    ('code_calls_init_code', 'static int __init f(void) { return use(2); } int g(void) { return f(); }',
     'g in .text refers to'),
    ('code_calls_init_code_of_another_object', 'int there(void); int g(void) { return there(); }',
     'g in .text refers to there'),
    ('code_reads_init_data', 'static int d __initdata = 3; int g(void) { d = use(d); return d; }',
     'g in .text refers to'),
    ('code_reads_init_data_of_another_object',
     'extern int there_data; int g(void) { return there_data; }', 'refers to there_data'),
    ('code_reads_cleared_init_data', 'int d[9] __initbss; int g(int i) { return d[i]; }',
     'g in .text refers to d'),
    ('code_reads_init_constants', 'const int d[9] __initconst = {1}; int g(int i) { return d[i]; }',
     'g in .text refers to d'),
    ('data_points_to_init_code', 'int there(void); int (*const p)(void) = there;', 'p in .data'),
    ('variable_points_to_init_data', 'extern int there_data; int *p = &there_data;', 'p in .data'),
    ('init_code_uses_all', 'int there(void); int d[9] __initbss; int g(void);'
     'int __init f(int i) { return there() + d[i] + g(); } int g(void) { return use(1); }', ''),
    ('init_data_points_to_init_code', 'int there(void); int (*p)(void) __initdata = there;', ''),
    ('ref_code_calls_init_code', 'int there(void); int __ref g(void) { return there() + 1; }', ''),
    ('local_name_like_another_objects', 'static int __attribute__((noinline)) there(int i)'
     '{ return use(i); } int g(void) { return there(1); }', ''),
    ('jump_table_of_init_code', 'int __init f(int i) { switch (i) { case 0: return use(7);'
     'case 1: return use(1); case 2: return use(5); case 3: return use(9) + 1;'
     'case 4: use(2); return use(4); case 5: return use(3) - 1; } return 0; }', ''),
)


def compile_object(cc, text, path):
    subprocess.run([cc, '-O2', '-ffreestanding', '-fpie', '-fvisibility=hidden', '-fno-stack-protector',
                    '-x', 'c', '-', '-c', '-o', path], input=WORDS + text, text=True, check=True)
    return str(path)


def right(output, want):
    found = [line for line in output.stdout.splitlines() if line.startswith('# ')]
    if not want:
        return output.returncode == 0 and not found
    return output.returncode == 1 and len(found) == 1 and want in found[0]


def main():
    wrong = 0
    print(f'1..{len(CASES)}')
    with tempfile.TemporaryDirectory() as folder:
        other = compile_object(sys.argv[1], OTHER, Path(folder) / 'other.o')
        for number, (name, text, want) in enumerate(CASES, 1):
            path = compile_object(sys.argv[1], text, Path(folder) / 'case.o')
            output = subprocess.run([CHECK, path, other], capture_output=True, text=True)
            good = right(output, want)
            wrong += not good
            print(f'{"ok" if good else "not ok"} {number} - {name}')
            if not good:
                print('#', output.stdout.replace('\n', '\n# '), output.stderr)
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main())
