// SPDX-License-Identifier: MIT
/*
 *	page-netlink CHECK
 *
 * Speaks to the netlink family kstate, and ends with 0 where it does what CHECK is about. Otherwise it says what does not hold,
 * and where.
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <stdio.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/kstate.h>
#include <sys/socket.h>

#include "kstate.h"
#include "page-family.h"

#define expect(holds) ((holds) ? (void)0 : errx(1, "line %d: not so: %s", __LINE__, #holds))
#define expect_equal(got, wanted) equal((long long)(got), (long long)(wanted), #got, __LINE__)

#define CROWD	300

static void equal(long long got, long long wanted, const char *what, int line)
{
	if (got != wanted)
		errx(1, "line %d: %s is %lld, not %lld", line, what, got, wanted);
}

/* A page as it was listed last, and how many have been. */
static struct {
	unsigned int count;
	char name[KSTATE_NAME_MAX + 1];
	uint32_t numbers[KSTATE_A_PAGE_MAX + 1];
	uint64_t version;
	bool pinned;
} listed;

static int take_page(const struct nlmsghdr *head, void *context)
{
	const struct nlattr *attr;

	(void)context;
	memset(listed.numbers, 0, sizeof(listed.numbers));
	listed.pinned = false;
	listed.count++;
	mnl_attr_for_each(attr, head, sizeof(struct genlmsghdr)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type == KSTATE_A_PAGE_NAME)
			strncpy(listed.name, mnl_attr_get_str(attr), KSTATE_NAME_MAX);
		else if (type == KSTATE_A_PAGE_VERSION)
			listed.version = mnl_attr_get_u64(attr);
		else if (type == KSTATE_A_PAGE_PINNED)
			listed.pinned = true;
		else if (mnl_attr_get_payload_len(attr) == sizeof(uint32_t))
			listed.numbers[type] = mnl_attr_get_u32(attr);
	}
	return MNL_CB_OK;
}

static int show(const char *name)
{
	struct nlmsghdr *head = family_begin(KSTATE_CMD_LIST, 0);

	mnl_attr_put_strz(head, KSTATE_A_PAGE_NAME, name);
	return family_ask(head, take_page, NULL);
}

static unsigned int list(const char *pattern)
{
	struct nlmsghdr *head = family_begin(KSTATE_CMD_LIST, NLM_F_DUMP);

	listed.count = 0;
	if (pattern)
		mnl_attr_put_strz(head, KSTATE_A_PAGE_PATTERN, pattern);
	expect_equal(family_ask(head, take_page, NULL), 0);
	return listed.count;
}

static kstate_state_p subscribed(const char *name, kstate_permissions_t permissions)
{
	kstate_state_p state = kstate_new_state();

	expect_equal(kstate_subscribe_state(state, name, permissions), 0);
	return state;
}

static int add_one(kstate_transaction_p transaction, void *ptr, void *context)
{
	(void)transaction;
	(void)context;
	++*(unsigned char *)ptr;
	return 0;
}

static void put(kstate_state_p state)
{
	expect_equal(kstate_transaction_using_fn(state, add_one, NULL, false), 0);
}

/* --- checks --- */

static void pinned(void)
{
	struct nlmsghdr *head = family_begin(KSTATE_CMD_CREATE, 0);
	kstate_state_p state;

	mnl_attr_put_strz(head, KSTATE_A_PAGE_NAME, "page.1");
	mnl_attr_put_u32(head, KSTATE_A_PAGE_SIZE, 100);
	mnl_attr_put_u32(head, KSTATE_A_PAGE_MODE, 0640);
	expect_equal(family_ask(head, NULL, NULL), 0);
	state = subscribed("page.1", KSTATE_WRITE);
	expect_equal(kstate_get_size(state), 100);
	put(state);
	expect_equal(show("page.1"), 0);
	expect(listed.pinned && listed.version == 1 && !strcmp(listed.name, "page.1"));
	expect_equal(listed.numbers[KSTATE_A_PAGE_SIZE], 100);
	expect_equal(listed.numbers[KSTATE_A_PAGE_MODE], 0640);
	expect_equal(listed.numbers[KSTATE_A_PAGE_SUBSCRIBERS], 1);
	expect_equal(family_about(KSTATE_CMD_DELETE, "page.1"), -EBUSY);
	kstate_free_state(&state);
	/* it stays, with what is in it */
	state = subscribed("page.1", KSTATE_READ);
	kstate_free_state(&state);
	expect_equal(show("page.1"), 0);
	expect_equal(listed.version, 1);
	expect_equal(family_about(KSTATE_CMD_DELETE, "page.1"), 0);
	expect_equal(family_about(KSTATE_CMD_DELETE, "page.1"), -ENOENT);
	expect_equal(show("page.1"), -ENOENT);
}

