/* SPDX-License-Identifier: MIT */
/*
 * The section .sbat: which generation of this program the image is, for shim, which
 * refuses those that are older than the ones that its list of revoked generations
 * names (rhboot/shim, SBAT.md). Lines of comma-separated text:
 *
 *   component, generation, vendor, vendor's package, version, where to read about it
 *
 * The first is of the format itself. The generation rises with a release that mends a
 * fault by which Secure Boot could be broken, and only then.
 */
#include <linux/compiler.h>

#define GENERATION "1"
#define TEXT                                                                            \
	"sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n" \
	"baremm," GENERATION ",baremm,baremm," BAREMM_VERSION ",README.md of the sources\n"

/* Without the terminator: the section holds the text alone. */
static const char sbat[sizeof(TEXT) - 1] __attribute__((__used__)) __section(".sbat") = TEXT;
