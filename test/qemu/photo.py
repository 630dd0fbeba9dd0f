# SPDX-License-Identifier: MIT
"""Takes a picture of the screen of a guest that hangs, and ends the machine.

The words of the scenario are a regular expression for the stage that the screen must name.
"""
import re
import time

import screen

QEMU_ARGUMENTS = screen.QEMU_ARGUMENTS
HANGS = 'lkdtm: Performing direct entry HARDLOCKUP'


def _stage(boot):
    screen.Qmp(boot.folder).command('screendump', filename=screen.PICTURE)
    return screen.Console(boot.lines()).stage(screen.Picture(boot.folder / screen.PICTURE))


def faults(boot, guest, words):
    """The stage must be on the screen when the guest has said that it hangs."""
    while guest.poll() is None and not any(HANGS in line for line in boot.lines()):
        time.sleep(0.1)
    if guest.poll() is not None:
        return ['the guest ended, and did not hang']
    deadline, shown = time.monotonic() + screen.SETTLE, ''
    while not re.search(words, shown) and time.monotonic() < deadline:
        time.sleep(0.3)
        shown = _stage(boot)
    screen.Qmp(boot.folder).command('quit')
    guest.wait()
    return [] if re.search(words, shown) else [f'the stage on the screen is {shown!r}']