static void pinned_later(void)
{
	kstate_state_p state = subscribed("page", KSTATE_WRITE);

	expect_equal(show("page"), 0);
	expect(!listed.pinned);
	expect_equal(family_about(KSTATE_CMD_CREATE, "page"), 0);
	kstate_free_state(&state);
	expect_equal(show("page"), 0);
	expect(listed.pinned);
	state = subscribed("page", KSTATE_WRITE);
	expect_equal(kstate_delete(state), 0);
	kstate_free_state(&state);
	expect_equal(show("page"), -ENOENT);
}

static void refusals(void)
{
	struct nlmsghdr *head;

	expect_equal(family_about(KSTATE_CMD_CREATE, NULL), -EINVAL);
	expect_equal(family_about(KSTATE_CMD_CREATE, "a..b"), -EINVAL);
	expect_equal(family_about(KSTATE_CMD_DELETE, ""), -EINVAL);
	head = family_begin(KSTATE_CMD_CREATE, 0);
	mnl_attr_put_strz(head, KSTATE_A_PAGE_NAME, "page");
	mnl_attr_put_u32(head, KSTATE_A_PAGE_SIZE, KSTATE_SIZE_MAX + 1);
	expect_equal(family_ask(head, NULL, NULL), -EINVAL);
	head = family_begin(KSTATE_CMD_CREATE, 0);
	mnl_attr_put_strz(head, KSTATE_A_PAGE_NAME, "page");
	mnl_attr_put_u32(head, KSTATE_A_PAGE_MODE, 07777);
	expect_equal(family_ask(head, NULL, NULL), -EINVAL);
	head = family_begin(KSTATE_CMD_CREATE, 0);
	mnl_attr_put(head, KSTATE_A_PAGE_NAME, 6, "pa\0ge");
	expect_equal(family_ask(head, NULL, NULL), -EINVAL);
	expect_equal(list(NULL), 0);
	expect(!setuid(1));
	expect_equal(family_about(KSTATE_CMD_CREATE, "page"), -EPERM);
	expect_equal(family_about(KSTATE_CMD_DELETE, "page"), -EPERM);
	expect_equal(show("page"), -EPERM);
}

static void crowd(void)
{
	char name[32];

	for (int i = 0; i < CROWD; i++) {
		snprintf(name, sizeof(name), "page.%d", i);
		expect_equal(family_about(KSTATE_CMD_CREATE, name), 0);
	}
	expect_equal(list(NULL), CROWD);
	/* in the order in which they were made */
	expect(!strcmp(listed.name, name));
	expect_equal(list("page.1?"), 10);
	expect_equal(list("*"), CROWD);
	expect_equal(list("other"), 0);
	for (int i = 0; i < CROWD; i++) {
		snprintf(name, sizeof(name), "page.%d", i);
		expect_equal(family_about(KSTATE_CMD_DELETE, name), 0);
	}
	expect_equal(list(NULL), 0);
}

/* --- events --- */

static struct {
	uint32_t type;
	uint32_t passed_over;
	uint64_t version;
} event;

static int take_event(const struct nlmsghdr *head, void *context)
{
	const struct nlattr *attr;

	(void)context;
	mnl_attr_for_each(attr, head, sizeof(struct genlmsghdr)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type == KSTATE_A_EVENT_TYPE)
			event.type = mnl_attr_get_u32(attr);
		else if (type == KSTATE_A_EVENT_PASSED_OVER)
			event.passed_over = mnl_attr_get_u32(attr);
		else if (type == KSTATE_A_EVENT_VERSION)
			event.version = mnl_attr_get_u64(attr);
	}
	return MNL_CB_OK;
}

static bool hear(void)
{
	static char answer[8192];
	ssize_t size = mnl_socket_recvfrom(family_socket(), answer, sizeof(answer));

	if (size < 0)
		return false;
	expect(mnl_cb_run(answer, (size_t)size, 0, 0, take_event, NULL) == MNL_CB_OK);
	return true;
}

