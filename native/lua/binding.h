/* SPDX-License-Identifier: MIT */
/*
 * The Lua binding of liblunatik: what its files know of each other. lua-lunatik(3) is its reference.
 *
 * Sessions and states are userdata. A state keeps its session from being collected, until the session is closed: then
 * neither knows the other any more. So either may be finalized first.
 *
 * Wherever Lua allocates it may raise an error, or run finalizers, which may call anything here. So a function lets Lua make
 * all that it needs; then looks whether session and state are still there; then calls the library, which calls no Lua; and
 * what comes back belongs to a userdata, or to the library and is copied by the first call of Lua's after that.
 */
#ifndef BINDING_H
#define BINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <lauxlib.h>
#include <lua.h>

#include <lunatik.h>

struct state;

/* --- sessions (session.c) --- */

struct session {
	struct lunatik_session *library;	/* NULL once it is closed */
	struct lunatik_run *run;		/* NULL until it is first needed */
	void *states;				/* that it has the handles of, by name: a tree of tsearch(3) */
	pid_t owner;				/* whoever was forked off it has the same sockets */
};

void session_define(lua_State *L);

/* lunatik.session() */
int session_open(lua_State *L);

/*
 * Whether something can be asked of the kernel; if not, says why. In a process that was forked off, what the sockets give is
 * another's, and so are the handles.
 */
bool session_usable(const struct session *session, const char **why);

/* It no longer has the handle of a state. */
void session_forget(struct session *session, const struct state *state);

/* --- states (state.c) --- */

struct state {
	struct session *session;		/* NULL once the handle is gone */
	struct lunatik_receiver *receiver;	/* NULL until it is first needed */
	const char *end;			/* how the handle went; NULL while it is there, or if with its session */
	uint64_t netns;
	uint64_t sequence;			/* of the last message that was received; 0 before */
	char name[LUNATIK_NAME_MAX + 1];
};

void state_define(lua_State *L);

/* Pushes one that has no handle as yet. */
struct state *state_push(lua_State *L, int session, const char *name);
struct state *state_check(lua_State *L);

/* The handle is gone; end as above. */
void state_lose(struct state *state, const char *end);

/* The library's session for a state; or NULL, and a failure was pushed. */
struct lunatik_session *state_library(lua_State *L, const struct state *state);

/* --- what states do (run.c, receive.c) --- */

int state_dostring(lua_State *L);
int state_send(lua_State *L);
int state_receive(lua_State *L);
int state_getfd(lua_State *L);

/* --- arguments (arguments.c) --- */

/* A string without zero bytes, as the library takes it; NULL where it has one, and a failure was pushed. */
const char *argument_text(lua_State *L, int argument);

/* Seconds, as microseconds; LUNATIK_DEFAULT where there is none. */
uint64_t argument_time(lua_State *L, int argument);

/* A string, or an object of lua-memory, whose place a string takes. */
const char *argument_bytes(lua_State *L, int argument, size_t *size);

/* --- values (values.c) --- */

/* Pushes the values of a CBOR sequence. NULL; or what is wrong, and then something may have been pushed. */
const char *values_push(lua_State *L, const void *bytes, size_t size, int *count);

/* Pushes a string, or, where lua-memory is loaded, an object of that. */
void value_push_bytes(lua_State *L, const void *bytes, size_t size);

/* --- memory of malloc()'s that Lua collects (text.c) --- */

struct text {
	char *bytes;
	size_t size;
	size_t room;
};

void text_define(lua_State *L);

/* Pushes a userdata of so many, all empty. */
struct text *text_push(lua_State *L, size_t count);

/* 0 or ENOMEM. */
int text_append(struct text *text, const void *bytes, size_t size);
void text_free(struct text *text);

/* --- failures (failure.c) --- */

/* How many values tell a failure: nil, the message, the errno's name. */
#define FAILURE	3

/* Push them, and return how many. */
int failure_push(lua_State *L, const struct lunatik_error *error);
int failure_push_words(lua_State *L, int code, const char *words);

#endif /* BINDING_H */
