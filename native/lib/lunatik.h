/* SPDX-License-Identifier: MIT */
/*
 * liblunatik: speaks the protocol of the kernel module lunatik (kmod/lunatik.yaml, and lunatik(7)). The manual of this
 * header is lunatik(3). Link with what `pkg-config --libs lunatik` says.
 *
 * Failures: a function that can fail returns 0 or a negative errno, or where it returns a pointer, NULL with errno set. It
 * leaves the whole story, the kernel's words in it, in a struct lunatik_error: that of the session, or of the run, receiver
 * or monitor that it works on. What was refused has changed nothing, and the session is good for the next call. NULL
 * where something has to be is EINVAL. What was closed is gone, and must not be used again.
 *
 * The library prints nothing, installs no signal handler and has no global state.
 *
 * Threads: a session, and likewise a run, a receiver or a monitor, belongs to one thread at a time; different ones are
 * independent, those of one session too. lunatik_abort() alone may be called from any thread at any time while the session
 * is open. The library starts no thread that outlives the call it was made in. What was opened before a fork() is the
 * parent's: descriptors are closed on exec, and the child only closes.
 *
 * Signals: operations on states are done when their signal handler returns. What waits (lunatik_receiver_next(),
 * lunatik_monitor_next()) says EINTR. A run asks its sink, see struct lunatik_sink. A fatal signal ends everything, chunks
 * in the kernel too.
 *
 * Event loops: the kernel answers an operation on states before the call that asks returns, so there is nothing to poll. A
 * receiver and a monitor have a descriptor to poll, see lunatik_receiver_fd(). A run has none, and cannot have one: the
 * kernel runs Lua in the very thread that receives from it, with that thread's priority, cgroup and signals, and not at all
 * while nobody receives; what would be polled for is one's own work. A loop therefore starts a chunk with
 * lunatik_run_start(), which ends short ones at once, and has a thread finish the others; examples/loop.c shows how. The
 * same goes for a chunk that waits for a state in use: nobody is told when it is free. A loop says so with a wait of 0,
 * gets EBUSY at once, and tries again by its own clock, or leaves the waiting to the thread.
 *
 * Units: bytes, and microseconds. Texts end with NUL and are not checked for UTF-8 or for control characters: escape
 * them before they reach a terminal.
 */
#ifndef LUNATIK_H
#define LUNATIK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/lunatik.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LUNATIK_API __attribute__((visibility("default")))

/** In place of a number: leave it to the module, whose choice lunatik_getinfo() tells */
#define LUNATIK_DEFAULT UINT64_MAX

/**
 * struct lunatik_error - what went wrong in the last call
 * @code: errno, positive; 0 when nothing did. Beside the kernel's own (see lunatik(7)): EPROTONOSUPPORT the module is
 *	not loaded, EPROTO it speaks an older protocol, EBADMSG it answered nonsense, EAGAIN the listing changed each time
 *	that it was read, ETIMEDOUT a time limit of this side, EMFILE or ENFILE no descriptor is free, ENOMEM no memory,
 *	EINVAL an argument that cannot be
 * @operation: what was being done: the operation's name in the contract, or "open", or "netns" where it was the
 *	namespace that could not be found or entered. A constant, good for ever.
 * @attribute: the contract's name of the attribute at fault, else empty
 * @message: the kernel's words; where it gave none, ours
 */
struct lunatik_error {
	int code;
	const char *operation;
	char attribute[24];
	char message[512];
};

/**
 * struct lunatik_state - a state as listed
 * @held: somebody has it in use: a session by a handle, or a chunk that runs
 * @holder: the holder's process id, 0 where the caller's pid namespace does not see it
 * @loaded: a chunk was loaded, so that script_name, script_size and script_sha256 mean something
 * @step_size: bytes in @step, the mark of the last change that left one; 0 for none
 * @token: of the session, in the answer to who has just taken a handle, else 0; the library passes it on by itself
 *
 * The rest is what kmod/lunatik.yaml says of the attributes of the same names.
 */
struct lunatik_state {
	char name[LUNATIK_NAME_MAX + 1];
	uint32_t context;
	uint32_t users;
	uint32_t pins;
	uint32_t holder;
	bool held;
	bool loaded;
	uint64_t maxalloc;
	uint64_t curralloc;
	uint64_t peak;
	uint64_t script_size;
	uint64_t generation;
	uint64_t age;
	uint64_t runs;
	uint64_t errors;
	uint64_t aborts;
	uint64_t run_time;
	uint64_t queued;
	uint64_t refused;
	uint64_t token;
	size_t step_size;
	unsigned char step[LUNATIK_STEP_MAX];
	unsigned char script_sha256[32];
	char script_name[LUNATIK_CHUNK_NAME_MAX + 1];
};

