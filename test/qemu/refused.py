# SPDX-License-Identifier: MIT
"""Waits until the firmware says that it does not start the program, and ends the machine.

The words of the scenario are a regular expression for the firmware's line.
"""
import re
import time

import guestlog
import screen

QEMU_ARGUMENTS = screen.QEMU_ARGUMENTS


def faults(boot, guest, words):
    """The line must come, and the program must not: none of its lines is in the log."""
    while guest.poll() is None:
        if any(re.search(words, line) for line in boot.lines()):
            screen.Qmp(boot.folder).command('quit')
            guest.wait()
            return guestlog.silence_faults(boot.lines())
        time.sleep(0.1)
    return [f'the firmware did not say: {words}', *guestlog.silence_faults(boot.lines())]
