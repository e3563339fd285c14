/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * How stock Lua is configured for the kernel. Upstream's file comes first, then what differs, at
 * the points that Lua leaves open. What no such point reaches is in patches/, each with its reason.
 *
 * Three promises are kept here and in the patches:
 *
 * Time. A timer raises `lunatik_attention` on the CPU that runs Lua and arms a hook on the running
 * thread. Lua code comes to the hook; C code that calls Lua's API comes to lua_lock(); long loops
 * that do neither ask by luai_poll() or luai_breathe(). The first two may raise an error, the
 * last (in the collector, in tables) only gives up the CPU. What does only that has to come to its
 * end in a time that grows as the memory it works on, whatever a script has put there.
 *
 * Stack. luai_stack() looks at the stack pointer itself, so that no depth has to be guessed.
 *
 * Secrets. A pointer becomes text, or a seed, only in disguise.
 *
 * `lunatikctl check` (native/check) compiles the same sources with this file for user space. What a
 * chunk may hold is the same there; time and the stack are no concern.
 */
#ifndef LUNATIK_LUACONF_H
#define LUNATIK_LUACONF_H

#if defined(LUA_CORE) || defined(LUA_LIB)
#include <string.h>
#endif

#include "luaconf_upstream.h"

struct lua_State;
struct lunatik_vm;

/* --- time --- */

#define LUNATIK_SLICE_OVER	1	/* give up the CPU, look at the clock */
#define LUNATIK_STOPPING	2	/* the run is to end */
#define LUNATIK_GLANCE		4	/* no C function now */
#define LUNATIK_COUNTING	8	/* what is done in a glance is counted */
#define LUNATIK_GLANCED		16	/* it was too much, and the glance is over as soon as it can be */

#ifdef __KERNEL__

/* asks for the bits of lunatik_attention, which is per-CPU and written by turn.c alone */
static inline __attribute__((always_inline)) int lunatik_wanted(int what)
{
	int wanted;

	asm volatile("testb %1, %%gs:lunatik_attention" : "=@ccnz" (wanted) : "i" (what));
	return __builtin_expect(wanted, 0);
}

void lunatik_attend(struct lua_State *L);
void lunatik_pause(void);
void lunatik_count(size_t n);
int lunatik_put_off(struct lua_State *L, int (*f)(struct lua_State *L));

/* only the thread that runs raises the error: where L may be another, ask for luai_running(L) */
#define luai_poll(L) \
	((void)(lunatik_wanted(LUNATIK_SLICE_OVER | LUNATIK_STOPPING) && (lunatik_attend(L), 0)))
#define luai_callC(L, f) \
	(lunatik_wanted(LUNATIK_GLANCE) ? lunatik_put_off(L, f) : (*f)(L))
#define luai_breathe() \
	((void)(lunatik_wanted(LUNATIK_SLICE_OVER | LUNATIK_COUNTING) && (lunatik_pause(), 0)))
/* in one go, as many bytes are looked at as a glance may not look at again and again */
#define luai_count(n) \
	((void)(lunatik_wanted(LUNATIK_COUNTING) && (lunatik_count(n), 0)))
/* the collector should come to an end, and does without what is not needed for that */
#define luai_hurries()		lunatik_wanted(LUNATIK_STOPPING | LUNATIK_GLANCED)
/* it has gone over its ephemerons so often, which is enough */
#define luai_enough(rounds) \
	(luai_hurries() || \
	 (rounds) >= (lunatik_wanted(LUNATIK_GLANCE) ? LUNATIK_ROUNDS_GLANCE : LUNATIK_ROUNDS))

#else

#define luai_poll(L)		((void)(L))
#define luai_callC(L, f)	((*f)(L))
#define luai_breathe()		((void)0)
#define luai_count(n)		((void)(n))
#define luai_hurries()		0
#define luai_enough(rounds)	((rounds) >= LUNATIK_ROUNDS)

#endif

/* rarely more than three are needed */
#define LUNATIK_ROUNDS		64
#define LUNATIK_ROUNDS_GLANCE	8

/* instructions of a function: in half a mebibyte of text, and a millisecond, there are hardly more */
#define LUNATIK_MAXCODE		(1 << 20)

