// SPDX-License-Identifier: MIT
/*
 *	failures requests
 *	failures REQUEST each FIRST STEP
 *	failures REQUEST many ROUNDS
 *
 * Has the kernel's allocations and copies fail (starve.h) while it answers one of the requests that the first form lists.
 * "each" makes it again and again and fails its FIRST allocation, then the one STEP after it, and so on until it goes by
 * with none left to fail; "many" fails a tenth of all, in ROUNDS rounds.
 *
 * Every request begins in an empty namespace, and there must be nothing in it again afterwards; what it did to the state
 * that it found is asked of a script. A request may fail for want of memory alone, or be answered as ever, where the
 * kernel could do without. Prints how many failures there were, or how often the request was refused.
 */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/lunatik.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "starve.h"

#define ROOM	8192
#define NAME	"starved"

/* Defines the function that data goes to, and keeps something that later chunks look at. */
#define PREPARE	"kept = { 1, 2, 3 } function receive_callback(d) kept[#kept + 1] = d lunatik.send(d) end"
#define CHUNK	"local t = {} for i = 1, 20 do t[i] = ('x'):rep(i * 40) .. i end print(#t, t[20]) lunatik.send(t[9]) return t, 1.5"
/*
 * With the module lunatik_page; the page goes with the state, where an error keeps the chunk from closing it. It is a small
 * one: for a view of 4 KiB a kernel with KASAN asks vmalloc(), of which kmemleak complains when it fails itself.
 */
#define PAGES	"local p <close> = assert(require('page').open('starved')) assert(p:resize(64)) assert(p:update(function(v) v:setu8(0, 7) end)) assert(p:resize(128)) return assert(p:read()):getu8(0)"
#define INTACT	"assert(kept[1] == 1 and kept[3] == 3) kept = { 1, 2, 3 } return #kept"

/* What the last answers told. */
struct answer {
	uint32_t upload;
	uint32_t states, sessions;
	uint64_t memory;
	char words[256];	/* of a run's error */
};

struct request {
	const char *what;
	uint8_t command;
	uint16_t flags;
	/* How it is answered where nothing fails: 0 or an errno. */
	int ordinarily;
	void (*compose)(void);
	/* What is to be there before it: by the same socket, nothing failing. */
	const struct request *before;
};

static struct {
	size_t size;
	char bytes[ROOM] __attribute__((aligned(8)));
} message;

static struct answer answer;
static char datagram[1 << 16];
static uint16_t family;
static bool one_by_one;

static void put(const void *value, uint16_t type, size_t size)
{
	const struct nlattr head = { (uint16_t)(NLA_HDRLEN + size), type };

	memcpy(message.bytes + message.size, &head, sizeof(head));
	memcpy(message.bytes + message.size + NLA_HDRLEN, value, size);
	message.size += NLA_HDRLEN + NLA_ALIGN(size);
}

static void put_text(const char *text, uint16_t type)
{
	put(text, type, strlen(text) + 1);
}

static void put_u32(uint32_t number, uint16_t type)
{
	put(&number, type, sizeof(number));
}

static void put_u64(uint64_t number, uint16_t type)
{
	put(&number, type, sizeof(number));
}

/* --- requests --- */

static void nothing(void)
{
}

static void state_name(void)
{
	put_text(NAME, LUNATIK_A_STATE_NAME);
}

static void state_handle(void)
{
	state_name();
	put("", LUNATIK_A_STATE_HANDLE, 0);
}

static void state_limit(void)
{
	state_name();
	put_u64(2 << 20, LUNATIK_A_STATE_MAXALLOC);
}

static void state_pattern(void)
{
	put_text("s*", LUNATIK_A_STATE_PATTERN);
}

static void put_code(const char *code)
{
	put_text(NAME, LUNATIK_A_RUN_NAME);
	put_text("=chunk", LUNATIK_A_RUN_CHUNK_NAME);
	put_u64(60000000, LUNATIK_A_RUN_BUDGET);
	put(code, LUNATIK_A_RUN_CODE, strlen(code));
}

static void run_prepare(void)
{
	put_code(PREPARE);
}

static void run_chunk(void)
{
	put_code(CHUNK);
}

static void run_pages(void)
{
	put_code(PAGES);
}

