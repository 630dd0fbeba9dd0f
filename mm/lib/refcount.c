// SPDX-License-Identifier: MIT
/* Reference counts: what is rare, and what is wrong. Contract: linux/refcount.h. */
#include <linux/refcount.h>

#include <linux/bug.h>

void refcount_warn_saturate(refcount_t *r, enum refcount_saturation_type t)
{
	static const char *const words[] = {
		[REFCOUNT_ADD_NOT_ZERO_OVF] = "saturated; leaking memory",
		[REFCOUNT_ADD_OVF] = "saturated; leaking memory",
		[REFCOUNT_ADD_UAF] = "addition on 0; use-after-free",
		[REFCOUNT_SUB_UAF] = "underflow; use-after-free",
		[REFCOUNT_DEC_LEAK] = "decrement hit 0; leaking memory",
	};
	static unsigned int said; /* a bit for each */

	refcount_set(r, REFCOUNT_SATURATED);
	WARN(!(__atomic_fetch_or(&said, 1u << t, __ATOMIC_RELAXED) >> t & 1), "refcount_t: %s.",
	     words[t]);
}

bool refcount_dec_if_one(refcount_t *r)
{
	int one = 1;

	return atomic_try_cmpxchg_release(&r->refs, &one, 0);
}

bool refcount_dec_not_one(refcount_t *r)
{
	int old = atomic_read(&r->refs);

	do {
		if (unlikely(old == REFCOUNT_SATURATED))
			return true;
		if (old == 1)
			return false;
		if (WARN_ONCE(old <= 0, "refcount_t: underflow; use-after-free."))
			return true;
	} while (!atomic_try_cmpxchg_release(&r->refs, &old, old - 1));
	return true;
}

bool refcount_dec_and_lock(refcount_t *r, spinlock_t *lock)
{
	if (refcount_dec_not_one(r))
		return false;
	spin_lock(lock);
	if (refcount_dec_and_test(r))
		return true;
	spin_unlock(lock);
	return false;
}

bool refcount_dec_and_lock_irqsave(refcount_t *r, spinlock_t *lock, unsigned long *flags)
{
	unsigned long were;

	if (refcount_dec_not_one(r))
		return false;
	spin_lock_irqsave(lock, were);
	if (refcount_dec_and_test(r)) {
		*flags = were;
		return true;
	}
	spin_unlock_irqrestore(lock, were);
	return false;
}
