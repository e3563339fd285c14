/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_SINK_H
#define _LUNATIK_SINK_H

#include <linux/list.h>
#include <linux/types.h>

struct lunatik_account;
struct lunatik_vm;

/**
 * struct lunatik_sink - bytes that a run makes, until its caller takes them
 * @size: how many wait
 * @cut: something found no room and was dropped
 *
 * Belongs to the owner of the machine; no locks.
 */
struct lunatik_sink {
	size_t size;
	bool cut;

	/* private */
	struct list_head pages;
	struct lunatik_vm *vm;
	struct lunatik_account *account;
	size_t *room;
};

void lunatik_sink_init(struct lunatik_sink *sink, struct lunatik_vm *vm,
		       struct lunatik_account *account, size_t *room);
bool lunatik_sink_write(struct lunatik_sink *sink, const void *bytes, size_t size);
void lunatik_sink_truncate(struct lunatik_sink *sink, size_t size);
size_t lunatik_sink_take(struct lunatik_sink *sink, void *to, size_t size);
size_t lunatik_sink_take_line(struct lunatik_sink *sink, char *to, size_t size);
void lunatik_sink_free(struct lunatik_sink *sink);

#endif /* _LUNATIK_SINK_H */
