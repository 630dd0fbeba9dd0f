# SPDX-License-Identifier: MIT
"""Looks at a guest's screen as a person does: which text stands on it, in which colours.

QEMU dumps the screen as a picture (PPM) when the guest has come to its end and
halted. Each character cell of it is looked up in the console font, so a console
that draws nothing, scrolls wrongly or leaves out its last rows shows as text
that is not there.
"""
import gzip
import json
import re
import socket
import struct
import time
from collections import Counter
from pathlib import Path

import guestlog

QEMU_ARGUMENTS = ['-qmp', 'unix:qmp,server=on,wait=off']
PICTURE = 'screen.ppm'
# The console's fonts (arch/x86_64/font_data.S), largest first.
FONTS = [Path('/usr/share/consolefonts') / f'Uni2-Terminus{name}.psf.gz'
         for name in ('32x16', '24x12', '16')]
STAGE_ROWS = 1  # what the machine is doing, below the log
BANNER_ROWS = 5  # the verdict in large letters, below the text
BANNER_SCALE = 3
SPARE_SHARE = 64  # one of so many rows of pixels is not used, the last ones
SETTLE = 20.0  # seconds within which the screen must show what the serial port has shown
UNKNOWN = '\N{REPLACEMENT CHARACTER}'


class Qmp:
    """QEMU's monitor, at the socket that QEMU_ARGUMENTS makes in the boot's folder."""

    def __init__(self, folder):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(str(folder / 'qmp'))
        self.file = self.socket.makefile('rw')
        self.file.readline()  # the greeting
        self.command('qmp_capabilities')

    def human(self, line):
        """A line for the monitor that people type at."""
        self.command('human-monitor-command', **{'command-line': line})

    def command(self, name, **arguments):
        self.file.write(json.dumps({'execute': name, 'arguments': arguments}) + '\n')
        self.file.flush()
        for line in self.file:
            reply = json.loads(line)
            if 'error' in reply:
                raise OSError(f'QEMU: {name}: {reply["error"]["desc"]}')
            if 'return' in reply:
                return
        raise OSError(f'QEMU: {name}: no answer')