/** struct lunatik_info - the module, its limits, and the namespace's totals; see kmod/lunatik.yaml */
struct lunatik_info {
	uint32_t protocol;
	uint32_t branches;
	uint32_t name_max;
	uint32_t chunk_name_max;
	uint32_t states;
	uint32_t states_max;
	uint32_t data_max;
	uint32_t step_max;
	uint32_t users_max;
	uint32_t uploads_max;
	uint32_t sessions;
	uint32_t sessions_max;
	uint64_t code_max;
	uint64_t output_max;
	uint64_t budget;
	uint64_t maxalloc;
	uint64_t maxalloc_min;
	uint64_t maxalloc_max;
	uint64_t memory;
	uint64_t memory_max;
	uint64_t queue_max;
	char module[64];
	char lua[64];
	char kernel[128];
	char build[256];
};

/* --- sessions --- */

struct lunatik_session;

/**
 * lunatik_open() - open a session
 * @netns: the network namespace whose states it works on: a path if it has a slash; else a name under /run/netns, or,
 *	where there is no such name, a process id. NULL is the calling thread's own.
 * @error: filled on failure; may be NULL
 *
 * Another namespace takes CAP_SYS_ADMIN, and is entered by a thread of its own, for as long as it takes to open a
 * socket: the caller's stays what it was. The session goes on in its namespace wherever the caller goes.
 *
 * Return: the session, to be given to lunatik_close(); NULL on failure.
 */
LUNATIK_API struct lunatik_session *lunatik_open(const char *netns, struct lunatik_error *error);

/**
 * lunatik_close() - close a session; NULL is nothing
 *
 * Its handles are given back, and what its runs do in states of these is aborted. Its runs, receivers and monitors are
 * best closed before; one that is not goes on in the namespace without the session's handles, until it is closed itself.
 */
LUNATIK_API void lunatik_close(struct lunatik_session *session);

/** lunatik_netns() - the inode number of the session's network namespace, which is how the kernel identifies it */
LUNATIK_API uint64_t lunatik_netns(const struct lunatik_session *session);

/**
 * lunatik_session_fd() - the control socket's descriptor; -1 after a failure of the socket, until the next call opens another
 *
 * There is nothing to poll it for: it tells what of a process is the session, to the kernel too.
 */
LUNATIK_API int lunatik_session_fd(const struct lunatik_session *session);

/** lunatik_session_error() - how the session's last call failed; good until its next, and its end */
LUNATIK_API const struct lunatik_error *lunatik_session_error(const struct lunatik_session *session);

/** lunatik_getinfo() - ask for versions, limits and totals; the one operation that needs no privilege */
LUNATIK_API int lunatik_getinfo(struct lunatik_session *session, struct lunatik_info *info);

/* --- states --- */

/**
 * struct lunatik_change - what a change of a state depends on, and what mark it leaves; all 0 is neither
 * @expect_generation: refuse it (ESTALE) where the state is of another generation; 0 is any
 * @generation: that the state is of afterwards, more than it was (or ESTALE); 0 is one more
 * @step: a mark that the state keeps once the change is made; the same once more is refused (EALREADY)
 * @step_size: its bytes, at most LUNATIK_STEP_MAX; 0 is none
 */
struct lunatik_change {
	uint64_t expect_generation;
	uint64_t generation;
	const void *step;
	size_t step_size;
};

/**
 * enum lunatik_reference - what keeps a state from being closed
 * @LUNATIK_PIN: is nobody's, and stays until it is given back
 * @LUNATIK_HANDLE: is the session's, and goes with it; nobody else works on the state meanwhile
 */
enum lunatik_reference {
	LUNATIK_PIN,
	LUNATIK_HANDLE,
};

/**
 * lunatik_newstate() - make a state
 * @maxalloc: most bytes that Lua may hold there, or LUNATIK_DEFAULT
 * @context: where it runs
 * @handle: take a handle of it, too
 * @change: with nothing expected; may be NULL
 * @state: filled with the state as listed; may be NULL
 */
LUNATIK_API int lunatik_newstate(struct lunatik_session *session, const char *name, uint64_t maxalloc,
				 enum lunatik_context context, bool handle, const struct lunatik_change *change,
				 struct lunatik_state *state);

/**
 * lunatik_closestate() - close a state; EBUSY, and nothing changes, while something stands against it
 * @change: of which only what is expected counts; may be NULL
 *
 * The session's own handle does not stand against it: it is given back first.
 */
