#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs what README.md shows of mm/ on the host: the C program, by the command below it.

Exit status 1 with what differs, where the program does not compile without a warning,
does not end with 0, or prints other lines than README.md says.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
SHOWN = re.compile(r'A program, `(\S+)`:\n+```c\n(.*?)```\n+```\n\$ (.*?)\n(.*?)```', re.S)


def main():
    found = SHOWN.search((TOP / 'README.md').read_text())
    if not found:
        print('README.md: no C program with a command and its output below it')
        return 1
    name, source, command, output = found.groups()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_text(source)
        for entry in ('include', 'arch', 'build'):
            Path(folder, entry).symlink_to(TOP / entry)
        done = subprocess.run(command.replace('cc ', 'cc -Wall -Wextra -Werror ', 1), shell=True,
                              cwd=folder, text=True, capture_output=True)
    if done.returncode or done.stdout != output:
        print(f'README.md: `{command}` ended with {done.returncode} and printed\n'
              f'{done.stdout}{done.stderr}where README.md has\n{output}')
        return 1
    print(f'README.md: {name} prints what it should')
    return 0


if __name__ == '__main__':
    sys.exit(main())