#define lua_lock(L)		luai_poll(L)
#define lua_unlock(L)		((void)(L))
/* inside the interpreter the hook sees to it, where the registers are in order */
#define luai_threadyield(L)	((void)(L))

#ifdef __KERNEL__

/*
 * The thread that runs is the one that entered the innermost protected call: the interrupt arms its
 * hook, and an error may be raised in it.
 */
#define luai_jmpbuf		jmp_buf
#define LUAI_THROW(L, c)	longjmp((c)->b, 1)
#define LUAI_TRY(L, c, a) \
	{ struct lua_State **running_ = lunatik_running(G(L)->ud); \
	  struct lua_State *outer_ = *running_; \
	  *running_ = L; \
	  if (setjmp((c)->b) == 0) { a } \
	  *running_ = outer_; }

struct lua_State **lunatik_running(void *vm);

#define luai_running(L)		(*lunatik_running(G(L)->ud))

#else

#define luai_running(L)		(L)

#endif

/* large blocks are handled in pieces, with a breath between them */
#define LUNATIK_PIECE		65536
/* up to here a comparison is not worth counting */
#define LUNATIK_COMPARED	4096

#ifdef __KERNEL__

void *lunatik_copy(void *to, const void *from, size_t n);
int lunatik_compare(const void *a, const void *b, size_t n);
void *lunatik_find(const void *s, int c, size_t n);
size_t lunatik_length(const char *s);
int lunatik_order(const char *a, const char *b);
char *lunatik_seek(const char *s, int c);
size_t lunatik_span(const char *s, const char *accept);

#if defined(LUA_CORE) || defined(LUA_LIB)
#define memcpy(to, from, n) \
	(__builtin_constant_p(n) || (n) <= LUNATIK_PIECE ? \
	 __builtin_memcpy(to, from, n) : lunatik_copy(to, from, n))
#define memcmp(a, b, n) \
	((n) <= LUNATIK_COMPARED ? __builtin_memcmp(a, b, n) : lunatik_compare(a, b, n))
#define memchr(s, c, n) \
	((n) <= LUNATIK_PIECE ? __builtin_memchr(s, c, n) : lunatik_find(s, c, n))
/* whoever calls these knows no length, but it may be any */
#define strlen(s) \
	(__builtin_constant_p(__builtin_strlen(s)) ? __builtin_strlen(s) : lunatik_length(s))
#define strcmp(a, b)	lunatik_order(a, b)
#define strchr(s, c)	lunatik_seek(s, c)
#define strspn(s, accept)	lunatik_span(s, accept)
#endif

#endif

/* --- stack --- */

/*
 * A task's stack is aligned to its size, so the pointer's low bits are what is left. An error is
 * raised with SOFT bytes to go, which leaves room to raise it, for the function in C that may have
 * begun just before, for an interrupt's entry, and to let others have the CPU; the handling of that
 * error may go down to HARD. Memory is not waited for there (turn.c). arena.c holds both against the
 * kernel's own THREAD_SIZE; a test shows the deepest use.
 */
#ifdef CONFIG_KASAN
#define LUNATIK_STACK_SIZE	(32 * 1024)
#define LUNATIK_STACK_SOFT	(12 * 1024)
#define LUNATIK_STACK_HARD	(10 * 1024)
#else
#define LUNATIK_STACK_SIZE	(16 * 1024)
#define LUNATIK_STACK_SOFT	(6 * 1024)
#define LUNATIK_STACK_HARD	(5 * 1024)
#endif

#ifdef __KERNEL__
#define luai_stack() \
	((unsigned long)__builtin_frame_address(0) & (LUNATIK_STACK_SIZE - 1))
#else
#define luai_stack()		((unsigned long)LUNATIK_STACK_SIZE)
#endif

/*
 * What the parser may take of the stack before it refuses a chunk for its depth, and what its
 * functions are charged, in bytes: their frames on x86-64 as lua.mk has them compiled, the larger of
 * gcc 12's and gcc 14's, with those of the functions between them that are not charged themselves. A
 * test holds the figures against what the compiler tells.
 *
 * Safety does not rest on them: where a frame is larger, or Lua was entered deeper than ever seen,
 * the stack pointer ends it, as everywhere. But then a chunk would compile here and not there. So
 * PARSER_STACK is what is left at the deepest entry: of 16384 bytes a chunk that is run within its
 * request finds 13200 when luaY_parser() is called, the kernel's random offset at its largest; 350
 * of them go before the first statement, and SOFT stays. That leaves 300 to spare.
 *
 * It lasts for 13 functions within each other or 10 as arguments of calls, 28 tables, 34 pairs of
 * parentheses, 23 ifs, 44 dos, 57 operators that bind to the right.
 */
