// SPDX-License-Identifier: MIT
/*
 *	sharing
 *
 * One socket in the hands of many: threads that receive from it at once, or ask it for another dump meanwhile; processes
 * that had it by fork() or in a message; requests of io_uring, which need no descriptor of it; a process that is frozen with
 * it; one without privileges; one in another namespace, after its own has lost all else that kept it. What is shared ends with
 * the last who has it, and holds up nobody else.
 */
#include "wire.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define STATE		"shared"
#define ENDLESS		"while true do end"
/* Lua cannot be suspended in a coroutine of the script's own. */
#define INSEPARABLE	"coroutine.wrap(function() while true do end end)()"

/* What may be promised on a machine that is slow and busy: the module gives others a second at most. */
#define SECONDS_MOST	20

static struct wire_message message;
static int control;
static const struct wire_totals nothing;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static int start(const char *code)
{
	int fd = wire_open();

	wire_begin_run(&message, STATE, code, 0);
	if (wire_send(fd, &message))
		err(1, "a run");
	return fd;
}

static int abort_run(void)
{
	wire_begin_for(&message, LUNATIK_CMD_ABORT, 0, STATE);
	return wire_ask(control, &message);
}

/* Only with the state in use does what comes next mean anything. */
static void must_abort(const char *what)
{
	int code = abort_run();

	if (code)
		errx(1, "%s: the run is not there any more: %s", what, strerror(code));
}

/* --- threads --- */

static atomic_uint verdicts;

static void *receive_on(void *fd)
{
	char datagram[1 << 15];

	while (recv(*(int *)fd, datagram, sizeof(datagram), 0) > 0)
		if (((struct nlmsghdr *)datagram)->nlmsg_type == NLMSG_DONE)
			atomic_fetch_add(&verdicts, 1);
	return NULL;
}

