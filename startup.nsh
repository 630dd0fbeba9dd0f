@echo -off
# SPDX-License-Identifier: MIT
# Run by the UEFI shell where it finds this at the root of a volume: starts the
# program from the first volume that has it, with the words that were given to
# the script as options.
for %m run (0 9)
  if exist fs%m:\EFI\BOOT\BOOTX64.EFI then
    fs%m:
    \EFI\BOOT\BOOTX64.EFI %1 %2 %3 %4 %5 %6 %7 %8 %9
    goto done
  endif
endfor
echo startup.nsh: no volume fs0 to fs9 has \EFI\BOOT\BOOTX64.EFI
:done
