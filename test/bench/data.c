// SPDX-License-Identifier: MIT
/*
 * Messages of 1 KiB from a state to its reader, and from here to a state, one by one; and the same by raw generic netlink
 * unicast, from one socket of this process to another: as many of them at once as an ordinary socket's buffer holds.
 */
#include "stopwatch.h"

#include <string.h>
#include <sys/socket.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <lunatik.h>

#define STATE	"bench-data"
#define SIZE	1024
#define BURST	64

static const char script[] = "message = ('x'):rep(1024) function receive_callback(data) taken = #data end";
static const char send_burst[] = "for i = 1, 64 do lunatik.send(message) end";

static struct lunatik_session *session;
static struct lunatik_run *run;
static struct lunatik_receiver *receiver;

static int from = -1, to = -1;
static struct sockaddr_nl address;

static void dostring(const char *code)
{
	const struct lunatik_chunk chunk = {
		.state = STATE, .code = code, .size = strlen(code), .budget = LUNATIK_DEFAULT, .wait = LUNATIK_DEFAULT,
	};

	if (lunatik_dostring(run, &chunk, NULL, NULL))
		stopwatch_fail("dostring: %s", lunatik_run_error(run)->message);
}

static void from_state(void)
{
	struct lunatik_message message;
	int i;

	dostring(send_burst);
	for (i = 0; i < BURST; i++)
		if (lunatik_receiver_next(receiver, 1000000, &message) || message.size != SIZE)
			stopwatch_fail("receive: %s", lunatik_receiver_error(receiver)->message);
}

static void to_state(void)
{
	static const char bytes[SIZE];
	const struct lunatik_data data = {
		.state = STATE, .bytes = bytes, .size = SIZE, .budget = LUNATIK_DEFAULT, .wait = LUNATIK_DEFAULT,
	};
	int i;

	for (i = 0; i < BURST; i++)
		if (lunatik_senddata(run, &data, NULL, NULL))
			stopwatch_fail("data: %s", lunatik_run_error(run)->message);
}

static void unicast(void)
{
	static struct {
		struct nlmsghdr header;
		struct genlmsghdr generic;
		struct nlattr attribute;
		char bytes[SIZE];
	} message = {
		.header = { .nlmsg_len = sizeof(message), .nlmsg_type = NLMSG_MIN_TYPE },
		.attribute = { .nla_len = NLA_HDRLEN + SIZE },
	};
	static char bytes[8192];
	int i;

	for (i = 0; i < BURST; i++)
		if (sendto(from, &message, sizeof(message), 0, (const struct sockaddr *)&address, sizeof(address)) !=
		    sizeof(message))
			stopwatch_fail("cannot send: %m");
	for (i = 0; i < BURST; i++)
		if (recv(to, bytes, sizeof(bytes), 0) != sizeof(message))
			stopwatch_fail("cannot receive: %m");
}

static int raw_socket(void)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&any, sizeof(any)))
		stopwatch_fail("no generic netlink: %m");
	return fd;
}

static void prepare(void)
{
	struct lunatik_error error;
	socklen_t length = sizeof(address);

	from = raw_socket();
	to = raw_socket();
	if (getsockname(to, (struct sockaddr *)&address, &length))
		stopwatch_fail("no address: %m");
	session = lunatik_open(NULL, &error);
	if (!session)
		stopwatch_fail("%s: %s", error.operation, error.message);
	if (lunatik_newstate(session, STATE, LUNATIK_DEFAULT, LUNATIK_CONTEXT_PROCESS, false, NULL, NULL))
		stopwatch_fail("%s", lunatik_session_error(session)->message);
	run = lunatik_run_open(session);
	receiver = lunatik_receiver_open(session, STATE);
	if (!run || !receiver)
		stopwatch_fail("%s", lunatik_session_error(session)->message);
	dostring(script);
}

int main(void)
{
	static const struct stopwatch_operation operations[] = {
		{ "from-state", from_state, true },
		{ "to-state", to_state, true },
		{ "unicast", unicast, true },
		{ NULL, NULL, false },
	};
	int status;

	prepare();
	status = stopwatch_serve(operations);
	lunatik_receiver_close(receiver);
	lunatik_run_close(run);
	lunatik_closestate(session, STATE, NULL);
	lunatik_close(session);
	return status;
}
