/* SPDX-License-Identifier: MIT */
#ifndef KSTATE_CONTRACT_H
#define KSTATE_CONTRACT_H

#include "attributes.h"

extern const struct contract kstate_contract;

extern const struct attribute_set page_attributes;		/* into struct kstate_page */
extern const struct attribute_set page_event_attributes;	/* into struct kstate_event */

#endif /* KSTATE_CONTRACT_H */
