/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_ARENA_H
#define _LUNATIK_ARENA_H

#include <linux/list.h>
#include <linux/types.h>

#include "account.h"

/*
 * Small blocks come in classes: in steps of a grain up to FINE bytes, in steps of COARSE up to
 * SMALL, which is as much as fits in a page with its header.
 */
#define LUNATIK_ARENA_GRAIN	16
#define LUNATIK_ARENA_FINE	512
#define LUNATIK_ARENA_COARSE	128
#define LUNATIK_ARENA_SMALL	3968
#define LUNATIK_ARENA_CLASSES	\
	(LUNATIK_ARENA_FINE / LUNATIK_ARENA_GRAIN + \
	 (LUNATIK_ARENA_SMALL - LUNATIK_ARENA_FINE) / LUNATIK_ARENA_COARSE)

/**
 * struct lunatik_arena - the memory of one machine
 * @curralloc: bytes that Lua asked for and holds
 * @peak: the most that @curralloc has been
 * @maxalloc: what @curralloc never exceeds
 * @held: bytes taken from the kernel for it
 * @account: where @held is summed, with a limit; outlives the arena
 *
 * Written by the machine's owner; the first three are read by anybody.
 */
struct lunatik_arena {
	size_t curralloc;
	size_t peak;
	size_t maxalloc;
	size_t held;
	struct lunatik_account *account;

	/* private */
	struct list_head pages;		/* that small blocks are cut from */
	struct list_head blocks;	/* of pages of their own, by the lru of the first */
	struct list_head far;		/* blocks behind a header */
	char *bump, *bump_end;		/* the rest of the newest page */
	u64 stocked;			/* bit c: free[c] has blocks */
	size_t free_bytes;
	size_t idle_bytes;		/* of free_bytes, what the last sorting could not join */
	void *free[LUNATIK_ARENA_CLASSES];
};

void lunatik_arena_init(struct lunatik_arena *arena, struct lunatik_account *account,
			size_t maxalloc);
void lunatik_arena_destroy(struct lunatik_arena *arena);
void *lunatik_arena_realloc(void *vm, void *block, size_t old, size_t new);

#endif /* _LUNATIK_ARENA_H */