/* All receive, and each of them that comes into the kernel goes on with the run. */
static void receive_by_many(const char *code)
{
	pthread_t threads[8];
	int fd = start(code);

	atomic_store(&verdicts, 0);
	wire_set_patience(fd, 2000);
	for (size_t i = 0; i < 8; i++)
		if (pthread_create(&threads[i], NULL, receive_on, &fd))
			errx(1, "threads");
	sleep_ms(300);
	abort_run();
	for (size_t i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	/* the end may lie behind another message in its datagram, so it is not always seen; but never twice */
	if (atomic_load(&verdicts) > 1)
		errx(1, "many receivers: %u ends of one dump", atomic_load(&verdicts));
	close(fd);
}

static void *listen_on(void *fd)
{
	return (void *)(intptr_t)wire_verdict(*(int *)fd);
}

/* Netlink has who asks for a second dump wait for the first, with the lock that all of generic netlink shares. */
static void ask_for_another(const char *code, int within)
{
	int fd = start(code);
	pthread_t thread;
	double began;
	void *verdict;

	if (pthread_create(&thread, NULL, listen_on, &fd))
		errx(1, "threads");
	sleep_ms(200);
	began = now();
	wire_begin(&message, LUNATIK_CMD_LIST, NLM_F_DUMP);
	if (wire_send(fd, &message))
		err(1, "a second dump");
	if (now() - began > within)
		errx(1, "a second dump waited for %.1f s", now() - began);
	abort_run();
	pthread_join(thread, &verdict);
	close(fd);
}

static void *ask_on(void *fd)
{
	static struct wire_message order;

	wire_begin(&order, LUNATIK_CMD_LIST, NLM_F_DUMP);
	wire_send(*(int *)fd, &order);
	return NULL;
}

/* As ask_for_another(), but that by then nobody has a descriptor: each call keeps the file that it is at. */
static void ask_and_close(const char *code)
{
	struct timespec most;
	pthread_t listens, asks;
	int fd = start(code);

	if (pthread_create(&listens, NULL, listen_on, &fd))
		errx(1, "threads");
	sleep_ms(200);
	if (pthread_create(&asks, NULL, ask_on, &fd))
		errx(1, "threads");
	sleep_ms(200);
	close(fd);
	clock_gettime(CLOCK_REALTIME, &most);
	most.tv_sec += SECONDS_MOST;
	if (pthread_timedjoin_np(asks, NULL, &most))
		errx(1, "a second dump on a socket without a descriptor waits for ever");
	abort_run();
	pthread_join(listens, NULL);
}

#define UPLOAD	65536

static void *upload_on(void *fd)
{
	static _Thread_local struct wire_message order;
	static _Thread_local char datagram[4096];

	wire_seed((uint64_t)(uintptr_t)&order);
	for (int i = 0; i < 1000; i++) {
		wire_begin_for(&order, LUNATIK_CMD_UPLOAD, 0, STATE);
		if (i % 3)
			wire_put_u32(&order, LUNATIK_A_RUN_UPLOAD, 1 + wire_below(6));
		else
			wire_put_u32(&order, LUNATIK_A_RUN_TOTAL, UPLOAD);
		wire_put_u32(&order, LUNATIK_A_RUN_OFFSET, i % 3 ? 1 + wire_below(20) : 0);
		wire_put(&order, LUNATIK_A_RUN_CODE, "x", 1);
		wire_send(*(int *)fd, &order);
		while (recv(*(int *)fd, datagram, sizeof(datagram), MSG_DONTWAIT) >= 0)
			;
	}
	return NULL;
}

/* Of one that somebody works on there is no room for another. */
static void upload_by_many(void)
{
	uint64_t before = wire_totals(control).memory, after;
	pthread_t threads[8];
	int fd = wire_open();

	for (size_t i = 0; i < 8; i++)
		if (pthread_create(&threads[i], NULL, upload_on, &fd))
			errx(1, "threads");
	for (size_t i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	after = wire_totals(control).memory;
	if (after - before < UPLOAD || after - before > LUNATIK_UPLOADS_MAX * (UPLOAD + 1024UL))
		errx(1, "many threads have uploads of %llu bytes", (unsigned long long)(after - before));
	close(fd);
}

/* --- processes --- */

static pid_t fork_child(void)
{
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	return child;
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* The child is in Lua with the socket when it is killed, the parent asks it for another dump; then it closes. */
static void share_by_fork(const char *code)
{
	int fd = start(code);
	pid_t child = fork_child();
	double began;

	if (!child) {
		wire_verdict(fd);
		_exit(0);
	}
	sleep_ms(200);
	wire_begin(&message, LUNATIK_CMD_LIST, NLM_F_DUMP);
	began = now();
	if (wire_send(fd, &message))
		err(1, "a second dump");
	if (now() - began > SECONDS_MOST)
		errx(1, "a second dump by another process waited for %.1f s", now() - began);
	end_child(child);
	close(fd);
}

/* Whoever has it last: the run outlives who began it. */
static void outlive(void)
{
	int pair[2], fd = start(ENDLESS);
	pid_t child;
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		err(1, "socketpair");
	child = fork_child();
	if (!child) {
		close(pair[1]);
		_exit(read(pair[0], &byte, 1) != 0);
	}
	close(fd);
	sleep_ms(50);
	must_abort("a socket that a child has yet");
	close(pair[0]);
	close(pair[1]);
	waitpid(child, NULL, 0);
}

/* --- io_uring --- */

/* One request at a time. */
struct ring {
	int fd;
	struct io_uring_params params;
	char *rings;	/* both of them */
	struct io_uring_sqe *sqe;
};

static _Atomic uint32_t *ring_word(struct ring *ring, uint32_t offset)
{
	return (_Atomic uint32_t *)(ring->rings + offset);
}

static void *ring_map(struct ring *ring, size_t size, off_t what)
{
	void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, what);

	if (mapped == MAP_FAILED)
		err(1, "a ring");
	return mapped;
}

static struct ring ring_open(void)
{
	struct ring ring = { 0 };
	size_t size;

	ring.fd = (int)syscall(SYS_io_uring_setup, 1, &ring.params);
	if (ring.fd < 0)
		err(1, "io_uring_setup");
	size = ring.params.cq_off.cqes + ring.params.cq_entries * sizeof(struct io_uring_cqe);
	if (size < ring.params.sq_off.array + sizeof(uint32_t))
		size = ring.params.sq_off.array + sizeof(uint32_t);
	ring.rings = ring_map(&ring, size, IORING_OFF_SQ_RING);
	ring.sqe = ring_map(&ring, sizeof(*ring.sqe), IORING_OFF_SQES);
	return ring;
}

/* Registers a file as the ring's first. */
static void ring_register(struct ring *ring, int fd)
{
	if (syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES, &fd, 1))
		err(1, "a registered file");
}

/* On the file that is registered first. By a thread of the ring's own; the message is to stay as long. */
static void ring_submit(struct ring *ring, uint8_t what, struct msghdr *head)
{
	*ring->sqe = (struct io_uring_sqe){
		.opcode = what, .flags = IOSQE_FIXED_FILE | IOSQE_ASYNC, .addr = (uintptr_t)head, .len = 1,
	};
	*ring_word(ring, ring->params.sq_off.array) = 0;
	atomic_fetch_add(ring_word(ring, ring->params.sq_off.tail), 1);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 0, 0, NULL, 0) != 1)
		err(1, "io_uring_enter");
}

