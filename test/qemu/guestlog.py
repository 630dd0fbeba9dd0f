# SPDX-License-Identifier: MIT
"""What a guest wrote to its serial port, and what must be true of it.

Each check takes the log's lines and returns a list of faults, each a sentence
for a person; an empty list means that nothing is wrong.
"""
import re

TERMINAL = re.compile(r'\x1b(\[[0-9;=?]*[A-Za-z]|[=>c])')
TIME = re.compile(r'(<\d+>)?\[ *\d+\.\d{6}\] ?')
PANIC = 'Kernel panic - not syncing: '
VERDICT = re.compile(r'baremm: verdict: (PASS$|FAIL: .+)')


def lines_of(raw):
    """Text of the log @raw (bytes): no terminal sequences, carriage returns or blank lines."""
    text = TERMINAL.sub('', raw.decode('utf-8', 'replace').replace('\r', ''))
    return [line.rstrip() for line in text.split('\n') if line.strip()]


def without_time(line):
    """The line without dmesg's `[    0.000123] `."""
    return TIME.sub('', line, count=1) if TIME.match(line) else line


class _Level:
    """One nesting level of KTAP: its indentation, its plan, the tests seen so far."""

    def __init__(self, indent):
        self.indent, self.plan, self.seen = indent, 0, 0


class _Ktap:
    """Follows KTAP line by line and collects what is wrong with it."""

    def __init__(self):
        self.faults, self.levels, self.versions = [], [], 0

    def take(self, line):
        indent, text = len(line) - len(line.lstrip(' ')), line.strip()
        if text.startswith('KTAP version '):
            self.levels.append(_Level(indent))
            self.versions += 1
        elif re.fullmatch(r'1\.\.\d+', text) and self.levels and not self.levels[-1].plan:
            self.levels[-1].plan = int(text[3:])
        elif match := re.match(r'(not ok|ok) (\d+)( |$)', text):
            self._result(indent, text, int(match[2]))

    def _result(self, indent, text, number):
        self.close(indent)
        level = self.levels[-1] if self.levels else _Level(indent)
        level.seen += 1
        if not level.plan:
            self.faults.append(f'KTAP: result before the plan: {text}')
        elif number != level.seen:
            self.faults.append(f'KTAP: test {level.seen} was due: {text}')
        if text.startswith('not ok'):
            self.faults.append(f'KTAP: {text}')

    def close(self, indent):
        """Ends the levels that are indented deeper than @indent."""
        while self.levels and self.levels[-1].indent > indent:
            level = self.levels.pop()
            if not level.plan:
                self.faults.append('KTAP: no plan, or one of no tests')
            elif level.seen != level.plan:
                self.faults.append(f'KTAP: {level.plan} tests planned, {level.seen} reported')


def ktap_faults(lines, wanted=True):
    """Plan first, then one `ok` for each planned test in its order; no KTAP if not @wanted."""
    ktap = _Ktap()
    for line in lines:
        ktap.take(line)
    ktap.close(-1)
    if wanted and not ktap.versions:
        ktap.faults.append('KTAP: none in the log')
    if not wanted and ktap.versions:
        ktap.faults.append('KTAP: self-tests ran, though they were not to')
    return ktap.faults


def verdict_faults(lines, want):
    """The verdict @want (a regular expression) once, as the last line; one panic at most."""
    verdicts = [line for line in lines if VERDICT.match(without_time(line))]
    if not verdicts:
        return ['no verdict in the log']
    faults = []
    if len(verdicts) > 1:
        faults.append(f'{len(verdicts)} verdicts in the log')
    panics = [line for line in lines if without_time(line).startswith(PANIC)]
    if len(panics) > 1:
        faults.append(f'{len(panics)} panics in the log')
    if lines[-1] != verdicts[-1]:
        faults.append(f'the verdict is not the last line, but: {lines[-1]}')
    said = without_time(verdicts[-1]).split('verdict: ', 1)[1]
    if not re.fullmatch(want, said):
        faults.append(f'verdict {said!r}, not {want!r}')
    return faults


def silence_faults(lines):
    """Not one line of the program: neither its log nor its tests nor its verdict."""
    said = [line for line in lines if TIME.match(line) or re.search('KTAP|verdict', line)]
    return [f'the serial port was to be silent: {line}' for line in said[:1]]


def order_faults(lines, patterns):
    """Each pattern matches a line after the one that the pattern before it matched."""
    at = 0
    for pattern in patterns:
        hits = [number for number in range(at, len(lines)) if re.search(pattern, lines[number])]
        if not hits:
            where = f' after {lines[at - 1]!r}' if at else ''
            return [f'not in the log{where}: {pattern}']
        at = hits[0] + 1
    return []


def presence_faults(lines, wanted, forbidden):
    """Each wanted pattern matches some line, no forbidden one does."""
    faults = [f'not in the log: {pattern}' for pattern in wanted
              if not any(re.search(pattern, line) for line in lines)]
    for pattern in forbidden:
        hit = next((line for line in lines if re.search(pattern, line)), None)
        if hit is not None:
            faults.append(f'forbidden ({pattern}): {hit}')
    return faults
