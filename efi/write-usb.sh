#!/bin/sh
# SPDX-License-Identifier: MIT
#
# write-usb.sh IMAGE DEVICE: writes the image to a USB stick, after showing the
# device and asking. FORCE=1 also takes devices that are mounted or do not say
# that they can be removed. All data on the device is lost. Reads back and
# compares what was written.
set -eu

refuse() {
	echo "write-usb.sh: $*" >&2
	exit 1
}

image=$1 device=$2
force=${FORCE:-}
[ -n "$device" ] || refuse "no device given: make usb DEV=/dev/sdX (lsblk shows them)"
[ -b "$device" ] || refuse "$device is no block device"
[ "$(lsblk -dno TYPE "$device")" = disk ] || refuse "$device is no whole disk but a part of one"

echo "The device:"
lsblk -o NAME,SIZE,TYPE,TRAN,RM,VENDOR,MODEL,LABEL,MOUNTPOINTS "$device"
if lsblk -no MOUNTPOINTS "$device" | grep -q .; then
	[ -n "$force" ] || refuse "$device is in use: unmount it first (FORCE=1 writes anyway)"
fi
# A USB disk in a case calls itself fixed, but its bus is USB.
if [ "$(lsblk -dno RM "$device" | tr -d ' ')" != 1 ] && [ "$(lsblk -dno TRAN "$device")" != usb ]; then
	[ -n "$force" ] || refuse "$device is not removable (FORCE=1 writes anyway)"
fi
bytes=$(stat -c %s "$image")
[ "$(lsblk -bdno SIZE "$device" | tr -d ' ')" -ge "$bytes" ] || refuse "$device is smaller than $bytes bytes"

printf 'All data on %s will be lost. Write %s to it? [yes/no] ' "$device" "$image"
read -r answer
[ "$answer" = yes ] || refuse "nothing was written"

if [ -w "$device" ]; then sudo=; else sudo=sudo; fi
$sudo dd if="$image" of="$device" bs=1M conv=fsync status=progress
$sudo blockdev --flushbufs "$device"
$sudo cmp -n "$bytes" "$image" "$device" || refuse "$device does not read back as written"
echo "$device is written and reads back right."
