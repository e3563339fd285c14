/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_ATTRIBUTES_H
#define LUNATIK_ATTRIBUTES_H

#include "lunatik.h"

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

extern const struct attribute_set state_attributes;	/* into struct lunatik_state */
extern const struct attribute_set info_attributes;	/* into struct lunatik_info */
extern const struct attribute_set run_attributes;	/* into struct run_message */
extern const struct attribute_set message_attributes;	/* into struct message_part */
extern const struct attribute_set event_attributes;	/* into struct lunatik_event */

/* One message of a run. */
struct run_message {
	struct span output;
	struct span values;
	struct span message;
	struct span error_value;
	bool last;
	bool cut;
	uint32_t status;
	uint32_t upload;
	uint64_t time;
	uint64_t curralloc;
	uint64_t peak;
};

/* A part of a message from a state, or the word that there is one. */
struct message_part {
	struct span data;
	uint64_t sequence;
	uint32_t size;
	uint32_t offset;
	bool closed;
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
