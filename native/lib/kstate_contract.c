// SPDX-License-Identifier: MIT
/* kmod/kstate.yaml: the family, and its attribute sets as tables. */
#include "kstate_contract.h"
#include "kstate.h"

#include <linux/kstate.h>

const struct contract kstate_contract = {
	.name = KSTATE_FAMILY_NAME,
	.version = KSTATE_FAMILY_VERSION,
	.events = KSTATE_MCGRP_EVENTS,
};

static const struct field page_fields[KSTATE_A_PAGE_MAX + 1] = {
	[KSTATE_A_PAGE_NAME] = FIELD(kstate_page, name, FIELD_TEXT, "name"),
	[KSTATE_A_PAGE_SIZE] = FIELD(kstate_page, size, FIELD_U32, "size"),
	[KSTATE_A_PAGE_VERSION] = FIELD(kstate_page, version, FIELD_U64, "version"),
	[KSTATE_A_PAGE_SUBSCRIBERS] = FIELD(kstate_page, subscribers, FIELD_U32, "subscribers"),
	[KSTATE_A_PAGE_UID] = FIELD(kstate_page, uid, FIELD_U32, "uid"),
	[KSTATE_A_PAGE_GID] = FIELD(kstate_page, gid, FIELD_U32, "gid"),
	[KSTATE_A_PAGE_MODE] = FIELD(kstate_page, mode, FIELD_U32, "mode"),
	[KSTATE_A_PAGE_PINNED] = FIELD(kstate_page, pinned, FIELD_FLAG, "pinned"),
	[KSTATE_A_PAGE_MEMORY] = FIELD(kstate_page, memory, FIELD_U64, "memory"),
	[KSTATE_A_PAGE_PATTERN] = UNREAD("pattern"),
	[KSTATE_A_PAGE_PAD] = UNREAD("pad"),
	[KSTATE_A_PAGE_PERSISTENT] = FIELD(kstate_page, persistent, FIELD_FLAG, "persistent"),
};

static const struct field page_event_fields[KSTATE_A_EVENT_MAX + 1] = {
	[KSTATE_A_EVENT_TYPE] = FIELD(kstate_event, type, FIELD_U32, "type"),
	[KSTATE_A_EVENT_NAME] = FIELD(kstate_event, name, FIELD_TEXT, "name"),
	[KSTATE_A_EVENT_VERSION] = FIELD(kstate_event, version, FIELD_U64, "version"),
	[KSTATE_A_EVENT_PASSED_OVER] = FIELD(kstate_event, passed_over, FIELD_U32, "passed-over"),
	[KSTATE_A_EVENT_PAD] = UNREAD("pad"),
};

const struct attribute_set page_attributes = ATTRIBUTE_SET(page_fields);
const struct attribute_set page_event_attributes = ATTRIBUTE_SET(page_event_fields);
