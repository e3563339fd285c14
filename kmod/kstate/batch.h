/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_BATCH_H
#define _KSTATE_BATCH_H

#include <linux/compiler_types.h>

struct kstate_many;

int kstate_batch_commit(const struct kstate_many __user *argument);
int kstate_batch_read(const struct kstate_many __user *argument);

#endif /* _KSTATE_BATCH_H */