static void run_intact(void)
{
	put_code(INTACT);
}

static void run_uploaded(void)
{
	put_text(NAME, LUNATIK_A_RUN_NAME);
	put_text("=chunk", LUNATIK_A_RUN_CHUNK_NAME);
	put_u64(60000000, LUNATIK_A_RUN_BUDGET);
	put_u32(answer.upload, LUNATIK_A_RUN_UPLOAD);
}

static void run_upload(void)
{
	put_text(NAME, LUNATIK_A_RUN_NAME);
	put_u32(strlen(CHUNK), LUNATIK_A_RUN_TOTAL);
	put(CHUNK, LUNATIK_A_RUN_CODE, strlen(CHUNK));
}

static void run_data(void)
{
	put_text(NAME, LUNATIK_A_RUN_NAME);
	put_u64(60000000, LUNATIK_A_RUN_BUDGET);
	put("data", LUNATIK_A_RUN_DATA, 4);
}

static void run_name(void)
{
	put_text(NAME, LUNATIK_A_RUN_NAME);
}

static void message_name(void)
{
	put_text(NAME, LUNATIK_A_MESSAGE_NAME);
}

static const struct request info = { "info", LUNATIK_CMD_INFO, 0, 0, nothing, NULL };
static const struct request create = { "newstate", LUNATIK_CMD_NEWSTATE, 0, 0, state_name, NULL };
static const struct request prepare = { "prepare", LUNATIK_CMD_DOSTRING, NLM_F_DUMP, 0, run_prepare, &create };
static const struct request intact = { "intact", LUNATIK_CMD_DOSTRING, NLM_F_DUMP, 0, run_intact, NULL };
static const struct request pin = { "getstate", LUNATIK_CMD_GETSTATE, 0, 0, state_name, &prepare };
static const struct request upload = { "upload", LUNATIK_CMD_UPLOAD, 0, 0, run_upload, &prepare };
static const struct request data = { "data", LUNATIK_CMD_DATA, NLM_F_DUMP, 0, run_data, &prepare };
static const struct request unpin = { "putstate", LUNATIK_CMD_PUTSTATE, 0, 0, state_name, NULL };
static const struct request close_it = { "close", LUNATIK_CMD_CLOSE, 0, 0, state_name, NULL };

static const struct request requests[] = {
	{ "info", LUNATIK_CMD_INFO, 0, 0, nothing, NULL },
	{ "newstate", LUNATIK_CMD_NEWSTATE, 0, 0, state_name, NULL },
	{ "newstate with a handle", LUNATIK_CMD_NEWSTATE, 0, 0, state_handle, NULL },
	{ "getstate", LUNATIK_CMD_GETSTATE, 0, 0, state_name, &prepare },
	{ "getstate for a handle", LUNATIK_CMD_GETSTATE, 0, 0, state_handle, &prepare },
	{ "putstate", LUNATIK_CMD_PUTSTATE, 0, 0, state_name, &pin },
	{ "set", LUNATIK_CMD_SET, 0, 0, state_limit, &prepare },
	{ "list of one", LUNATIK_CMD_LIST, 0, 0, state_name, &prepare },
	{ "list of all", LUNATIK_CMD_LIST, NLM_F_DUMP, 0, state_pattern, &prepare },
	{ "dostring", LUNATIK_CMD_DOSTRING, NLM_F_DUMP, 0, run_chunk, &prepare },
	{ "dostring with pages", LUNATIK_CMD_DOSTRING, NLM_F_DUMP, 0, run_pages, &prepare },
	{ "upload", LUNATIK_CMD_UPLOAD, 0, 0, run_upload, &prepare },
	{ "dostring of an upload", LUNATIK_CMD_DOSTRING, NLM_F_DUMP, 0, run_uploaded, &upload },
	{ "data", LUNATIK_CMD_DATA, NLM_F_DUMP, 0, run_data, &prepare },
	{ "abort of nothing", LUNATIK_CMD_ABORT, 0, ENOENT, run_name, &prepare },
	{ "receive, subscribing", LUNATIK_CMD_RECEIVE, 0, 0, message_name, &data },
	{ "receive", LUNATIK_CMD_RECEIVE, NLM_F_DUMP, 0, message_name, &data },
	{ "close", LUNATIK_CMD_CLOSE, 0, 0, state_name, &prepare },
};