#define LUNATIK_PARSER_STACK		6400

#define LUNATIK_FRAME_STATEMENT		88	/* with statlist */
#define LUNATIK_FRAME_IF		176	/* ifstat, test_then_block */
#define LUNATIK_FRAME_WHILE		144	/* whilestat, block */
#define LUNATIK_FRAME_DO		56	/* block */
#define LUNATIK_FRAME_FOR		248	/* forstat, forbody, block */
#define LUNATIK_FRAME_FORLIST		88
#define LUNATIK_FRAME_REPEAT		104	/* repeatstat */
#define LUNATIK_FRAME_COND		56
#define LUNATIK_FRAME_FUNCTION		96	/* funcstat */
#define LUNATIK_FRAME_LOCAL		96	/* localstat or localfunc */
#define LUNATIK_FRAME_RETURN		80	/* retstat */
#define LUNATIK_FRAME_EXPRSTAT		72	/* exprstat */
#define LUNATIK_FRAME_RESTASSIGN	128
#define LUNATIK_FRAME_BODY		184
#define LUNATIK_FRAME_EXPLIST		32
#define LUNATIK_FRAME_SUBEXPR		104	/* with expr */
#define LUNATIK_FRAME_SUFFIXEDEXP	72
#define LUNATIK_FRAME_YINDEX		24
#define LUNATIK_FRAME_FUNCARGS		80
#define LUNATIK_FRAME_CONSTRUCTOR	112
#define LUNATIK_FRAME_RECFIELD		136

/* what the libraries bring, so that no new state has to grow its table of strings */
#define MINSTRTABSIZE		256

/* strings of C code that are known by their address: a script asks for few, and a state has to fit in four pages */
#define STRCACHE_N		23
#define STRCACHE_M		2

#undef LUAI_MAXSTACK
#define LUAI_MAXSTACK		200000

#undef LUAL_BUFFERSIZE
#define LUAL_BUFFERSIZE		256

/* --- memory --- */

/* when the collector begins again: @threshold, or half-way to the limit where that comes first */
long lunatik_gc_threshold(void *vm, long held, long threshold);

#define luai_gcthreshold(vm, held, threshold)	lunatik_gc_threshold(vm, held, threshold)

/* --- secrets --- */

unsigned int lunatik_seed(void);
unsigned int lunatik_makeseed(struct lua_State *L);
const void *lunatik_disguise(const void *pointer);
unsigned int lunatik_hash(const void *pointer);
unsigned int lunatik_hash_string(const char *string, size_t size, unsigned int seed);
unsigned int lunatik_place_string(unsigned int hash, unsigned int size);

#ifdef __KERNEL__
#define luai_hashpointer(p)	lunatik_hash((const void *)(p))
#define luai_hashstring(s, n, seed)	lunatik_hash_string(s, n, seed)
#define luai_placestring(hash, size)	lunatik_place_string(hash, size)
#else
#define luai_hashpointer(p)	point2uint(p)
#define luai_placestring(hash, size)	lmod(hash, size)
#endif

#define luai_makeseed(L)	lunatik_makeseed(L)
#define l_randomizePivot()	lunatik_seed()

#undef lua_pointer2str
#define lua_pointer2str(buff, sz, p)	l_sprintf(buff, sz, "%p", lunatik_disguise(p))

#ifdef lstrlib_c
#define lua_topointer(L, i)	lunatik_disguise((lua_topointer)(L, i))
#endif

/* --- libraries --- */

#ifdef ldblib_c
struct luaL_Reg;
void lunatik_set_harmless(struct lua_State *L, const struct luaL_Reg *entries);

#define luaL_setfuncs(L, entries, upvalues)	lunatik_set_harmless(L, entries)
#endif

/* --- output: library.c has a print of its own --- */

#define lua_writestring(s, l)	((void)(s), (void)(l))
#define lua_writeline()		((void)0)
#define lua_writestringerror(s, p)	((void)(s), (void)(p))

#endif
