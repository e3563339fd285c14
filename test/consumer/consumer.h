/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A module that does nothing but use lunatik's API and kstate's, each function of them, as
 * test/e2e/consumer.test.ts and lua-pages.test.ts tell it to.
 *
 * commands.c has the file that commands come by, verbs.c what each does, pages.c what those do that
 * are about pages, functions.c what it has run in states, library.c and sums.c what scripts require
 * of it.
 */
#ifndef _CONSUMER_H
#define _CONSUMER_H

#include <linux/lunatik.h>
#include <linux/types.h>

struct lua_State;
struct net;

#define CONSUMER_WORDS	6

/**
 * struct consumer_command - a line that was written to the file, and its answer
 * @words: the verb's arguments, in order; the last has the rest of the line
 * @count: of @words
 * @net: that the line names, or the initial one
 * @answer: text
 * @room: bytes there
 */
struct consumer_command {
	char *words[CONSUMER_WORDS];
	int count;
	struct net *net;
	char *answer;
	size_t room;
};

/**
 * struct consumer_verb - a kind of command
 * @name: its first word
 * @words: how many arguments it has
 * @any_context: whether the API allows it in softirq, too
 * @act: does it
 */
struct consumer_verb {
	const char *name;
	int words;
	bool any_context;
	void (*act)(struct consumer_command *command);
};

extern const struct consumer_verb consumer_verbs[];
extern const struct consumer_verb consumer_page_verbs[];

__printf(2, 3) void consumer_answer(struct consumer_command *command, const char *format, ...);
unsigned long consumer_number(const char *word);
struct net *consumer_net(struct consumer_command *command);

void consumer_reset(void);
void consumer_page_reset(void);

/**
 * struct consumer_call - what a function that runs in a state is given
 * @state: which
 * @argument: a word of the command's
 * @text: what it found
 * @room: bytes there
 */
struct consumer_call {
	lunatik_State *state;
	const char *argument;
	char *text;
	size_t room;
};

typedef int (*consumer_function)(struct lua_State *L, void *call);

consumer_function consumer_find_function(const char *name);

int consumer_library_open(struct lua_State *L);
int consumer_library_fail(struct lua_State *L);

/* in sums.c, for Lua alone */
int consumer_open_sums(struct lua_State *L);

#endif /* _CONSUMER_H */
