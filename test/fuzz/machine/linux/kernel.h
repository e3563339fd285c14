/* SPDX-License-Identifier: MIT */
/*
 * As much of the kernel as the machine's own files ask for (program.mk has their list), for user
 * space. All of <linux/…> here is this file.
 */
#ifndef MACHINE_LINUX_KERNEL_H
#define MACHINE_LINUX_KERNEL_H

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef LINE_MAX
#define static_assert	_Static_assert
#define THREAD_SIZE	LUNATIK_STACK_SIZE

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;
typedef u64 __be64;
typedef unsigned int gfp_t;
typedef s64 ktime_t;

#define U8_MAX		UINT8_MAX
#define U16_MAX		UINT16_MAX
#define U32_MAX		UINT32_MAX
#define S64_MAX		INT64_MAX
#define KTIME_MAX	INT64_MAX
#define NSEC_PER_SEC	1000000000L
#define NSEC_PER_MSEC	1000000L

#define EINTR		4
#define ENOMEM		12
#define EINVAL		22

#define LOGLEVEL_ERR	3

#define __force
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))
#define READ_ONCE(x)	(*(volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile __typeof__(x) *)&(x) = (v))
#define min(a, b)	({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b)	({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ > b_ ? a_ : b_; })
#define min_t(t, a, b)	min((t)(a), (t)(b))
#define max_t(t, a, b)	max((t)(a), (t)(b))
#define min3(a, b, c)	min((size_t)(a), min((size_t)(b), (size_t)(c)))
#define container_of(p, type, member)	((type *)((char *)(p) - offsetof(type, member)))
#define BUG()		abort()
#define lower_32_bits(n)	((u32)(n))
#define upper_32_bits(n)	((u32)((u64)(n) >> 32))
#define cpu_to_be64(n)	__builtin_bswap64(n)
#define round_down(n, to)	((n) / (to) * (to))
#define ALIGN(n, to)	(((n) + (to) - 1) / (to) * (to))
#define BIT_ULL(n)	(1ULL << (n))
#define __ffs64(n)	((unsigned int)__builtin_ctzll(n))

/* 1 for an option that is defined as 1, 0 for one that is not defined */
#define IS_ENABLED(option)	IS_ENABLED_(option)
#define IS_ENABLED_(value)	IS_ENABLED__(PRESENT_##value)
#define PRESENT_1		0,
#define IS_ENABLED__(maybe)	SECOND_OF(maybe 1, 0)
#define SECOND_OF(first, second, ...)	second

