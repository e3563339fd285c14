// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The pages that a state has open.
 *
 * Life. Lua in the kernel runs no finalizers, and a state that goes frees its memory without
 * looking at what is in there. So what is open is kept here, outside of that memory: the shelf is
 * made when the state asks for the library, and lunatik tells of the state's end by the shelf's
 * `release`, which closes what is left. What a script has dropped without closing it is found by
 * page.c, which has a weak table with the userdata of each place.
 *
 * That there are so many places and no more bounds what a state can hold. A shelf belongs to its
 * state: it is used in the turn only, until the state is gone, so it has no lock.
 *
 * Compiled without SSE, as the end does not come in a turn. Nothing here calls Lua.
 */
#include <linux/err.h>
#include <linux/kstate.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "shelf.h"

/* Of the pages that states make: as who pins one by netlink gets it without saying more. */
#define MODE	0600

static void release(struct lunatik_release *release, lunatik_State *state)
{
	struct lunatik_page_shelf *shelf;
	unsigned int place;

	shelf = container_of(release, struct lunatik_page_shelf, release);
	for_each_set_bit(place, shelf->taken, SHELF_PLACES)
		kstate_close(shelf->handles[place]);
	kfree(shelf);
}

/**
 * lunatik_page_shelf_make - a shelf for a state, until that is gone
 * @state: in its turn
 *
 * Context: does not sleep.
 * Return: the shelf, or NULL where there is no memory.
 */
struct lunatik_page_shelf *lunatik_page_shelf_make(lunatik_State *state)
{
	struct lunatik_page_shelf *shelf;

	shelf = kzalloc(sizeof(*shelf), GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT);
	if (!shelf)
		return NULL;
	shelf->release.release = release;
	shelf->release.owner = THIS_MODULE;
	/* the module that asks is one that is here to stay */
	if (!WARN_ON_ONCE(lunatik_onrelease(state, &shelf->release)))
		return shelf;
	kfree(shelf);
	return NULL;
}

/* Return: a place that is free, or -EMFILE. */
int lunatik_page_shelf_place(const struct lunatik_page_shelf *shelf)
{
	unsigned int place = find_first_zero_bit(shelf->taken, SHELF_PLACES);

	return place < SHELF_PLACES ? place : -EMFILE;
}

/**
 * lunatik_page_shelf_open - open a page in the namespace of its state
 * @shelf: of @state
 * @place: free
 * @state: in its turn
 * @name: of the page
 * @permissions: as for kstate_open()
 *
 * Context: does not sleep.
 * Return: the page, until lunatik_page_shelf_close() or the state's end; or as kstate_open().
 */
struct kstate_handle *lunatik_page_shelf_open(struct lunatik_page_shelf *shelf, int place,
					      lunatik_State *state, const char *name,
					      unsigned int permissions)
{
	struct kstate_handle *handle = ERR_PTR(-ESHUTDOWN);
	struct net *net;

	rcu_read_lock();
	net = lunatik_statenet(state);
	if (net)
		handle = kstate_open(net, name, permissions, MODE);
	rcu_read_unlock();
	if (IS_ERR(handle))
		return handle;
	shelf->handles[place] = handle;
	__set_bit(place, shelf->taken);
	return handle;
}

/* Closes the page of a place, which is free then. Context: does not sleep. */
void lunatik_page_shelf_close(struct lunatik_page_shelf *shelf, int place)
{
	__clear_bit(place, shelf->taken);
	kstate_close(shelf->handles[place]);
}