static int open_socket(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	struct timeval patience = { .tv_sec = 60 };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		err(1, "socket");
	return fd;
}

static void compose(const struct request *request)
{
	struct genlmsghdr generic = { request->command, LUNATIK_FAMILY_VERSION, 0 };

	message.size = NLMSG_HDRLEN + GENL_HDRLEN;
	request->compose();
	*(struct nlmsghdr *)message.bytes = (struct nlmsghdr){
		(uint32_t)message.size, family, (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | request->flags), 1, 0 };
	memcpy(message.bytes + NLMSG_HDRLEN, &generic, sizeof(generic));
}

static void read_attribute(uint8_t command, const struct nlattr *attribute)
{
	const void *value = attribute + 1;
	size_t size = attribute->nla_len - NLA_HDRLEN;

	if (command == LUNATIK_CMD_UPLOAD && attribute->nla_type == LUNATIK_A_RUN_UPLOAD)
		memcpy(&answer.upload, value, sizeof(answer.upload));
	else if (command == LUNATIK_CMD_INFO && attribute->nla_type == LUNATIK_A_INFO_STATES)
		memcpy(&answer.states, value, sizeof(answer.states));
	else if (command == LUNATIK_CMD_INFO && attribute->nla_type == LUNATIK_A_INFO_SESSIONS)
		memcpy(&answer.sessions, value, sizeof(answer.sessions));
	else if (command == LUNATIK_CMD_INFO && attribute->nla_type == LUNATIK_A_INFO_MEMORY)
		memcpy(&answer.memory, value, sizeof(answer.memory));
	else if ((command == LUNATIK_CMD_DOSTRING || command == LUNATIK_CMD_DATA) && attribute->nla_type == LUNATIK_A_RUN_MESSAGE)
		snprintf(answer.words, sizeof(answer.words), "%.*s", (int)size, (const char *)value);
}

static void read_answer(const struct nlmsghdr *told)
{
	const struct genlmsghdr *generic = NLMSG_DATA(told);
	const char *end = (const char *)told + told->nlmsg_len;
	const char *at = (const char *)(generic + 1);

	while (at < end) {
		const struct nlattr *attribute = (const void *)at;

		read_attribute(generic->cmd, attribute);
		at += NLA_ALIGN(attribute->nla_len);
	}
}

/* Sends what was composed, and reads up to an ack, an error or the end of a dump. Returns 0 or an errno. */
static int ask(int fd)
{
	answer.words[0] = '\0';
	if (send(fd, message.bytes, message.size, 0) < 0)
		return errno;
	for (;;) {
		struct nlmsghdr *told = (struct nlmsghdr *)datagram;
		ssize_t got = recv(fd, datagram, sizeof(datagram), 0);
		int left = (int)got;

		if (got < 0)
			return errno;
		for (; NLMSG_OK(told, left); told = NLMSG_NEXT(told, left)) {
			if (told->nlmsg_type == NLMSG_ERROR || told->nlmsg_type == NLMSG_DONE)
				return -*(int *)NLMSG_DATA(told);
			read_answer(told);
		}
	}
}

static int ask_for(int fd, const struct request *request)
{
	compose(request);
	return ask(fd);
}

static void must(int fd, const struct request *request)
{
	int why;

	if (request->before)
		must(fd, request->before);
	why = ask_for(fd, request);
	if (why)
		errx(1, "%s, with nothing failing: %s", request->what, strerror(why));
}

/* --- failures --- */

/* What is told of a run: Lua's own error, and that of a table among its values. Where many fail, the words may, too. */
static bool says_want_of_memory(const char *words)
{
	if (!one_by_one && (!words[0] || words[0] == '\n'))
		return true;
	return strstr(words, "not enough memory") || strstr(words, "there is no memory at hand") || strstr(words, "no memory to carry a table");
}

/* A copy that fails is told as EFAULT, a message for which there is no memory as ENOBUFS, Lua's own error as a run's. */
static bool is_for_want_of_memory(int why)
{
	if (why == ECANCELED || why == ENOEXEC)
		return says_want_of_memory(answer.words);
	return why == ENOMEM || why == ENOBUFS || why == EFAULT;
}

