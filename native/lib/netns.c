// SPDX-License-Identifier: MIT
/*
 * Network namespaces, found as `ip` finds them, and what is made in them.
 *
 * setns() moves one thread. What is for another namespace is therefore made by a thread that lives for nothing else, so
 * that no failure can leave the caller in the wrong namespace. Where the caller is there already, which is the usual
 * case, no thread and no privilege to enter are needed.
 */
#include "netns.h"
#include "failure.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/nsfs.h>

#define OWN_NETNS	"/proc/thread-self/ns/net"
#define NAMED_NETNS	"/run/netns"

static int open_path(const char *path)
{
	/* A path from outside may be a FIFO, and opening that would wait for a writer. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

static bool is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

static int open_name(const char *name)
{
	char path[4096];
	int fd = -ENOENT;

	if ((size_t)snprintf(path, sizeof(path), NAMED_NETNS "/%s", name) < sizeof(path))
		fd = open_path(path);
	if (fd == -ENOENT && is_number(name) &&
	    (size_t)snprintf(path, sizeof(path), "/proc/%s/ns/net", name) < sizeof(path))
		fd = open_path(path);
	return fd;
}

static int open_netns(const char *where)
{
	if (!where)
		return open_path(OWN_NETNS);
	if (strchr(where, '/'))
		return open_path(where);
	return *where ? open_name(where) : -ENOENT;
}

static int explain(struct lunatik_error *error, int code, const char *where)
{
	error->operation = "netns";
	if (!where)
		return failure_set(error, code, "cannot open " OWN_NETNS ": %s", strerrordesc_np(code));
	/* A process that ends meanwhile is ESRCH, a path through a file ENOTDIR: there is no such namespace either. */
	if (code == ENOENT || code == ESRCH || code == ENOTDIR)
		return failure_set(error, ENOENT, "no network namespace '%s'", where);
	return failure_set(error, code, "cannot open network namespace '%s': %s", where, strerrordesc_np(code));
}

int netns_open(struct netns *netns, const char *where, struct lunatik_error *error)
{
	struct stat status;

	netns->fd = open_netns(where);
	if (netns->fd < 0)
		return explain(error, -netns->fd, where);
	if (ioctl(netns->fd, NS_GET_NSTYPE) != CLONE_NEWNET || fstat(netns->fd, &status)) {
		netns_close(netns);
		error->operation = "netns";
		return failure_set(error, EINVAL, "'%s' is not a network namespace", where ? where : OWN_NETNS);
	}
	netns->device = status.st_dev;
	netns->inode = status.st_ino;
	return 0;
}

void netns_close(struct netns *netns)
{
	if (netns->fd >= 0)
		close(netns->fd);
	netns->fd = -1;
}

static bool is_own(const struct netns *netns)
{
	struct stat own;

	return !stat(OWN_NETNS, &own) && own.st_dev == netns->device && own.st_ino == netns->inode;
}

struct visit {
	const struct netns *netns;
	void (*work)(void *context);
	void *context;
	const char *failed; /* NULL where the work was done */
	int code;
};

static void *enter_and_work(void *argument)
{
	struct visit *visit = argument;

	if (setns(visit->netns->fd, CLONE_NEWNET)) {
		visit->code = errno;
		visit->failed = "enter the network namespace";
	} else {
		visit->work(visit->context);
	}
	return NULL;
}

static void visit_in_thread(struct visit *visit)
{
	sigset_t all, before;
	pthread_t thread;
	int err;

	/* The caller's signal handlers must not run in a thread that the caller does not know of. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	/* From here until it is joined the visit is the thread's, which may be done before this returns. */
	err = pthread_create(&thread, NULL, enter_and_work, visit);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!err) {
		pthread_join(thread, NULL);
	} else {
		visit->code = err;
		visit->failed = "start a thread in the network namespace";
	}
}

int netns_call(const struct netns *netns, void (*work)(void *context), void *context, struct lunatik_error *error)
{
	struct visit visit = { .netns = netns, .work = work, .context = context };

	if (is_own(netns)) {
		work(context);
		return 0;
	}
	visit_in_thread(&visit);
	if (!visit.failed)
		return 0;
	error->operation = "netns";
	return failure_set(error, visit.code, "cannot %s: %s", visit.failed, strerrordesc_np(visit.code));
}

static void open_socket(void *context)
{
	int *fd = context;

	*fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (*fd < 0)
		*fd = -errno;
}

int netns_socket(const struct netns *netns, struct lunatik_error *error)
{
	int fd;
	int err = netns_call(netns, open_socket, &fd, error);

	if (err)
		return err;
	if (fd < 0)
		failure_set(error, -fd, "cannot open a generic netlink socket: %s", strerrordesc_np(-fd));
	return fd;
}
