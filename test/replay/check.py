#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks build/replay on the logs beside this file.

  check.py [REPLAY]

Each log holds what one kernel printed of one machine, without times and what is
beside the point. Its comment `# facts: N` says how many facts the tool compares
there: fewer would be a tool that no longer looks. Checked are

  every log              nothing differs, and as many facts as said are compared
  as people paste it     the same facts through journals, mail, web pages, dmesg -T, wrapping
  a fact altered         the tool says that it differs
  lines of a kind gone   nothing differs for that
  cut off                nothing differs for that, either
  lines missing          a message that names them, exit status 2
  our own log            what the tool prints, it reads again, and nothing differs
  32 bit                 such a kernel's zones are not compared
  lint                   finds what a log's machine has wrong, and nothing on the others
  no limit of the stack  the same, in the address space that Linux then makes
  time                   under 50 ms, and 16 TB in eight nodes
"""
import html
import json
import quopri
import re
import resource
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIMIT = 0.050  # seconds of CPU that a replay may take
TRIES = 5      # of which the best counts: other work on the machine is not the tool's

faults = []


def replay(tool, args, text):
    """Exit status, standard output and standard error for a log of @text, maybe encoded."""
    given = text if isinstance(text, bytes) else text.encode()
    done = subprocess.run([tool, *args, '-'], input=given, capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode(errors='replace'), done.stderr.decode(errors='replace')


def result_of(tool, text):
    """Exit status and the JSON of a comparison, or its message."""
    status, out, err = replay(tool, ['--json'], text)
    return status, json.loads(out) if out else None, err


def expect(name, condition, what):
    if not condition:
        faults.append(f'{name}: {what}')


# ---- The ways in which logs come ----------------------------------------------------

def timed(lines):
    return [f'[    0.{i:06}] {line}' for i, line in enumerate(lines)]


def wrapped(lines, width):
    """Broken wherever a terminal of that width does, in the midst of numbers too."""
    return [line[i:i + width] for line in timed(lines) for i in range(0, len(line), width)]


def mail_wrapped(lines, width):
    """Broken at blanks, quoted."""
    quoted = []
    for line in timed(lines):
        while len(line) > width and ' ' in line[20:width]:
            cut = line.rindex(' ', 20, width)
            quoted.append(line[:cut])
            line = line[cut + 1:]
        quoted.append(line)
    return ['> ' + line for line in quoted]


WAYS = {
    'times': timed,
    'carriage returns': lambda lines: [line + '\r' for line in timed(lines)],
    'levels': lambda lines: ['<6>' + line for line in timed(lines)],
    'dmesg -T': lambda lines: [f'[Sun Nov 22 10:00:00 2026] {line}' for line in lines],
    'dmesg -x': lambda lines: ['kern  :info  : ' + line for line in timed(lines)],
    'callers': lambda lines: [f'[    0.000000][    T0] {line}' for line in lines],
    'journal': lambda lines: [f'Nov 22 10:00:00 host kernel: {line}' for line in lines],
    'journal, ISO': lambda lines: [f'2026-11-22T10:00:00+0100 host kernel: {line}' for line in lines],
    'journal, precise': lambda lines: [f'2026-11-22T10:00:00.123456+01:00 host kernel: {line}' for line in lines],
    'journal with a pid': lambda lines: [f'Nov 22 10:00:00 host kernel[1]: {line}' for line in lines],
    'klogd': lambda lines: [f'Nov 22 10:00:00 host klogd: {line}' for line in lines],
    'its name alone': lambda lines: ['kernel: ' + line for line in lines],
    'dmesg --time-format iso': lambda lines: [f'2026-11-22T10:00:00,123456+01:00 {line}' for line in lines],
    '/dev/kmsg': lambda lines: [f'6,{i},{i},-;{line}' for i, line in enumerate(lines)],
    '/dev/kmsg with callers': lambda lines: [f'6,{i},{i},-,caller=T0;{line}' for i, line in enumerate(lines)],
    'grep -n': lambda lines: [f'dmesg.txt:{i}:{line}' for i, line in enumerate(timed(lines))],
    'numbered': lambda lines: [f'{i:5}  {line}' for i, line in enumerate(timed(lines))],
    'a terminal\'s clock': lambda lines: ['[2026-11-22 10:00:00] ' + line for line in timed(lines)],
    'a list': lambda lines: ['- ' + line for line in timed(lines)],
    'a patch': lambda lines: ['+' + line for line in timed(lines)],
    'quoted by backticks': lambda lines: [f'`{line}`' for line in timed(lines)],
    'syslog with times': lambda lines: [f'Nov 22 10:00:00 host kernel: {line}' for line in timed(lines)],
    'mail': lambda lines: ['> ' + line for line in timed(lines)],
    'mail of mail': lambda lines: ['> > ' + line for line in timed(lines)],
    'colours': lambda lines: ['\x1b[32m' + line + '\x1b[0m' for line in timed(lines)],
    'other lines between': lambda lines: [x for line in timed(lines)
                                          for x in (line, '[    0.5] x86/PAT: Configuration [0-7]')],
    'wrapped at 80': lambda lines: wrapped(lines, 80),
    'wrapped at 72 in mail': lambda lines: mail_wrapped(lines, 72),
}

# What is done to all of a text's bytes.
CODES = {
    'UTF-16': lambda text: text.encode('utf-16-le').join((b'\xff\xfe', b'')),
    'UTF-16, big ends first': lambda text: text.encode('utf-16-be').join((b'\xfe\xff', b'')),
    'a byte order mark': lambda text: text.encode('utf-8-sig'),
    'carriage returns alone': lambda text: text.replace('\n', '\r').encode(),
    'quoted-printable': lambda text: quopri.encodestring(text.encode()),
    'HTML': lambda text: html.escape(text).encode(),
    'HTML in tags': lambda text: ('<div><pre class="log">' + html.escape(text).replace('\n', '<br />') +
                                  '</pre></div>').encode(),
    'blanks that do not break': lambda text: text.replace(' ', '\u00a0').encode(),
}


def pasted(lines):
    """What is printed by the kernel, and tables below it that were pasted without times."""
    for i, line in enumerate(lines):
        if line.startswith(('node distances', 'Node 0, zone', '===')):
            return lines[:i], lines[i:]
    return lines, []


# ---- Facts that are not so ------------------------------------------------------------

ALTERED = (
    # pattern of a line, what is changed in it
    (r'(e820: )?last_pfn = 0x[0-9a-f]+', lambda s: s[:-1] + ('1' if s[-1] != '1' else '2')),
    (r'  Normal   \[mem 0x[0-9a-f]+', lambda s: s[:-6] + '777777'),
    (r'  DMA      0x0000001', lambda s: s[:-1] + '2'),
    (r'  DMA32    \[mem 0x0000000001', lambda s: s[:-1] + '2'),
    (r'  Node +\d+: 0x[0-9a-f]', lambda s: s[:-1] + '7'),
    (r'  node +\d+: \[mem 0x0000000000100', lambda s: s[:-1] + '8'),
    (r'    0: 0x00000100', lambda s: s[:-1] + '8'),
    (r'Initmem setup node 0 \[mem 0x000000000000', lambda s: s[:-1] + '7'),
    (r'On node 0 totalpages: \d', lambda s: s[:-1] + '99'),
    (r'On node \d, zone \w+: \d', lambda s: s[:-1] + '77'),
    (r'  DMA32 zone: \d+ pages used', lambda s: s.replace(': ', ': 1')),
    (r'  Normal zone: \d+ pages, LIFO', lambda s: s.replace(': ', ': 1')),
    (r'  DMA32 zone: \d+ pages, LIFO batch:\d', lambda s: s[:-1] + '5'),
    (r'Zeroed struct page in unavailable ranges: \d', lambda s: s[:-1] + '77'),
    (r'Fallback order for Node 0: 0', lambda s: s[:-1] + '9'),
    (r'mminit::zonelist thisnode 0:DMA = 0:DMA', lambda s: s + '32'),
    (r'Built \d+', lambda s: s + '1'),
    (r'mobility grouping on', lambda s: s[:-1] + 'ff'),
    (r'Total pages: \d', lambda s: s[:-1] + '99'),
    (r'Policy zone: \w+', lambda s: s + 'x'),
    (r'Memory: \d+[kK]/\d', lambda s: s[:-1] + '99'),
    (r'        spanned  4', lambda s: s[:-1] + '5'),
    (r'        present  3', lambda s: s[:-1] + '4'),
    (r'SRAT: Node 0 PXM', lambda s: s.replace('0', '9')),
    (r'user: \[mem 0x0000000000100', lambda s: s[:-1] + '8'),
    (r'modified: \[mem 0x0000000000100', lambda s: s[:-1] + '8'),
    (r'reserve setup_data: \[mem 0x0000000000100', lambda s: s[:-1] + '8'),
)


def check_altered(tool, name, text, seen):
    for pattern, change in ALTERED:
        match = re.search('^' + pattern if pattern[0] in ' SFBPMZO' else pattern, text, re.M)
        if not match:
            continue
        seen.add(pattern)
        altered = text[:match.start()] + change(match[0]) + text[match.end():]
        status, _, err = result_of(tool, altered)
        expect(name, status == 1, f'{change(match[0])!r} for {match[0]!r} gave status {status} {err}')


# ---- Lines that a log without debug messages, or a careless copy, lacks -------------------

LACKING = {
    'processor entries': r'SRAT: PXM',
    'changes': r'e820:? (update|remove)',
    'distances': r'(node distances|node   0|  \d+:  1)',
    'node ranges': r'(Early memory|  node )',
    'last_pfn': r'(e820: )?last_pfn',
    'memmap': r'.*(used for memmap|pages reserved)',
    'version': r'Linux version',
}


def check_lacking(tool, name, lines):
    """What is not there cannot be compared, but nothing else may differ for that."""
    for what, pattern in LACKING.items():
        left = [line for line in lines if not re.match(pattern, line)]
        if len(left) == len(lines) or (what == 'version' and 'numa=fake' in '\n'.join(lines)):
            continue
        status, result, err = result_of(tool, '\n'.join(left))
        expect(name, status == 0, f'without {what}: status {status} {err} ' + str(
            [fact for fact in result['facts'] if fact['status'] == 'different'][:1] if result else ''))


# First lines of a kind: a log that ends there is no other than the whole one.
CUT_AFTER = (r' +(node +)?0: (\[mem )?0x.*->? ?0x.*', r'Initmem setup node 0 .*', r'On node 0, zone DMA: .*',
             r'Fallback order for Node 0: .*', r'mminit::zonelist thisnode 0:DMA = .*')


def check_cut(tool, name, text):
    for pattern in CUT_AFTER:
        match = re.search('^' + pattern, text, re.M)
        if match:
            status, result, err = result_of(tool, text[:match.end()])
            expect(name, status == 0, f'cut off after {match[0]!r}: status {status} {err}' + str(
                [fact for fact in result['facts'] if fact['status'] == 'different'][:1] if result else ''))


# ---- The checks --------------------------------------------------------------------------

def check_log(tool, path, seen):
    text = path.read_text()
    lines = [line for line in text.splitlines() if not line.startswith('#')]
    expected = int(re.search(r'^# facts: (\d+)', text, re.M)[1])
    status, plain, err = result_of(tool, text)
    expect(path.name, status == 0, f'status {status} {err}')
    expect(path.name, plain and plain['compared'] == expected,
           f'{plain and plain["compared"]} facts compared, not {expected}')
    check_altered(tool, path.name, text, seen)
    check_lacking(tool, path.name, lines)
    check_cut(tool, path.name, text)
    printed, below = pasted(lines)
    for way, convert in WAYS.items():
        status, result, err = result_of(tool, '\n'.join(convert(printed) + below))
        compared = result and result['compared']
        expect(f'{path.name} with {way}', status == 0 and compared == expected,
               f'status {status}, {compared} facts compared, not {expected} {err}')
    for code, encode in CODES.items():
        status, result, err = result_of(tool, encode('\n'.join(timed(printed) + below)))
        compared = result and result['compared']
        expect(f'{path.name} as {code}', status == 0 and compared == expected,
               f'status {status}, {compared} facts compared, not {expected} {err}')
    # The second reading has our figures only: each fact of it must hold.
    status, ours, err = replay(tool, ['mminit_loglevel=4'], text)
    expect(path.name, status == 0, f'printing gave status {status} {err}')
    if 'numa=fake' not in text:
        command = re.search(r'^Command line: .*', text, re.M)[0]
        status, result, err = result_of(tool, f'baremm version x\n{command}\n{ours}')
        expect(f'our log of {path.name}', status == 0, f'status {status} {err}')


def without_stack_limit():
    most = resource.getrlimit(resource.RLIMIT_STACK)[1]
    resource.setrlimit(resource.RLIMIT_STACK, (most, most))


def check_address_space(tool, path):
    done = subprocess.run([tool, '--compare', path], capture_output=True, check=False,
                          preexec_fn=without_stack_limit)
    expect(path.name, done.returncode == 0, f'without a limit of the stack: {done.stderr.decode()}')


def cpu_time():
    """Seconds of CPU that ended children took: what a busy host does not make longer."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def check_time(tool, path):
    best = 1e9
    for _ in range(TRIES):
        start = cpu_time()
        subprocess.run([tool, '--compare', path], stdout=subprocess.DEVNULL, check=False)
        best = min(best, cpu_time() - start)
    expect(path.name, best < LIMIT, f'took {best * 1000:.1f} ms')
    return best


