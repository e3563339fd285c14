// SPDX-License-Identifier: MIT
/* The family's number, which differs from one loading of the module to the next. */
#include "family.h"
#include "attributes.h"
#include "channel.h"
#include "failure.h"

#include <errno.h>
#include <stddef.h>

#include <linux/genetlink.h>

#include <libmnl/libmnl.h>

struct family {
	uint16_t id;
	uint32_t version;
};

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
		}
	}
	return family->id ? 0 : -EBADMSG;
}

int family_look_up(struct channel *channel)
{
	struct family family = { 0 };
	int status;

	request_begin(&channel->request, NULL, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	request_text(&channel->request, CTRL_ATTR_FAMILY_NAME, LUNATIK_FAMILY_NAME);
	status = channel_exchange(channel, read_family, &family);
	if (status == -ENOENT)
		return failure_set(&channel->error, EPROTONOSUPPORT, "the module lunatik is not loaded");
	if (status)
		return status;
	/* Later versions add, and never change what is there: a module that is newer than this library fits. */
	if (family.version < LUNATIK_FAMILY_VERSION)
		return failure_set(&channel->error, EPROTO, "the module speaks version %u of the protocol, not %d",
				   family.version, LUNATIK_FAMILY_VERSION);
	channel->family = family.id;
	return 0;
}
