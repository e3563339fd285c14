/* SPDX-License-Identifier: MIT */
/*
 * Pages: named, versioned data of at most 4 KiB, which many read when they please and which are changed by transactions
 * that fail at commit, not at start. Speaks to the kernel module kstate by way of /dev/kstate; about pages, what there are
 * and what happens to them, by way of its netlink family (kmod/kstate.yaml).
 *
 * Link with -lkstate; the static library wants -lmnl and -pthread, too.
 *
 * Functions that can fail return 0 or a negative errno. Beside what each says: -ENODEV the module is not loaded; -EACCES
 * the page's owner and mode, or those of /dev/kstate, do not permit it; -EIDRM the page was deleted, or its network
 * namespace is gone; -ENOMEM.
 *
 * A page is called a state here, as in the library whose interface this is. Names belong to the network namespace that
 * the thread is in which subscribes.
 *
 * Threads: a state, and likewise a transaction, session or monitor, belongs to one thread at a time; different ones are
 * independent, also those of one page. Only kstate_set_persistent() and kstate_sync(), which take as long as a file system
 * does, may go on in another thread while the state is used, as long as it stays subscribed. After a fork only one of the two
 * processes goes on with it: its descriptor is one subscription, and what the one acknowledges the other would wait for.
 * Nothing is printed but by kstate_print_*().
 */
#ifndef KSTATE_H
#define KSTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KSTATE_API __attribute__((visibility("default")))

/** Bytes in a name: letters, digits and dots; no dot at either end, no two together */
#define KSTATE_MAX_NAME_LEN	247

/** Bytes of a page */
#define KSTATE_MAX_SIZE		4096

/** Pages of one kstate_commit_many() or kstate_read_many() */
#define KSTATE_MAX_MANY		16

/** What is wanted of a page; to write implies to read */
enum kstate_permissions {
	KSTATE_READ = 1,
	KSTATE_WRITE = 2,
};

typedef enum kstate_permissions kstate_permissions_t;

typedef struct kstate_state *kstate_state_p;
typedef struct kstate_transaction *kstate_transaction_p;

/* --- states --- */

/** A state that is subscribed to nothing yet, or NULL. kstate_free_state() takes it back, and sets the pointer to NULL;
 * NULL is fine, and one that is subscribed is unsubscribed first. */
KSTATE_API kstate_state_p kstate_new_state(void);
KSTATE_API void kstate_free_state(kstate_state_p *state);

/**
 * kstate_subscribe_state - begin to use a page
 *
 * The first who subscribes to write makes the page: full of zeroes, KSTATE_MAX_SIZE long, its mode 0666 less the umask.
 *
 * Returns 0; -EINVAL for no state, one that is subscribed, permissions that are none or unknown, or a name that is none;
 * -ENOENT to read a page that is not there; -ENOSPC or -EDQUOT where the namespace has as many, or holds as much, as it
 * may; -EUSERS where the page has 4096 subscribers.
 */
KSTATE_API int kstate_subscribe_state(kstate_state_p state, const char *name, kstate_permissions_t permissions);

/** Never fails; twice is fine. Transactions that are open go on. The page goes with its last subscriber. */
KSTATE_API void kstate_unsubscribe_state(kstate_state_p state);

/** Of a state that is not subscribed: false, NULL or 0. Ids differ, and stay. */
KSTATE_API bool kstate_state_is_subscribed(kstate_state_p state);
KSTATE_API const char *kstate_get_state_name(kstate_state_p state);
KSTATE_API uint32_t kstate_get_state_permissions(kstate_state_p state);
KSTATE_API uint32_t kstate_get_state_id(kstate_state_p state);

/**
 * kstate_get_state_ptr - the page as it is, in memory that may not be written
 *
 * The address stays while the state is subscribed, and commits show there. They may be seen half: who needs all of one
 * calls kstate_read(). Returns NULL for a state that is not subscribed.
 */
KSTATE_API void *kstate_get_state_ptr(kstate_state_p state);

/**
 * kstate_get_map - the versions of the page, for who reads them without this library
 *
 * As struct kstate_map of linux/kstate.h has them, in memory that may not be written, while the state is subscribed. Returns
 * NULL for a state that is not.
 */
struct kstate_map;
KSTATE_API const struct kstate_map *kstate_get_map(kstate_state_p state);

/** Bytes of the page; 0 for a state that is not subscribed. */
KSTATE_API size_t kstate_get_size(kstate_state_p state);

/**
 * kstate_set_size - change the size of the page
 *
 * 1 to KSTATE_MAX_SIZE; once the page was written only larger, which is a version of its own, with zeroes at the end.
 *
 * Returns 0; -EINVAL.
 */
