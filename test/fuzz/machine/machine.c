// SPDX-License-Identifier: MIT
/*
 *	machine SEED <PROGRAMS
 *
 * The machine of the module, in user space: its own files and Lua as it is patched and configured for the kernel
 * (program.mk), with Lua's assertions on, under a sanitizer or with the module's own arena. Runs PROGRAMS, each ended by a
 * NUL, in states that some of them share, on a stack as short as a task's in the kernel. A thread takes the part of the
 * clock and interrupts between any two instructions, far more often than the kernel's does; a run is suspended, ended or
 * given up there, and memory is refused now and then. What takes the guest hours takes this minutes.
 *
 * turn.c is what user space has nothing for: here is another. Ends with a line of figures, or by an abort.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <linux/kernel.h>
#include <linux/lunatik.h>

#include "lua.h"
#include "lauxlib.h"
#include "lstate.h"

#include "libraries.h"
#include "outside.h"
#include "pages.h"
#include "receive.h"
#include "template.h"
#include "turn.h"
#include "vm.h"
#include "lua/luaconf.h"
#include "lua/libc/clock.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

/* Programs that share a state. */
#define IN_A_STATE	25

/* Bytes of output, values and messages of a run. */
#define OUTPUT_ROOM	(1 << 20)
#define MESSAGE_ROOM	(16 << 10)

/* Pages of the machine's memory. */
#define PAGES		16384

/* As in turn.c. */
#define GLANCE_BYTES	(64UL * 1024)

/* Spins of the thread that ticks, at most, from one tick to the next. */
#define PACE_QUICK	300
#define PACE_SLOW	20000

static struct {
	unsigned long runs, suspended, given_up, refused, ticks;
	unsigned long ended[LUNATIK_STEP_STOPPED + 1];
} counted;

/* --- chance --- */

static u64 seed;

/* splitmix64 */
u64 chance(void)
{
	u64 n = seed += 0x9e3779b97f4a7c15ULL;

	n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9ULL;
	n = (n ^ n >> 27) * 0x94d049bb133111ebULL;
	return n ^ n >> 31;
}

/* What main.c draws, but the same in each run. */
struct lunatik_secrets lunatik_secrets = {
	.disguise.key = { 0x6469, 0x7367 },
	.pointer.key = { 0x706f, 0x696e },
	.string.key = { 0x7374, 0x7269 },
	.place = 0x706c6163,
};

static bool one_in(unsigned int n)
{
	return chance() % n == 0;
}

/* --- the clock --- */

unsigned char lunatik_attention;

static struct lunatik_vm *volatile on_cpu;
static pthread_t lua_thread;
static _Atomic unsigned int pace;	/* spins between ticks at most; 0: there are none */

/* The interrupt. */
static void tick(int number)
{
	(void)number;
	if (!on_cpu)
		return;
	lunatik_attention |= LUNATIK_SLICE_OVER;
	lunatik_arm(on_cpu);
}

static void *tick_for_ever(void *unused)
{
	u64 state = 1;

	for (;;) {
		unsigned int spins = pace;

		state = state * 6364136223846793005ULL + 1442695040888963407ULL;
		if (!spins) {
			usleep(100);
			continue;
		}
		for (spins = (state >> 33) % spins; spins; spins--)
			__builtin_ia32_pause();
		pthread_kill(lua_thread, SIGALRM);
	}
	return unused;
}

static void start_clock(void)
{
	static char stack[64 << 10];
	const stack_t elsewhere = { .ss_sp = stack, .ss_size = sizeof(stack) };
	const struct sigaction action = { .sa_handler = tick, .sa_flags = SA_ONSTACK | SA_RESTART };
	pthread_t thread;

	sigaltstack(&elsewhere, NULL);
	sigaction(SIGALRM, &action, NULL);
	lua_thread = pthread_self();
	if (pthread_create(&thread, NULL, tick_for_ever, NULL))
		abort();
}

/* --- in place of turn.c --- */

static int slices_left;		/* of the run's budget */

static unsigned char glance_bits(const struct lunatik_vm *vm)
{
	if (!vm->glance)
		return 0;
	return LUNATIK_GLANCE | (vm->glanced > GLANCE_BYTES ? LUNATIK_GLANCED : LUNATIK_COUNTING);
}

