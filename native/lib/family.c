// SPDX-License-Identifier: MIT
/* Numbers of a family, which differ from one loading of the module to the next. */
#include "family.h"
#include "attributes.h"
#include "channel.h"
#include "failure.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <linux/genetlink.h>

#include <libmnl/libmnl.h>

/* Nobody there looks at it. */
#define NLCTRL_VERSION	1

struct family {
	const struct contract *contract;
	uint16_t id;
	uint32_t version;
	uint32_t events;	/* 0 where it has no such group */
};

static int read_group(const struct nlattr *group, struct family *family)
{
	const struct nlattr *attribute;
	bool is_events = false;
	uint32_t id = 0;

	mnl_attr_for_each_nested(attribute, group) {
		switch (mnl_attr_get_type(attribute)) {
		case CTRL_ATTR_MCAST_GRP_NAME:
			if (mnl_attr_validate(attribute, MNL_TYPE_NUL_STRING))
				return -EBADMSG;
			is_events = !strcmp(mnl_attr_get_str(attribute), family->contract->events);
			break;
		case CTRL_ATTR_MCAST_GRP_ID:
			if (mnl_attr_validate(attribute, MNL_TYPE_U32))
				return -EBADMSG;
			id = mnl_attr_get_u32(attribute);
			break;
		}
	}
	if (is_events)
		family->events = id;
	return 0;
}

static int read_groups(const struct nlattr *groups, struct family *family)
{
	const struct nlattr *group;

	mnl_attr_for_each_nested(group, groups) {
		if (read_group(group, family))
			return -EBADMSG;
	}
	return 0;
}

static int read_family(const struct nlmsghdr *message, void *into)
{
	struct family *family = into;
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, message, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attribute)) {
		case CTRL_ATTR_FAMILY_ID:
			if (mnl_attr_validate(attribute, MNL_TYPE_U16))
				return -EBADMSG;
			family->id = mnl_attr_get_u16(attribute);
			break;
		case CTRL_ATTR_VERSION:
			if (mnl_attr_validate(attribute, MNL_TYPE_U32))
				return -EBADMSG;
			family->version = mnl_attr_get_u32(attribute);
			break;
		case CTRL_ATTR_MCAST_GROUPS:
			if (read_groups(attribute, family))
				return -EBADMSG;
			break;
		}
	}
	return family->id ? 0 : -EBADMSG;
}

static int look_up(struct channel *channel, struct family *family)
{
	const struct contract *contract = channel->contract;
	int status;

	*family = (struct family){ .contract = contract };
	request_begin(&channel->request, NULL, GENL_ID_CTRL, NLCTRL_VERSION, CTRL_CMD_GETFAMILY, 0);
	request_text(&channel->request, CTRL_ATTR_FAMILY_NAME, contract->name);
	status = channel_exchange(channel, read_family, family);
	if (status == -ENOENT)
		return failure_set(&channel->error, EPROTONOSUPPORT, "the module %s is not loaded", contract->name);
	if (status)
		return status;
	/* Later versions add, and never change what is there: a module that is newer than this library fits. */
	if (family->version < contract->version)
		return failure_set(&channel->error, EPROTO, "the module speaks version %u of the protocol, not %u",
				   family->version, contract->version);
	channel->family = family->id;
	return 0;
}

int family_look_up(struct channel *channel)
{
	struct family family;

	return look_up(channel, &family);
}

int family_look_up_events(struct channel *channel, uint32_t *group)
{
	struct family family;
	int status = look_up(channel, &family);

	if (!status && !family.events)
		return failure_set(&channel->error, EPROTO, "the module has no group of events");
	*group = family.events;
	return status;
}
