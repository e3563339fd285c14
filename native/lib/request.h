/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_REQUEST_H
#define LUNATIK_REQUEST_H

#include "lunatik.h"

#include <linux/netlink.h>

struct attribute_set;

/*
 * A message to the kernel. It is kept until its answer is there, because an extended ack points into it.
 *
 * What is NULL or does not fit is noted, and told when the request is sent: real names are far smaller, and those that are
 * merely too long are for the kernel to refuse.
 */
struct request {
	const struct attribute_set *set;	/* for naming attributes; NULL for other families' */
	uint16_t tail;			/* type of the attribute whose value follows out of other memory, 0 for none */
	uint16_t wrong;			/* type of an attribute that cannot be sent, 0 for none */
	const char *wrong_how;		/* in words */
	union {
		struct nlmsghdr header;
		char bytes[2048];
	};
};

/* The version is of the family's protocol. */
void request_begin(struct request *request, const struct attribute_set *set, uint16_t family, uint8_t version,
		   uint8_t command, uint16_t flags);
void request_text(struct request *request, uint16_t type, const char *text);
void request_u32(struct request *request, uint16_t type, uint32_t number);
void request_u64(struct request *request, uint16_t type, uint64_t number);
void request_flag(struct request *request, uint16_t type);

/* Note that an attribute cannot be sent; the first that was noted is told. */
void request_wrong(struct request *request, uint16_t type, const char *how);

/* Whether they fit; if not, nothing is noted. NULL is 0 bytes, or is noted. */
bool request_bytes(struct request *request, uint16_t type, const void *bytes, size_t size);

/* A change, whose attributes have other types in each set; NULL is none. */
struct change_types {
	uint16_t expect_generation;
	uint16_t generation;
	uint16_t step;
};

void request_change(struct request *request, const struct change_types *types, const struct lunatik_change *change);

/* The type of the attribute at this offset into the message; 0 where none starts. */
uint16_t request_type_at(const struct request *request, uint32_t offset);

#endif /* LUNATIK_REQUEST_H */
