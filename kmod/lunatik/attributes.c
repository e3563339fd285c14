// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Attributes that several operations read, and how each refuses. Lengths and spelling are looked at
 * here rather than in policies, as the refusal can then say what is wrong.
 */
#include <linux/netlink.h>
#include <net/genetlink.h>
#include <uapi/linux/lunatik.h>

#include "name.h"
#include "netlink.h"
#include "state.h"
#include "text.h"

/**
 * lunatik_parse_name - the name of a state
 * @attr: perhaps
 * @name: set to it
 * @extack: told why not
 *
 * Return: 0 or -EINVAL.
 */
int lunatik_parse_name(const struct nlattr *attr, const char **name,
		       struct netlink_ext_ack *extack)
{
	if (!attr) {
		NL_SET_ERR_MSG(extack, "the name of a state is missing");
		return -EINVAL;
	}
	*name = nla_data(attr);
	if (!lunatik_text_is_whole(attr) || !lunatik_name_valid(*name)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a name is 1 to 63 of A-Z a-z 0-9 . _ - : @, the first a letter, a digit or _");
		return -EINVAL;
	}
	return 0;
}

/**
 * lunatik_parse_change - what a change says of its place among others
 * @expect: perhaps
 * @generation: perhaps
 * @step: perhaps
 * @change: filled
 * @extack: told why not
 *
 * Return: 0 or -EINVAL.
 */
int lunatik_parse_change(const struct nlattr *expect, const struct nlattr *generation,
			 const struct nlattr *step, struct lunatik_change *change,
			 struct netlink_ext_ack *extack)
{
	change->expect = expect ? nla_get_u64(expect) : 0;
	change->generation = generation ? nla_get_u64(generation) : 0;
	change->step_size = 0;
	if ((expect && !change->expect) || (generation && !change->generation)) {
		NL_SET_ERR_MSG_ATTR(extack, expect && !change->expect ? expect : generation,
				    "generations are counted from 1");
		return -EINVAL;
	}
	if (!step)
		return 0;
	if (!nla_len(step) || nla_len(step) > LUNATIK_STEP_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, step, "a step's mark has 1 to 64 bytes");
		return -EINVAL;
	}
	change->step_size = nla_len(step);
	memcpy(change->step, nla_data(step), change->step_size);
	return 0;
}

/* Who asks. */
void lunatik_parse_caller(const struct sk_buff *skb, const struct nlattr *token,
			  struct lunatik_caller *caller)
{
	caller->socket = NETLINK_CB(skb).sk;
	caller->port = NETLINK_CB(skb).portid;
	caller->token = token ? nla_get_u64(token) : 0;
}

void lunatik_refuse_later(struct lunatik_refusal *refusal, int err,
			  const struct netlink_ext_ack *extack)
{
	refusal->err = err;
	refusal->words = extack->_msg;
}

int lunatik_refuse_now(const struct lunatik_refusal *refusal, struct netlink_ext_ack *extack)
{
	if (refusal->err && extack)
		extack->_msg = refusal->words;
	return refusal->err;
}
