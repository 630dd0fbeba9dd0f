/* SPDX-License-Identifier: MIT */
/* Options of fault injection that several tests share. */
#ifndef _TEST_FAULTS_H
#define _TEST_FAULTS_H

/* Every attempt of a kind is asked about, whatever its order and flags; nothing is said. */
#define ALL_PAGES                                                        \
	" fail_page_alloc.min-order=0 fail_page_alloc.ignore-gfp-wait=0" \
	" fail_page_alloc.ignore-gfp-highmem=0 fail_page_alloc.verbose=0 "
#define ALL_OBJECTS " failslab.ignore-gfp-wait=0 failslab.verbose=0 "

#endif /* _TEST_FAULTS_H */