def machine_of(nodes, node_size):
    """A log of a machine of @nodes with @node_size bytes each, the last that memory allows."""
    end = nodes * node_size
    lines = ['BIOS-e820: [mem 0x0-0x9ffff] usable', 'BIOS-e820: [mem 0x100000-0x7fffffff] usable',
             'BIOS-e820: [mem 0x80000000-0xffffffff] reserved',
             f'BIOS-e820: [mem 0x100000000-{end - 1:#x}] usable']
    lines += [f'SRAT: PXM {n} -> APIC {n} -> Node {n}' for n in range(nodes)]
    lines += [f'SRAT: Node {n} PXM {n} [mem {n * node_size:#x}-{(n + 1) * node_size - 1:#x}]'
              for n in range(nodes)]
    return '\n'.join(lines)


def check_large(tool):
    text = machine_of(8, 2 << 40)
    start = cpu_time()
    status, out, err = replay(tool, [], text)
    took = cpu_time() - start
    expect('16 TB', status == 0, f'status {status} {err}')
    expect('16 TB', 'Built 8 zonelists' in out, 'no zonelists')
    expect('16 TB', 'Memory: ' in out and re.search(r'/17177771644K available', out), 'not all of it')
    status, out, err = replay(tool, [], machine_of(16, 4 << 40))
    expect('64 TB', status == 0 and 'Built 16 zonelists' in out, f'status {status} {err}')
    status, out, err = replay(tool, [], machine_of(2, 1 << 62))
    expect('2^63 bytes', status == 0 and 'max_arch_pfn' in out, f'status {status} {err}')
    return took