LUNATIK_API int lunatik_closestate(struct lunatik_session *session, const char *name,
				   const struct lunatik_change *change);

/**
 * lunatik_getstate() - take a reference
 * @state: filled with the state as listed; may be NULL
 *
 * EBUSY where another session has the handle, or, of a handle, where somebody else's chunk runs.
 */
LUNATIK_API int lunatik_getstate(struct lunatik_session *session, const char *name, enum lunatik_reference reference,
				 struct lunatik_state *state);

/**
 * lunatik_putstate() - give back a reference
 * @force: of a handle: whoever holds it
 * @state: filled with the state as listed; may be NULL
 *
 * EINVAL where there is none of that kind: a pin, the session's own handle, or with @force anybody's.
 */
LUNATIK_API int lunatik_putstate(struct lunatik_session *session, const char *name, enum lunatik_reference reference,
				 bool force, struct lunatik_state *state);

/**
 * lunatik_setstate() - change the limit of a state
 * @maxalloc: bytes; with less than Lua holds, what allocates next fails
 * @change: may be NULL
 * @state: filled with the state as listed; may be NULL
 */
LUNATIK_API int lunatik_setstate(struct lunatik_session *session, const char *name, uint64_t maxalloc,
				 const struct lunatik_change *change, struct lunatik_state *state);

/** lunatik_show() - ask for one state */
LUNATIK_API int lunatik_show(struct lunatik_session *session, const char *name, struct lunatik_state *state);

/**
 * lunatik_list() - ask for all states, by name
 * @pattern: a shell glob that their names have to fit; NULL is all
 * @states: set to an array, for free(); NULL if there is none
 * @count: set to its length
 *
 * The listing is of one moment: one that the kernel says was interrupted is taken again, and EAGAIN says that this went
 * on for too long.
 */
LUNATIK_API int lunatik_list(struct lunatik_session *session, const char *pattern, struct lunatik_state **states,
			     size_t *count);

/**
 * lunatik_abort() - end what runs in a state; from any thread
 * @port: only what the run with this lunatik_run_port() runs or waits to run; 0 is whatever runs
 * @error: filled on failure; may be NULL
 *
 * ENOENT where nothing of the kind runs. It may still run for some milliseconds on return.
 */
LUNATIK_API int lunatik_abort(struct lunatik_session *session, const char *name, uint32_t port,
			      struct lunatik_error *error);

/* --- running chunks, sending data --- */

/*
 * A run has a socket of its own in the session's namespace, for one chunk or message at a time: the kernel runs Lua
 * inside the system calls that receive from it, in the context of the thread that makes them. Keep a run for the next
 * chunk: it is cheaper than a new one.
 */
struct lunatik_run;

/**
 * struct lunatik_chunk - what to run, and where
 * @state: name of the state
 * @name: what error texts call the chunk, as Lua has it: "=name", "@file", or the text itself; NULL leaves it to the
 *	module
 * @code: Lua text
 * @size: its bytes, at most LUNATIK_CODE_MAX; 0 is the empty chunk
 * @budget: most microseconds of wall clock that the kernel gives it; 0 is no limit; or LUNATIK_DEFAULT
 * @timeout: most microseconds that this side waits, after which it aborts the chunk; 0 is no limit. It is noticed
 *	whenever the kernel returns, which it does several times a second, but not while Lua runs where it cannot be
 *	suspended (a callback out of C, a coroutine of the script's own): that only its budget, or lunatik_abort() from
 *	another thread, or a fatal signal can end.
 * @wait: most microseconds that it waits for a state that is in use; 0 is EBUSY at once; LUNATIK_DEFAULT waits for
 *	other chunks as long as the budget is, but not for a handle
 * @change: may be NULL
 */
struct lunatik_chunk {
	const char *state;
	const char *name;
	const void *code;
	size_t size;
	uint64_t budget;
	uint64_t timeout;
	uint64_t wait;
	const struct lunatik_change *change;
};

/**
 * struct lunatik_data - a message to a state
 * @state: name of the state
 * @bytes: what its global function receive_callback is called with
 * @size: how many, at most LUNATIK_DATA_MAX
 *
 * The rest is what it is of a chunk.
 */
struct lunatik_data {
	const char *state;
	const void *bytes;
	size_t size;
	uint64_t budget;
	uint64_t timeout;
	uint64_t wait;
	const struct lunatik_change *change;
};