KSTATE_API int kstate_set_size(kstate_state_p state, size_t size);

/**
 * kstate_set_persistent - keep a copy of the page in a file, for ever after
 * @filename: a regular file, which is made where there is none, with the caller's rights; its name is on disk before the
 *	page is persistent
 *
 * The copy follows within about a tenth of a second, and is whole whenever the power goes. A page that was never written
 * begins as what is in the file. It stays without subscribers then, until it is deleted or its namespace goes.
 *
 * Returns 0, also where it is kept there already; -EEXIST where it is in another file; -EBUSY where the file is another
 * page's; -EBADMSG where something else is in it, or nothing whole any more; -ENOENT where it was removed meanwhile; -EINTR;
 * -EINVAL; as open() says.
 */
KSTATE_API int kstate_set_persistent(kstate_state_p state, const char *filename);

/**
 * kstate_sync - wait until a version is in the page's file for good
 * @version: which; 0 is the newest
 *
 * Returns 0; -EINVAL for a page that is not persistent, or a version that there is not; -ENOENT where the file has
 * no name any more, as it was removed, or another put in its place, which nothing is written to; -EAGAIN where somebody keeps
 * a lease of it; -EOVERFLOW where the version is more than 2^52; -EINTR; what the file system says. What failed is tried again.
 */
KSTATE_API int kstate_sync(kstate_state_p state, uint64_t version);

/** Remove the page. Returns 0, and every use of it fails from then on; -EBUSY where others are subscribed; -EINVAL. */
KSTATE_API int kstate_delete(kstate_state_p state);

/* --- reading --- */

/**
 * kstate_read - a consistent copy of the page
 * @data: where it goes
 * @size: bytes there are at @data; set to those of the page
 * @version: set to the one that was copied, 0 where the page was never written; or NULL
 *
 * Makes no system call and waits for nobody, unless a writer overtakes it twice, or the state has a rate and the clock
 * is not to be had without. A state with a rate is shown the same version until the next one is due.
 *
 * Returns 0; -EMSGSIZE where @data is too small, with @size set; -EINVAL.
 */
KSTATE_API int kstate_read(kstate_state_p state, void *data, size_t *size, uint64_t *version);

/** One of several pages: @size and @version as for kstate_read() */
struct kstate_view {
	kstate_state_p state;
	void *data;
	size_t size;
	uint64_t version;
};

/**
 * kstate_read_many - consistent copies of several pages, as of one moment
 * @views: of one namespace, no page twice; rates do not matter here
 * @count: 1 to KSTATE_MAX_MANY
 *
 * Returns 0; -EMSGSIZE where there is too little room for one; -EXDEV; -EINVAL.
 */
KSTATE_API int kstate_read_many(struct kstate_view *views, unsigned int count);

/* --- waiting --- */

/**
 * kstate_get_fd - what poll() can wait with
 *
 * Readable while there is a version newer than the last that was acknowledged; to read 8 bytes acknowledges, and tells
 * it (uint64_t). Belongs to the state. Returns -EINVAL for one that is not subscribed.
 */
KSTATE_API int kstate_get_fd(kstate_state_p state);

/**
 * kstate_acknowledge - be told of a version, without waiting
 * @version: set to it
 *
 * As to read from the descriptor, and what kstate_read() shows next is no older, also with a rate. Returns 0; -EAGAIN where
 * there is none; -EINVAL.
 */
KSTATE_API int kstate_acknowledge(kstate_state_p state, uint64_t *version);

/**
 * kstate_set_rate - show changes to this state no more often than so
 * @nanoseconds: between two that are shown, by poll() and by kstate_read(); the last is always shown in the end. 0 takes
 *	the limit away; at most a day.
 *
 * Returns 0; -EINVAL.
 */
KSTATE_API int kstate_set_rate(kstate_state_p state, uint64_t nanoseconds);

/* --- transactions --- */

/** A transaction that is not started yet, or NULL. kstate_free_transaction() takes it back, and sets the pointer to
 * NULL; NULL is fine, and one that is active is aborted first. */
KSTATE_API kstate_transaction_p kstate_new_transaction(void);
KSTATE_API void kstate_free_transaction(kstate_transaction_p *transaction);

/**
 * kstate_start_transaction - take a copy of the page, to change it or to look at it
 *
 * Returns 0; -EINVAL for no transaction, one that is active, no state, one that is not subscribed, permissions that are
 * none or unknown, or to write with a state that is subscribed to read.
 */