/* A commit that is told, of one more in the first byte; beside that of another page, where there is one. */
static void announce(kstate_state_p state, kstate_state_p other)
{
	kstate_transaction_p both[] = {kstate_new_transaction(), kstate_new_transaction()};
	kstate_state_p states[] = {state, other};
	unsigned int count = other ? 2 : 1;

	for (unsigned int i = 0; i < count; i++) {
		expect_equal(kstate_start_transaction(both[i], states[i], KSTATE_WRITE), 0);
		++*(unsigned char *)kstate_get_transaction_ptr(both[i]);
	}
	expect_equal(kstate_announce(both[0]), 0);
	expect_equal(other ? kstate_commit_many(both, 2) : kstate_commit_transaction(both[0]), 0);
	for (unsigned int i = 0; i < 2; i++)
		kstate_free_transaction(&both[i]);
}

static void not_announced(kstate_state_p state)
{
	kstate_transaction_p transaction = kstate_new_transaction();

	expect_equal(kstate_announce(NULL), -EINVAL);
	expect_equal(kstate_announce(transaction), -EINVAL);
	expect_equal(kstate_start_transaction(transaction, state, KSTATE_READ), 0);
	expect_equal(kstate_announce(transaction), -EPERM);
	expect_equal(kstate_abort_transaction(transaction), 0);
	/* that one was to be told says nothing of the next */
	expect_equal(kstate_start_transaction(transaction, state, KSTATE_WRITE), 0);
	expect_equal(kstate_announce(transaction), 0);
	expect_equal(kstate_abort_transaction(transaction), 0);
	expect_equal(kstate_start_transaction(transaction, state, KSTATE_WRITE), 0);
	++*(unsigned char *)kstate_get_transaction_ptr(transaction);
	expect_equal(kstate_commit_transaction(transaction), 0);
	/* and there is nothing to tell where nothing is different */
	expect_equal(kstate_start_transaction(transaction, state, KSTATE_WRITE), 0);
	expect_equal(kstate_announce(transaction), 0);
	expect_equal(kstate_commit_transaction(transaction), 0);
	kstate_free_transaction(&transaction);
}

static void events(void)
{
	const struct timeval patience = {.tv_sec = 5};
	kstate_state_p state, other;

	family_listen();
	expect(!setsockopt(mnl_socket_get_fd(family_socket()), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)));
	state = subscribed("page", KSTATE_WRITE);
	expect(hear() && event.type == KSTATE_EVENT_TYPE_CREATED && event.version == 0);
	announce(state, NULL);
	expect(hear() && event.type == KSTATE_EVENT_TYPE_COMMITTED && event.version == 1 && event.passed_over == 0);
	/* too soon after it; and ones that are not to be told */
	announce(state, NULL);
	announce(state, NULL);
	usleep(150000);
	put(state);
	not_announced(state);
	announce(state, NULL);
	expect(hear() && event.type == KSTATE_EVENT_TYPE_COMMITTED && event.version == 6 && event.passed_over == 2);
	/* of two pages the one for which it was asked */
	other = subscribed("other", KSTATE_WRITE);
	expect(hear() && event.type == KSTATE_EVENT_TYPE_CREATED);
	announce(other, state);
	expect(hear() && event.type == KSTATE_EVENT_TYPE_COMMITTED && event.version == 1 && event.passed_over == 0);
	kstate_free_state(&other);
	expect(hear() && event.type == KSTATE_EVENT_TYPE_REMOVED && event.version == 1);
	kstate_free_state(&state);
	expect(hear() && event.type == KSTATE_EVENT_TYPE_REMOVED && event.version == 7);
}

static const struct {
	const char *name;
	void (*run)(void);
} checks[] = {
	{"pinned", pinned},   {"pinned-later", pinned_later}, {"refusals", refusals},
	{"crowd", crowd},     {"events", events},
};

int main(int argc, char **argv)
{
	family_open();
	for (size_t i = 0; argc == 2 && i < sizeof(checks) / sizeof(*checks); i++)
		if (!strcmp(checks[i].name, argv[1])) {
			checks[i].run();
			return 0;
		}
	errx(2, "usage: page-netlink CHECK");
}
