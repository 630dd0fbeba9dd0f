#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Boots the image on the machine that a scenario describes, and judges what it did.

  scenario.py NAME...   runs scenarios; exit status 1 if one failed

A scenario is a folder with a file `scenario` of lines `key: value`; a key of
the second kind may stand several times.

  boot: WAY           what the machine boots from, and by which way (see media.py): ahci
                      (default), usb, nvme, virtio, bare, shell, entry, grub, systemd-boot,
                      ipxe, pxe, http
  firmware: KIND      bios (default), flash, secure (see firmware.py)
  signed: yes         the program is signed by the key that `firmware: secure` knows
  serial: PORT        with the log: ttyS0 (default), ttyS1, pci: behind PCI bridges,
                      odd: at I/O 0x2e0; none: there is no port;
                      silent: nothing of the program on ttyS0. With these two
                      only the exit status tells
  verdict: REGEX      of the last line, default PASS; none: there shall be none
  selftests: no       the guest shall run none; else all of its KTAP is ok
  screen: WIDTHxHEIGHT  the log's end stands on a screen of this size
  beside: MODULE WORDS  works on the machine while it runs, and judges that: a module in this
                      folder with QEMU_ARGUMENTS, and faults(boot, guest, WORDS) as screen has
  limit: SECONDS      until it must have ended, default 90

  acpi: TABLE WORDS   that the firmware has, too (see acpitable.py)
  qemu: ARGUMENTS     for QEMU, after those of run.sh, so they win
  options: WORDS      for the program
  each: WORDS         in front of them; several are as many scenarios
  expect: REGEX       in the log; several in this order
  contains: REGEX     in the log, anywhere
  forbid: REGEX       not in the log

`linux.txt` in the folder holds facts that Linux printed on the same machine
(see facts.py); the log must have the same. `linux: NAME` takes those of another
scenario.
"""
import copy
import importlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import acpitable
import facts
import firmware
import guestlog
import media
import screen

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[1] / 'build'
SINGLE = {'boot': 'ahci', 'firmware': '', 'signed': '', 'serial': 'ttyS0', 'verdict': 'PASS',
          'selftests': 'yes', 'screen': '', 'beside': '', 'limit': '90', 'linux': ''}
LISTS = ('acpi', 'qemu', 'each', 'options', 'expect', 'contains', 'forbid')
STATUS = {'PASS': 0, 'none': 3}  # of run.sh, by verdict; 1 for any other
# Arguments for run.sh, and after them for QEMU.
SERIAL = {'ttyS0': ([], []), 'silent': ([], []), 'none': (['-s'], []),
          'ttyS1': (['-s'], ['-serial', 'stdio']),
          'pci': (['-s'], ['-chardev', 'stdio,id=port', '-device', 'pcie-root-port,id=root',
                           '-device', 'pcie-pci-bridge,id=bridge,bus=root', '-device',
                           'pci-serial,chardev=port,bus=bridge,addr=3']),
          'odd': (['-s'], ['-chardev', 'stdio,id=port', '-device',
                           'isa-serial,iobase=0x2e0,irq=5,chardev=port'])}


class Scenario:
    """What a scenario's file says: `name`, and an attribute for each key."""

    def __init__(self, folder):
        self.folder, self.name = folder, folder.name
        vars(self).update(SINGLE, **{key: [] for key in LISTS})
        file = folder / 'scenario'
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if line.strip() and not line.startswith('#'):
                self._take(line, f'{file}:{number}')

    def _take(self, line, place):
        key, colon, value = line.partition(':')
        if not colon or key not in (*SINGLE, *LISTS):
            raise ValueError(f'{place}: not a line of a scenario: {line}')
        if key in LISTS:
            getattr(self, key).append(value.strip())
        else:
            setattr(self, key, value.strip())


    def variants(self):
        """This scenario, or one for each of its `each`."""
        if not self.each:
            return [self]
        found = []
        for words in self.each:
            variant = copy.copy(self)
            variant.name = f'{self.name}:{words}'
            variant.options = [words, *self.options]
            found.append(variant)
        return found


def find_all():
    """Every scenario, by name."""
    return [variant for file in sorted(HERE.glob('*/scenario'))
            for variant in Scenario(file.parent).variants()]