/**
 * enum lunatik_part - what a chunk gives; the parts of one kind, put together, are
 * @LUNATIK_PART_OUTPUT: the bytes that it printed
 * @LUNATIK_PART_VALUES: what it returned, a CBOR sequence
 * @LUNATIK_PART_MESSAGE: the text of the error that ended it, with a traceback
 * @LUNATIK_PART_ERROR_VALUE: the error value in CBOR, where it is no text
 */
enum lunatik_part {
	LUNATIK_PART_OUTPUT,
	LUNATIK_PART_VALUES,
	LUNATIK_PART_MESSAGE,
	LUNATIK_PART_ERROR_VALUE,
};

/**
 * struct lunatik_sink - the caller's side of a run; its functions are called by the thread that is in the run
 * @part: takes a part, in the order of its making; the bytes are good until it returns. What it returns, if not 0, is
 *	an errno for which the chunk is aborted. May be NULL.
 * @stop: asked whenever the kernel returns, several times a second; true aborts the chunk. May be NULL.
 * @context: handed to both
 */
struct lunatik_sink {
	int (*part)(void *context, enum lunatik_part part, const void *bytes, size_t size);
	bool (*stop)(void *context);
	void *context;
};

/**
 * struct lunatik_outcome - how a chunk ended, and what it used
 * @complete: the kernel told the end; else, of a chunk that was refused for example, there is nothing in the rest
 * @cut: output or values were more than the module's limit, and the rest was dropped
 * @status: 0, or the errno of the end
 * @time: microseconds spent in Lua
 * @curralloc: bytes that the state holds now
 * @peak: most bytes that it ever held
 */
struct lunatik_outcome {
	bool complete;
	bool cut;
	uint32_t status;
	uint64_t time;
	uint64_t curralloc;
	uint64_t peak;
};

/**
 * lunatik_run_open() - get ready to run chunks
 *
 * Return: the run, for lunatik_run_close(); NULL on failure, see lunatik_session_error().
 */
LUNATIK_API struct lunatik_run *lunatik_run_open(struct lunatik_session *session);

/**
 * lunatik_run_close() - close a run; the chunk in it, if there still is one, is aborted; NULL is nothing
 *
 * Not from the functions of its own sink.
 */
LUNATIK_API void lunatik_run_close(struct lunatik_run *run);

/** lunatik_run_port() - its port number, for lunatik_abort(); 0 while it has none, which is only after a failure */
LUNATIK_API uint32_t lunatik_run_port(const struct lunatik_run *run);

/** lunatik_run_error() - how the run's last call failed; good until its next */
LUNATIK_API const struct lunatik_error *lunatik_run_error(const struct lunatik_run *run);

/**
 * lunatik_dostring() - run a chunk to its end
 * @sink: takes what it gives; may be NULL
 * @outcome: filled; may be NULL
 *
 * A chunk that did not come to a good end is a failure with that errno, the first line of its error text as the
 * message: ENOEXEC it does not compile, ECANCELED it failed (out of memory among that), ETIME its budget was over,
 * EINTR it was aborted, by @sink's stop or by somebody else. ETIMEDOUT is the chunk's timeout. An errno of @sink's
 * part comes back as it is. One that came to its end before the abort for stop or timeout reached it, ended well. EBUSY
 * somebody else has the state, or what lunatik_run_start() started in this run is not finished.
 */
LUNATIK_API int lunatik_dostring(struct lunatik_run *run, const struct lunatik_chunk *chunk,
			    const struct lunatik_sink *sink, struct lunatik_outcome *outcome);

/**
 * lunatik_senddata() - give a message to a state, and run what takes it to its end
 *
 * As lunatik_dostring(); the values are what receive_callback returned.
 */
LUNATIK_API int lunatik_senddata(struct lunatik_run *run, const struct lunatik_data *data,
				 const struct lunatik_sink *sink, struct lunatik_outcome *outcome);

/**
 * lunatik_run_start() - start a chunk, for those who must not wait for Lua, such as an event loop
 * @chunk: what it points to may go on return
 * @sink: takes what it gives until then; may be NULL
 *
 * A short chunk that calls no function of C has ended on return, if its state was free. Any other goes on only in
 * lunatik_run_finish(), which is due in either case, in this thread or another.
 *
 * Return: whether it goes on; if not, lunatik_run_finish() does not wait. While one goes on a second is refused: EBUSY
 * in lunatik_run_error(), and the first goes on.
 */
LUNATIK_API bool lunatik_run_start(struct lunatik_run *run, const struct lunatik_chunk *chunk,
				   const struct lunatik_sink *sink);

/** lunatik_run_start_data() - start with a message; as lunatik_run_start() */
LUNATIK_API bool lunatik_run_start_data(struct lunatik_run *run, const struct lunatik_data *data,
					const struct lunatik_sink *sink);

