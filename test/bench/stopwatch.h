/* SPDX-License-Identifier: MIT */
/* A program that does things when told to, over and over, and says how long it took. */
#ifndef STOPWATCH_H
#define STOPWATCH_H

#include <stdbool.h>

/**
 * struct stopwatch_operation - what can be done
 * @warm_up: it is short, so that it matters who had the processor before: one more does not count
 */
struct stopwatch_operation {
	const char *name;
	void (*once)(void);
	bool warm_up;
};

/**
 * stopwatch_serve() - do what standard input says, until it ends
 * @operations: what there is, the last without a name
 *
 * A line has an operation's name and how often to do it; the answer on standard output is the nanoseconds of all
 * together. Returns the program's exit status.
 */
int stopwatch_serve(const struct stopwatch_operation *operations);

/** stopwatch_fail() - end the program, saying why: a figure of something that failed is none */
void stopwatch_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif /* STOPWATCH_H */
