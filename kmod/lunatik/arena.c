// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The memory of one machine. Lua tells a block's size whenever it gives one back, so blocks carry
 * no header and a machine at rest costs little more than the bytes it asked for.
 *
 * Small blocks are cut from pages and go back to the list of their class. When a list is empty the
 * smallest larger block that is free is cut; when there is none, and much is free, all free blocks
 * are sorted by address and joined (arena_sort()), and whole pages go back to the kernel. Larger
 * blocks are pages of their own, linked and measured in the struct page of their first, which is
 * its owner's; so the powers of two that Lua likes to ask for waste nothing. Still larger ones,
 * "far", have a header of their own.
 *
 * Which of these a block is shows in its address: a page's header is an odd number of eights, so
 * small blocks lie at 8 modulo 16; pages begin with a page; far blocks lie behind their header. One
 * that shrinks may stay what it is.
 *
 * A machine is in its FPU section here and must not sleep, so memory is asked for without waiting
 * first; then the section is left, the same asked for with waiting, and entered again, unless the
 * stack is too short for that. The atomic reserves are never drained. What is taken is charged to
 * the memory cgroup of the state's creator (turn.c), and to the account of the namespace.
 *
 * With KASAN every block is a far one, so that it sees each of them, wherever it lies.
 *
 * Owner: the machine's (vm.h). No locks: `set` may write maxalloc at any time, which is read once
 * for each decision.
 */
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "arena.h"
#include "pages.h"
#include "turn.h"
#include "vm.h"
#include "lua/luaconf.h"

#define GRAIN		LUNATIK_ARENA_GRAIN
#define FINE		LUNATIK_ARENA_FINE
#define COARSE		LUNATIK_ARENA_COARSE
#define SMALL		LUNATIK_ARENA_SMALL
#define CLASSES		LUNATIK_ARENA_CLASSES
#define GRAINS		(PAGE_SIZE / GRAIN)

/* luaconf.h measures the stack without the kernel's headers */
static_assert(LUNATIK_STACK_SIZE == THREAD_SIZE);

/* At the start of each page that small blocks are cut from. */
struct arena_page {
	struct list_head node;
	DECLARE_BITMAP(free, GRAINS);	/* used by arena_sort() */
	u64 odd;			/* so that blocks begin at 8 modulo 16 */
};

static_assert(sizeof(struct arena_page) % GRAIN == 8);

static_assert(CLASSES <= 64);	/* the bits of arena->stocked */

#define PAGE_BLOCKS	(round_down(PAGE_SIZE - sizeof(struct arena_page), GRAIN))

static_assert(SMALL <= PAGE_BLOCKS);

/* Blocks up to this size are asked for in one piece, where there is one at hand. */
#define PIECE_MAX	(64 * PAGE_SIZE)

/* Before a far block. */
struct arena_far {
	struct list_head node;
	size_t size;
	u64 even;			/* so that blocks lie at 0 modulo 16 */
};

static_assert(sizeof(struct arena_far) % GRAIN == 0);

static bool is_small(size_t size)
{
	return size <= SMALL && !IS_ENABLED(CONFIG_KASAN);
}

static bool is_cut(const void *block)
{
	return (unsigned long)block & 8 && !IS_ENABLED(CONFIG_KASAN);
}

static bool is_pages(const void *block)
{
	return PAGE_ALIGNED(block) && !IS_ENABLED(CONFIG_KASAN);
}

static size_t rounded(size_t size)
{
	return size <= FINE ? ALIGN(size, GRAIN) : ALIGN(size, COARSE);
}

static unsigned int class_of(size_t rounded)
{
	return rounded <= FINE ? rounded / GRAIN - 1 : FINE / GRAIN - 1 + (rounded - FINE) / COARSE;
}

static size_t size_of(unsigned int class)
{
	if (class < FINE / GRAIN)
		return (class + 1) * GRAIN;
	return FINE + (class + 1 - FINE / GRAIN) * COARSE;
}

static struct lunatik_vm *vm_of(struct lunatik_arena *arena)
{
	return container_of(arena, struct lunatik_vm, arena);
}

