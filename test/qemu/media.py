# SPDX-License-Identifier: MIT
"""Images for boots that are not the usual one: started by the shell, or without options."""
import subprocess

PROGRAM = '::/EFI/BOOT/BOOTX64.EFI'
CONFIG = '::/EFI/BOOT/baremm.cfg'
SECTOR = 512


def _esp_offset(image):
    """Where the first partition of a GPT image starts, in bytes (UEFI 2.10, 5.3)."""
    with open(image, 'rb') as file:
        file.seek(SECTOR)
        header = file.read(SECTOR)
        if header[:8] != b'EFI PART':
            raise ValueError(f'{image}: no GPT')
        file.seek(int.from_bytes(header[72:80], 'little') * SECTOR + 32)
        return int.from_bytes(file.read(8), 'little') * SECTOR


def _mtools(command, esp, *args, text=None):
    subprocess.run([command, '-i', esp, *args], input=text, check=True, text=True,
                   stdout=subprocess.DEVNULL)


def prepare(way, options, image, target):
    """Copies @image to @target and changes it for `boot: @way` (see scenario.py)."""
    subprocess.run(['cp', '--sparse=always', image, target], check=True)
    esp = f'{target}@@{_esp_offset(target)}'
    _mtools('mdel', esp, CONFIG)
    if way == 'shell':
        # Without a file of the default name the firmware goes on to its shell.
        _mtools('mren', esp, PROGRAM, '::/EFI/BOOT/BAREMM.EFI')
        _mtools('mcopy', esp, '-o', '-', '::/startup.nsh',
                text=f'fs0:\\EFI\\BOOT\\BAREMM.EFI {options}\r\n')
