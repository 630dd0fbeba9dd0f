# SPDX-License-Identifier: MIT
"""Machine checks during the guest's memory test, on the CPUs that the scenario's words number.

Each CPU is told of an error that it can go on from, while it reads or writes what it tests: what
it was at must be found bad. Whether it was is seen when the next pattern begins; if it waited for
the others just then, it is tried again, at another moment: it has gone on since, so that is safe.
"""
import itertools
import re
import time

import guestlog
import monitor

QEMU_ARGUMENTS = monitor.QEMU_ARGUMENTS
PATTERN = re.compile(r'  0x[0-9a-f]{16} - 0x[0-9a-f]{16} pattern ([0-9a-f]{16})$')
FOUND = re.compile(r'  [0-9a-f]{16} bad mem addr 0x[0-9a-f]{16} - 0x[0-9a-f]{16} reserved$')
MOMENTS = (0.05, 0.02, 0.09, 0.14, 0.0)  # seconds after a pattern's lines, one try after the other
# Intel SDM table 15-20: a data load, whose instruction cannot go on unless software acts.
CHECK = 'mce {} 9 0xbd80000000000134 7 0x5000 0x8c'


class Log:
    """The guest's log, as far as it has come."""

    def __init__(self, boot, guest):
        self.boot, self.guest = boot, guest

    def lines(self):
        return [guestlog.without_time(line) for line in self.boot.lines()]

    def count(self, pattern):
        return sum(1 for line in self.lines() if pattern.match(line))

    def patterns(self):
        """How many tests have begun."""
        found = [match[1] for match in map(PATTERN.match, self.lines()) if match]
        return sum(1 for i, pattern in enumerate(found) if not i or found[i - 1] != pattern)

    def wait(self, true):
        """False: the guest has ended before."""
        while not true():
            if self.guest.poll() is not None:
                return False
            time.sleep(0.02)
        return True


def _check(log, qmp, cpu):
    """Until something was found; False: the test was over before."""
    before, begun = log.count(FOUND), log.patterns()
    if not log.wait(lambda: log.patterns() > begun):
        return False
    for moment in itertools.cycle(MOMENTS):
        time.sleep(moment)
        begun = log.patterns()
        qmp.human(CHECK.format(cpu))
        # What it was at when the next pattern had begun already is found by the end of that.
        if not log.wait(lambda: log.patterns() > begun + 1 or log.count(FOUND) > before):
            return False
        if log.count(FOUND) > before:
            return True


def faults(boot, guest, words):
    """CPUs of which nothing was found."""
    qmp = monitor.connect(boot, guest)
    if qmp is None:
        return ['QEMU ended before its monitor could be used']
    log = Log(boot, guest)
    return [f'CPU {cpu} was told of an error, and nothing was found'
            for cpu in words.split() if not _check(log, qmp, cpu)]
