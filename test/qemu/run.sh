#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# run.sh [-i IMAGE] [-o OPTIONS] [-l LOG] [-d DISK] [-t SECONDS] [-s] [-k] [-f] [-- QEMU ARGUMENTS]
#
# Boots a disk image of the program under OVMF in QEMU, until the guest leaves it.
#
#   -i IMAGE    default build/baremm.img; never written to
#   -o OPTIONS  become baremm.cfg on the copy that is booted
#   -l LOG      keeps the serial log there too
#   -d DISK     what the image is plugged in as: ahci (default), usb, nvme, virtio; none: not at all
#   -t SECONDS  longest time for the run, default 120
#   -s          no serial port: nothing is shown, the verdict is the exit status
#   -k          keeps QEMU, as a PC keeps its screen: the guest finds no way to leave it
#   -f          the firmware is the flash that QEMU's arguments describe
#
# The serial port is standard output. QEMU's own arguments come last, so they
# win; of several -accel the first would, so theirs is the only one. TCG unless ACCEL says
# otherwise: /dev/kvm may exist and be broken. The guest's CPUs take turns: with a thread for
# each, on fewer CPUs of the host, who has a lock would mostly wait for one of these.
# ACCEL=tcg gives them threads.
#
# The guest ends QEMU through the isa-debug-exit device at port 0xf4: 0x10 for
# PASS (QEMU's status 33), 0x11 for FAIL (35). Status here: 0 for PASS, 1 for
# FAIL, 2 for a wrong call, 3 for no verdict, with the reason on standard error.
set -uo pipefail

usage() {
	sed -n '4,15s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

image=build/baremm.img options= log= disk=ahci seconds=120 serial=yes leave=yes flash=no
while getopts i:o:l:d:t:skf flag; do
	case $flag in
	i) image=$OPTARG ;;
	o) options=$OPTARG ;;
	l) log=$OPTARG ;;
	d) disk=$OPTARG ;;
	t) seconds=$OPTARG ;;
	s) serial=no ;;
	k) leave=no ;;
	f) flash=yes ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))

ovmf=${OVMF:-/usr/share/ovmf/OVMF.fd}
bios=(-bios "$ovmf")
[ $flash = no ] || bios=()
for file in "$image" "$ovmf"; do
	[ -r "$file" ] || { echo "run.sh: cannot read $file" >&2; exit 3; }
done

case $disk in
none) device=() ;;
ahci | ide) device=(-device ide-hd,drive=stick,bootindex=1) ;; # AHCI on q35, IDE on pc
usb) device=(-device qemu-xhci -device usb-storage,drive=stick,bootindex=1) ;;
nvme) device=(-device nvme,drive=stick,serial=1,bootindex=1) ;;
virtio) device=(-device virtio-blk-pci,drive=stick,bootindex=1) ;;
*) echo "run.sh: disk '$disk' is none of ahci, usb, nvme, virtio, none" >&2; exit 2 ;;
esac

dir=$(mktemp -d) || exit 3
trap 'rm -rf "$dir"' EXIT
if [ -n "$options" ]; then
	cp --sparse=always "$image" "$dir/disk.img" || exit 3
	printf '%s\n' "$options" >"$dir/baremm.cfg"
	mcopy -o -i "$dir/disk.img@@1048576" "$dir/baremm.cfg" ::/EFI/BOOT/baremm.cfg || exit 3
	image=$dir/disk.img
fi
# snapshot=on: OVMF without flash keeps its variables in a file on the disk.
[ $disk = none ] ||
	device=(-drive if=none,id=stick,format=raw,snapshot=on,file="$image" "${device[@]}")

port=(-serial stdio)
[ $serial = yes ] || port=(-serial none)
exit_device=(-device isa-debug-exit,iobase=0xf4,iosize=0x04)
[ $leave = yes ] || exit_device=()
accel=(-accel "${ACCEL:-tcg,thread=single}")
case " $* " in *" -accel "*) accel=() ;; esac
timeout --foreground -k 5 "$seconds" qemu-system-x86_64 -machine q35 "${accel[@]}" \
	-cpu max -m 1G -nodefaults -net none "${bios[@]}" -display none -no-reboot \
	"${device[@]}" "${port[@]}" "${exit_device[@]}" "$@" </dev/null | tee "${log:-/dev/null}"
status=${PIPESTATUS[0]}

case $status in
33) exit 0 ;;
35) echo "run.sh: the guest's verdict is FAIL" >&2; exit 1 ;;
124 | 137) echo "run.sh: no verdict within $seconds s: the guest hangs, or needs a larger -t" >&2 ;;
0) echo "run.sh: the guest left QEMU without a verdict (reset or power off)" >&2 ;;
*) echo "run.sh: QEMU failed with status $status" >&2 ;;
esac
exit 3
