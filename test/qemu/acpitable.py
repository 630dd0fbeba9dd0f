# SPDX-License-Identifier: MIT
"""ACPI tables that QEMU does not make, for its -acpitable: what firmware says of serial ports.

  spcr ADDRESS BAUD   Microsoft's Serial Port Console Redirection table; BAUD by its
                      number there, 0: as it is
  dbg2 ADDRESS        Microsoft's Debug Port Table 2, with a device of another kind first

An address is that of an I/O port, or with `mmio:` before it of memory.
"""
import struct

PORT_16550, SERIAL, USB = 0, 0x8000, 0x8002


def _table(signature, revision, body):
    header = struct.pack('<4sIBB6s8sI4sI', signature, 36 + len(body), revision, 0, b'BAREMM',
                         b'TESTING ', 1, b'TEST', 1)
    data = header + body
    return data[:9] + bytes([-sum(data) & 0xff]) + data[10:]


def _address(text):
    """A Generic Address Structure of byte registers (ACPI 6.5 section 5.2.3.2)."""
    number = int(text.removeprefix('mmio:'), 0)
    return struct.pack('<BBBBQ', 0 if text.startswith('mmio:') else 1, 8, 0, 1, number)


def _spcr(address, baud):
    return _table(b'SPCR', 2, struct.pack('<B3x12sBBIBBBBBBHHBBBIBI', PORT_16550,
                                          _address(address), 0, 0, 0, int(baud), 0, 1, 0, 0, 0,
                                          0xffff, 0xffff, 0, 0, 0, 0, 0, 0))


def _device(kind, address):
    name = b'.\0'
    length = 22 + 12 + 4 + len(name)
    return struct.pack('<BHBHHHHHH2xHH12sI2s', 0, length, 1, len(name), 38, 0, 0, kind,
                       PORT_16550, 22, 34, _address(address), 8, name)


def _dbg2(address):
    devices = _device(USB, 'mmio:0xfed00000') + _device(SERIAL, address)
    return _table(b'DBG2', 0, struct.pack('<II', 44, 2) + devices)


def make(words, folder):
    """QEMU's arguments for the table that @words describe."""
    kind, *arguments = words.split()
    path = folder / f'{kind}.aml'
    path.write_bytes({'spcr': _spcr, 'dbg2': _dbg2}[kind](*arguments))
    return ['-acpitable', f'file={path}']
