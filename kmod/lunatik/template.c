// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A furnished machine, from which all others are copied.
 *
 * Making a machine means interning some two hundred strings and filling a dozen tables, which takes
 * ten times as long as everything else that a new state needs. All of that lies in a few pages of
 * its arena, so it is done once, and a new machine is those pages, with every pointer in them
 * moved.
 *
 * Which words are pointers is found out rather than known: the template is made twice, the same
 * way, in other pages. A word that points into the first one's pages, or to its structure, and in
 * the second one to the same place, is moved with each copy. A word that differs otherwise is
 * random, the state of math.random, and is made anew for each copy. All else is the same. The
 * second one is only for this comparison.
 *
 * What makes the two comparable: pages are zeroed, no block lies outside of them, allocation is
 * deterministic, no table has a key that hashes by its address, no clock ticks, and both hash
 * strings with the same seed. That seed is random, secret, and shared by all machines that are
 * copied. Where the two are not alike, as with KASAN, where each block is one of its own, there is
 * no template, and every machine is furnished for itself.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "account.h"
#include "template.h"
#include "turn.h"
#include "vm.h"

#define PAGES_MOST	16
#define PAGE_WORDS	(PAGE_SIZE / sizeof(u64))

/* Random words of a machine; more is something else than math.random's state. */
#define RANDOM_MOST	4

/*
 * One machine, and where its memory is: its pages, in the order of their making, and then its
 * structure.
 */
struct specimen {
	struct lunatik_vm vm;
	struct lunatik_account account;
	unsigned int pages;
	u64 *page[PAGES_MOST];
};

/* A word that points into a region: a page, or for the number of pages the structure. */
struct move {
	u16 word;
	u16 region;
};

static struct specimen *template;
static struct move *moves;
static unsigned int move_count;
static u16 randoms[RANDOM_MOST];
static unsigned int random_count;

/* --- finding out --- */

static bool collect_pages(struct specimen *specimen)
{
	struct list_head *node;

	if (!list_empty(&specimen->vm.arena.blocks) || !list_empty(&specimen->vm.arena.far))
		return false;
	list_for_each_prev(node, &specimen->vm.arena.pages) {
		if (specimen->pages == PAGES_MOST)
			return false;
		/* each begins with its place in this list */
		specimen->page[specimen->pages++] = (u64 *)node;
	}
	return specimen->pages;
}

static void specimen_free(struct specimen *specimen)
{
	if (!specimen)
		return;
	lunatik_arena_destroy(&specimen->vm.arena);
	kfree(specimen);
}

static struct specimen *specimen_make(u32 seed)
{
	struct specimen *specimen = kzalloc(sizeof(*specimen), GFP_KERNEL);
	struct lunatik_vm *vm;
	int err;

	if (!specimen)
		return NULL;
	vm = &specimen->vm;
	specimen->account.max = S64_MAX;
	vm->name = "";
	vm->deadline = KTIME_MAX;
	vm->suspend_after = KTIME_MAX;
	vm->hash_seed = seed;
	vm->page_flags = __GFP_ZERO;
	/* no clock, which would arm the hook of one and not of the other */
	vm->glance = true;
	lunatik_arena_init(&vm->arena, &specimen->account, LUNATIK_TEMPLATE_MAXALLOC);
	lunatik_turn_begin(vm);
	err = lunatik_vm_open(vm);
	lunatik_turn_end(vm);
	if (!err && collect_pages(specimen))
		return specimen;
	specimen_free(specimen);
	return NULL;
}

static unsigned long region_start(const struct specimen *specimen, unsigned int region)
{
	return region < specimen->pages ? (unsigned long)specimen->page[region] :
	       (unsigned long)&specimen->vm;
}

static size_t region_size(const struct specimen *specimen, unsigned int region)
{
	return region < specimen->pages ? PAGE_SIZE : sizeof(specimen->vm);
}

/* The region that @word points into, and @other to the same place of in the other; or -1. */
static int region_of(const struct specimen *specimen, const struct specimen *other, u64 word,
		     u64 other_word)
{
	unsigned int region;

	for (region = 0; region <= specimen->pages; region++) {
		u64 offset = word - region_start(specimen, region);

		if (offset < region_size(specimen, region) &&
		    other_word == region_start(other, region) + offset)
			return region;
	}
	return -1;
}

