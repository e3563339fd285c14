/* SPDX-License-Identifier: MIT */
/*
 * The Lua binding of liblunatik: what its files know of each other. lua-lunatik(3) is its reference.
 *
 * Sessions and states are userdata. All that has to be closed is the session's; a state keeps the session's userdata from being
 * collected, and knows what is its own there by a number. So either may be finalized first, and a state not at all.
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

/* --- what require "lunatik" gives (library.c) --- */

/* Of userdata with methods. */
void type_define(lua_State *L, const char *type, const luaL_Reg *methods);

/* --- sessions (session.c) --- */

struct session {
	struct lunatik_session *library;	/* NULL once it is closed */
	struct lunatik_run *run;		/* NULL until it is first needed */
	void *handles;				/* see handle.c */
	uint64_t handles_taken;			/* ever */
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

/* --- handles (handle.c) --- */

struct handle {
	uint64_t number;			/* 0 until it is taken */
	struct lunatik_receiver *receiver;	/* NULL until it is first needed */
	char name[LUNATIK_NAME_MAX + 1];
};

/* The one there is, or a new one that is not taken; NULL where there is no memory for it. */
struct handle *handle_of_name(struct session *session, const char *name);

/* It was taken, whether or not it had been: its number, which no other has had. */
uint64_t handle_renew(struct session *session, struct handle *handle);

/* NULL where it is gone. */
struct handle *handle_find(const struct session *session, const char *name, uint64_t number);

/* It is gone, whoever gave it back. */
void handle_drop(struct session *session, struct handle *handle);
void handle_drop_all(struct session *session);

/* --- states (state.c) --- */

struct state {
	struct session *session;
	uint64_t handle;			/* its number */
	const char *end;			/* how the handle went, if by what was done here */
	uint64_t netns;
	char name[LUNATIK_NAME_MAX + 1];
};

void state_define(lua_State *L);

/* Pushes one of the session at this index, without a handle as yet. */
struct state *state_push(lua_State *L, int session, const char *name);
struct state *state_check(lua_State *L);

/* To work with, of a session that is usable; or NULL, and a failure was pushed. */
struct handle *state_handle(lua_State *L, const struct state *state);

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