static int ring_is_done(struct ring *ring)
{
	return atomic_load(ring_word(ring, ring->params.cq_off.tail)) != atomic_load(ring_word(ring, ring->params.cq_off.head));
}

/* Nobody has a descriptor of the socket any more, so nothing that is done there holds its file. */
static void share_by_rings(const char *code)
{
	static struct wire_message order;
	static char datagram[1 << 15];
	struct iovec in = { datagram, sizeof(datagram) }, out = { order.bytes, 0 };
	struct msghdr receive = { .msg_iov = &in, .msg_iovlen = 1 }, ask = { .msg_iov = &out, .msg_iovlen = 1 };
	struct ring receives = ring_open(), asks = ring_open();
	int fd = start(code);
	double began;

	ring_register(&receives, fd);
	ring_register(&asks, fd);
	close(fd);
	ring_submit(&receives, IORING_OP_RECVMSG, &receive);
	sleep_ms(200);
	wire_begin(&order, LUNATIK_CMD_LIST, NLM_F_DUMP);
	out.iov_len = order.size;
	began = now();
	ring_submit(&asks, IORING_OP_SENDMSG, &ask);
	while (!ring_is_done(&asks)) {
		if (now() - began > SECONDS_MOST)
			errx(1, "a second dump by another ring waits for ever");
		sleep_ms(10);
	}
	abort_run();
	close(receives.fd);
	close(asks.fd);
}

static void *wait_for_end(void *pipe)
{
	char byte;

	return (void *)(intptr_t)read(*(int *)pipe, &byte, 1);
}

/* Who has rings for other things than its socket has all its budget, beside other threads, too. */
static void have_rings_for_others(void)
{
	struct ring ring = ring_open();
	int fd = wire_open(), other[2], code;
	pthread_t thread;

	if (pipe2(other, O_CLOEXEC))
		err(1, "pipe");
	ring_register(&ring, other[0]);
	if (pthread_create(&thread, NULL, wait_for_end, &other[0]))
		errx(1, "threads");
	wire_begin_run(&message, STATE, INSEPARABLE, 3000000);
	code = wire_ask(fd, &message);
	if (code != ETIME)
		errx(1, "a run by who has rings for other things: %s", strerror(code));
	close(other[1]);
	pthread_join(thread, NULL);
	close(other[0]);
	close(ring.fd);
	close(fd);
}

/* --- the older freezer --- */

#define FREEZER	"/tmp/sharing-freezer"
#define FROZEN	FREEZER "/frozen"

static void put(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "%s", file);
	close(fd);
}

/* Who waits with the lock cannot even be killed. */
static pid_t thaw_at_last(void)
{
	pid_t child = fork_child();

	if (child)
		return child;
	sleep_ms(1000L * (SECONDS_MOST + 1));
	put(FROZEN "/freezer.state", "THAWED");
	_exit(0);
}