void lunatik_turn_enter(struct lunatik_vm *vm)
{
	vm->on_cpu = true;
	lunatik_attention = (vm->stop ? LUNATIK_STOPPING : 0) | glance_bits(vm);
	on_cpu = vm;
	if (vm->glance)
		return;
	/* besides the ticks that come from outside: where C code looks next, or some instructions later */
	if (one_in(8))
		lunatik_attention |= LUNATIK_SLICE_OVER;
	if (vm->running) {
		lunatik_arm(vm);
		vm->running->hookcount = (int)(chance() % (one_in(3) ? 30 : 3000) + 1);
	}
}

bool lunatik_turn_leave(struct lunatik_vm *vm)
{
	if (!vm->on_cpu)
		return false;
	on_cpu = NULL;
	lunatik_attention = 0;
	vm->on_cpu = false;
	return true;
}

void lunatik_turn_begin(struct lunatik_vm *vm)
{
	lunatik_turn_enter(vm);
}

void lunatik_turn_end(struct lunatik_vm *vm)
{
	lunatik_turn_leave(vm);
}

void lunatik_turn_work(struct lunatik_vm *vm, size_t size)
{
	vm->glanced += size;
	if (!(glance_bits(vm) & LUNATIK_GLANCED))
		return;
	lunatik_attention &= ~LUNATIK_COUNTING;
	lunatik_attention |= LUNATIK_GLANCED;
	lunatik_arm(vm);
}

u64 lunatik_turn_clock(struct lunatik_vm *vm)
{
	(void)vm;
	return counted.ticks * NSEC_PER_MSEC;
}

struct lunatik_vm *lunatik_turn_current(void)
{
	return on_cpu;
}

bool lunatik_turn_may_wait(void)
{
	return luai_stack() >= LUNATIK_STACK_SOFT;
}

void lunatik_turn_stand_still(struct lunatik_vm *vm)
{
	(void)vm;
}

bool lunatik_turn_is_stuck(const struct lunatik_vm *vm)
{
	(void)vm;
	return true;
}

enum lunatik_turn lunatik_turn_yield(struct lunatik_vm *vm)
{
	lunatik_turn_leave(vm);
	counted.ticks++;
	if (!vm->stop && --slices_left < 0)
		vm->stop = LUNATIK_STOP_BUDGET;
	lunatik_turn_enter(vm);
	if (vm->stop)
		return LUNATIK_TURN_STOP;
	return vm->glance || one_in(4) ? LUNATIK_TURN_SUSPEND : LUNATIK_TURN_GO_ON;
}

void *lunatik_turn_page(struct lunatik_vm *vm, struct lunatik_account *account)
{
	void *page;

	if (account && !lunatik_account_charge(account, PAGE_SIZE))
		return NULL;
	page = alloc_pages_exact(PAGE_SIZE, vm ? vm->page_flags : 0);
	if (!page && account)
		lunatik_account_discharge(account, PAGE_SIZE);
	return page;
}

/* The run may be over while it is waited for. */
void *lunatik_pages_map(size_t size, struct lunatik_vm *vm)
{
	if (one_in(4) && !vm->stop)
		vm->stop = LUNATIK_STOP_BUDGET;
	return vm->stop ? NULL : machine_malloc(size);
}

/* --- memory --- */

static unsigned int refused_in;	/* one of so many requests; 0: none is */

static bool is_refused(void)
{
	if (!refused_in || !one_in(refused_in))
		return false;
	counted.refused++;
	return true;
}

/* Pages are cut from this. What is free is full of nonsense, and out of bounds for the sanitizer. */
static char *region;
static struct page pages[PAGES];
static bool taken[PAGES];

static void lend(void *block, size_t size)
{
	memset(taken + ((char *)block - region) / PAGE_SIZE, true, size / PAGE_SIZE);
#ifdef __SANITIZE_ADDRESS__
	__asan_unpoison_memory_region(block, size);
#endif
}

void free_pages_exact(void *block, size_t size)
{
	memset(block, 0xdb, size);
	memset(taken + ((char *)block - region) / PAGE_SIZE, false, size / PAGE_SIZE);
#ifdef __SANITIZE_ADDRESS__
	__asan_poison_memory_region(block, size);
#endif
}