/**
 * lunatik_run_finish() - run what was started to its end; as lunatik_dostring()
 *
 * EINVAL where nothing was started.
 */
LUNATIK_API int lunatik_run_finish(struct lunatik_run *run, const struct lunatik_sink *sink,
				   struct lunatik_outcome *outcome);

/* --- receiving data --- */

/*
 * A receiver has a socket of its own in the session's namespace. What a state sends waits in the kernel until the
 * receiver asks for it; what finds no room there is refused, and leaves a gap in the sequence.
 */
struct lunatik_receiver;

/**
 * struct lunatik_message - what a state sent
 * @sequence: counts what it has sent, from 1; a gap is what was refused
 * @lost: how many were, between this one and the one that the receiver took before
 * @data: good until the receiver's next call
 * @size: bytes there
 * @closed: the state is gone, and this no message, nor will there be more
 */
struct lunatik_message {
	uint64_t sequence;
	uint64_t lost;
	const void *data;
	size_t size;
	bool closed;
};

/**
 * lunatik_receiver_open() - become the reader of a state
 *
 * Return: the receiver, for lunatik_receiver_close(); NULL on failure, see lunatik_session_error(): EBUSY where there is a
 * reader already.
 */
LUNATIK_API struct lunatik_receiver *lunatik_receiver_open(struct lunatik_session *session, const char *name);

/** lunatik_receiver_close() - what waits goes to the next reader; NULL is nothing */
LUNATIK_API void lunatik_receiver_close(struct lunatik_receiver *receiver);

/**
 * lunatik_receiver_fd() - a descriptor that becomes readable when lunatik_receiver_next() may have something
 *
 * Call that with a timeout of 0 until it says ETIMEDOUT, before each time that you poll: what was received together is
 * handed out one by one, and of that the descriptor knows nothing. -1 after a failure of the socket.
 */
LUNATIK_API int lunatik_receiver_fd(const struct lunatik_receiver *receiver);

/** lunatik_receiver_error() - how its last call failed; good until its next */
LUNATIK_API const struct lunatik_error *lunatik_receiver_error(const struct lunatik_receiver *receiver);

/**
 * lunatik_receiver_next() - take the next message
 * @timeout: most microseconds to wait for it; LUNATIK_DEFAULT is for ever
 *
 * ETIMEDOUT where none came, EINTR where a signal did. EBUSY while another session has the state's handle. After any other
 * failure the socket is closed, and the receiver good only for lunatik_receiver_close(): open another.
 */
LUNATIK_API int lunatik_receiver_next(struct lunatik_receiver *receiver, uint64_t timeout,
				      struct lunatik_message *message);

/* --- events --- */

/* A monitor has a socket of its own, for what happens to the states of the session's namespace. */
struct lunatik_monitor;

/** struct lunatik_event - something happened to a state; see kmod/lunatik.yaml */
struct lunatik_event {
	uint32_t type;		/* enum lunatik_event_type; a later module may know of more */
	uint32_t status;
	uint64_t generation;
	uint64_t maxalloc;
	uint64_t curralloc;
	char name[LUNATIK_NAME_MAX + 1];
};

/**
 * lunatik_monitor_open() - hear of events from now on
 *
 * Return: the monitor, for lunatik_monitor_close(); NULL on failure, see lunatik_session_error().
 */
LUNATIK_API struct lunatik_monitor *lunatik_monitor_open(struct lunatik_session *session);

/** lunatik_monitor_close() - NULL is nothing */
LUNATIK_API void lunatik_monitor_close(struct lunatik_monitor *monitor);

/** lunatik_monitor_fd() - as lunatik_receiver_fd() */
LUNATIK_API int lunatik_monitor_fd(const struct lunatik_monitor *monitor);

/** lunatik_monitor_error() - how its last call failed; good until its next */
LUNATIK_API const struct lunatik_error *lunatik_monitor_error(const struct lunatik_monitor *monitor);

/**
 * lunatik_monitor_next() - take the next event
 * @timeout: most microseconds to wait for it; LUNATIK_DEFAULT is for ever
 *
 * ETIMEDOUT where none came, EINTR where a signal did. ENOBUFS, once, where events were lost because they came faster
 * than they were taken; it goes on with those that come next. After any other failure open another monitor.
 */
LUNATIK_API int lunatik_monitor_next(struct lunatik_monitor *monitor, uint64_t timeout, struct lunatik_event *event);

#ifdef __cplusplus
}
#endif

#endif /* LUNATIK_H */
