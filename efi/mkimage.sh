#!/bin/sh
# SPDX-License-Identifier: MIT
#
# mkimage.sh IMAGE BOOTX64.EFI CFG STARTUP [CERTIFICATE]: makes a GPT disk image with
# one EFI system partition (FAT32), as a USB stick or a disk takes it. The same files
# give the same image, byte for byte. The certificate that a signed program is
# enrolled with comes beside the program. Needs sgdisk and mtools, and no rights.
set -eu

image=$1 program=$2 cfg=$3 startup=$4 certificate=${5-}
sectors=131072 first=2048 last=129023 # 64 MB; the partition from 1 MB to 63 MB
esp=$image.tmp@@$((first * 512))
export MTOOLS_SKIP_CHECK=1 TZ=UTC SOURCE_DATE_EPOCH=315532800 # 1980, FAT's first day

trap 'rm -rf "$image.tmp" "$image.files"' EXIT
rm -rf "$image.tmp" "$image.files"
truncate -s $((sectors * 512)) "$image.tmp"
sgdisk --clear --disk-guid=6261726d-6d20-4449-534b-000000000001 \
	--new=1:$first:$last --typecode=1:ef00 --change-name=1:baremm \
	--partition-guid=1:6261726d-6d20-4553-5020-000000000001 "$image.tmp" >/dev/null

mkdir "$image.files"
cp "$program" "$image.files/BOOTX64.EFI"
cp "$cfg" "$image.files/baremm.cfg"
cp "$startup" "$image.files/startup.nsh"
[ -z "$certificate" ] || cp "$certificate" "$image.files/baremm.cer"
touch -d @$SOURCE_DATE_EPOCH "$image.files"/*

mformat -i "$esp" -T $((last - first + 1)) -h 16 -s 63 -H $first -F -c 1 -N 6261726d -v BAREMM ::
mmd -i "$esp" ::/EFI ::/EFI/BOOT
mcopy -m -i "$esp" "$image.files/BOOTX64.EFI" "$image.files/baremm.cfg" ::/EFI/BOOT/
[ -z "$certificate" ] || mcopy -m -i "$esp" "$image.files/baremm.cer" ::/EFI/BOOT/
mcopy -m -i "$esp" "$image.files/startup.nsh" ::/
mv "$image.tmp" "$image"
