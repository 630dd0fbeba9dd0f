# SPDX-License-Identifier: MIT
"""Debian's kernel on the machine that bench.py measures baremm on, with a module that
measures Linux's allocators (linux/allocbench.c) and nothing else in its initramfs."""
import re
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent / 'linux'
OVMF = '/usr/share/ovmf/OVMF.fd'
BUSYBOX = Path('/bin/busybox')
LIMIT = 1500  # seconds
# As baremm has them: no mitigations, nothing zeroed that nobody asked for.
PARAMETERS = 'console=ttyS0 quiet mitigations=off init_on_alloc=0 nokaslr panic=-1'
MISSING = 'make bench-deps installs what its measurement needs.'


class Failed(Exception):
    """Linux could not be built or booted; the text says why."""


def find():
    """The newest installed kernel that modules can be built for, or None."""
    kernels = [path.name for path in Path('/lib/modules').glob('*')
               if (path / 'build').exists() and Path(f'/boot/vmlinuz-{path.name}').exists()]
    if not kernels or not BUSYBOX.exists() or not shutil.which('cpio'):
        return None
    return max(kernels, key=lambda name: [int(part) for part in re.findall(r'\d+', name)])


def run(command, log, **more):
    """Runs @command with its output in @log."""
    with open(log, 'wb') as output:
        status = subprocess.run(command, stdin=more.pop('stdin', subprocess.DEVNULL),
                                stdout=output, stderr=subprocess.STDOUT, **more).returncode
    if status:
        raise Failed(f'{command[0]} ended with status {status}, see {log}')


def build(kernel, folder):
    """The module and an initramfs with it. The initramfs's path."""
    module, root = folder / 'module', folder / 'root'
    for path in (module, root):
        shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(HERE, module)
    run(['make', '-C', f'/lib/modules/{kernel}/build', f'M={module}', 'modules'],
        folder / 'build.log')
    for name in ('bin', 'dev', 'proc', 'sys'):
        (root / name).mkdir(parents=True)
    shutil.copy(BUSYBOX, root / 'bin')
    shutil.copy(HERE / 'init', root)
    shutil.copy(module / 'allocbench.ko', root)
    archive = folder / 'initrd.cpio'
    names = '\n'.join(str(path.relative_to(root)) for path in sorted(root.rglob('*')))
    with open(archive, 'wb') as output:
        subprocess.run(['cpio', '-o', '-H', 'newc', '--quiet'], cwd=root, check=True,
                       input=names.encode() + b'\n', stdout=output)
    return archive


def measure(kernel, folder, counting):
    """Boots @kernel in QEMU with the arguments @counting. The log's text."""
    folder.mkdir(parents=True, exist_ok=True)
    archive = build(kernel, folder)
    log = folder / 'log'
    command = ['timeout', str(LIMIT), 'qemu-system-x86_64', '-machine', 'q35', '-accel', 'tcg',
               '-cpu', 'max', '-m', '1G', '-nodefaults', '-net', 'none', '-display', 'none',
               '-bios', OVMF, '-serial', 'stdio', '-no-reboot', *counting,
               '-kernel', f'/boot/vmlinuz-{kernel}', '-initrd', str(archive),
               '-append', PARAMETERS]
    run(command, log)
    text = log.read_text(errors='replace')
    if 'bench page_pair_order0' not in text:
        raise Failed(f'Linux measured nothing, see {log}')
    return text