/* As share_by_fork(), but that the child is frozen, for good, where it has the socket locked. */
static void share_with_the_frozen(const char *code)
{
	int fd = start(code);
	pid_t child = fork_child(), thaws;
	char pid[16];
	double began;

	if (!child) {
		wire_verdict(fd);
		_exit(0);
	}
	if (mkdir(FREEZER, 0700) || mount("freezer", FREEZER, "cgroup", 0, "freezer") || mkdir(FROZEN, 0700))
		err(1, FREEZER);
	snprintf(pid, sizeof(pid), "%d", child);
	put(FROZEN "/cgroup.procs", pid);
	sleep_ms(200);
	put(FROZEN "/freezer.state", "FROZEN");
	sleep_ms(200);
	wire_begin(&message, LUNATIK_CMD_LIST, NLM_F_DUMP);
	began = now();
	thaws = thaw_at_last();
	if (wire_send(fd, &message))
		err(1, "a second dump");
	if (now() - began > SECONDS_MOST)
		errx(1, "a second dump waited for %.1f s for who is frozen", now() - began);
	end_child(thaws);
	put(FROZEN "/freezer.state", "THAWED");
	end_child(child);
	if (rmdir(FROZEN) || umount(FREEZER) || rmdir(FREEZER))
		err(1, FREEZER);
	close(fd);
}

/* --- descriptors in messages --- */

#define RIGHTS_MOST	2

struct parcel {
	char byte;
	char control[CMSG_SPACE(RIGHTS_MOST * sizeof(int))];
	struct iovec part;
	struct msghdr head;
};

static void wrap(struct parcel *parcel, size_t count)
{
	memset(parcel, 0, sizeof(*parcel));
	parcel->part = (struct iovec){ &parcel->byte, 1 };
	parcel->head.msg_iov = &parcel->part;
	parcel->head.msg_iovlen = 1;
	parcel->head.msg_control = parcel->control;
	parcel->head.msg_controllen = CMSG_SPACE(count * sizeof(int));
}

static void hand_on(int to, const int *fds, size_t count)
{
	struct cmsghdr rights = { CMSG_LEN(count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	struct parcel parcel;

	wrap(&parcel, count);
	memcpy(parcel.control, &rights, sizeof(rights));
	memcpy(parcel.control + CMSG_LEN(0), fds, count * sizeof(int));
	if (sendmsg(to, &parcel.head, 0) < 0)
		err(1, "SCM_RIGHTS");
}

static int take_one(int from)
{
	struct parcel parcel;
	int fd;

	wrap(&parcel, 1);
	if (recvmsg(from, &parcel.head, 0) < 0 || parcel.head.msg_controllen < CMSG_LEN(sizeof(fd)))
		err(1, "SCM_RIGHTS");
	memcpy(&fd, parcel.control + CMSG_LEN(0), sizeof(fd));
	return fd;
}

/* A socket with a message in it that has this descriptor, and perhaps the socket's own. */
static int put_in_flight(int fd, int on_itself)
{
	int pair[2], both[RIGHTS_MOST] = { fd };

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair))
		err(1, "socketpair");
	both[1] = pair[1];
	hand_on(pair[0], both, on_itself ? 2 : 1);
	close(pair[0]);
	return pair[1];
}

/* In a message that nobody has read, with a handle, half a chunk, and a run; perhaps in one that holds itself. */
static void leave_in_flight(int on_itself)
{
	int fd = wire_open(), end;

	wire_begin_for(&message, LUNATIK_CMD_GETSTATE, 0, STATE);
	wire_put(&message, LUNATIK_A_STATE_HANDLE, "", 0);
	if (wire_ask(fd, &message))
		errx(1, "a handle");
	wire_begin_run(&message, STATE, ENDLESS, 0);
	if (wire_send(fd, &message))
		err(1, "a run");
	end = put_in_flight(fd, on_itself);
	close(fd);
	must_abort("a socket in flight");
	if (wire_totals(control).sessions != 1)
		errx(1, "a socket in flight has lost its handle");
	close(end);
	if (on_itself) {
		/* the collector of such cycles works when another is made */
		close(put_in_flight(control, 1));
		close(put_in_flight(control, 1));
	}
}

/* --- privileges --- */

static void become_nobody(void)
{
	if (setgid(65534) || setuid(65534))
		err(1, "setuid");
}

