/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_OUTSIDE_H
#define _LUNATIK_OUTSIDE_H

#include <linux/types.h>

struct lunatik_job;
struct netlink_ext_ack;

int lunatik_outside_may_load(struct netlink_ext_ack *extack);
bool lunatik_outside_records(void);
void lunatik_outside_loaded(const char *state, u64 netns, const struct lunatik_job *job,
			    const u8 *sha256);
void lunatik_outside_log(const char *name, int level, const char *text, size_t size);

#endif /* _LUNATIK_OUTSIDE_H */