def check_missing(tool):
    status, _, err = result_of(tool, 'Zone ranges:\n  DMA [mem 0x1000-0xffffff]\n')
    expect('no map', status == 2 and 'BIOS-e820' in err, f'status {status}: {err}')
    status, _, err = result_of(tool, 'BIOS-e820: [mem 0x0-0x9fffffff] usable\n')
    expect('no results', status == 2 and 'Zone ranges' in err, f'status {status}: {err}')
    status, _, err = result_of(tool, '')
    expect('empty', status == 2 and err, f'status {status}: {err}')
    status, _, err = result_of(tool, 'BIOS-e820: [mem 0x0-0xffe] usable\nlast_pfn = 0x1 max_arch_pfn = 0x4\n')
    expect('no memory', status == 2 and 'did not come up' in err, f'status {status}: {err}')


# The zones of 3.2 on a PC with 1 GB, as a kernel for 32-bit CPUs has them.
OF_32_BIT = """Linux version 3.2.0-4-686-pae
BIOS-provided physical RAM map:
 BIOS-e820: 0000000000000000 - 000000000009f800 (usable)
 BIOS-e820: 000000000009f800 - 00000000000a0000 (reserved)
 BIOS-e820: 0000000000100000 - 000000003f650000 (usable)
last_pfn = 0x3f650 max_arch_pfn = 0x1000000
124MB HIGHMEM available.
887MB LOWMEM available.
Zone PFN ranges:
  DMA      0x00000010 -> 0x00001000
  Normal   0x00001000 -> 0x000377fe
  HighMem  0x000377fe -> 0x0003f650
Movable zone start PFN for each node
Early memory PFN ranges
    0: 0x00000010 -> 0x0000009f
    0: 0x00000100 -> 0x0003f650
On node 0 totalpages: 259551
  DMA zone: 32 pages used for memmap
  DMA zone: 3951 pages, LIFO batch:0
  Normal zone: 221486 pages, LIFO batch:31
  HighMem zone: 32085 pages, LIFO batch:7
Built 1 zonelists in Zone order, mobility grouping on.  Total pages: 257522
"""


