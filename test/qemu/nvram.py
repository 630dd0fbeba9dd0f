# SPDX-License-Identifier: MIT
"""Boot entries, written into OVMF's variable store as a set-up program or an installer leaves them.

The store (an OVMF_VARS file) starts with the header of its firmware volume; variables
follow one another after the store's own header, up to the first erased byte. Layout:
UEFI 2.10 sections 3.1.3 and 8.2; EDK II's VariableFormat.h.
"""
import struct
import uuid

GLOBAL = uuid.UUID('8be4df61-93ca-11d2-aa0d-00e098032b8c').bytes_le
STORE = uuid.UUID('aaf32c78-947b-439a-a180-2e144ec37792').bytes_le  # of authenticated variables
START_ID, ADDED, ERASED = 0x55aa, 0x3f, b'\xff'
ATTRIBUTES = 7  # kept, for boot services, at run time
ACTIVE = 1  # LOAD_OPTION_ACTIVE
VARIABLE = '<HBBIQ16sIII16s'


def _node(kind, subtype, data):
    """A node of a device path (UEFI 2.10, 10.2)."""
    return struct.pack('<BBH', kind, subtype, 4 + len(data)) + data


PATH_END = _node(0x7f, 0xff, b'')


def partition(number, start, sectors, guid):
    """A GPT partition, wherever its disk is plugged in."""
    return _node(4, 1, struct.pack('<IQQ16sBB', number, start, sectors, guid, 2, 2))


def file(path):
    return _node(4, 4, (path + '\0').encode('utf-16-le'))


def uri(text):
    """What to load by HTTP, over whatever network there is."""
    return _node(3, 24, text.encode())


def load_option(name, path, data=b''):
    """The content of a Boot#### variable; @data is what the program gets as its load options."""
    path += PATH_END
    return (struct.pack('<IH', ACTIVE, len(path)) + (name + '\0').encode('utf-16-le') + path +
            data)


def _variable(name, data):
    name = (name + '\0').encode('utf-16-le')
    header = struct.pack(VARIABLE, START_ID, ADDED, 0, ATTRIBUTES, 0, bytes(16), 0, len(name),
                         len(data), GLOBAL)
    record = header + name + data
    return record + ERASED * (-len(record) % 4)


def _free_place(store):
    """Where the next variable goes."""
    at, = struct.unpack_from('<H', store, 48)  # the volume header's length
    if store[at:at + 16] != STORE:
        raise ValueError('not a store of authenticated variables')
    at += 28
    while store[at:at + 2] == struct.pack('<H', START_ID):
        name, data = struct.unpack_from('<II', store, at + 36)
        at = (at + struct.calcsize(VARIABLE) + name + data + 3) & ~3
    return at


def add_boot_entry(path, option):
    """Makes @option the first that the firmware of the store @path starts."""
    store = bytearray(path.read_bytes())
    records = _variable('Boot0000', option) + _variable('BootOrder', bytes(2))
    at = _free_place(store)
    if store[at:at + len(records)] != ERASED * len(records):
        raise ValueError(f'{path}: no room for a boot entry')
    store[at:at + len(records)] = records
    path.write_bytes(store)