static void make_region(void)
{
	region = mmap(NULL, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	free_pages_exact(region, PAGES * PAGE_SIZE);
}

static size_t free_from(size_t at)
{
	size_t n = 0;

	while (at + n < PAGES && !taken[at + n])
		n++;
	return n;
}

/* What was freed last is not lent again soon. */
void *alloc_pages_exact(size_t size, gfp_t gfp)
{
	static size_t next;
	size_t tried, at;

	if (is_refused())
		return NULL;
	for (tried = 0; tried < PAGES; tried++) {
		at = (next + tried) % PAGES;
		if (free_from(at) < size / PAGE_SIZE)
			continue;
		next = at + size / PAGE_SIZE;
		lend(region + at * PAGE_SIZE, size);
		if (gfp & __GFP_ZERO)
			memset(region + at * PAGE_SIZE, 0, size);
		return region + at * PAGE_SIZE;
	}
	return NULL;
}

struct page *virt_to_page(const void *block)
{
	return &pages[((const char *)block - region) / PAGE_SIZE];
}

void *page_address(struct page *page)
{
	return region + (page - pages) * PAGE_SIZE;
}

/* The arena counts on it: what the kernel gives of this size lies at the start of a page. Sanitized it does not. */
void *machine_malloc(size_t size)
{
	if (is_refused())
		return NULL;
	return IS_ENABLED(CONFIG_KASAN) ? malloc(size) : aligned_alloc(PAGE_SIZE, PAGE_ALIGN(size));
}

/* --- what else a machine asks for --- */

int scnprintf(char *to, size_t size, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(to, size, format, arguments);
	va_end(arguments);
	return length < (int)size ? length : (int)size - 1;
}

long lua_libc_time(long *t)
{
	if (t)
		*t = 1;
	return 1;
}

long lua_libc_clock(void)
{
	return 1;
}

int lunatik_libraries_find(struct lunatik_vm *vm, const char *name, lunatik_opener *open)
{
	(void)vm, (void)name, (void)open;
	return -ENOENT;
}

void lunatik_outside_log(const char *name, int level, const char *text, size_t size)
{
	(void)name, (void)level, (void)text, (void)size;
}

lunatik_State *lunatik_getenv(struct lua_State *L)
{
	(void)L;
	return NULL;
}

bool lunatik_receive_send(struct lunatik_state *state, const void *bytes, size_t size)
{
	(void)state, (void)bytes, (void)size;
	return one_in(2);
}

/* --- states and runs, as state.c and run.c have them --- */

static struct lunatik_account account = { .max = S64_MAX };
static size_t output_room, message_room;
static struct lunatik_sink output, values, message, error_value;

static void open_sinks(struct lunatik_vm *vm)
{
	output_room = OUTPUT_ROOM;
	message_room = MESSAGE_ROOM;
	lunatik_sink_init(&output, vm, &account, &output_room);
	lunatik_sink_init(&values, vm, &account, &output_room);
	lunatik_sink_init(&message, vm, NULL, &message_room);
	lunatik_sink_init(&error_value, vm, NULL, &message_room);
}

static void close_sinks(void)
{
	lunatik_sink_free(&output);
	lunatik_sink_free(&values);
	lunatik_sink_free(&message);
	lunatik_sink_free(&error_value);
}

/* One of @job, or of what was suspended. */
static enum lunatik_step execute(struct lunatik_vm *vm, const struct lunatik_job *job, bool glance)
{
	enum lunatik_step step;

	vm->output = &output;
	vm->values = &values;
	vm->message = &message;
	vm->error_value = &error_value;
	vm->stop = LUNATIK_STOP_NONE;
	vm->glance = glance;
	vm->glanced = 0;
	lunatik_turn_begin(vm);
	step = job ? lunatik_vm_start(vm, job) : lunatik_vm_continue(vm);
	lunatik_turn_end(vm);
	vm->output = NULL;
	vm->values = NULL;
	vm->message = NULL;
	vm->error_value = NULL;
	return step;
}

/* Its caller reads what it prints; some go away, or have what stands there ended. */
static void run(struct lunatik_vm *vm, const char *text)
{
	const struct lunatik_job job = { .name = "=fuzz", .bytes = text, .size = strlen(text) };
	enum lunatik_step step;
	char bytes[512];

	counted.runs++;
	slices_left = (int)(chance() % (one_in(8) ? 1000 : 200));
	step = execute(vm, &job, one_in(2));
	while (step == LUNATIK_STEP_SUSPENDED && !one_in(50)) {
		counted.suspended++;
		lunatik_sink_take(&output, bytes, sizeof(bytes));
		step = execute(vm, NULL, false);
	}
	if (step == LUNATIK_STEP_SUSPENDED)
		counted.given_up++;
	else
		counted.ended[step]++;
}

static struct lunatik_vm *open_state(void)
{
	struct lunatik_vm *vm = calloc(1, sizeof(*vm));

	vm->name = "fuzz";
	vm->deadline = KTIME_MAX;
	vm->suspend_after = KTIME_MAX;
	lunatik_arena_init(&vm->arena, &account, 64 << 10);
	refused_in = 0;
	slices_left = INT_MAX;
	if (lunatik_template_make(vm))
		abort();
	return vm;
}

/* As by setting the limit: little more than what is held, or plenty. */
static void set_limits(struct lunatik_vm *vm)
{
	static const unsigned int rates[] = { 0, 0, 2000, 100, 10 };
	size_t room = one_in(3) ? chance() % (16 << 10) : 512 << 10;

	refused_in = rates[chance() % ARRAY_SIZE(rates)];
	vm->arena.maxalloc = vm->arena.curralloc + room;
}

static void close_state(struct lunatik_vm *vm)
{
	lunatik_arena_destroy(&vm->arena);
	free(vm);
	if (account.held.value)
		abort();
}

/* --- the programs --- */

static char *texts;
static size_t texts_size;

static void read_texts(void)
{
	const size_t part = 1 << 20;
	ssize_t got;
	char *more;

	do {
		more = realloc(texts, texts_size + part + 1);
		if (!more)
			abort();
		texts = more;
		got = read(0, texts + texts_size, part);
		texts_size += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	texts[texts_size] = '\0';
}

static void run_all(void)
{
	size_t at = 0;

	while (at < texts_size) {
		struct lunatik_vm *vm = open_state();
		int i;

		pace = one_in(4) ? PACE_QUICK : PACE_SLOW;
		for (i = 0; i < IN_A_STATE && at < texts_size; i++) {
			set_limits(vm);
			open_sinks(vm);
			run(vm, texts + at);
			close_sinks();
			at += strlen(texts + at) + 1;
		}
		pace = 0;
		close_state(vm);
	}
}

/* As a task's stack: aligned to its size, with nothing below. */
static void run_on_short_stack(void)
{
	static ucontext_t here, there;
	char *room = mmap(NULL, 3UL * LUNATIK_STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *stack = (char *)ALIGN((unsigned long)room + PAGE_SIZE, LUNATIK_STACK_SIZE);

	mprotect(stack - PAGE_SIZE, PAGE_SIZE, PROT_NONE);
	getcontext(&there);
	there.uc_stack.ss_sp = stack;
	there.uc_stack.ss_size = LUNATIK_STACK_SIZE;
	there.uc_link = &here;
	makecontext(&there, run_all, 0);
	swapcontext(&here, &there);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	seed = strtoull(argv[1], NULL, 0);
	read_texts();
	make_region();
	start_clock();
	lunatik_template_init();
	run_on_short_stack();
	printf("%lu runs: %lu done, %lu no Lua, %lu failed, %lu stopped, %lu given up; %lu times suspended, %lu ticks, %lu times without memory\n",
	       counted.runs, counted.ended[LUNATIK_STEP_DONE], counted.ended[LUNATIK_STEP_SYNTAX],
	       counted.ended[LUNATIK_STEP_FAILED], counted.ended[LUNATIK_STEP_STOPPED], counted.given_up,
	       counted.suspended, counted.ticks, counted.refused);
	/*
	 * Or this has become a test of something else. Under the sanitizer some 26 of 300 are done, by chance 15 or 35: what is
	 * asked for must be far from that.
	 */
	return counted.ended[LUNATIK_STEP_DONE] > counted.runs / 100 && counted.suspended && counted.ticks ? 0 : 1;
}
