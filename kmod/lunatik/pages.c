// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Memory of many pages in a row, as vmalloc() gives it, but one is never waited for long.
 *
 * Who is charged to a memory cgroup that is beyond its memory.high is put to sleep for that by the
 * kernel, up to two seconds for each few dozen pages, wherever he may wait. In one vmalloc() that
 * is minutes: of a script whose budget is over, or of somebody who uploads one and has a lock that
 * all of generic netlink wants. So a page that is at hand is taken without leave to wait, and then
 * the kernel has the process sleep when it goes back to its own code; and before each that has to
 * be waited for the run may end.
 *
 * Owner: who asked, and gives it back by kvfree(). No locks.
 */
#include <linux/gfp.h>
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "pages.h"
#include "turn.h"

/* Pages from one look at whether others want the processor to the next. */
#define ROW	64

static struct page *take(struct lunatik_vm *vm)
{
	struct page *page = alloc_page(GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT);

	if (page || (vm && lunatik_turn_is_over(vm)))
		return page;
	return alloc_page(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
}

/* Return: how many there are, all of @count or as many as there were. */
static unsigned int take_all(struct page **list, unsigned int count, struct lunatik_vm *vm)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (i % ROW == 0)
			cond_resched();
		list[i] = take(vm);
		if (!list[i])
			break;
	}
	return i;
}

static void give_back(struct page **list, unsigned int count)
{
	while (count)
		__free_page(list[--count]);
}

/**
 * lunatik_pages_map - memory of a size that is not to be had in one piece
 * @size: bytes, more than none
 * @vm: the machine that it is for, or NULL; its run may end meanwhile
 *
 * Charged to the memory cgroup of the caller, or who is active in its place.
 * Context: process, outside of any turn; may sleep.
 * Return: it, for kvfree(); NULL where it is not to be had, or the run is over.
 */
void *lunatik_pages_map(size_t size, struct lunatik_vm *vm)
{
	unsigned int count = PAGE_ALIGN(size) >> PAGE_SHIFT, taken;
	struct page **list = kvmalloc_array(count, sizeof(*list), GFP_KERNEL | __GFP_NOWARN);
	void *start;

	if (!list)
		return NULL;
	taken = take_all(list, count, vm);
	if (taken < count)
		goto out_free;
	start = vmap(list, count, VM_MAP | VM_MAP_PUT_PAGES, PAGE_KERNEL);
	if (!start)
		goto out_free;
	/* vmap() does not tell it, and blocks are found by what is in here */
	kmemleak_alloc(start, size, 2, GFP_KERNEL);
	return start;

out_free:
	give_back(list, taken);
	kvfree(list);
	return NULL;
}