/* What the socket had goes with it; the rest a client can put away. */
static void tidy(const struct request *request)
{
	int fd = open_socket();
	int why = request->before ? ask_for(fd, &intact) : 0;

	/* close itself may have closed it, and not have been able to say so */
	if (why && !(why == ENOENT && request->command == LUNATIK_CMD_CLOSE))
		errx(1, "after %s: the state is no longer as it was: %s", request->what, strerror(why));
	while (!ask_for(fd, &unpin))
		;
	ask_for(fd, &close_it);
	for (int patience = 500;; patience--) {
		if (ask_for(fd, &info))
			errx(1, "info");
		if (!answer.states && !answer.sessions && !answer.memory)
			break;
		if (!patience)
			errx(1, "after %s: %u states, %u sessions, %llu bytes", request->what, answer.states, answer.sessions,
			     (unsigned long long)answer.memory);
		usleep(10000);
	}
	close(fd);
}

/* Returns whether the nth failed; of many, whether the request did. */
static bool round_of(const struct request *request, unsigned int nth)
{
	int fd = open_socket();
	bool failed;
	int why;

	if (request->before)
		must(fd, request->before);
	compose(request);
	starve(nth);
	why = ask(fd);
	failed = starved();
	close(fd);
	if (why != request->ordinarily && (!failed || !is_for_want_of_memory(why)))
		errx(1, "%s, failure %u: %s %s", request->what, nth, strerror(why), answer.words);
	tidy(request);
	return one_by_one ? failed : why != request->ordinarily;
}

static uint16_t family_of(const char *name)
{
	const struct nlattr *attribute;
	int fd = open_socket();
	ssize_t got;

	message.size = NLMSG_HDRLEN + GENL_HDRLEN;
	put_text(name, CTRL_ATTR_FAMILY_NAME);
	*(struct nlmsghdr *)message.bytes = (struct nlmsghdr){ (uint32_t)message.size, GENL_ID_CTRL, NLM_F_REQUEST, 1, 0 };
	*(struct genlmsghdr *)(message.bytes + NLMSG_HDRLEN) = (struct genlmsghdr){ CTRL_CMD_GETFAMILY, 1, 0 };
	if (send(fd, message.bytes, message.size, 0) < 0)
		err(1, "nlctrl");
	got = recv(fd, datagram, sizeof(datagram), 0);
	close(fd);
	for (ssize_t at = NLMSG_HDRLEN + GENL_HDRLEN; at < got; at += NLA_ALIGN(attribute->nla_len)) {
		attribute = (const void *)(datagram + at);
		if (attribute->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(const uint16_t *)(attribute + 1);
	}
	errx(1, "no family %s", name);
}

/* Returns how many of its allocations failed that were to. */
static unsigned int each(const struct request *request, unsigned int first, unsigned int step)
{
	unsigned int failures = 0;

	while (round_of(request, first + failures * step))
		failures++;
	return failures;
}

/* Returns how often it was refused. */
static unsigned int many(const struct request *request, unsigned int rounds)
{
	unsigned int refusals = 0;

	for (unsigned int round = 0; round < rounds; round++)
		refusals += round_of(request, 1);
	return refusals;
}

static const struct request *request_called(const char *what)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++)
		if (!strcmp(requests[i].what, what))
			return &requests[i];
	errx(2, "there is no request %s", what);
}

static unsigned int number(const char *text)
{
	unsigned long value = strtoul(text, NULL, 10);

	if (!value || value > 1000000)
		errx(2, "not a number of these: %s", text);
	return (unsigned int)value;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "requests")) {
		for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++)
			puts(requests[i].what);
		return 0;
	}
	one_by_one = argc == 5 && !strcmp(argv[2], "each");
	if (!one_by_one && !(argc == 4 && !strcmp(argv[2], "many")))
		errx(2, "usage: failures requests | failures REQUEST each FIRST STEP | failures REQUEST many ROUNDS");
	family = family_of(LUNATIK_FAMILY_NAME);
	starve_prepare(one_by_one);
	printf("%u\n", one_by_one ? each(request_called(argv[1]), number(argv[3]), number(argv[4])) :
				     many(request_called(argv[1]), number(argv[3])));
	return 0;
}
