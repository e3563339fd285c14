/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_ATTRIBUTES_H
#define LUNATIK_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

/* A piece of a received message. */
struct span {
	const void *bytes;
	size_t size;
};

enum field_kind {
	FIELD_IGNORED,
	FIELD_U32,
	FIELD_U64,
	FIELD_TEXT,
	FIELD_BYTES,	/* as many as there are */
	FIELD_DIGEST,	/* all of its size */
	FIELD_SPAN,
	FIELD_FLAG,
};

/*
 * What the contract calls an attribute, and where its value goes in a struct. `present`, where it is not 0, is the
 * offset of a bool that is set when the attribute is there; of bytes, that of a size_t for their number.
 */
struct field {
	const char *name;
	enum field_kind kind;
	size_t offset;
	size_t size;
	size_t present;
};

/* Fields by attribute type, from 0 to max. */
struct attribute_set {
	const struct field *fields;
	uint16_t max;
};

/* Of which a contract's tables are made. */
#define FIELD(of, member, kind, called) \
	{ called, kind, offsetof(struct of, member), sizeof(((struct of *)0)->member), 0 }
#define FIELD_IF(of, member, kind, called, flag) \
	{ called, kind, offsetof(struct of, member), sizeof(((struct of *)0)->member), offsetof(struct of, flag) }
#define UNREAD(called)	{ called, FIELD_IGNORED, 0, 0, 0 }
#define ATTRIBUTE_SET(fields)	{ fields, sizeof(fields) / sizeof(*(fields)) - 1 }

/* A family, as it is known before the kernel is asked. */
struct contract {
	const char *name;	/* of the family, and of the module that has it */
	uint32_t version;	/* the oldest that will do */
	const char *events;	/* name of the multicast group */
};

/* The contract's name of an attribute; NULL where this version of it has none. */
const char *attribute_name(const struct attribute_set *set, uint16_t type);

/*
 * Fill a struct from a message of the family. It must be clear; what the message does not have stays that way, and
 * attributes of a later contract are passed over. Returns -EBADMSG where an attribute is not of its type.
 */
int attributes_read(const struct attribute_set *set, const struct nlmsghdr *message, void *into);

/* Copy a text, with or without its NUL, cutting what does not fit. */
void attribute_text(const struct nlattr *attribute, char *into, size_t size);

#endif /* LUNATIK_ATTRIBUTES_H */
