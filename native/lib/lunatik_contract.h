/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_CONTRACT_H
#define LUNATIK_CONTRACT_H

#include "attributes.h"
#include "lunatik.h"

extern const struct contract lunatik_contract;

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

#endif /* LUNATIK_CONTRACT_H */
