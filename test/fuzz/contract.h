/* SPDX-License-Identifier: MIT */
/* What each request of kmod/lunatik.yaml and kmod/kstate.yaml may have in it. The tables are made from those by test/fuzz/contract-table. */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <stddef.h>
#include <stdint.h>

#include <linux/kstate.h>
#include <linux/lunatik.h>
#include <linux/netlink.h>

enum contract_type {
	CONTRACT_STRING,
	CONTRACT_BINARY,
	CONTRACT_FLAG,
	CONTRACT_U32,
	CONTRACT_U64,
};

struct contract_attribute {
	uint16_t type;
	enum contract_type kind;
	uint32_t most;		/* bytes, or 0 where the contract names none */
	const char *name;
};

struct contract_request {
	const char *name;
	uint8_t command;
	uint16_t flags;
	const struct contract_attribute *attributes;
	size_t count;
};

/* The i-th of the module lunatik's; NULL after the last. */
const struct contract_request *contract_request(size_t i);

/* Likewise of the module kstate's. */
const struct contract_request *contract_page_request(size_t i);

#endif /* CONTRACT_H */