/* --- from the kernel --- */

static void *page_get(struct lunatik_arena *arena)
{
	void *page = lunatik_turn_page(vm_of(arena), arena->account);

	if (page)
		arena->held += PAGE_SIZE;
	return page;
}

static void page_put(struct lunatik_arena *arena, void *page)
{
	arena->held -= PAGE_SIZE;
	lunatik_account_discharge(arena->account, PAGE_SIZE);
	free_page((unsigned long)page);
}

static void *pages_get(struct lunatik_arena *arena, size_t size)
{
	struct page *page;
	void *block;

	size = PAGE_ALIGN(size);
	if (!lunatik_account_charge(arena->account, size))
		return NULL;
	block = alloc_pages_exact(size, GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT);
	if (!block) {
		lunatik_account_discharge(arena->account, size);
		return NULL;
	}
	arena->held += size;
	page = virt_to_page(block);
	set_page_private(page, size);
	list_add(&page->lru, &arena->blocks);
	return block;
}

static size_t pages_free(struct page *page)
{
	size_t size = page_private(page);

	list_del(&page->lru);
	set_page_private(page, 0);
	free_pages_exact(page_address(page), size);
	return size;
}

/* Not kvmalloc(), which likes to round up to powers of two. vmalloc() waits whatever it is told. */
static void *far_alloc(struct lunatik_vm *vm, size_t size)
{
	gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL;

	if (!lunatik_turn_may_wait())
		return size <= PIECE_MAX ?
			kmalloc(size, GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT) : NULL;
	if (size > PIECE_MAX)
		return lunatik_pages_map(size, vm);
	return size <= PAGE_SIZE ? kmalloc(size, gfp) : __vmalloc(size, gfp);
}

static void *far_get(struct lunatik_arena *arena, size_t size)
{
	size_t whole = size + sizeof(struct arena_far);
	struct arena_far *far;
	bool left;

	if (!lunatik_account_charge(arena->account, whole))
		return NULL;
	left = lunatik_turn_leave(vm_of(arena));
	far = far_alloc(vm_of(arena), whole);
	if (left)
		lunatik_turn_enter(vm_of(arena));
	if (!far) {
		lunatik_account_discharge(arena->account, whole);
		return NULL;
	}
	arena->held += whole;
	far->size = whole;
	list_add(&far->node, &arena->far);
	return far + 1;
}

/* Context: outside of the turn. */
static size_t far_free(struct arena_far *far)
{
	size_t size = far->size;

	list_del(&far->node);
	kvfree(far);
	return size;
}

static size_t far_put(struct lunatik_arena *arena, void *block)
{
	bool left = lunatik_turn_leave(vm_of(arena));
	size_t size = far_free((struct arena_far *)block - 1);

	if (left)
		lunatik_turn_enter(vm_of(arena));
	return size;
}

static void *large_get(struct lunatik_arena *arena, size_t size)
{
	void *block = NULL;

	if (size <= PIECE_MAX && !IS_ENABLED(CONFIG_KASAN))
		block = pages_get(arena, size);
	return block ?: far_get(arena, size);
}

static void large_put(struct lunatik_arena *arena, void *block)
{
	size_t size = is_pages(block) ? pages_free(virt_to_page(block)) : far_put(arena, block);

	arena->held -= size;
	lunatik_account_discharge(arena->account, size);
}

/* --- small blocks --- */

static void list_put(struct lunatik_arena *arena, void *block, size_t size)
{
	unsigned int class = class_of(size);

	*(void **)block = arena->free[class];
	arena->free[class] = block;
	arena->stocked |= BIT_ULL(class);
	arena->free_bytes += size;
}

static void *list_get(struct lunatik_arena *arena, unsigned int class)
{
	void *block = arena->free[class];

	arena->free[class] = *(void **)block;
	if (!arena->free[class])
		arena->stocked &= ~BIT_ULL(class);
	arena->free_bytes -= size_of(class);
	return block;
}

