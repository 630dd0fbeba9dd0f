@echo -off
# SPDX-License-Identifier: MIT
# Run by the UEFI shell where it finds this at the root of a volume: starts the
# program from the volume that it is on. Words after the name are options.
for %m run (0 9)
  if exist fs%m:\EFI\BOOT\BOOTX64.EFI then
    fs%m:
    \EFI\BOOT\BOOTX64.EFI
    goto done
  endif
endfor
echo startup.nsh: no volume fs0 to fs9 has \EFI\BOOT\BOOTX64.EFI
:done
