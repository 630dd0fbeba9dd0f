/* SPDX-License-Identifier: MIT */
/*
 * The console fonts: Debian's console-setup-linux, unpacked by the build. Terminus
 * with the Uni2 repertoire: Latin, Cyrillic, Greek, box drawing. They are there until one
 * is chosen.
 */
	.section .init.rodata, "a"

	.macro	font name, file
	.balign	16
	.globl	\name, \name\()_end
\name:
	.incbin	"\file"
\name\()_end:
	.endm

	font	font_8x16, "Uni2-Terminus16.psf"
	font	font_12x24, "Uni2-Terminus24x12.psf"
	font	font_16x32, "Uni2-Terminus32x16.psf"