/* The largest class's size that is within @size, a multiple of the grain. */
static size_t rounded_down(size_t size)
{
	if (size <= FINE)
		return size;
	return min_t(size_t, FINE + round_down(size - FINE, COARSE), SMALL);
}

/* A stretch of free bytes of any length, in blocks that the lists can hold. */
static void stretch_put(struct lunatik_arena *arena, char *start, size_t size)
{
	while (size) {
		size_t part = rounded_down(size);

		list_put(arena, start, part);
		start += part;
		size -= part;
	}
}

static void bump_retire(struct lunatik_arena *arena)
{
	stretch_put(arena, arena->bump, arena->bump_end - arena->bump);
	arena->bump = NULL;
	arena->bump_end = NULL;
}

static struct arena_page *page_of(void *block)
{
	return (struct arena_page *)((unsigned long)block & PAGE_MASK);
}

static unsigned int grain_of(void *block)
{
	return offset_in_page(block) / GRAIN;
}

static void sort_mark(struct lunatik_arena *arena)
{
	unsigned int class;

	for (class = 0; class < CLASSES; class++) {
		while (arena->free[class]) {
			void *block = list_get(arena, class);

			luai_breathe();
			bitmap_set(page_of(block)->free, grain_of(block), size_of(class) / GRAIN);
		}
	}
}

/* Gives the page back where all of it is free, else its stretches to the lists. */
static void sort_page(struct lunatik_arena *arena, struct arena_page *page)
{
	unsigned int start, end;

	if (bitmap_weight(page->free, GRAINS) == PAGE_BLOCKS / GRAIN) {
		list_del(&page->node);
		page_put(arena, page);
		return;
	}
	for_each_set_bitrange(start, end, page->free, GRAINS)
		stretch_put(arena, (char *)page + start * GRAIN + 8, (end - start) * GRAIN);
	bitmap_zero(page->free, GRAINS);
}

static void arena_sort(struct lunatik_arena *arena)
{
	struct arena_page *page, *next;

	bump_retire(arena);
	sort_mark(arena);
	list_for_each_entry_safe(page, next, &arena->pages, node) {
		luai_breathe();
		sort_page(arena, page);
	}
	arena->idle_bytes = arena->free_bytes;
}

/* Worth it when a quarter of the memory is free and was not when last tried. */
static bool sort_pays(struct lunatik_arena *arena)
{
	return arena->free_bytes - min(arena->idle_bytes, arena->free_bytes) > arena->held / 4;
}

/* Has the next blocks cut from a larger free block, or from a new page. */
static bool bump_refill(struct lunatik_arena *arena, size_t size)
{
	u64 larger = ~0ULL << class_of(size);
	struct arena_page *page;

	bump_retire(arena);
	if (!(arena->stocked & larger) && sort_pays(arena))
		arena_sort(arena);
	if (arena->stocked & larger) {
		unsigned int class = __ffs64(arena->stocked & larger);

		arena->bump = list_get(arena, class);
		arena->bump_end = arena->bump + size_of(class);
		return true;
	}
	page = page_get(arena);
	if (!page)
		return false;
	bitmap_zero(page->free, GRAINS);
	list_add(&page->node, &arena->pages);
	arena->bump = (char *)(page + 1);
	arena->bump_end = arena->bump + PAGE_BLOCKS;
	return true;
}

static void *small_get(struct lunatik_arena *arena, size_t size)
{
	unsigned int class;
	void *block;

	size = rounded(size);
	class = class_of(size);
	if (arena->free[class])
		return list_get(arena, class);
	if ((size_t)(arena->bump_end - arena->bump) < size && !bump_refill(arena, size))
		return NULL;
	block = arena->bump;
	arena->bump += size;
	return block;
}

/* --- any block --- */

static void *block_get(struct lunatik_arena *arena, size_t size)
{
	return is_small(size) ? small_get(arena, size) : large_get(arena, size);
}

static void block_put(struct lunatik_arena *arena, void *block, size_t size)
{
	if (is_cut(block))
		list_put(arena, block, rounded(size));
	else
		large_put(arena, block);
}

