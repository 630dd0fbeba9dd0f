/* SPDX-License-Identifier: MIT */
/* Sizes and places of members. */
#ifndef _LINUX_STDDEF_H
#define _LINUX_STDDEF_H

#include <stddef.h>

#define sizeof_field(TYPE, MEMBER) sizeof((((TYPE *)0)->MEMBER))
#define offsetofend(TYPE, MEMBER)  (offsetof(TYPE, MEMBER) + sizeof_field(TYPE, MEMBER))

/* Members that also have a name together; with a tag, a type, too. */
#define __struct_group(TAG, NAME, ATTRS, MEMBERS...) \
	union {                                      \
		struct {                             \
			MEMBERS                      \
		} ATTRS;                             \
		struct TAG {                         \
			MEMBERS                      \
		} ATTRS NAME;                        \
	}
#define struct_group(NAME, MEMBERS...)		   __struct_group(/* none */, NAME, /* none */, MEMBERS)
#define struct_group_attr(NAME, ATTRS, MEMBERS...) __struct_group(/* none */, NAME, ATTRS, MEMBERS)
#define struct_group_tagged(TAG, NAME, MEMBERS...) __struct_group(TAG, NAME, /* none */, MEMBERS)

/* An array without a size, also where it is the only member, or in a union. */
#define DECLARE_FLEX_ARRAY(TYPE, NAME) \
	struct {                       \
		struct {               \
		} __empty_##NAME;      \
		TYPE NAME[];           \
	}

#endif /* _LINUX_STDDEF_H */
