/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_TEXT_H
#define _LUNATIK_TEXT_H

#include <linux/string.h>
#include <net/netlink.h>

/* Of a NLA_NUL_STRING: it goes up to its first NUL, and something behind that would go unseen. */
static inline bool lunatik_text_is_whole(const struct nlattr *attr)
{
	return strlen(nla_data(attr)) + 1 == nla_len(attr);
}

#endif /* _LUNATIK_TEXT_H */