KSTATE_API int kstate_start_transaction(kstate_transaction_p transaction, kstate_state_p state, uint32_t permissions);

/** Forget it. Returns 0; -EINVAL where it is not active. */
KSTATE_API int kstate_abort_transaction(kstate_transaction_p transaction);

/**
 * kstate_announce - have the commit told to who monitors the namespace's pages
 *
 * Of a page at most ten a second are told; the next one says how many were passed over. What is not committed, or no
 * different, is not told. See kstate_monitor_open().
 *
 * Returns 0; -EINVAL where the transaction is not active; -EPERM where it is one to read.
 */
KSTATE_API int kstate_announce(kstate_transaction_p transaction);

/**
 * kstate_commit_transaction - make what is in the copy the page's next version
 *
 * Where nothing is different from when it started, nothing is done. The transaction ends, but for the first two:
 *
 * Returns 0; -EINVAL where it is not active; -EPERM where it is one to read, or somebody else has changed the page since.
 */
KSTATE_API int kstate_commit_transaction(kstate_transaction_p transaction);

/**
 * kstate_commit_many - commit transactions on several pages, all or none
 * @transactions: to write, on pages of one namespace, no page twice. Where nothing is different in one its page keeps its
 *	version, but must still have it.
 * @count: 1 to KSTATE_MAX_MANY
 *
 * Returns as kstate_commit_transaction(), of any; -EXDEV.
 */
KSTATE_API int kstate_commit_many(const kstate_transaction_p *transactions, unsigned int count);

/** Of a transaction that is not active: false, NULL or 0. Ids differ, and stay. */
KSTATE_API bool kstate_transaction_is_active(kstate_transaction_p transaction);
KSTATE_API const char *kstate_get_transaction_name(kstate_transaction_p transaction);
KSTATE_API uint32_t kstate_get_transaction_permissions(kstate_transaction_p transaction);
KSTATE_API uint32_t kstate_get_transaction_id(kstate_transaction_p transaction);

/** Bytes of the copy, and the version that it is of, 0 where the page was never written. */
KSTATE_API size_t kstate_get_transaction_size(kstate_transaction_p transaction);
KSTATE_API uint64_t kstate_get_transaction_version(kstate_transaction_p transaction);

/** The copy: as long as the page was, and not to be written where that was not wanted. NULL while not active. */
KSTATE_API void *kstate_get_transaction_ptr(kstate_transaction_p transaction);

/** Changes the copy at @ptr. Returns 0 to commit; anything else aborts, and is returned by who called. */
typedef int (*kstate_transaction_fn)(kstate_transaction_p transaction, void *ptr, void *context);

/**
 * kstate_transaction_using_fn - start, call, commit
 * @fn: called with @context, and called again where somebody else was faster
 * @retry: whether to go again then, after a wait that is random and grows, some dozens of times
 *
 * Returns 0; what @fn did; -EPERM where somebody else was faster to the end; as kstate_start_transaction().
 */
KSTATE_API int kstate_transaction_using_fn(kstate_state_p state, kstate_transaction_fn fn, void *context, bool retry);

/** Wait as that does after its try @tries, counted from 1: at random, the longer the more there were, some milliseconds at
 * most. For who goes again in another way. */
KSTATE_API void kstate_back_off(unsigned int tries);

/* --- what pages there are --- */

/*
 * A session: a network namespace, and a socket in it by which pages are listed, made to stay, and removed. All of it needs
 * CAP_NET_ADMIN in the user namespace that owns the network namespace, and none of it the rights to a page's contents.
 *
 * What fails here leaves the whole story in a struct kstate_error: that of the session, or of the monitor.
 */
struct kstate_session;

/** In place of a number: leave it to the module */
#define KSTATE_DEFAULT	UINT32_MAX

/**
 * struct kstate_error - what went wrong in the last call
 * @code: errno, positive; 0 when nothing did. Beside the kernel's own: EPROTONOSUPPORT the module is not loaded, EPROTO it
 *	speaks an older protocol, EBADMSG it answered nonsense, EAGAIN the listing changed each time that it was read,
 *	ETIMEDOUT a time limit of this side, EINVAL an argument that cannot be
 * @operation: what was being done: the operation's name in the contract, or "open", or "netns" where it was the
 *	namespace that could not be found or entered. A constant, good for ever.
 * @attribute: the contract's name of the attribute at fault, else empty
 * @message: the kernel's words; where it gave none, ours
 */
struct kstate_error {
	int code;
	const char *operation;
	char attribute[24];
	char message[512];
};

