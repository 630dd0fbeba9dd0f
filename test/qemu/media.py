# SPDX-License-Identifier: MIT
"""What the machine of a scenario boots from, and by which way the program is started.

  ahci, usb, nvme, virtio   the image as it is, plugged in as that
  bare                      a disk without baremm.cfg
  shell                     the UEFI shell starts it, with the options as arguments
  hostile                   the shell starts test/hostile/ with the options, which starts it
  entry                     a Boot#### entry of the firmware names it; the options are its data
  grub, systemd-boot        that loader starts it, with the options as arguments
  ipxe                      iPXE starts it, from a TFTP server, with the options as arguments
  pxe, http                 the firmware loads it from a server: no file system, no options

Loaders are those of Debian's packages. The servers are QEMU's for TFTP, this process for HTTP.
"""
import functools
import http.server
import struct
import subprocess
import threading
from pathlib import Path

import nvram

PROGRAM = '::/EFI/BOOT/BOOTX64.EFI'
CONFIG = '::/EFI/BOOT/baremm.cfg'
BUILD = Path(__file__).resolve().parents[2] / 'build'
OURS = '/EFI/baremm/baremm.efi'  # where it lies if a loader has the default name
SECTOR = 512
NETWORK = ['-device', 'virtio-net-pci,netdev=net,romfile=']
HOST = '10.0.2.2'  # the host's address in QEMU's user network
GRUB = Path('/usr/lib/grub/x86_64-efi/monolithic/grubx64.efi')
SYSTEMD_BOOT = Path('/usr/lib/systemd/boot/efi/systemd-bootx64.efi')
IPXE = Path('/usr/lib/ipxe/ipxe.efi')


class Medium:
    """For run.sh: an image (or none), what it is plugged in as, options; arguments for QEMU."""

    def __init__(self, image, disk='ahci', options='', qemu=()):
        self.image, self.disk, self.options, self.qemu = image, disk, options, list(qemu)


class Disk:
    """A copy of the image, to be changed: without baremm.cfg."""

    def __init__(self, image, folder):
        self.path = folder / 'disk.img'
        subprocess.run(['cp', '--sparse=always', image, self.path], check=True)
        self.first, self.last, self.guid = self._partition()
        self.mtools('mdel', CONFIG)

    def _partition(self):
        """First and last sector, and GUID, of the first partition (UEFI 2.10, 5.3)."""
        with open(self.path, 'rb') as file:
            file.seek(SECTOR)
            header = file.read(SECTOR)
            if header[:8] != b'EFI PART':
                raise ValueError(f'{self.path}: no GPT')
            file.seek(int.from_bytes(header[72:80], 'little') * SECTOR)
            _, guid, first, last = struct.unpack('<16s16sQQ', file.read(48))
        return first, last, guid

    def mtools(self, command, *args, text=None):
        esp = f'{self.path}@@{self.first * SECTOR}'
        subprocess.run([command, '-i', esp, *args], input=text, check=True, text=True,
                       stdout=subprocess.DEVNULL)

    def write(self, path, text):
        self.mtools('mcopy', '-o', '-', f'::{path}', text=text)

    def put_aside(self, loader=None):
        """The program gets another name; @loader has the one that firmware starts."""
        self.mtools('mmd', '::/EFI/baremm')
        self.mtools('mmove', PROGRAM, f'::{OURS}')
        if loader:
            self.mtools('mcopy', str(loader), PROGRAM)


def _bare(boot, image, options):
    return Medium(Disk(image, boot.folder).path)


def _shell(boot, image, options):
    disk = Disk(image, boot.folder)
    # Without a file of the default name the firmware goes on to its shell.
    disk.mtools('mren', PROGRAM, '::/EFI/BOOT/BAREMM.EFI')
    disk.write('/startup.nsh', f'fs0:\\EFI\\BOOT\\BAREMM.EFI {options}\r\n')
    return Medium(disk.path)


