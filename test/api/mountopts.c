// SPDX-License-Identifier: MIT
/* What a file system is mounted with: options by name, with numbers and words. */
#include <linux/errno.h>
#include <linux/parser.h>
#include <linux/slab.h>
#include <linux/string.h>

struct mount_opts {
	int uid;
	unsigned int mode_bits, blocks;
	u64 size;
	bool readonly;
	char label[16];
	char *source;
};

enum { opt_uid, opt_mode, opt_mask, opt_blocks, opt_size, opt_label, opt_source, opt_ro, opt_err };

static const match_table_t tokens = {
	{opt_uid, "uid=%d"},	   {opt_mode, "mode=%o"}, {opt_mask, "mask=%x"},
	{opt_blocks, "blocks=%u"}, {opt_size, "size=%s"}, {opt_label, "label=%15s"},
	{opt_source, "source=%s"}, {opt_ro, "ro"},	  {opt_err, NULL},
};

static int mount_opt(struct mount_opts *opts, char *word)
{
	substring_t args[MAX_OPT_ARGS];
	int token = match_token(word, tokens, args), number, err;

	switch (token) {
	case opt_uid:
		return match_int(&args[0], &opts->uid);
	case opt_mode:
	case opt_mask:
		err = token == opt_mode ? match_octal(args, &number) : match_hex(args, &number);
		if (!err)
			opts->mode_bits = (unsigned int)number;
		return err;
	case opt_blocks:
		return match_uint(args, &opts->blocks);
	case opt_size:
		return match_u64(args, &opts->size);
	case opt_label:
		return match_strlcpy(opts->label, args, sizeof(opts->label)) ? 0 : -EINVAL;
	case opt_source:
		kfree(opts->source);
		opts->source = match_strdup(args);
		return opts->source ? 0 : -ENOMEM;
	case opt_ro:
		opts->readonly = true;
		return 0;
	default:
		return match_wildcard("x-*", word) ? 0 : -EINVAL;
	}
}

int mount_parse(struct mount_opts *opts, char *text);
int mount_parse(struct mount_opts *opts, char *text)
{
	char *word;

	while ((word = strsep(&text, ",")) != NULL) {
		int err = *word ? mount_opt(opts, word) : 0;

		if (err)
			return err;
	}
	return 0;
}
