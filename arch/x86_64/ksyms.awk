# SPDX-License-Identifier: MIT
#
# Makes the image's symbol table (arch/x86_64/ksyms.h) from `nm -n` of the image:
# the functions in the order of addresses, those of .init behind those of .text, and last
# the end of .init. A late call of what was freed with .init still has a name.
# Without input it makes an empty table, for the first pass of the linker.
#
# A local name that exists several times stands once for each; labels of the
# assembler and the linker's own bounds are left out, and of several names for
# one address the first one (global before local) is taken.

BEGIN { count = 0; at = 0; end = "0x0" }

$3 == "__init_text_end" { end = "0x" $1 }
$2 !~ /^[tTwW]$/ || $3 ~ /^(\.|__text_|__init_|__rodata_)/ { next }
$1 == last { next }
{
	offset[count] = "0x" $1
	name[count] = $3
	last = $1
	count++
}

END {
	print "\t.section .rodata.ksyms, \"a\""
	print "\t.balign 4"
	print "\t.globl ksym_count, ksym_offsets, ksym_names, ksym_text"
	print "ksym_count:\n\t.long " count
	print "ksym_offsets:"
	for (i = 0; i < count; i++)
		print "\t.long " offset[i]
	print "\t.long " end
	print "ksym_names:"
	for (i = 0; i < count; i++) {
		print "\t.long " at
		at += length(name[i]) + 1
	}
	print "ksym_text:"
	for (i = 0; i < count; i++)
		print "\t.asciz \"" name[i] "\""
	print "\t.byte 0"
	print "\t.section .note.GNU-stack, \"\", @progbits"
}
