/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Where the kernels that this is built for differ, 6.1 to 6.12: all of it, each with what changed
 * and when. The code is written for the newest; what that calls differently is given to older ones
 * here.
 */
#ifndef _LUNATIK_COMPAT_H
#define _LUNATIK_COMPAT_H

#include <linux/version.h>
#include <net/genetlink.h>

/* 6.2: an operation is shown to pre_doit as another struct, with its flags under the same name */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define genl_split_ops	genl_ops
#endif

/* 6.3: a mapping's flags are changed by functions */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define vm_flags_set(area, flags)	((area)->vm_flags |= (flags))
#define vm_flags_clear(area, flags)	((area)->vm_flags &= ~(flags))
#endif

/* 6.6: a dump's attributes are where those of other requests are */
static inline struct nlattr **lunatik_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_info_dump(cb)->attrs;
#endif
}

/* 6.9: the options of mitigations are called so */
#ifdef CONFIG_RETPOLINE
#define CONFIG_MITIGATION_RETPOLINE	CONFIG_RETPOLINE
#endif

/* 6.10: a trace point's string is told once, by __string() */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define lunatik_assign_str(field, text)	__assign_str(field, text)
#else
#define lunatik_assign_str(field, text)	__assign_str(field)
#endif

#endif /* _LUNATIK_COMPAT_H */