static bool compare_word(const struct specimen *other, unsigned int word)
{
	u64 ours = template->page[word / PAGE_WORDS][word % PAGE_WORDS];
	u64 theirs = other->page[word / PAGE_WORDS][word % PAGE_WORDS];
	int region;

	if (ours == theirs)
		return true;
	region = region_of(template, other, ours, theirs);
	if (region >= 0) {
		moves[move_count++] = (struct move){ .word = word, .region = region };
		return true;
	}
	if (random_count == RANDOM_MOST)
		return false;
	randoms[random_count++] = word;
	return true;
}

/* Whether the two are alike. */
static bool compare(const struct specimen *other)
{
	unsigned int word;

	if (other->pages != template->pages ||
	    other->vm.arena.curralloc != template->vm.arena.curralloc)
		return false;
	for (word = 0; word < template->pages * PAGE_WORDS; word++)
		if (!compare_word(other, word))
			return false;
	return true;
}

/**
 * lunatik_template_init - make the template, where that can be done
 *
 * Context: process.
 */
void lunatik_template_init(void)
{
	u32 seed = get_random_u32() | 1;
	struct specimen *other = specimen_make(seed);
	bool alike = false;

	template = specimen_make(seed);
	if (template && other)
		moves = kvmalloc_array(template->pages * PAGE_WORDS, sizeof(*moves), GFP_KERNEL);
	if (moves)
		alike = compare(other);
	specimen_free(other);
	if (!alike)
		lunatik_template_exit();
}

void lunatik_template_exit(void)
{
	specimen_free(template);
	kvfree(moves);
	template = NULL;
	moves = NULL;
}

/* --- copying --- */

static void *moved(const void *pointer, const u64 *shifts)
{
	unsigned int region;

	for (region = 0; pointer && region <= template->pages; region++)
		if ((unsigned long)pointer - region_start(template, region) <
		    region_size(template, region))
			return (void *)pointer + shifts[region];
	return NULL;
}

static void copy_arena(struct lunatik_arena *arena, const u64 *shifts)
{
	const struct lunatik_arena *from = &template->vm.arena;
	size_t class;

	WRITE_ONCE(arena->curralloc, from->curralloc);
	WRITE_ONCE(arena->peak, from->peak);
	arena->held = from->held;
	arena->pages.next = moved(from->pages.next, shifts);
	arena->pages.prev = moved(from->pages.prev, shifts);
	arena->bump = moved(from->bump, shifts);
	arena->bump_end = arena->bump + (from->bump_end - from->bump);
	arena->stocked = from->stocked;
	arena->free_bytes = from->free_bytes;
	arena->idle_bytes = from->idle_bytes;
	for (class = 0; class < ARRAY_SIZE(arena->free); class++)
		arena->free[class] = moved(from->free[class], shifts);
}

static void copy_pages(u64 *const *pages, const u64 *shifts)
{
	unsigned int i;

	for (i = 0; i < template->pages; i++)
		memcpy(pages[i], template->page[i], PAGE_SIZE);
	for (i = 0; i < move_count; i++)
		pages[moves[i].word / PAGE_WORDS][moves[i].word % PAGE_WORDS] +=
			shifts[moves[i].region];
	for (i = 0; i < random_count; i++)
		pages[randoms[i] / PAGE_WORDS][randoms[i] % PAGE_WORDS] = get_random_u64();
}

/* Whether there is a template, and memory for another. */
static bool copy(struct lunatik_vm *vm)
{
	u64 shifts[PAGES_MOST + 1];
	u64 *pages[PAGES_MOST];
	unsigned int i;

	if (!template)
		return false;
	for (i = 0; i < template->pages; i++) {
		pages[i] = lunatik_turn_page(vm, vm->arena.account);
		if (!pages[i])
			goto out_free;
		shifts[i] = (u64)pages[i] - (u64)template->page[i];
	}
	shifts[i] = (u64)vm - (u64)&template->vm;
	copy_pages(pages, shifts);
	copy_arena(&vm->arena, shifts);
	vm->L = moved(template->vm.L, shifts);
	vm->last_words = moved(template->vm.last_words, shifts);
	return true;

out_free:
	while (i--) {
		free_page((unsigned long)pages[i]);
		lunatik_account_discharge(vm->arena.account, PAGE_SIZE);
	}
	return false;
}

/**
 * lunatik_template_make - make a machine, as a copy where that can be done
 * @vm: zeroed, but for its name, its limits and its arena, which is empty
 *
 * Context: process, out of any turn.
 * Return: 0, or -ENOMEM.
 */
int lunatik_template_make(struct lunatik_vm *vm)
{
	bool copied = copy(vm);
	int err;

	lunatik_turn_begin(vm);
	err = copied ? 0 : lunatik_vm_open(vm);
	if (!err)
		err = lunatik_vm_name(vm);
	lunatik_turn_end(vm);
	return err;
}
