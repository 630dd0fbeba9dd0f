# SPDX-License-Identifier: MIT
"""Lines for QEMU's monitor, when the machine is switched on or when the guest waits for them.

The words of the scenario are the lines, with `;` between them; `{}` in them is the address
in the guest's line `lkdtm: waiting for ..., page at 0x... is free`. Lines without it come
at once.
"""
import re
import time

import guestlog
import screen

QEMU_ARGUMENTS = screen.QEMU_ARGUMENTS
WAITING = re.compile(r'lkdtm: waiting for .*, page at (0x[0-9a-f]+) is free$')


def _address(boot, guest):
    """From the guest's line; None where it ends without."""
    while guest.poll() is None:
        found = filter(None, map(WAITING.match, map(guestlog.without_time, boot.lines())))
        match = next(found, None)
        if match:
            return match[1]
        time.sleep(0.05)
    return None


def connect(boot, guest):
    """Connects as soon as QEMU listens, which is long before the guest's firmware is done."""
    while guest.poll() is None:
        try:
            return screen.Qmp(boot.folder)
        except (FileNotFoundError, ConnectionRefusedError):
            time.sleep(0.02)
    return None


def faults(boot, guest, words):
    """Types the lines @words into the monitor of @guest."""
    lines = [line.strip() for line in words.split(';')]
    monitor = connect(boot, guest)
    if monitor is None:
        return ['QEMU ended before its monitor could be used']
    for line in lines:
        if '{}' not in line:
            monitor.human(line)
    address = _address(boot, guest)
    if address is None:
        return ['the guest did not wait for the monitor']
    for line in lines:
        if '{}' in line:
            monitor.human(line.format(address))
    return []
