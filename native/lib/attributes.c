// SPDX-License-Identifier: MIT
/* The one reader of a contract's attribute sets. */
#include "attributes.h"

#include <errno.h>
#include <string.h>

#include <linux/genetlink.h>

#include <libmnl/libmnl.h>

const char *attribute_name(const struct attribute_set *set, uint16_t type)
{
	return type <= set->max ? set->fields[type].name : NULL;
}

void attribute_text(const struct nlattr *attribute, char *into, size_t size)
{
	const char *text = mnl_attr_get_payload(attribute);
	size_t length = strnlen(text, mnl_attr_get_payload_len(attribute));

	if (length > size - 1)
		length = size - 1;
	memcpy(into, text, length);
	into[length] = '\0';
}

static int field_read(const struct field *field, const struct nlattr *attribute, char *into)
{
	size_t size = mnl_attr_get_payload_len(attribute);
	char *at = into + field->offset;

	switch (field->kind) {
	case FIELD_IGNORED:
		break;
	case FIELD_BYTES:
		if (size > field->size)
			return -EBADMSG;
		memcpy(at, mnl_attr_get_payload(attribute), size);
		*(size_t *)(into + field->present) = size;
		return 0;
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_DIGEST:
		if (size != field->size)
			return -EBADMSG;
		memcpy(at, mnl_attr_get_payload(attribute), size);
		break;
	case FIELD_TEXT:
		attribute_text(attribute, at, field->size);
		break;
	case FIELD_SPAN:
		*(struct span *)at = (struct span){ mnl_attr_get_payload(attribute), size };
		break;
	case FIELD_FLAG:
		*(bool *)at = true;
		break;
	}
	if (field->present)
		*(bool *)(into + field->present) = true;
	return 0;
}

int attributes_read(const struct attribute_set *set, const struct nlmsghdr *message, void *into)
{
	const struct nlattr *attribute;

	if (mnl_nlmsg_get_payload_len(message) < sizeof(struct genlmsghdr))
		return -EBADMSG;
	mnl_attr_for_each(attribute, message, sizeof(struct genlmsghdr)) {
		uint16_t type = mnl_attr_get_type(attribute);

		if (type <= set->max && field_read(&set->fields[type], attribute, into))
			return -EBADMSG;
	}
	return 0;
}