class Font:
    """A console font (PSF 1 or 2): its cell's size, and the character that each bitmap shows."""

    def __init__(self, path):
        data = gzip.open(path).read()
        if data[:2] == b'\x36\x04':
            self.width, self.height, size, first = 8, data[3], data[3], 4
        elif data[:4] == b'\x72\xb5\x4a\x86':
            _, _, first, _, _, size, self.height, self.width = struct.unpack('<8I', data[:32])
        else:
            raise ValueError(f'{path}: not a PSF font')
        self.characters = {}
        for code in range(0x20, 0x7f):
            glyph = data[first + code * size:first + (code + 1) * size]
            self.characters[self._bitmap(glyph, size // self.height)] = chr(code)

    def _bitmap(self, glyph, stride):
        """A byte a pixel, as Picture.text() makes it."""
        rows = (int.from_bytes(glyph[y * stride:(y + 1) * stride], 'big')
                for y in range(self.height))
        return b''.join(bytes(row >> (stride * 8 - 1 - x) & 1 for x in range(self.width))
                        for row in rows)


class Picture:
    """A binary PPM of 8 bits a colour."""

    def __init__(self, path):
        data = path.read_bytes()
        magic, width, height, depth = data.split(maxsplit=4)[:4]
        if magic != b'P6' or depth != b'255':
            raise ValueError(f'{path}: not a PPM of 8 bits')
        self.width, self.height = int(width), int(height)
        self.pixels = data[-self.width * self.height * 3:]

    def text(self, font, scale, left, top, columns, rows):
        """The text in a grid of cells and its paper's colour; blank rows left out."""
        found = []
        for row in range(rows):
            lines = [self._line(top + (row * font.height + y) * scale, left, columns * font.width,
                                scale) for y in range(font.height)]
            paper = Counter(pixel for line in lines for pixel in line).most_common(1)[0][0]
            ink = [bytes(pixel != paper for pixel in line) for line in lines]
            cells = (b''.join(line[x:x + font.width] for line in ink)
                     for x in range(0, columns * font.width, font.width))
            text = ''.join(font.characters.get(cell, UNKNOWN) for cell in cells).rstrip()
            if text:
                found.append((text, paper))
        return found

    def _line(self, y, left, count, step):
        """@count pixels of line @y from @left on, every @step-th, as (red, green, blue)."""
        start = (y * self.width + left) * 3
        line = self.pixels[start:start + count * step * 3]
        return list(zip(line[::3 * step], line[1::3 * step], line[2::3 * step]))


class Console:
    """Where the text stands, as the guest's log tells: `fb: 800x600, 100x37 characters of 8x16`."""

    def __init__(self, lines):
        said = (re.match(r'fb: (\d+)x(\d+), (\d+)x(\d+) characters of (\d+)x(\d+)$', line)
                for line in map(guestlog.without_time, lines))
        numbers = [int(number) for number in next(filter(None, said)).groups()]
        self.width, self.height, self.columns, self.rows, cell_width, cell_height = numbers
        self.font = next(font for font in map(Font, FONTS) if not cell_width % font.width)
        self.scale = cell_width // self.font.width
        self.left = (self.width - self.columns * cell_width) // 2
        self.used = self.height - self.height // SPARE_SHARE
        self.top = (self.used - (self.rows + STAGE_ROWS) * cell_height) // 2

    def text(self, picture):
        rows = self.rows - BANNER_ROWS
        return [text for text, _ in picture.text(self.font, self.scale, self.left, self.top,
                                                 self.columns, rows)]

    def stage(self, picture):
        """What stands below the log."""
        top = self.top + self.rows * self.font.height * self.scale
        found = picture.text(self.font, self.scale, self.left, top, self.columns, 1)
        return found[0][0] if found else ''

    def banner(self, picture, letters):
        """The word of @letters in the middle of the banner, and the banner's colour."""
        scale = self.scale * BANNER_SCALE
        above = self.top + (self.rows - BANNER_ROWS) * self.font.height * self.scale
        band = self.used - above
        left = (self.width - letters * self.font.width * scale) // 2
        top = above + (band - self.font.height * scale) // 2
        return (picture.text(self.font, scale, left, top, letters, 1) or [('', (0, 0, 0))])[0]


def _wrapped(lines, columns):
    """The rows that @lines take on a screen."""
    return [line[at:at + columns].rstrip() for line in lines for at in range(0, len(line), columns)]


def text_faults(shown, lines, console):
    """How the rows on the screen differ from the log's end."""
    due = _wrapped(lines, console.columns)[-len(shown):]
    faults = [f'screen row {number}: {text!r}, not {want!r}'
              for number, (text, want) in enumerate(zip(shown, due)) if text != want]
    if len(shown) < console.rows - BANNER_ROWS - 2:
        faults.append(f'{len(shown)} rows of text on a screen of {console.rows}')
    return faults


def picture_faults(picture, lines, size):
    """What a person would find wrong on the screen of a guest whose log is @lines."""
    console = Console(lines)
    if not f'{picture.width}x{picture.height}' == f'{console.width}x{console.height}' == size:
        return [f'a picture of {picture.width}x{picture.height}, a console of '
                f'{console.width}x{console.height} pixels, not {size}']
    faults = text_faults(console.text(picture), lines, console)
    passed = lines[-1].endswith('PASS')
    word, (red, green, blue) = console.banner(picture, 4)
    if word != ('PASS' if passed else 'FAIL'):
        faults.append(f'banner {word!r}')
    if max(red, green, blue) != (green if passed else red):
        faults.append(f'colour of the banner: red {red}, green {green}, blue {blue}')
    return faults


def _wait_for_verdict(boot, guest):
    """Until the last line on the serial port is a verdict. False if the guest ended without."""
    while guest.poll() is None:
        lines = boot.lines()
        if lines and guestlog.VERDICT.match(guestlog.without_time(lines[-1])):
            return True
        time.sleep(0.1)
    return False


def faults(boot, guest):
    """Waits for @guest's verdict, looks at its screen until it is right, and ends QEMU."""
    if not _wait_for_verdict(boot, guest):
        return ['no verdict: ' + boot.errors.read_text().strip()]
    monitor = Qmp(boot.folder)
    deadline = time.monotonic() + SETTLE
    while True:
        monitor.command('screendump', filename=PICTURE)
        found = picture_faults(Picture(boot.folder / PICTURE), boot.lines(), boot.scenario.screen)
        if not found or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    monitor.command('quit')
    return found
