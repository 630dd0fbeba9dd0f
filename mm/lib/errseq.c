// SPDX-License-Identifier: MIT
/* Errors that each watcher is told of once. Contract: linux/errseq.h. */
#include <linux/errseq.h>

#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/err.h>

#define ERRSEQ_ERRNO ((errseq_t)MAX_ERRNO)
#define ERRSEQ_SEEN  (ERRSEQ_ERRNO + 1)
#define ERRSEQ_COUNT (ERRSEQ_SEEN << 1)
static_assert(!(ERRSEQ_ERRNO & ERRSEQ_SEEN));

/* True if *@eseq was @old; else that is what it is. */
static bool change(errseq_t *eseq, errseq_t *old, errseq_t new_value)
{
	return __atomic_compare_exchange_n(eseq, old, new_value, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
}

errseq_t errseq_set(errseq_t *eseq, int err)
{
	errseq_t old = READ_ONCE(*eseq), new_value;

	if (WARN_ON_ONCE(err >= 0 || err < -MAX_ERRNO))
		return old;
	do {
		new_value = (old & ~(ERRSEQ_ERRNO | ERRSEQ_SEEN)) | (errseq_t)-err;
		if (old & ERRSEQ_SEEN)
			new_value += ERRSEQ_COUNT;
	} while (new_value != old && !change(eseq, &old, new_value));
	return old;
}

errseq_t errseq_sample(errseq_t *eseq)
{
	errseq_t value = READ_ONCE(*eseq);

	return value & ERRSEQ_SEEN ? value : 0;
}

int errseq_check(errseq_t *eseq, errseq_t since)
{
	errseq_t value = READ_ONCE(*eseq);

	return value == since ? 0 : -(int)(value & ERRSEQ_ERRNO);
}

int errseq_check_and_advance(errseq_t *eseq, errseq_t *since)
{
	errseq_t old = READ_ONCE(*eseq);

	if (old == *since)
		return 0;
	while (!(old & ERRSEQ_SEEN) && !change(eseq, &old, old | ERRSEQ_SEEN))
		;
	*since = old | ERRSEQ_SEEN;
	return -(int)(*since & ERRSEQ_ERRNO);
}
