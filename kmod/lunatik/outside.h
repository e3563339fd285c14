/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_OUTSIDE_H
#define _LUNATIK_OUTSIDE_H

#include <linux/types.h>

struct lunatik_run;
struct netlink_ext_ack;

int lunatik_outside_may_load(struct netlink_ext_ack *extack);
void lunatik_outside_loaded(const struct lunatik_run *run);
void lunatik_outside_log(const char *name, int level, const char *text, size_t size);

#endif /* _LUNATIK_OUTSIDE_H */
