/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_PAGE_SHELF_H
#define _LUNATIK_PAGE_SHELF_H

#include <linux/bitmap.h>
#include <linux/lunatik.h>

struct kstate_handle;

/* Pages that a state may have open. */
#define SHELF_PLACES	256

/**
 * struct lunatik_page_shelf - what a state has open
 * @release: by which it is told that the state is gone
 * @taken: places that have a page
 * @handles: of those
 */
struct lunatik_page_shelf {
	struct lunatik_release release;
	DECLARE_BITMAP(taken, SHELF_PLACES);
	struct kstate_handle *handles[SHELF_PLACES];
};

struct lunatik_page_shelf *lunatik_page_shelf_make(lunatik_State *state);
int lunatik_page_shelf_place(const struct lunatik_page_shelf *shelf);
struct kstate_handle *lunatik_page_shelf_open(struct lunatik_page_shelf *shelf, int place,
					      lunatik_State *state, const char *name,
					      unsigned int permissions);
void lunatik_page_shelf_close(struct lunatik_page_shelf *shelf, int place);

#endif /* _LUNATIK_PAGE_SHELF_H */