class Boot:
    """One boot of a scenario; what is left of it lies in build/test/NAME/."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.folder = BUILD / 'test' / re.sub(r'[^\w.-]+', '-', scenario.name)
        self.log, self.errors = self.folder / 'log', self.folder / 'errors'
        self.variables, self.at_end = None, []  # the firmware's, and what to call when it is over
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def command(self):
        scenario = self.scenario
        kind = scenario.firmware or media.FIRMWARE.get(scenario.boot, 'bios')
        flash, self.variables = firmware.make_flash(kind, self.folder)
        image = firmware.sign(self.folder) if scenario.signed else BUILD / 'baremm.img'
        medium = media.prepare(self, image, ' '.join(scenario.options))
        runner, qemu = SERIAL[scenario.serial]
        if scenario.screen:
            runner, qemu = [*runner, '-k'], [*qemu, *screen.QEMU_ARGUMENTS]
        if scenario.beside:
            qemu = [*qemu, *self._beside()[0].QEMU_ARGUMENTS]
        for words in scenario.acpi:
            qemu = [*qemu, *acpitable.make(words, self.folder)]
        if flash:
            runner = [*runner, '-f']
        return [str(HERE / 'run.sh'), '-i', str(medium.image), '-o', medium.options, '-t',
                scenario.limit, '-d', medium.disk, *runner, '--', *flash, *medium.qemu,
                *shlex.split(' '.join(scenario.qemu)), *qemu]

    def lines(self):
        return guestlog.lines_of(self.log.read_bytes())

    def _beside(self):
        """The module that works beside the guest, and the words for it."""
        name, _, words = self.scenario.beside.partition(' ')
        return importlib.import_module(name), words

    def run(self):
        """Until QEMU has ended, which run.sh sees to. The faults that its end shows."""
        command = self.command()
        (self.folder / 'command').write_text(shlex.join(command) + '\n')
        with open(self.log, 'wb') as log, open(self.errors, 'wb') as errors:
            guest = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                                     stderr=errors)
            seen = screen.faults(self, guest) if self.scenario.screen else []
            if self.scenario.beside:
                module, words = self._beside()
                seen += module.faults(self, guest, words)
            status = guest.wait()
        return seen + ([] if self.scenario.screen else self._status_faults(status))

    def clean(self):
        """Ends what was started beside QEMU, and leaves nothing large behind."""
        for end in self.at_end:
            end()
        for file in self.folder.glob('*'):
            if file.suffix in ('.img', '.fd'):
                file.unlink()

    def _status_faults(self, status):
        want = STATUS.get(self.scenario.verdict, 1)
        if status == want:
            return []
        return [f'run.sh ended with status {status}, not {want}',
                *self.errors.read_text().splitlines()]

    def log_faults(self):
        scenario, lines = self.scenario, self.lines()
        if scenario.serial in ('none', 'silent'):
            return guestlog.silence_faults(lines)
        lines = [guestlog.without_time(line) for line in lines]
        if scenario.verdict == 'none':
            faults = guestlog.presence_faults(lines, [], [guestlog.VERDICT.pattern])
        else:
            faults = guestlog.verdict_faults(lines, scenario.verdict)
            faults += guestlog.ktap_faults(lines, scenario.selftests != 'no')
        faults += guestlog.order_faults(lines, scenario.expect)
        faults += guestlog.presence_faults(lines, scenario.contains, scenario.forbid)
        linux = HERE / (scenario.linux or scenario.name) / 'linux.txt'
        if scenario.linux or linux.exists():
            faults += facts.difference(linux.read_text(), lines)
        return faults


def run(scenario):
    """Boots @scenario. The faults found, and its log."""
    boot = Boot(scenario)
    try:
        faults = boot.run() + boot.log_faults()
    finally:
        boot.clean()
    return faults, boot.log


def main(names):
    failed = 0
    chosen = [each for each in find_all() if each.name in names or each.folder.name in names]
    for scenario in chosen:
        faults, log = run(scenario)
        print(f'{"FAILED" if faults else "ok":6} {scenario.name}  {log}')
        for fault in faults:
            print(f'       {fault}')
        failed += bool(faults)
    return bool(failed) or not chosen


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