def check_32_bit(tool):
    """What such a kernel shares with others is compared, its zones are not."""
    for text in OF_32_BIT, OF_32_BIT.replace('887MB LOWMEM available.\n', ''):
        status, result, err = result_of(tool, text)
        expect('32 bit', status == 0, f'status {status} {err}')
        groups = {fact['group']: fact['status'] for fact in result['facts']}
        expect('32 bit', groups == {'e820': 'equal', 'last_pfn': 'equal', 'zone': 'not comparable',
                                    'movable': 'equal', 'node_range': 'equal'}, f'{groups}')


def check_high_memory(tool, path):
    """Our own log of a machine whose direct map ends below its RAM."""
    status, ours, err = replay(tool, ['directmap=1G', 'mminit_loglevel=4'], path.read_text())
    status, result, err = result_of(tool, f'baremm version x\nCommand line: directmap=1G\n{ours}')
    expect('directmap=', status == 0 and '  HighMem  [mem 0x0000000040000000' in ours,
           f'status {status} {err}')
    expect('directmap=', any(fact['what'] == 'HighMem' for fact in result['facts']), 'no HighMem')


# Findings by log; all others are of machines that nothing is to be said against.
LINT = {
    'k4.19-8node-memoryless.log': ['map-unknown-type'],
    'k5.5-bios.log': ['map-unaligned'],
    'k6.1-fake-2node.log': ['srat-empty'],
    'k6.1-fake-hole.log': ['srat-ram-left-out'],
    'k6.1-fake-slit.log': ['slit-asymmetric'],
    'k6.1-slit-bad.log': ['slit-distance'],
    'k6.1-srat-overlap.log': ['srat-overlap'],
    'k6.4-mtrr.log': ['map-unknown-type', 'mtrr-ram-not-wb'],
}