def _hostile(boot, image, options):
    disk = Disk(image, boot.folder)
    disk.mtools('mren', PROGRAM, '::/EFI/BOOT/BAREMM.EFI')
    disk.mtools('mcopy', str(BUILD / 'hostile.efi'), '::/hostile.efi')
    disk.write('/startup.nsh', f'fs0:\\hostile.efi {options}\r\n')
    return Medium(disk.path)


def _entry(boot, image, options):
    disk = Disk(image, boot.folder)
    disk.put_aside()
    path = nvram.partition(1, disk.first, disk.last - disk.first + 1, disk.guid)
    path += nvram.file(OURS.replace('/', '\\'))
    nvram.add_boot_entry(boot.variables,
                         nvram.load_option('baremm', path, options.encode('utf-16-le')))
    # With bootindex= QEMU would name the order.
    return Medium(disk.path, 'none', qemu=[
        '-drive', f'if=none,id=stick,format=raw,file={disk.path}', '-device',
        'ide-hd,drive=stick'])


def _grub(boot, image, options):
    disk = Disk(image, boot.folder)
    disk.put_aside(GRUB)
    disk.mtools('mmd', '::/EFI/debian')
    disk.write('/EFI/debian/grub.cfg', 'set timeout=0\nmenuentry baremm {\n'
               f'\tchainloader {OURS} {options}\n}}\n')
    return Medium(disk.path)


def _systemd_boot(boot, image, options):
    disk = Disk(image, boot.folder)
    disk.put_aside(SYSTEMD_BOOT)
    disk.mtools('mmd', '::/loader', '::/loader/entries')
    disk.write('/loader/loader.conf', 'timeout 0\n')
    disk.write('/loader/entries/baremm.conf', f'title baremm\nefi {OURS}\noptions {options}\n')
    return Medium(disk.path)


def _served(boot, image):
    """A folder with the program, for a server."""
    folder = boot.folder / 'served'
    folder.mkdir()
    disk = Disk(image, boot.folder)
    disk.mtools('mcopy', PROGRAM, str(folder / 'baremm.efi'))
    return folder, disk


def _user_network(folder, first):
    return ['-netdev', f'user,id=net,tftp={folder},bootfile={first}', *NETWORK]


def _ipxe(boot, image, options):
    folder, disk = _served(boot, image)
    disk.put_aside(IPXE)
    (folder / 'script').write_text(f'#!ipxe\nchain baremm.efi {options}\n')
    return Medium(disk.path, qemu=_user_network(folder, 'script'))


def _pxe(boot, image, options):
    folder, _ = _served(boot, image)
    return Medium(image, 'none', qemu=_user_network(folder, 'baremm.efi'))


def _http(boot, image, options):
    folder, _ = _served(boot, image)
    server = http.server.ThreadingHTTPServer(
        ('127.0.0.1', 0), functools.partial(_Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    boot.at_end.append(server.shutdown)
    uri = nvram.uri(f'http://{HOST}:{server.server_port}/baremm.efi')
    nvram.add_boot_entry(boot.variables, nvram.load_option('baremm', uri))
    return Medium(image, 'none', qemu=['-netdev', 'user,id=net', *NETWORK])


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Quiet: the scenario's log tells what was loaded."""

    def log_message(self, *args):
        pass


WAYS = {'bare': _bare, 'shell': _shell, 'hostile': _hostile, 'entry': _entry, 'grub': _grub,
        'systemd-boot': _systemd_boot, 'ipxe': _ipxe, 'pxe': _pxe, 'http': _http}
FIRMWARE = {'entry': 'flash', 'http': 'flash'}  # that a way needs, unless the scenario names one
NO_OPTIONS = ('bare', 'pxe', 'http')


def prepare(boot, image, options):
    """The Medium for the way of @boot's scenario, from @image."""
    way = boot.scenario.boot
    if way not in WAYS:
        return Medium(image, way, options)
    if options and way in NO_OPTIONS:
        raise ValueError(f'boot: {way} takes no options')
    return WAYS[way](boot, image, options)
