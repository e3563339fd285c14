// SPDX-License-Identifier: MIT
/* What went wrong, told in full: errno, the kernel's words, and the attribute that it points at. */
#include "failure.h"
#include "attributes.h"
#include "request.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>

const struct lunatik_error failure_of_nothing = {
	.code = EINVAL,
	.operation = "",
	.message = "there is nothing to work on: NULL was given",
};

void failure_clear(struct lunatik_error *error, const char *operation)
{
	error->code = 0;
	error->operation = operation;
	error->attribute[0] = '\0';
	error->message[0] = '\0';
}

int failure_set(struct lunatik_error *error, int code, const char *format, ...)
{
	va_list arguments;

	error->code = code;
	if (!format) {
		const char *words = strerrordesc_np(code);

		snprintf(error->message, sizeof(error->message), "%s", words ? words : "Unknown error");
		return -code;
	}
	va_start(arguments, format);
	vsnprintf(error->message, sizeof(error->message), format, arguments);
	va_end(arguments);
	return -code;
}

void *failure_give(struct lunatik_error *to, const struct lunatik_error *error)
{
	if (to && to != error)
		*to = *error;
	errno = error->code;
	return NULL;
}

/* Where the extended ack starts. Without NETLINK_CAP_ACK's flag an NLMSG_ERROR repeats the whole request before it. */
static size_t ack_tlvs_offset(const struct nlmsghdr *ack)
{
	const struct nlmsgerr *reply = mnl_nlmsg_get_payload(ack);

	if (ack->nlmsg_type == NLMSG_DONE)
		return sizeof(int);
	if (!reply->error || (ack->nlmsg_flags & NLM_F_CAPPED))
		return sizeof(*reply);
	if (reply->msg.nlmsg_len < sizeof(reply->msg))
		return SIZE_MAX;
	return sizeof(*reply) + MNL_ALIGN((size_t)reply->msg.nlmsg_len - sizeof(reply->msg));
}

static void name_attribute(struct lunatik_error *error, const struct request *request, uint16_t type)
{
	const char *name = request->set ? attribute_name(request->set, type) : NULL;

	snprintf(error->attribute, sizeof(error->attribute), "%s", name ? name : "");
}

static void read_tlv(struct lunatik_error *error, const struct nlattr *tlv, const struct request *request)
{
	switch (mnl_attr_get_type(tlv)) {
	case NLMSGERR_ATTR_MSG:
		attribute_text(tlv, error->message, sizeof(error->message));
		break;
	case NLMSGERR_ATTR_OFFS:
		if (!mnl_attr_validate(tlv, MNL_TYPE_U32))
			name_attribute(error, request, request_type_at(request, mnl_attr_get_u32(tlv)));
		break;
	case NLMSGERR_ATTR_MISS_TYPE:
		if (!mnl_attr_validate(tlv, MNL_TYPE_U32))
			name_attribute(error, request, (uint16_t)mnl_attr_get_u32(tlv));
		break;
	}
}

int failure_from_ack(struct lunatik_error *error, const struct nlmsghdr *ack, const struct request *request)
{
	size_t least = ack->nlmsg_type == NLMSG_DONE ? sizeof(int) : sizeof(struct nlmsgerr);
	const struct nlattr *tlv;
	size_t offset;
	int code;

	if (mnl_nlmsg_get_payload_len(ack) < least)
		return failure_set(error, EBADMSG, "the kernel's answer is too short");
	memcpy(&code, mnl_nlmsg_get_payload(ack), sizeof(code));
	if (code >= 0)
		return 0;
	failure_set(error, code < -FAILURE_CODE_MAX ? EBADMSG : -code, NULL);

	offset = ack_tlvs_offset(ack);
	if (!(ack->nlmsg_flags & NLM_F_ACK_TLVS) || offset > mnl_nlmsg_get_payload_len(ack))
		return -error->code;
	mnl_attr_for_each(tlv, ack, offset)
		read_tlv(error, tlv, request);
	return -error->code;
}
