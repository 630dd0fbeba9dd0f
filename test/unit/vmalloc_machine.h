/* SPDX-License-Identifier: MIT */
/* Machines for the tests of vmalloc: those of the slab allocator, up to vmalloc_init(). */
#ifndef _TEST_VMALLOC_MACHINE_H
#define _TEST_VMALLOC_MACHINE_H

#include "slab_machine.h"

#include <linux/errno.h>
#include <linux/vmalloc.h>

#include "../../mm/vmap.h"

static inline int make_vmalloc_machine(void **state)
{
	(void)state;
	slab_machine_make(SZ_256M, 2);
	vmalloc_init();
	host_log_clear();
	return 0;
}

/* At the end all is sound, and nothing is out. */
static inline int end_vmalloc_machine(void **state)
{
	(void)state;
	vm_unmap_aliases();
	assert_int_equal(vmap_verify(), 0);
	assert_true(RB_EMPTY_ROOT(&vmap_busy_root));
	assert_int_equal(vmalloc_nr_pages(), 0);
	assert_int_equal(kmem_cache_verify_all(), 0);
	assert_int_equal(verify_all(), 0);
	vmalloc_reset();
	slab_machine_end();
	return 0;
}

#define vmalloc_test(f) \
	cmocka_unit_test_setup_teardown(f, make_vmalloc_machine, end_vmalloc_machine)

#endif /* _TEST_VMALLOC_MACHINE_H */
