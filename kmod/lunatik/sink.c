// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What a run makes - output, values, the text of an error - on its way to the caller. Pages in a
 * list: written at the end by Lua's side, in its turn; taken from the front by netlink.c. The sinks
 * of one run draw on one `room`, so that a run makes no more than a limit in all.
 */
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "account.h"
#include "sink.h"
#include "turn.h"

struct sink_page {
	struct list_head node;
	u32 start, end;
	char data[];
};

#define PAGE_ROOM	(PAGE_SIZE - sizeof(struct sink_page))

/**
 * lunatik_sink_init - an empty sink
 * @sink: to be
 * @vm: whose turn is left when memory has to be waited for
 * @account: charged with the pages, or NULL
 * @room: bytes that may be written yet, shared with other sinks
 */
void lunatik_sink_init(struct lunatik_sink *sink, struct lunatik_vm *vm,
		       struct lunatik_account *account, size_t *room)
{
	sink->size = 0;
	sink->cut = false;
	sink->vm = vm;
	sink->account = account;
	sink->room = room;
	INIT_LIST_HEAD(&sink->pages);
}

static struct sink_page *sink_extend(struct lunatik_sink *sink)
{
	struct sink_page *page = lunatik_turn_page(sink->vm, sink->account);

	if (!page)
		return NULL;
	page->start = 0;
	page->end = 0;
	list_add_tail(&page->node, &sink->pages);
	return page;
}

static void sink_drop(struct lunatik_sink *sink, struct sink_page *page)
{
	list_del(&page->node);
	free_page((unsigned long)page);
	if (sink->account)
		lunatik_account_discharge(sink->account, PAGE_SIZE);
}

/* The page to write to. */
static struct sink_page *sink_tail(struct lunatik_sink *sink)
{
	struct sink_page *page;

	if (list_empty(&sink->pages))
		return sink_extend(sink);
	page = list_last_entry(&sink->pages, struct sink_page, node);
	return page->end < PAGE_ROOM ? page : sink_extend(sink);
}

/**
 * lunatik_sink_write - append
 * @sink: to this
 * @bytes: what
 * @size: how much
 *
 * Context: the machine's owner; in its turn, which may be left for a while.
 * Return: false where not all of it found room; then @sink->cut is set.
 */
bool lunatik_sink_write(struct lunatik_sink *sink, const void *bytes, size_t size)
{
	struct sink_page *page;
	size_t part;

	while (size && *sink->room) {
		page = sink_tail(sink);
		if (!page)
			break;
		part = min3(size, PAGE_ROOM - page->end, *sink->room);
		memcpy(page->data + page->end, bytes, part);
		page->end += part;
		sink->size += part;
		*sink->room -= part;
		bytes += part;
		size -= part;
	}
	if (size)
		sink->cut = true;
	return !size;
}

/**
 * lunatik_sink_truncate - drop what was written last
 * @sink: from this, nothing having been taken since
 * @size: what remains
 */
void lunatik_sink_truncate(struct lunatik_sink *sink, size_t size)
{
	struct sink_page *page;
	size_t part;

	while (sink->size > size) {
		page = list_last_entry(&sink->pages, struct sink_page, node);
		part = min_t(size_t, sink->size - size, page->end - page->start);
		page->end -= part;
		sink->size -= part;
		*sink->room += part;
		if (page->end == page->start)
			sink_drop(sink, page);
	}
}

/**
 * lunatik_sink_take - move bytes out, oldest first
 * @sink: from this
 * @to: to here
 * @size: at most so many
 *
 * Return: how many.
 */
size_t lunatik_sink_take(struct lunatik_sink *sink, void *to, size_t size)
{
	struct sink_page *page;
	size_t taken = 0;
	size_t part;

	while (taken < size && sink->size) {
		page = list_first_entry(&sink->pages, struct sink_page, node);
		part = min_t(size_t, size - taken, page->end - page->start);
		memcpy(to + taken, page->data + page->start, part);
		page->start += part;
		taken += part;
		sink->size -= part;
		if (page->start == page->end)
			sink_drop(sink, page);
	}
	return taken;
}

/**
 * lunatik_sink_take_line - move bytes out, up to the end of a line
 * @sink: from this
 * @to: to here
 * @size: at most so many
 *
 * Return: how many, the newline among them; 0 where there are none.
 */
size_t lunatik_sink_take_line(struct lunatik_sink *sink, char *to, size_t size)
{
	size_t taken = 0;

	while (taken < size && lunatik_sink_take(sink, to + taken, 1))
		if (to[taken++] == '\n')
			break;
	return taken;
}

/**
 * lunatik_sink_free - drop all that waits
 * @sink: of this
 */
void lunatik_sink_free(struct lunatik_sink *sink)
{
	struct sink_page *page, *next;

	list_for_each_entry_safe(page, next, &sink->pages, node)
		sink_drop(sink, page);
	sink->size = 0;
}
