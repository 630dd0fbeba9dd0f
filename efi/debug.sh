#!/bin/sh
# SPDX-License-Identifier: MIT
#
# debug.sh IMAGE SYMBOLS OPTIONS [QEMU ARGUMENTS]: a boot that gdb can follow.
#
# Firmware chooses where the program lies, and on the same machine it chooses the
# same place each time. So the machine is booted once up to the log line that
# says where; then once more, waiting for gdb on port 1234, with a gdb script
# that has the symbols there and a breakpoint at the entry.
set -eu

image=$1 symbols=$2 options=$3
shift 3
run=test/qemu/run.sh
log=$(mktemp)
trap 'rm -f "$log"' EXIT

"$run" -i "$image" -o "$options" -l "$log" -t 60 -- "$@" >/dev/null 2>&1 || true
base=$(sed -n 's/.*efi: image at \(0x[0-9a-f]*\),.*/\1/p' "$log" | head -n 1)
[ -n "$base" ] || { echo "debug.sh: the program did not say where it lies; see: make run" >&2; exit 1; }

script=$(dirname "$image")/debug.gdb
cat >"$script" <<END
set pagination off
set confirm off
add-symbol-file $symbols -o $base
target remote localhost:1234
hbreak efi_main
continue
END
echo "The program lies at $base. In another terminal:"
echo
echo "  gdb -x $script"
echo
exec "$run" -i "$image" -o "$options" -t 86400 -- -s -S "$@"
