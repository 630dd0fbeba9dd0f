/* SPDX-License-Identifier: MIT */
/* What ThreadSanitizer is to say nothing of, for tests that are built with it, too. */
#ifndef _TEST_TSAN_H
#define _TEST_TSAN_H

/* A CPU that waits for long is found in what it did last. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "history_size=7";
}

/*
 * Words that are read without the lock that they are written under. What these functions
 * make of them is a hint, or is looked at again with the lock.
 */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "race:^block_available$\n" /* free areas that may be empty by then */
	       "race:^has_whole_block$\n"
	       "race:^suitable_block_free$\n"
	       "race:^zone_free_blocks$\n"
	       "race:^page_is_free_buddy$\n" /* a flag that is only set with the lock held */
	       "race:^isolate_migratepages_block$\n"
	       "race:^isolate_freepages_block$\n"
	       "race:^suitable_migration_target$\n"
	       "race:^has_unmovable_pages$\n"
	       "race:^page_take_flag$\n"      /* a comparison that fails writes nothing */
	       "race:^compaction_deferred$\n" /* how often is tried */
	       "race:^defer_compaction$\n"
	       "race:^compaction_defer_reset$\n"
	       "race:^compaction_restarting$\n";
}

#endif /* _TEST_TSAN_H */
