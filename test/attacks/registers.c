// SPDX-License-Identifier: MIT
/*
 *	registers STATE ROUNDS <CHUNK
 *
 * Runs a chunk so many times in this very thread, each system call on the way made with a pattern in every register of
 * the FPU and with control words that nobody else has: rounded upwards, tiny numbers taken for zero, every exception to
 * be raised. A system call may change none of it, and the chunk has to come to the values that it came to the first
 * time, when all was as usual. Prints how many system calls there were.
 */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "lunatik.h"

#define REGISTERS	16
#define STRANGE_MXCSR	0xc040u
#define STRANGE_X87	0x0b40u

static char code[LUNATIK_CODE_MAX];
static unsigned long calls;
static bool strange;

struct registers {
	uint64_t xmm[REGISTERS][2];
	uint32_t mxcsr;
	uint16_t x87;
};

/* The call between one line that sets all of it and one that reads it; C is not asked for any arithmetic there. */
static long call_with(const struct registers *set, struct registers *got, long number, long a, long b, long c, long d)
{
	const uint32_t usual_mxcsr = 0x1f80;
	const uint16_t usual_x87 = 0x037f;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = 0;
	register long r9 __asm__("r9") = 0;
	register const struct registers *from __asm__("r12") = set;
	register struct registers *to __asm__("r13") = got;
	long result;

#define EACH(op)	op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) op(8) op(9) op(10) op(11) op(12) op(13) op(14) op(15)
#define FILL(n)		"movdqu " #n "*16(%%r12), %%xmm" #n "\n\t"
#define LOOK(n)		"movdqu %%xmm" #n ", " #n "*16(%%r13)\n\t"
	__asm__ volatile(EACH(FILL)
			 "ldmxcsr 256(%%r12)\n\t"
			 "fldcw 260(%%r12)\n\t"
			 "syscall\n\t"
			 "stmxcsr 256(%%r13)\n\t"
			 "fnstcw 260(%%r13)\n\t"
			 EACH(LOOK)
			 "ldmxcsr %[mxcsr]\n\t"
			 "fldcw %[x87]"
			 : "=a"(result), "+r"(r10), "+r"(r8), "+r"(r9)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(from), "r"(to), [mxcsr] "m"(usual_mxcsr),
			   [x87] "m"(usual_x87)
			 : "rcx", "r11", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
			   "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
	return result;
}

static void fill(struct registers *set)
{
	size_t i;

	memset(set, 0, sizeof(*set));
	for (i = 0; i < REGISTERS; i++) {
		/* among them numbers that do not behave: NaNs that signal, and tiny ones */
		set->xmm[i][0] = 0x7ff0000000000001u + i * 0x1000 + calls;
		set->xmm[i][1] = i + 1;
	}
	set->mxcsr = STRANGE_MXCSR;
	set->x87 = STRANGE_X87;
}

static long call(long number, long a, long b, long c, long d)
{
	struct registers set, got = { 0 };
	long result;

	if (!strange)
		return syscall(number, a, b, c, d, 0, 0);
	fill(&set);
	result = call_with(&set, &got, number, a, b, c, d);
	if (memcmp(set.xmm, got.xmm, sizeof(set.xmm)) != 0)
		errx(1, "a register is not what it was");
	if (set.mxcsr != got.mxcsr || set.x87 != got.x87)
		errx(1, "control words are %x and %x", got.mxcsr, got.x87);
	calls++;
	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}

/* The linker has the library's calls come here, by names that are its choice. NOLINTBEGIN(bugprone-reserved-identifier) */
ssize_t __wrap_send(int fd, const void *bytes, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *bytes, size_t size, int flags);
ssize_t __wrap_writev(int fd, const struct iovec *parts, int count);

ssize_t __wrap_send(int fd, const void *bytes, size_t size, int flags)
{
	return call(SYS_sendto, fd, (long)bytes, (long)size, flags);
}

ssize_t __wrap_recv(int fd, void *bytes, size_t size, int flags)
{
	return call(SYS_recvfrom, fd, (long)bytes, (long)size, flags);
}

ssize_t __wrap_writev(int fd, const struct iovec *parts, int count)
{
	return call(SYS_writev, fd, (long)parts, count, 0);
}
/* NOLINTEND(bugprone-reserved-identifier) */

struct values {
	unsigned char bytes[65536];
	size_t size;
};

static int take(void *context, enum lunatik_part part, const void *bytes, size_t size)
{
	struct values *values = context;

	if (part != LUNATIK_PART_VALUES || size > sizeof(values->bytes) - values->size)
		return EPROTO;
	memcpy(values->bytes + values->size, bytes, size);
	values->size += size;
	return 0;
}

static void run(struct lunatik_run *runner, const struct lunatik_chunk *chunk, struct values *values)
{
	const struct lunatik_sink sink = { .part = take, .context = values };

	values->size = 0;
	if (lunatik_dostring(runner, chunk, &sink, NULL))
		errx(1, "%s", lunatik_run_error(runner)->message);
}

int main(int argc, char **argv)
{
	struct lunatik_chunk chunk = { .name = "=attack", .code = code, .wait = LUNATIK_DEFAULT };
	struct lunatik_session *session;
	struct values first, values;
	struct lunatik_run *runner;
	long rounds;

	if (argc != 3)
		errx(2, "usage: registers STATE ROUNDS");
	chunk.state = argv[1];
	rounds = strtol(argv[2], NULL, 10);
	chunk.size = fread(code, 1, sizeof(code), stdin);
	session = lunatik_open(NULL, NULL);
	runner = session ? lunatik_run_open(session) : NULL;
	if (!runner)
		errx(1, "no session");
	run(runner, &chunk, &first);
	strange = true;
	while (rounds--) {
		run(runner, &chunk, &values);
		if (values.size != first.size || memcmp(values.bytes, first.bytes, first.size) != 0)
			errx(1, "the chunk came to other values");
	}
	strange = false;
	printf("%lu\n", calls);
	lunatik_run_close(runner);
	lunatik_close(session);
	return 0;
}
