// SPDX-License-Identifier: MIT
#include "request.h"

#include <linux/genetlink.h>

#include <libmnl/libmnl.h>

void request_begin(struct request *request, const struct attribute_set *set, uint16_t family, uint8_t version,
		   uint8_t command, uint16_t flags)
{
	struct genlmsghdr *generic;

	request->set = set;
	request->tail = 0;
	request->wrong = 0;
	mnl_nlmsg_put_header(request->bytes);
	request->header.nlmsg_type = family;
	request->header.nlmsg_flags = NLM_F_REQUEST | flags;
	generic = mnl_nlmsg_put_extra_header(&request->header, sizeof(*generic));
	generic->cmd = command;
	generic->version = version;
}

void request_wrong(struct request *request, uint16_t type, const char *how)
{
	if (request->wrong)
		return;
	request->wrong = type;
	request->wrong_how = how;
}

static const char too_long[] = "is too long";

void request_text(struct request *request, uint16_t type, const char *text)
{
	if (!text)
		request_wrong(request, type, "is NULL");
	else if (!mnl_attr_put_strz_check(&request->header, sizeof(request->bytes), type, text))
		request_wrong(request, type, too_long);
}

void request_u32(struct request *request, uint16_t type, uint32_t number)
{
	if (!mnl_attr_put_u32_check(&request->header, sizeof(request->bytes), type, number))
		request_wrong(request, type, too_long);
}

void request_u64(struct request *request, uint16_t type, uint64_t number)
{
	if (!mnl_attr_put_u64_check(&request->header, sizeof(request->bytes), type, number))
		request_wrong(request, type, too_long);
}

void request_flag(struct request *request, uint16_t type)
{
	if (!request_bytes(request, type, "", 0))
		request_wrong(request, type, too_long);
}

bool request_bytes(struct request *request, uint16_t type, const void *bytes, size_t size)
{
	if (!bytes && size) {
		request_wrong(request, type, "is NULL");
		return true;
	}
	return mnl_attr_put_check(&request->header, sizeof(request->bytes), type, size, bytes ? bytes : "");
}

void request_change(struct request *request, const struct change_types *types, const struct lunatik_change *change)
{
	if (!change)
		return;
	if (change->expect_generation)
		request_u64(request, types->expect_generation, change->expect_generation);
	if (change->generation)
		request_u64(request, types->generation, change->generation);
	if (change->step_size && !request_bytes(request, types->step, change->step, change->step_size))
		request_wrong(request, types->step, too_long);
}

uint16_t request_type_at(const struct request *request, uint32_t offset)
{
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, &request->header, sizeof(struct genlmsghdr)) {
		if ((const char *)attribute - request->bytes == (ptrdiff_t)offset)
			return mnl_attr_get_type(attribute);
	}
	return request->tail;
}
