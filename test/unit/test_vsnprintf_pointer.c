/* SPDX-License-Identifier: MIT */
/* What %p and the letters behind it make of a pointer. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/errname.h>
#include <linux/errno.h>
#include <linux/ioport.h>
#include <linux/kernel.h>

#include "slab_machine.h"

/* The names that ours have in host builds. */
int mm_snprintf(char *buf, size_t size, const char *fmt, ...);

#define check(want, fmt, ...)                                                      \
	do {                                                                       \
		char __buf[300];                                                   \
		int __len = mm_snprintf(__buf, sizeof(__buf), fmt, ##__VA_ARGS__); \
		assert_string_equal(__buf, want);                                  \
		assert_int_equal(__len, strlen(want));                             \
	} while (0)

static void bytes_are_shown_with_what_divides_them(void **state)
{
	char all[129] = "";
	u8 bytes[70];

	(void)state;
	for (unsigned int i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)(i + 0xfe);
	check("fe ff 00|", "%*ph|", 3, bytes);
	check("fe:ff:00:01", "%4phC", bytes);
	check("fe-ff", "%*phD", 2, bytes);
	check("feff00", "%*phN", 3, bytes);
	check("fe", "%ph", bytes);
	for (unsigned int i = 0; i < 64; i++)
		mm_snprintf(all + 2 * i, 3, "%02x", bytes[i]);
	check(all, "%*phN", 70, bytes);
}

static void bytes_are_shown_as_escapes(void **state)
{
	static const char text[] = "a\n\"\\\0\001\377";

	(void)state;
	check("a\\n\"\\\\0\\001\377|", "%*pE|", 7, text);
	check("\\x61\\x0a|", "%*pEh|", 2, text);
	check("a\\012\"|", "%3pEop|", text);
	check("a\\n\"|n", "%*pEs|%c", 3, text, 'n');
	check("a|(null)z|(efault)", "%pE|%*pEanz|%*pEh", text, 3, NULL, 3, ERR_PTR(-EIO));
}

static void addresses_of_network_cards_are_shown(void **state)
{
	static const u8 mac[6] = {0x02, 0x1b, 0, 0xff, 0x7e, 9};

	(void)state;
	check("02:1b:00:ff:7e:09 02-1b-00-ff-7e-09", "%pM %pMF", mac, mac);
	check("09:7e:ff:00:1b:02|021b00ff7e09|097eff001b02", "%pMR|%pm|%pmR", mac, mac, mac);
	check("[  021b00ff7e09] (null)F", "[%14pm] %pmF", mac, NULL);
}

static void combinations_of_gfp_flags_have_names(void **state)
{
	gfp_t huge = GFP_TRANSHUGE | __GFP_ZERO, light = GFP_TRANSHUGE_LIGHT;

	(void)state;
	check("GFP_TRANSHUGE|__GFP_ZERO GFP_TRANSHUGE_LIGHT", "%pGg %pGg", &huge, &light);
}

static void bitmaps_are_shown_as_words_or_lists(void **state)
{
	unsigned long map[2] = {0x8000000f0000000fUL, 0x5};

	(void)state;
	check("5,8000000f,0000000f", "%*pb", 67, map);
	check("f", "%*pb", 4, map);
	check("00f", "%*pb", 9, map);
	check("0-3,32-35,63-64,66|", "%*pbl|", 67, map);
	check("0-2", "%*pbl", 3, map);
	check("||", "|%*pbl|", 0, map);
	check("||", "|%*pb|", 0, map);
}

static void errors_have_names(void **state)
{
	(void)state;
	check("-ENOMEM -EINVAL", "%pe %pe", ERR_PTR(-ENOMEM), ERR_PTR(-EINVAL));
	check("[   -EIO] [-EIO   ]", "[%7pe] [%-7pe]", ERR_PTR(-EIO), ERR_PTR(-EIO));
	check("0000000000001234", "%pe", (void *)0x1234);
	check("-4091 [  -600]", "%pe [%6pe]", ERR_PTR(-4091), ERR_PTR(-600));
	assert_string_equal(errname(ENOSPC), "ENOSPC");
	assert_string_equal(errname(-EHWPOISON), "-EHWPOISON");
	check("-EPROBE_DEFER [ -ENOTSUPP]", "%pe [%10pe]", ERR_PTR(-EPROBE_DEFER), ERR_PTR(-524));
	assert_string_equal(errname(-512), "-ERESTARTSYS");
	assert_string_equal(errname(530), "ERECALLCONFLICT");
	assert_null(errname(520));
	assert_null(errname(511));
	assert_null(errname(531));
	assert_null(errname(0));
	assert_null(errname(41));
	assert_null(errname(100000));
}

static void resources_are_shown_with_their_kind(void **state)
{
	struct resource mem = DEFINE_RES_MEM(0x60000000, 0x10000000);
	struct resource io = DEFINE_RES_IO(0x80, 1), irq = DEFINE_RES_IRQ(9);
	struct resource bus = DEFINE_RES_NAMED(0, 256, NULL, IORESOURCE_BUS);

	(void)state;
	check("[mem 0x60000000-0x6fffffff]", "%pR", &mem);
	check("[mem 0x60000000-0x6fffffff flags 0x200]", "%pr", &mem);
	mem.flags |= IORESOURCE_MEM_64 | IORESOURCE_PREFETCH | IORESOURCE_WINDOW;
	resource_set_range(&mem, 0x6000000000ULL, 0x1000);
	check("[mem 0x6000000000-0x6000000fff 64bit pref window]", "%pR", &mem);
	mem.flags = IORESOURCE_MEM | IORESOURCE_UNSET | IORESOURCE_DISABLED;
	check("[mem size 0x00001000 disabled]", "%pR", &mem);
	check("[io  0x0080] [irq 9] [bus 00-ff]", "%pR %pR %pR", &io, &irq, &bus);
	mem.flags = 0;
	check("[??? 0x6000000000-0x6000000fff flags 0x0]", "%pR", &mem);
}

static void ranges_of_resources_are_compared(void **state)
{
	struct resource all = DEFINE_RES_MEM(0x1000, 0x3000), part = DEFINE_RES_MEM(0x2000, 0x1000);
	struct resource next = DEFINE_RES_MEM(0x3000, 0x2000), io = DEFINE_RES_IO(0x2000, 1), r;

	(void)state;
	assert_true(resource_contains(&all, &part));
	assert_false(resource_contains(&part, &all));
	assert_false(resource_contains(&all, &io));
	assert_false(resource_overlaps(&part, &next));
	assert_false(resource_intersection(&part, &next, &r));
	assert_true(resource_intersection(&all, &next, &r));
	assert_true(r.start == 0x3000 && resource_size(&r) == 0x1000);
	assert_true(resource_union(&all, &next, &r));
	assert_true(r.start == 0x1000 && r.end == 0x4fff);
}

static void uuids_are_shown_in_both_orders(void **state)
{
	u8 uuid[16];

	(void)state;
	for (u8 i = 0; i < 16; i++)
		uuid[i] = (u8)(0xa0 + i);
	check("a0a1a2a3-a4a5-a6a7-a8a9-aaabacadaeaf", "%pU", uuid);
	check("a3a2a1a0-a5a4-a7a6-a8a9-aaabacadaeaf|", "%pUl|", uuid);
	check("A0A1A2A3-A4A5-A6A7-A8A9-AAABACADAEAF|", "%pUB|", uuid);
	check("A3A2A1A0-A5A4-A7A6-A8A9-AAABACADAEAF", "%pUL", uuid);
}

static int print_nested(char *buf, size_t size, const char *fmt, ...)
{
	struct va_format vaf = {.fmt = fmt};
	va_list args;
	int len;

	va_start(args, fmt);
	vaf.va = &args;
	len = mm_snprintf(buf, size, "<%pV> <%pV>%d", &vaf, &vaf, 7);
	va_end(args);
	return len;
}

static void formats_stand_in_formats(void **state)
{
	char buf[30];

	(void)state;
	assert_int_equal(print_nested(buf, sizeof(buf), "%d %s", 5, "five"), 18);
	assert_string_equal(buf, "<5 five> <5 five>7");
	assert_int_equal(print_nested(buf, 6, "%d %s", 5, "five"), 18);
	assert_string_equal(buf, "<5 fi");
}

static void what_cannot_be_read_is_named_and_not_read(void **state)
{
	struct resource *none = NULL;

	(void)state;
	check("(null) (null)", "%pR %s", none, (char *)NULL);
	check("(efault)|(efault)", "%pa|%s", (void *)8, (char *)ERR_PTR(-EINVAL));
	check("(null)x (efault)", "%3phNx %pUl", NULL, (void *)0x123);
	{
		unsigned long vm_flags = VM_READ | VM_EXEC | VM_MAYREAD | VM_DONTEXPAND | 1UL << 40;

		check("read|exec|mayread|dontexpand|0x10000000000", "%pGv", &vm_flags);
	}
	check("(null) (null)", "%*pbl %pGp", 8, NULL, NULL);
}

static void memory_for_text_is_as_large_as_the_text(void **state)
{
	char **argv, *text;
	int argc;

	(void)state;
	text = kasprintf(GFP_KERNEL, "%s-%0*d", "long", 90, 7);
	assert_int_equal(strlen(text), 95);
	kfree(text);
	argv = argv_split(GFP_KERNEL, "  one two\tthree ", &argc);
	assert_int_equal(argc, 3);
	assert_string_equal(argv[0], "one");
	assert_string_equal(argv[2], "three");
	assert_null(argv[3]);
	argv_free(argv);
	argv = argv_split(GFP_KERNEL, " ", &argc);
	assert_int_equal(argc, 0);
	assert_null(argv[0]);
	argv_free(argv);
	kfree_const(kstrdup_const("text", GFP_KERNEL));
}

static void arrays_of_pointers_are_joined(void **state)
{
	int x, y;
	int *a[] = {&x, &y, NULL}, *b[] = {&y, NULL}, **both = memcat_p(a, b);

	(void)state;
	assert_ptr_equal(both[0], &x);
	assert_ptr_equal(both[2], &y);
	assert_null(both[3]);
	kfree(both);
}

#define heap_test(f) cmocka_unit_test_setup_teardown(f, make_machine, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_shown_with_what_divides_them),
		cmocka_unit_test(bytes_are_shown_as_escapes),
		cmocka_unit_test(addresses_of_network_cards_are_shown),
		cmocka_unit_test(combinations_of_gfp_flags_have_names),
		cmocka_unit_test(bitmaps_are_shown_as_words_or_lists),
		cmocka_unit_test(errors_have_names),
		cmocka_unit_test(resources_are_shown_with_their_kind),
		cmocka_unit_test(ranges_of_resources_are_compared),
		cmocka_unit_test(uuids_are_shown_in_both_orders),
		cmocka_unit_test(formats_stand_in_formats),
		cmocka_unit_test(what_cannot_be_read_is_named_and_not_read),
		heap_test(memory_for_text_is_as_large_as_the_text),
		heap_test(arrays_of_pointers_are_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
