/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Pages for other kernel modules.
 *
 * A page is up to KSTATE_SIZE_MAX bytes that have a name and a version, in a network namespace
 * (kmod/kstate.yaml and uapi/linux/kstate.h say what user space sees of them). A module opens pages
 * by name, copies what is in them, and replaces it, unless somebody else was faster.
 *
 * References. An open page is a struct kstate_handle, which is the caller's until kstate_close().
 * To user space it is a subscriber as any other: the page stays while it is open, and nobody else
 * can delete it. Handles do not keep the namespace alive: when that goes, every use fails with
 * -EIDRM, and the handle is still to be closed. A handle may be used by several at once, but for
 * its end. None of these functions takes NULL for a handle.
 *
 * Rights. A module is no process, and often works for none that it could name, so it is what the
 * kernel itself takes for the owner of a network namespace (net_ns_get_ownership()): user and group
 * 0 of the user namespace that owns it. So those are the owner and the group of the pages that it
 * makes, and it may use those of others as their modes permit that user. No capability goes with
 * that: a page whose owner keeps it to himself is closed to modules as well.
 *
 * Limits. A page and a handle are charged to the namespace, under the limits of kstate's module
 * parameters, and to the memory cgroup that is active (set_active_memcg()).
 *
 * Context. All of it may be called with locks held, in a state's turn and in softirq, but only
 * where interrupts are on, so neither in hard ones nor under spin_lock_irqsave(): the locks that
 * are taken here are given back by spin_unlock_bh(). Nothing sleeps; what must be made is made of
 * memory that is at hand.
 */
#ifndef _LINUX_KSTATE_H
#define _LINUX_KSTATE_H

#include <linux/types.h>
#include <uapi/linux/kstate.h>

struct kstate_handle;
struct net;

/* --- by name, in a namespace --- */

struct kstate_handle *kstate_open(struct net *net, const char *name, unsigned int permissions,
				  umode_t mode);
void kstate_close(struct kstate_handle *handle);

/* --- of a page --- */

const char *kstate_pagename(const struct kstate_handle *handle);
int kstate_pagestatus(const struct kstate_handle *handle, u64 *version, u32 *size);

/* --- what is in it --- */

int kstate_read(const struct kstate_handle *handle, void *data, u32 *size, u64 *version);
int kstate_write(const struct kstate_handle *handle, const void *data, u32 size, u64 *version,
		 unsigned int flags);
int kstate_resize(const struct kstate_handle *handle, u32 size);
int kstate_delete(const struct kstate_handle *handle);

#endif /* _LINUX_KSTATE_H */