/* Whether a block can simply be said to have another size. */
static bool block_fits(struct lunatik_arena *arena, void *block, size_t old, size_t new)
{
	if (is_pages(block))
		return !is_small(new) && PAGE_ALIGN(new) == page_private(virt_to_page(block));
	if (!is_cut(block) || !is_small(new) || rounded(new) > rounded(old))
		return false;
	stretch_put(arena, (char *)block + rounded(new), rounded(old) - rounded(new));
	return true;
}

static void *block_resize(struct lunatik_arena *arena, void *block, size_t old, size_t new)
{
	void *moved;

	if (block_fits(arena, block, old, new))
		return block;
	moved = block_get(arena, new);
	if (moved) {
		lunatik_copy(moved, block, min(old, new));
		block_put(arena, block, old);
		return moved;
	}
	/* shrinking never fails: a larger block stays what it is, and a small one was cut above */
	return new < old ? block : NULL;
}

static void count(struct lunatik_arena *arena, size_t old, size_t new)
{
	size_t curralloc = arena->curralloc - old + new;

	WRITE_ONCE(arena->curralloc, curralloc);
	if (curralloc > arena->peak)
		WRITE_ONCE(arena->peak, curralloc);
}

/* Bytes that it may hand out yet. Somebody may be setting the limit. */
static size_t room(const struct lunatik_arena *arena)
{
	size_t maxalloc = READ_ONCE(arena->maxalloc);

	return maxalloc - min(arena->curralloc, maxalloc);
}

/**
 * lunatik_arena_realloc - the allocator that Lua is given, a lua_Alloc
 * @data: the machine
 * @block: what to resize or free, or NULL
 * @old: its size; without a block, a kind of object that does not matter here
 * @new: the size wanted; 0 frees
 *
 * Context: the machine's owner, in its turn or not; may leave the turn and sleep.
 * Return: the block, or NULL where @new is 0, or where the limit or the kernel does not allow more;
 * then @block is what it was. Shrinking never fails.
 */
void *lunatik_arena_realloc(void *data, void *block, size_t old, size_t new)
{
	struct lunatik_vm *vm = data;
	struct lunatik_arena *arena = &vm->arena;
	void *result = NULL;

	if (!block)
		old = 0;
	if (vm->glance)
		lunatik_turn_work(vm, new);
	if (new > old && new - old > room(arena))
		return NULL;
	if (!block)
		result = new ? block_get(arena, new) : NULL;
	else if (new)
		result = block_resize(arena, block, old, new);
	else
		block_put(arena, block, old);
	if (result || !new)
		count(arena, old, new);
	return result;
}

/**
 * lunatik_arena_init - an empty arena
 * @arena: to be
 * @account: what it is summed into
 * @maxalloc: bytes that it may hand out
 */
void lunatik_arena_init(struct lunatik_arena *arena, struct lunatik_account *account,
			size_t maxalloc)
{
	memset(arena, 0, sizeof(*arena));
	arena->account = account;
	arena->maxalloc = maxalloc;
	INIT_LIST_HEAD(&arena->pages);
	INIT_LIST_HEAD(&arena->blocks);
	INIT_LIST_HEAD(&arena->far);
}

/**
 * lunatik_arena_destroy - give back all at once, whatever Lua still holds
 * @arena: no longer used by Lua
 *
 * Context: process, outside of a turn. May sleep.
 */
void lunatik_arena_destroy(struct lunatik_arena *arena)
{
	struct arena_page *page, *next_page;
	struct page *block, *next_block;
	struct arena_far *far, *next_far;

	list_for_each_entry_safe(page, next_page, &arena->pages, node) {
		free_page((unsigned long)page);
		cond_resched();
	}
	list_for_each_entry_safe(block, next_block, &arena->blocks, lru) {
		pages_free(block);
		cond_resched();
	}
	list_for_each_entry_safe(far, next_far, &arena->far, node) {
		far_free(far);
		cond_resched();
	}
	lunatik_account_discharge(arena->account, arena->held);
}