/* Who was given a socket may read what was asked for before; whatever it asks for itself is refused. */
static void give_to_nobody(void)
{
	int fd = start("for i = 1, 2000 do print(('x'):rep(100)) end return 1");
	pid_t child = fork_child();
	int status;

	if (!child) {
		become_nobody();
		if (wire_verdict(fd))
			errx(1, "nobody: the rest of a dump is refused");
		for (size_t i = 0; i < 2; i++) {
			wire_begin(&message, LUNATIK_CMD_LIST, i ? NLM_F_DUMP : 0);
			if (!i)
				wire_put_text(&message, LUNATIK_A_STATE_NAME, STATE);
			if (wire_ask(fd, &message) != EPERM)
				errx(1, "nobody: a listing is not refused");
		}
		wire_begin_run(&message, STATE, "return 1", 0);
		if (wire_ask(fd, &message) != EPERM)
			errx(1, "nobody: a run is not refused");
		_exit(0);
	}
	waitpid(child, &status, 0);
	if (status)
		errx(1, "nobody: ended with %d", status);
	close(fd);
}

/* Who has privileges is not to be talked into lending them by the socket that it writes to. */
static void open_as_nobody(void)
{
	int pair[2], fd;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair))
		err(1, "socketpair");
	child = fork_child();
	if (!child) {
		become_nobody();
		fd = wire_open();
		hand_on(pair[0], &fd, 1);
		_exit(0);
	}
	fd = take_one(pair[1]);
	waitpid(child, NULL, 0);
	wire_begin_run(&message, STATE, "return 1", 0);
	if (wire_ask(fd, &message) != EPERM)
		errx(1, "a socket that nobody opened is as good as root's");
	close(fd);
	close(pair[0]);
	close(pair[1]);
}

/* --- namespaces --- */

/* Its socket is all that keeps a namespace. */
static void lose_namespace(void)
{
	int fd, other;

	if (unshare(CLONE_NEWNET))
		err(1, "unshare");
	fd = wire_open();
	wire_new(fd, "kept");
	wire_begin_run(&message, "kept", "while true do print(1) end", 0);
	other = wire_open();
	if (wire_send(other, &message) || unshare(CLONE_NEWNET))
		err(1, "unshare");
	wire_begin_for(&message, LUNATIK_CMD_LIST, 0, "kept");
	if (wire_ask(fd, &message))
		errx(1, "a namespace that only a socket keeps has lost its state");
	wire_begin_for(&message, LUNATIK_CMD_RECEIVE, 0, "kept");
	if (wire_ask(fd, &message))
		errx(1, "receive");
	close(wire_below(2) ? fd : other);
	sleep_ms(wire_below(20));
	close(fd);
	close(other);
}

/* --- in all --- */

static void settled(const char *when)
{
	struct wire_totals totals;
	int code;

	abort_run();
	wire_begin_run(&message, STATE, "return 7 / 2", 20000000);
	/* what a socket in flight holds goes when its collector comes round */
	wire_put_u64(&message, LUNATIK_A_RUN_WAIT, 20000000);
	code = wire_ask(control, &message);
	if (code)
		errx(1, "%s: the state does not work: %s", when, strerror(code));
	totals = wire_totals(control);
	wire_expect(control, (struct wire_totals){ 1, 0, totals.memory }, when);
	wire_close(control, STATE);
	wire_expect(control, nothing, when);
	wire_new(control, STATE);
}

int main(void)
{
	static const char *const codes[] = { ENDLESS, INSEPARABLE, "while true do print(('x'):rep(200)) end", "print(1) return 2" };

	if (unshare(CLONE_NEWNET))
		err(1, "unshare");
	control = wire_open();
	wire_new(control, STATE);
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		receive_by_many(codes[i]);
		settled("after many receivers");
		ask_for_another(codes[i], SECONDS_MOST);
		settled("after a second dump");
		ask_and_close(codes[i]);
		settled("after a socket that was closed meanwhile");
		share_by_fork(codes[i]);
		settled("after a fork");
		share_by_rings(codes[i]);
		settled("after rings");
		share_with_the_frozen(codes[i]);
		settled("after a frozen process");
	}
	have_rings_for_others();
	settled("after rings for others");
	upload_by_many();
	settled("after uploads by many");
	outlive();
	settled("after the last who had it");
	for (int round = 0; round < 10; round++) {
		leave_in_flight(round & 1);
		settled("after a socket in flight");
	}
	give_to_nobody();
	settled("after nobody");
	open_as_nobody();
	settled("after nobody's socket");
	for (int round = 0; round < 20; round++)
		lose_namespace();
	wire_close(control, STATE);
	wire_expect(control, nothing, "at the end");
	return 0;
}
