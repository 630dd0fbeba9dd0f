// SPDX-License-Identifier: MIT
/* Text in memory of kmalloc()'s. Contracts: linux/kernel.h, linux/string.h. */
#include <linux/kernel.h>

#include <linux/ctype.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

char *kvasprintf(gfp_t gfp, const char *fmt, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	text = kmalloc((size_t)len + 1, gfp);
	if (text)
		vsnprintf(text, (size_t)len + 1, fmt, args);
	return text;
}

char *kasprintf(gfp_t gfp, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = kvasprintf(gfp, fmt, args);
	va_end(args);
	return text;
}

const char *kvasprintf_const(gfp_t gfp, const char *fmt, va_list args)
{
	return kvasprintf(gfp, fmt, args);
}

const char *kstrdup_const(const char *s, gfp_t gfp)
{
	return kstrdup(s, gfp);
}

void kfree_const(const void *x)
{
	kfree(x);
}

/* ---- Arrays of words ----------------------------------------------------------------------- */

static int count_words(const char *str)
{
	int words = 0;

	for (bool was_blank = true; *str; str++) {
		words += was_blank && !isspace(*str);
		was_blank = isspace(*str);
	}
	return words;
}

/*
 * argv[-1] is the copy that the words lie in:   copy | word 0 | word 1 | NULL
 *                                                      ^ what the caller gets
 */
char **argv_split(gfp_t gfp, const char *str, int *argcp)
{
	char *copy = kstrndup(str, KMALLOC_MAX_SIZE - 1, gfp), **argv, **next;
	int words = copy ? count_words(copy) : 0;

	argv = copy ? kmalloc_array((size_t)words + 2, sizeof(*argv), gfp) : NULL;
	if (!argv) {
		kfree(copy);
		return NULL;
	}
	*argv++ = copy;
	next = argv;
	for (bool was_blank = true; *copy; copy++) {
		bool blank = isspace(*copy);

		if (was_blank && !blank)
			*next++ = copy;
		if (blank)
			*copy = '\0';
		was_blank = blank;
	}
	*next = NULL;
	if (argcp)
		*argcp = words;
	return argv;
}

void argv_free(char **argv)
{
	argv--;
	kfree(argv[0]);
	kfree(argv);
}

static size_t count_pointers(void **p)
{
	size_t n = 0;

	while (p[n])
		n++;
	return n;
}

void **__memcat_p(void **a, void **b)
{
	size_t nr_a = count_pointers(a), nr_b = count_pointers(b);
	void **both = kmalloc_array(nr_a + nr_b + 1, sizeof(*both), GFP_KERNEL);

	if (!both)
		return NULL;
	memcpy(both, a, nr_a * sizeof(*both));
	memcpy(both + nr_a, b, (nr_b + 1) * sizeof(*both));
	return both;
}

void kfree_strarray(char **array, size_t n)
{
	for (size_t i = 0; array && i < n; i++)
		kfree(array[i]);
	kfree(array);
}

char **kasprintf_strarray(gfp_t gfp, const char *prefix, size_t n)
{
	char **names = kcalloc(n + 1, sizeof(*names), gfp);

	for (size_t i = 0; names && i < n; i++) {
		names[i] = kasprintf(gfp, "%s-%zu", prefix, i);
		if (!names[i]) {
			kfree_strarray(names, i);
			return NULL;
		}
	}
	return names;
}
