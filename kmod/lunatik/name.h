/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_NAME_H
#define _LUNATIK_NAME_H

#include <linux/types.h>

bool lunatik_name_valid(const char *name);

#endif /* _LUNATIK_NAME_H */