def check_lint(tool, path):
    """The rules that find something are those that are expected to, and lint=off silences them."""
    text = path.read_text()
    _, out, _ = replay(tool, [], text)
    found = sorted(set(re.findall(r'lint: (?:note|warning|error): ([a-z-]+):', out)))
    expect(path.name, found == LINT.get(path.name, []), f'lint found {found}')
    _, out, _ = replay(tool, ['lint=off'], text)
    expect(path.name, 'lint: ' not in out, 'lint=off does not silence it')


def main():
    tool = sys.argv[1] if len(sys.argv) > 1 else str(HERE.parents[1] / 'build' / 'replay')
    logs = sorted((HERE / 'logs').glob('*.log'))
    seen = set()
    for path in logs:
        check_log(tool, path, seen)
    for pattern, _ in ALTERED:
        expect(pattern, pattern in seen, 'is in no log')
    for path in logs:
        check_lint(tool, path)
    check_missing(tool)
    check_32_bit(tool)
    check_high_memory(tool, HERE / 'logs' / 'k6.1-slit-ring8.log')
    check_address_space(tool, logs[0])
    slowest = max(check_time(tool, path) for path in logs)
    large = check_large(tool)
    print(f'{len(logs)} logs, {len(WAYS) + len(CODES)} ways to paste them, {len(seen)} facts altered; '
          f'the slowest took {slowest * 1000:.1f} ms, 16 TB {large * 1000:.1f} ms')
    print('\n'.join(faults), end='\n' if faults else '')
    return bool(faults)


if __name__ == '__main__':
    sys.exit(main())
