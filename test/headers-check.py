#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles each header alone, and programs over them; checks who includes whom.

  headers-check.py COMPILER FLAGS...     (those of the image's C files)

Folders stand on each other in one direction: efi/ on include/, arch/ and mm/ on
include/ and their own, include/ on include/. Only efi/ knows UEFI; mm/ has no
assembly and no UEFI name. The programs in test/api/ are written as for Linux, and
compile without a warning, with both compilers. Exit status 1 where something is found; each finding
is a line FILE:LINE: what.
"""
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
FREESTANDING = {'stdarg.h', 'stdbool.h', 'stddef.h', 'stdint.h'}
FOLDERS = ('include', 'mm', 'arch/x86_64', 'arch/host', 'efi')
# What the host's own C library has is for arch/host alone, UEFI's and CPUID's for efi/.
OTHER = {'efi': re.compile(r'efi\w*\.h|cpuid\.h'), 'arch/x86_64': re.compile(r'cpuid\.h'),
         'arch/host': re.compile(r'.*')}
FORBIDDEN = {'mm': re.compile(r'\b(EFI_\w+|__asm__|asm\s*(volatile)?\s*\()')}


def files(folder, *endings):
    return sorted(p for ending in endings for p in (TOP / folder).rglob('*' + ending))


def code_lines(path):
    """(number, line) of a C file, its comments blanked."""
    def blank(match):
        return re.sub(r'[^\n]', ' ', match[0])
    text = re.sub(r'/\*.*?\*/', blank, path.read_text(), flags=re.S)
    return enumerate(text.splitlines(), 1)


def include_fault(folder, path, name, quoted):
    """What is wrong with an #include of @name, or None."""
    if quoted:
        target = (path.parent / name).resolve()
        if folder == 'mm' and target == TOP / 'mm/internal.h':
            return None
        if not target.is_file() or not target.is_relative_to(TOP / folder):
            return f'"{name}" is not in {folder}/'
        return None
    if name in FREESTANDING or name.startswith('asm/') or (TOP / 'include' / name).is_file():
        return None
    other = OTHER.get(folder)
    if other and other.fullmatch(name):
        return None
    return f'<{name}> is not in include/'


def check_file(folder, path):
    forbidden = FORBIDDEN.get(folder)
    for number, line in code_lines(path):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        fault = match and include_fault(folder, path, match[2], match[1] == '"')
        if fault:
            yield f'{path.relative_to(TOP)}:{number}: includes what it may not: {fault}'
        if forbidden and forbidden.search(line):
            yield f'{path.relative_to(TOP)}:{number}: not in {folder}/: {line.strip()}'


def compile_alone(command, path):
    """The compiler's words where the header does not compile as the only one of a file."""
    if path.is_relative_to(TOP / 'arch/host'):
        image_only = ('-m', '-include', 'arch/x86_64/include/asm/hidden.h')
        command = [c.replace('arch/x86_64', 'arch/host') for c in command
                   if not c.startswith(image_only)]
    source = f'#include "{path}"\n#include "{path}"\n'
    done = subprocess.run([*command, '-fsyntax-only', '-x', 'c', '-'], cwd=TOP, input=source,
                          text=True, capture_output=True)
    return f'{path.relative_to(TOP)}:1: does not compile alone:\n{done.stderr}' if done.returncode else ''


def compile_program(job):
    """The words of @job's compiler where its program does not compile for the image."""
    compiler, path = job
    done = subprocess.run([compiler, '-std=gnu11', '-O2', '-ffreestanding', '-mgeneral-regs-only',
                           '-Wall', '-Wextra', '-Werror', '-Wmissing-prototypes', '-Iinclude',
                           '-Iarch/x86_64/include', '-c', path, '-o', '/dev/null'],
                          cwd=TOP, text=True, capture_output=True)
    return (f'{path.relative_to(TOP)}:1: {compiler} does not take it:\n{done.stderr}'
            if done.returncode else '')


def main():
    command = sys.argv[1:]
    found = [fault for folder in FOLDERS for path in files(folder, '.c', '.h')
             for fault in check_file(folder, path)]
    headers = [path for folder in FOLDERS for path in files(folder, '.h')
               if path.name != 'hidden.h']
    with ThreadPoolExecutor(2) as pool:
        found += filter(None, pool.map(lambda path: compile_alone(command, path), headers))
    programs = files('test/api', '.c')
    with ThreadPoolExecutor(2) as pool:
        jobs = [(compiler, path) for path in programs for compiler in ('gcc', 'clang')]
        found += filter(None, pool.map(compile_program, jobs))
    print('\n'.join(found) if found else
          f'{len(headers)} headers compile alone, {len(programs)} programs over them')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
