#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the checker: each broken log and screen must be found broken, for its own reason.

Prints one line per case as a test program would, and exits 1 if one went wrong.
"""
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import facts
import guestlog
import screen

GOOD = '''\x1b[2J\x1b[01;01HBdsDxe: starting Boot0001 "UEFI QEMU HARDDISK"\r
[    0.000000] baremm 1.0\r
[    0.000100] BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable\r
[    0.000100] On node 0, zone DMA: 1 pages in unavailable ranges\r
[    0.000100] On node 0, zone DMA: 96 pages in unavailable ranges\r
KTAP version 1\r
1..2\r
# seed 0x1\r
  KTAP version 1\r
  1..1\r
  ok 1 inner\r
ok 1 pages # 12 ms\r
ok 2 slab_sizes # SKIP no memory\r
[    0.200000] baremm: verdict: PASS\r
'''
LINUX = '# facts\ne820 0x0-0x9ffff usable\nunavailable 0 DMA 97\n'


def judge(text, linux=LINUX, verdict='PASS', selftests=True, expect=(), contains=(), forbid=(),
          silent=False):
    lines = guestlog.lines_of(text.encode())
    if silent:
        return guestlog.silence_faults(lines)
    return (guestlog.verdict_faults(lines, verdict) + guestlog.ktap_faults(lines, selftests) +
            guestlog.order_faults(lines, expect) +
            guestlog.presence_faults(lines, contains, forbid) + facts.difference(linux, lines))


def without(text):
    """The good log without the lines that contain @text."""
    return ''.join(line for line in GOOD.splitlines(True) if text not in line)


# name, log, what judge() is asked beside, what each fault must say ('' for none)
CASES = (
    ('good_log_passes', GOOD, {}, ''),
    ('empty_log', '', {'linux': ''}, 'no verdict'),
    ('verdict_missing', without('verdict'), {}, 'no verdict'),
    ('log_cut_within_the_tests', GOOD[:GOOD.index('ok 2')], {}, '2 tests planned, 1 reported'),
    ('log_cut_within_the_verdict', GOOD[:GOOD.index('PASS')], {}, 'no verdict'),
    ('verdict_fail', GOOD.replace('PASS', 'FAIL: zone broken'), {}, "verdict 'FAIL: zone broken'"),
    ('pass_where_fail_is_due', GOOD, {'verdict': 'FAIL: .*'}, "verdict 'PASS'"),
    ('verdict_twice', GOOD + GOOD.splitlines(True)[-1], {}, '2 verdicts'),
    ('panic_twice', GOOD.replace('KTAP', 2 * 'Kernel panic - not syncing: x\n' + 'KTAP', 1), {},
     '2 panics'),
    ('text_after_the_verdict', GOOD + 'Kernel panic\n', {}, 'not the last line'),
    ('test_not_ok', GOOD.replace('ok 2', 'not ok 2'), {}, 'not ok 2'),
    ('inner_test_not_ok', GOOD.replace('  ok 1', '  not ok 1'), {}, 'not ok 1 inner'),
    ('plan_missing', without('1..2'), {}, 'before the plan'),
    ('inner_plan_missing', without('1..1'), {}, 'before the plan'),
    ('tests_without_ktap', without('KTAP version'), {}, 'before the plan'),
    ('no_tests_at_all', without('ok').replace('1..', '#'), {}, 'no plan'),
    ('test_left_out', without('ok 1 pages'), {}, 'test 1 was due'),
    ('test_too_many', GOOD.replace('1..2', '1..1'), {}, '1 tests planned, 2 reported'),
    ('last_test_missing', without('ok 2'), {}, '2 tests planned, 1 reported'),
    ('tests_though_switched_off', GOOD, {'selftests': False}, 'not to'),
    ('silence', 'BdsDxe: starting Boot0001\n', {'silent': True}, ''),
    ('line_though_silent', '[    0.000000] baremm\n', {'silent': True}, 'silent'),
    ('verdict_though_silent', 'baremm: verdict: PASS\n', {'silent': True}, 'silent'),
    ('line_missing', GOOD, {'contains': ['zone Normal']}, 'not in the log'),
    ('lines_in_order', GOOD, {'expect': ['e820', 'KTAP', 'PASS']}, ''),
    ('lines_in_wrong_order', GOOD, {'expect': ['KTAP', 'e820']}, 'not in the log after'),
    ('one_line_is_not_two', GOOD, {'expect': ['PASS', 'PASS']}, 'not in the log after'),
    ('forbidden_line', GOOD, {'forbid': ['SKIP']}, 'forbidden'),
    ('fact_missing', without('96 pages'), {}, 'unavailable 0 DMA 97'),
    ('fact_too_many', GOOD, {'linux': LINUX.replace('e820', '#')}, 'only ours:  e820 0x0-0x9ffff'),
    ('fact_differs', GOOD.replace('9ffff', '9efff'), {}, 'e820'),
)


# A screen of 408x341: 5 lines that are not used, a margin of 4 pixels left and right, 14 rows
# of text, the banner.
SCREEN_LOG = (['[    0.000100] fb: 408x341, 50x20 characters of 8x16'] +
              [f'[    0.000200] line {number} {"abcdefghij" * 3}' for number in range(30)] +
              ['ok 1 pages # 12 ms', 'baremm: verdict: PASS'])
INK, PAPER, GREEN, RED = (200, 200, 200), (10, 10, 10), (20, 130, 50), (180, 30, 20)


class Screen:
    """What QEMU would dump: text drawn with the console's font."""

    def __init__(self, rows, word='PASS', colour=GREEN, width=408):
        self.width, self.height, self.console = width, 341, screen.Console(SCREEN_LOG)
        self.lines = [[PAPER] * width for _ in range(self.height)]
        for number, row in enumerate(rows):
            self.draw(row, 4, number * 16, 1, PAPER)
        self.lines[240:336] = [[colour] * width for _ in range(96)]
        self.draw(word, (408 - 96) // 2, 240 + 24, 3, colour)

    def draw(self, text, left, top, scale, paper):
        font = self.console.font
        bitmaps = {character: bitmap for bitmap, character in font.characters.items()}
        for number, character in enumerate(text):
            for at, ink in enumerate(bitmaps[character]):
                for y in range(scale):
                    x = left + (number * font.width + at % font.width) * scale
                    line = self.lines[top + at // font.width * scale + y]
                    line[x:x + scale] = [INK if ink else paper] * scale

    def faults(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'screen.ppm'
            pixels = bytes(value for line in self.lines for pixel in line for value in pixel)
            path.write_bytes(b'P6\n%d %d\n255\n' % (self.width, self.height) + pixels)
            return screen.picture_faults(screen.Picture(path), SCREEN_LOG, '408x341')


ROWS = [line[at:at + 50] for line in SCREEN_LOG for at in range(0, len(line), 50)][-14:]
SCREENS = (
    ('good_screen_passes', Screen(ROWS), ''),
    ('screen_blank', Screen([], '    ', PAPER), '0 rows of text'),
    ('screen_without_banner', Screen(ROWS, '    ', PAPER), "banner ''"),
    ('screen_says_fail', Screen(ROWS, 'FAIL', RED), "banner 'FAIL'"),
    ('screen_banner_is_red', Screen(ROWS, 'PASS', RED), 'colour of the banner'),
    ('screen_last_rows_missing', Screen(ROWS[:-2]), 'screen row 0'),
    ('screen_half_drawn', Screen(ROWS[7:]), '7 rows of text'),
    ('screen_letter_wrong', Screen([*ROWS[:-1], 'baremm: verdict: PESS']), 'PESS'),
    ('screen_of_another_size', Screen(ROWS, width=400), 'a picture of 400x341'),
)


def main():
    results = [(name, judge(log, **asked), want) for name, log, asked, want in CASES]
    results += [(name, shown.faults(), want) for name, shown, want in SCREENS]
    wrong = 0
    for name, faults, want in results:
        right = any(want in fault for fault in faults) if want else not faults
        print(f'{"ok" if right else "not ok"} {name}' + ('' if right else f': {faults}'))
        wrong += not right
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main())