int scnprintf(char *to, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static inline int match_string(const char *const *array, size_t n, const char *string)
{
	for (size_t i = 0; i < n && array[i]; i++)
		if (!strcmp(array[i], string))
			return (int)i;
	return -EINVAL;
}

/* --- chance --- */

typedef struct { u64 key[2]; } siphash_key_t;
typedef siphash_key_t hsiphash_key_t;

u64 chance(void);

static inline u32 get_random_u32(void)
{
	return (u32)chance();
}

static inline u64 get_random_u64(void)
{
	return chance();
}

static inline u64 siphash_1u64(u64 n, const siphash_key_t *key)
{
	(void)key;
	n = (n ^ n >> 31) * 0x9e3779b97f4a7c15ULL;
	return n ^ n >> 29;
}

static inline u32 hsiphash_2u32(u32 a, u32 b, const hsiphash_key_t *key)
{
	return (u32)(siphash_1u64((u64)a << 32 | b, key) >> 16);
}

static inline u32 hsiphash(const void *data, size_t size, const hsiphash_key_t *key)
{
	const u8 *bytes = data;
	u64 hash = size;

	while (size--)
		hash = siphash_1u64(hash ^ *bytes++, key);
	return (u32)(hash >> 16);
}

/* --- atomic64_t: nobody else is there --- */

typedef struct { s64 value; } atomic64_t;

static inline s64 atomic64_add_return(s64 n, atomic64_t *to)
{
	return to->value += n;
}

static inline void atomic64_sub(s64 n, atomic64_t *from)
{
	from->value -= n;
}

/* --- lists --- */

struct list_head {
	struct list_head *next, *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *head)
{
	head->next = head;
	head->prev = head;
}

static inline void list_add(struct list_head *node, struct list_head *head)
{
	node->next = head->next;
	node->prev = head;
	head->next->prev = node;
	head->next = node;
}

static inline void list_add_tail(struct list_head *node, struct list_head *head)
{
	list_add(node, head->prev);
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

static inline void list_del(struct list_head *node)
{
	node->next->prev = node->prev;
	node->prev->next = node->next;
	node->next = NULL;
	node->prev = NULL;
}

#define list_first_entry(head, type, member)	container_of((head)->next, type, member)
#define list_last_entry(head, type, member)	container_of((head)->prev, type, member)
#define list_for_each_prev(at, head)	for (at = (head)->prev; at != (head); at = at->prev)

#define list_for_each_entry_safe(at, after, head, member) \
	for (at = container_of((head)->next, __typeof__(*at), member), \
	     after = container_of(at->member.next, __typeof__(*at), member); \
	     &at->member != (head); \
	     at = after, after = container_of(at->member.next, __typeof__(*at), member))

/* --- bits --- */

#define BITS_PER_LONG	64
#define DECLARE_BITMAP(name, bits)	unsigned long name[((bits) + BITS_PER_LONG - 1) / BITS_PER_LONG]

static inline bool bit_is_set(const unsigned long *map, unsigned int i)
{
	return map[i / BITS_PER_LONG] >> i % BITS_PER_LONG & 1;
}

static inline void bitmap_set(unsigned long *map, unsigned int start, unsigned int count)
{
	for (unsigned int i = start; i < start + count; i++) {
		/* what is free already is not freed again */
		if (bit_is_set(map, i))
			abort();
		map[i / BITS_PER_LONG] |= 1UL << i % BITS_PER_LONG;
	}
}

static inline void bitmap_zero(unsigned long *map, unsigned int bits)
{
	memset(map, 0, (bits + BITS_PER_LONG - 1) / BITS_PER_LONG * sizeof(*map));
}

static inline unsigned int bitmap_weight(const unsigned long *map, unsigned int bits)
{
	unsigned int weight = 0;

	for (unsigned int i = 0; i < bits; i++)
		weight += bit_is_set(map, i);
	return weight;
}

static inline unsigned int bit_from(const unsigned long *map, unsigned int bits, unsigned int i, bool set)
{
	while (i < bits && bit_is_set(map, i) != set)
		i++;
	return i;
}

#define for_each_set_bitrange(start, end, map, bits) \
	for (start = bit_from(map, bits, 0, true), end = bit_from(map, bits, start, false); start < (bits); \
	     start = bit_from(map, bits, end, true), end = bit_from(map, bits, start, false))

/* --- memory --- */

#define PAGE_SIZE	4096UL
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_ALIGN(n)	ALIGN(n, PAGE_SIZE)
#define PAGE_ALIGNED(p)	(((unsigned long)(p) & ~PAGE_MASK) == 0)
#define offset_in_page(p)	((unsigned long)(p) & ~PAGE_MASK)

#define GFP_NOWAIT		0
#define GFP_KERNEL		0
#define GFP_KERNEL_ACCOUNT	0
#define __GFP_ZERO		1
#define __GFP_NOWARN		0
#define __GFP_ACCOUNT		0
#define __GFP_RETRY_MAYFAIL	0

struct page {
	struct list_head lru;
	unsigned long private;
};

void *alloc_pages_exact(size_t size, gfp_t gfp);
void free_pages_exact(void *block, size_t size);
struct page *virt_to_page(const void *block);
void *page_address(struct page *page);
#define free_page(address)	free_pages_exact((void *)(address), PAGE_SIZE)
#define page_private(page)	((page)->private)
#define set_page_private(page, value)	((page)->private = (value))

/* What is not at hand is refused now and then. */
void *machine_malloc(size_t size);
#define kmalloc(size, gfp)	((void)(gfp), machine_malloc(size))
#define __vmalloc(size, gfp)	((void)(gfp), machine_malloc(size))
#define kvfree(block)	free(block)
#define kfree(block)	free(block)
#define kzalloc(size, gfp)	((void)(gfp), calloc(1, size))
#define kvmalloc_array(n, size, gfp)	((void)(gfp), calloc(n, size))
#define cond_resched()	((void)0)

#endif
