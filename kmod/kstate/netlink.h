/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_NETLINK_H
#define _KSTATE_NETLINK_H

#include <net/genetlink.h>

extern struct genl_family kstate_family;

int kstate_netlink_init(void);
void kstate_netlink_exit(void);

#endif /* _KSTATE_NETLINK_H */