/** struct kstate_page - a page as listed; see kmod/kstate.yaml */
struct kstate_page {
	char name[KSTATE_MAX_NAME_LEN + 1];
	uint32_t size;
	uint32_t subscribers;
	uint32_t uid;
	uint32_t gid;
	uint32_t mode;
	bool pinned;
	bool persistent;
	uint64_t version;
	uint64_t memory;
};

/**
 * kstate_open - open a session
 * @netns: a path if it has a slash, else a name under /run/netns or, where there is none of this name, a process id; NULL is
 *	the namespace that the calling thread is in
 * @error: set to what went wrong; may be NULL
 *
 * Returns it, for kstate_close(); NULL with errno set.
 */
KSTATE_API struct kstate_session *kstate_open(const char *netns, struct kstate_error *error);

/** NULL is nothing. What was opened on it goes on. */
KSTATE_API void kstate_close(struct kstate_session *session);

/** How its last call failed; good until its next */
KSTATE_API const struct kstate_error *kstate_session_error(struct kstate_session *session);

/**
 * kstate_list - the pages of the namespace, as of one moment, in the order of their names
 * @pattern: of names, as in a shell; NULL is all
 * @pages: set to an array, to be freed, or NULL
 * @count: set to how many
 *
 * Returns 0 or a negative errno.
 */
KSTATE_API int kstate_list(struct kstate_session *session, const char *pattern, struct kstate_page **pages, size_t *count);

/** One page. Returns 0; -ENOENT. */
KSTATE_API int kstate_show(struct kstate_session *session, const char *name, struct kstate_page *page);

/**
 * kstate_create - make a page that stays without subscribers, or make one that is there stay
 * @size, @mode: of a new one; KSTATE_DEFAULT is KSTATE_MAX_SIZE, or 0600
 *
 * Returns 0; -EINVAL; -ENOSPC or -EDQUOT where the namespace has as many, or holds as much, as it may.
 */
KSTATE_API int kstate_create(struct kstate_session *session, const char *name, uint32_t size, uint32_t mode);

/** Remove a page by its name. Returns 0; -ENOENT; -EBUSY where there are subscribers. */
KSTATE_API int kstate_remove(struct kstate_session *session, const char *name);

/* --- what happens to them --- */

/* A monitor has a socket of its own, for what happens to the pages of the session's namespace. */
struct kstate_monitor;

/** struct kstate_event - something happened to a page; see kmod/kstate.yaml */
struct kstate_event {
	uint32_t type;		/* enum kstate_event_type of linux/kstate.h; a later module may know of more */
	uint32_t passed_over;
	uint64_t version;
	char name[KSTATE_MAX_NAME_LEN + 1];
};

/** Hear of events from now on. Returns the monitor, for kstate_monitor_close(); NULL with errno and the session's error set */
KSTATE_API struct kstate_monitor *kstate_monitor_open(struct kstate_session *session);

/** NULL is nothing */
KSTATE_API void kstate_monitor_close(struct kstate_monitor *monitor);

/**
 * kstate_monitor_fd - a descriptor that becomes readable when kstate_monitor_next() may have something
 *
 * Call that with a timeout of 0 until it says -ETIMEDOUT, before each time that you poll. Returns -1 after a failure of the
 * socket.
 */
KSTATE_API int kstate_monitor_fd(const struct kstate_monitor *monitor);

/** How its last call failed; good until its next */
KSTATE_API const struct kstate_error *kstate_monitor_error(struct kstate_monitor *monitor);

/**
 * kstate_monitor_next - take the next event
 * @timeout: most microseconds to wait for it; UINT64_MAX is for ever
 *
 * Returns 0; -ETIMEDOUT where none came, -EINTR where a signal did; -ENOBUFS, once, where events were lost because they came
 * faster than they were taken, and it goes on with those that come next. After any other failure open another monitor.
 */
KSTATE_API int kstate_monitor_next(struct kstate_monitor *monitor, uint64_t timeout, struct kstate_event *event);

/* --- names and texts --- */

/** A name that nobody else has: the prefix, a dot, and what differs. To be freed. NULL where that makes no name. */
KSTATE_API char *kstate_get_unique_name(const char *prefix);

/** Describe one in a line on a stream, behind the text @start or NULL; with a newline where @eol says so. */
KSTATE_API void kstate_print_state(FILE *stream, const char *start, kstate_state_p state, bool eol);
KSTATE_API void kstate_print_transaction(FILE *stream, const char *start, kstate_transaction_p transaction, bool eol);

#ifdef __cplusplus
}
#endif

#endif /* KSTATE_H */
