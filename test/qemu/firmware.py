# SPDX-License-Identifier: MIT
"""The firmware of a scenario's machine: OVMF as Debian packages it, in three kinds.

  bios     code alone: it forgets its variables
  flash    with variables, in a copy of the scenario's own
  secure   the same with Secure Boot on, and Debian's test key enrolled, which the
           package holds as well; the password of its private half is no secret
"""
import shutil
import subprocess
from pathlib import Path

OVMF = Path('/usr/share/OVMF')
KEYS = Path('/usr/share/ovmf')
TOP = Path(__file__).resolve().parents[2]
FLASH = {'flash': ('OVMF_CODE_4M.fd', 'OVMF_VARS_4M.fd'),
         'secure': ('OVMF_CODE_4M.snakeoil.fd', 'OVMF_VARS_4M.snakeoil.fd')}
# Only code in SMM may write the flash.
GUARDED = ['-machine', 'q35,smm=on', '-global', 'driver=cfi.pflash01,property=secure,value=on']
CERTIFICATE = KEYS / 'PkKek-1-snakeoil.pem'


def make_flash(kind, folder):
    """QEMU's arguments for firmware of @kind, and the file of its variables in @folder, if any."""
    if kind == 'bios':
        return [], None
    code, template = FLASH[kind]
    variables = folder / 'vars.fd'
    shutil.copy(OVMF / template, variables)
    flash = ['-drive', f'if=pflash,format=raw,unit=0,readonly=on,file={OVMF / code}',
             '-drive', f'if=pflash,format=raw,unit=1,file={variables}']
    return (GUARDED if kind == 'secure' else []) + flash, variables


def sign(folder):
    """The image with the program signed by the test key, made as a user makes it."""
    key = folder / 'test.key'
    subprocess.run(['openssl', 'rsa', '-in', KEYS / 'PkKek-1-snakeoil.key', '-passin',
                    'pass:snakeoil', '-out', key], check=True, capture_output=True)
    subprocess.run(['make', '-s', 'sign', f'KEY={key}', f'CERT={CERTIFICATE}',
                    f'SIGNED={folder}'], cwd=TOP, check=True, stdout=subprocess.DEVNULL)
    return folder / 'baremm.img'
