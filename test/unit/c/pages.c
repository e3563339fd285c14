// SPDX-License-Identifier: MIT
/*
 * What libkstate asks by netlink, with the kernel of kernel.c, and what it makes of the answers. Built with sanitizers, which do
 * half of the checking.
 */
#include "kernel.h"
#include "kstate.h"

#include <errno.h>
#include <string.h>

#include <linux/genetlink.h>
#include <linux/kstate.h>

static struct kstate_session *session_with(answer *with)
{
	struct kstate_session *session;

	kernel_is(with);
	session = kstate_open(NULL, NULL);
	CHECK(session);
	requests = 0;
	return session;
}

static bool says(const struct kstate_error *error, int code, const char *message)
{
	return error->code == code && !strcmp(error->message, message);
}

/* --- one page --- */

static void add_page(const union message *request, const char *name, bool with_flags)
{
	struct nlmsghdr *header = add_generic(KSTATE_CMD_LIST, request->header.nlmsg_seq);

	mnl_attr_put_strz(header, KSTATE_A_PAGE_NAME, name);
	mnl_attr_put_u32(header, KSTATE_A_PAGE_SIZE, 100);
	mnl_attr_put_u64(header, KSTATE_A_PAGE_VERSION, 1ULL << 40);
	mnl_attr_put_u32(header, KSTATE_A_PAGE_SUBSCRIBERS, 2);
	mnl_attr_put_u32(header, KSTATE_A_PAGE_UID, 3);
	mnl_attr_put_u32(header, KSTATE_A_PAGE_GID, 4);
	mnl_attr_put_u32(header, KSTATE_A_PAGE_MODE, 0640);
	mnl_attr_put_u64(header, KSTATE_A_PAGE_MEMORY, 40960);
	if (with_flags) {
		mnl_attr_put(header, KSTATE_A_PAGE_PINNED, 0, NULL);
		mnl_attr_put(header, KSTATE_A_PAGE_PERSISTENT, 0, NULL);
	}
	added(header);
}

static void answer_page(const union message *request, size_t socket, unsigned int before)
{
	CHECK(command_of(request) == KSTATE_CMD_LIST && !is_dump(request));
	add_page(request, mnl_attr_get_str(find(request, KSTATE_A_PAGE_NAME)), before == 0);
	transmit(socket);
}

static void a_page_is_shown_as_it_is(void)
{
	struct kstate_session *session = session_with(answer_page);
	struct kstate_page page;

	CHECK(!kstate_show(session, "stats", &page) && !strcmp(page.name, "stats"));
	CHECK(page.size == 100 && page.version == 1ULL << 40 && page.subscribers == 2 && page.memory == 40960);
	CHECK(page.uid == 3 && page.gid == 4 && page.mode == 0640 && page.pinned && page.persistent);
	/* Nothing is left of the one before. */
	CHECK(!kstate_show(session, "other", &page) && !page.pinned && !page.persistent);
	CHECK(!kstate_session_error(session)->code);
	kstate_close(session);
}

static void answer_changes(const union message *request, size_t socket, unsigned int before)
{
	static const uint8_t commands[] = {KSTATE_CMD_CREATE, KSTATE_CMD_CREATE, KSTATE_CMD_DELETE};

	CHECK(command_of(request) == commands[before]);
	CHECK(!strcmp(mnl_attr_get_str(find(request, KSTATE_A_PAGE_NAME)), "page"));
	CHECK(number(request, KSTATE_A_PAGE_SIZE) == (before == 1 ? 16 : 0));
	CHECK(number(request, KSTATE_A_PAGE_MODE) == (before == 1 ? 0644 : 0));
	add_end(NLMSG_ERROR, request->header.nlmsg_seq, 0);
	transmit(socket);
}

static void what_is_left_to_the_module_is_not_sent(void)
{
	struct kstate_session *session = session_with(answer_changes);

	CHECK(!kstate_create(session, "page", KSTATE_DEFAULT, KSTATE_DEFAULT));
	CHECK(!kstate_create(session, "page", 16, 0644));
	CHECK(!kstate_remove(session, "page"));
	CHECK(requests == 3);
	kstate_close(session);
}

static void refuse(const union message *request, size_t socket, unsigned int before)
{
	static const char words[] = "a page has 1 to 4096 bytes";
	struct nlmsghdr *header = add(NLMSG_ERROR, request->header.nlmsg_seq);
	struct nlmsgerr *reply = mnl_nlmsg_put_extra_header(header, sizeof(*reply));
	const struct nlattr *size = find(request, KSTATE_A_PAGE_SIZE);

	(void)before;
	reply->error = -EINVAL;
	header->nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
	mnl_attr_put_strz(header, NLMSGERR_ATTR_MSG, words);
	mnl_attr_put_u32(header, NLMSGERR_ATTR_OFFS, (uint32_t)((const char *)size - request->bytes));
	added(header);
	transmit(socket);
}

static void a_refusal_is_told_in_the_kernels_words(void)
{
	struct kstate_session *session = session_with(refuse);
	const struct kstate_error *error;

	CHECK(kstate_create(session, "page", 5000, KSTATE_DEFAULT) == -EINVAL);
	error = kstate_session_error(session);
	CHECK(says(error, EINVAL, "a page has 1 to 4096 bytes"));
	CHECK(!strcmp(error->operation, "create") && !strcmp(error->attribute, "size"));
	kstate_close(session);
}

static void say_nothing_of_an_unknown_family(const union message *request, size_t socket, unsigned int before)
{
	struct nlmsghdr *header = add(NLMSG_ERROR, request->header.nlmsg_seq);
	struct nlmsgerr *reply = mnl_nlmsg_put_extra_header(header, sizeof(*reply));

	(void)before;
	reply->error = -ENOENT;
	header->nlmsg_flags = NLM_F_CAPPED;
	added(header);
	transmit(socket);
}

static void a_module_that_went_is_called_by_its_name(void)
{
	struct kstate_session *session = session_with(say_nothing_of_an_unknown_family);

	CHECK(kstate_remove(session, "page") == -EPROTONOSUPPORT);
	CHECK(says(kstate_session_error(session), EPROTONOSUPPORT, "the module kstate has been unloaded"));
	kstate_close(session);
}

/* --- all of them --- */

static void answer_listing(const union message *request, size_t socket, unsigned int before)
{
	CHECK(is_dump(request) && !find(request, KSTATE_A_PAGE_NAME));
	if (before < 2) {
		CHECK(!strcmp(mnl_attr_get_str(find(request, KSTATE_A_PAGE_PATTERN)), "a*"));
		for (int i = 29; i >= 0; i--) {
			char name[16];

			snprintf(name, sizeof(name), "a%02d", i);
			add_page(request, name, false);
		}
	} else {
		CHECK(!find(request, KSTATE_A_PAGE_PATTERN));
	}
	add_end(NLMSG_DONE, request->header.nlmsg_seq, 0);
	transmit(socket);
}

static void pages_are_listed_by_name(void)
{
	struct kstate_session *session = session_with(answer_listing);
	struct kstate_page *pages;
	size_t count;

	for (int i = 0; i < 2; i++) {
		CHECK(!kstate_list(session, "a*", &pages, &count) && count == 30);
		CHECK(!strcmp(pages[0].name, "a00") && !strcmp(pages[29].name, "a29") && pages[29].mode == 0640);
		free(pages);
	}
	CHECK(!kstate_list(session, NULL, &pages, &count) && !count && !pages);
	kstate_close(session);
}

static unsigned int torn;

static void answer_torn(const union message *request, size_t socket, unsigned int before)
{
	struct nlmsghdr *header = add_generic(KSTATE_CMD_LIST, request->header.nlmsg_seq);

	mnl_attr_put_strz(header, KSTATE_A_PAGE_NAME, before < torn ? "old" : "new");
	if (before < torn)
		header->nlmsg_flags |= NLM_F_DUMP_INTR;
	added(header);
	add_end(NLMSG_DONE, request->header.nlmsg_seq, 0);
	transmit(socket);
}

static void a_listing_is_of_one_moment_or_none(void)
{
	struct kstate_session *session = session_with(answer_torn);
	struct kstate_page *pages;
	size_t count;

	torn = 3;
	CHECK(!kstate_list(session, NULL, &pages, &count) && count == 1 && !strcmp(pages->name, "new"));
	free(pages);
	torn = UINT32_MAX;
	CHECK(kstate_list(session, NULL, &pages, &count) == -EAGAIN && !count && !pages);
	CHECK(says(kstate_session_error(session), EAGAIN, "the pages changed each time that they were listed, 16 times"));
	kstate_close(session);
}

/* --- what happens to them --- */

static void add_event(uint32_t type, const char *name, uint32_t passed_over)
{
	struct nlmsghdr *header = add_generic(KSTATE_CMD_EVENT, 0);

	mnl_attr_put_u32(header, KSTATE_A_EVENT_TYPE, type);
	mnl_attr_put_strz(header, KSTATE_A_EVENT_NAME, name);
	mnl_attr_put_u64(header, KSTATE_A_EVENT_VERSION, 7);
	mnl_attr_put_u32(header, KSTATE_A_EVENT_PASSED_OVER, passed_over);
	added(header);
}

static void events_come_one_by_one_and_go_on_without_the_session(void)
{
	struct kstate_session *session = session_with(no_request);
	struct kstate_monitor *monitor = kstate_monitor_open(session);
	struct kstate_event event;

	CHECK(monitor && kstate_monitor_fd(monitor) >= 0 && joined == GROUP);
	kstate_close(session);
	CHECK(kstate_monitor_next(monitor, 0, &event) == -ETIMEDOUT);
	CHECK(says(kstate_monitor_error(monitor), ETIMEDOUT, "no event came"));
	add_event(KSTATE_EVENT_TYPE_CREATED, "a", 0);
	add_event(KSTATE_EVENT_TYPE_COMMITTED, "b", 3);
	transmit(1);
	CHECK(!kstate_monitor_next(monitor, 0, &event));
	CHECK(event.type == KSTATE_EVENT_TYPE_CREATED && !strcmp(event.name, "a") && !event.passed_over);
	CHECK(!kstate_monitor_next(monitor, UINT64_MAX, &event) && event.type == KSTATE_EVENT_TYPE_COMMITTED);
	CHECK(event.version == 7 && event.passed_over == 3 && !strcmp(event.name, "b"));
	CHECK(kstate_monitor_next(monitor, 1000, &event) == -ETIMEDOUT);
	kstate_monitor_close(monitor);
	CHECK(!is_open(1));
}

/* --- what cannot be --- */

static void what_cannot_be_is_refused(void)
{
	struct kstate_session *session = session_with(no_request);
	struct kstate_monitor *monitor = kstate_monitor_open(session);
	struct kstate_page page, *pages;
	struct kstate_event event;
	size_t count;

	kstate_close(NULL);
	kstate_monitor_close(NULL);
	CHECK(kstate_list(NULL, NULL, &pages, &count) == -EINVAL && kstate_show(NULL, "page", &page) == -EINVAL);
	CHECK(kstate_create(NULL, "page", 1, 0) == -EINVAL && kstate_remove(NULL, "page") == -EINVAL);
	CHECK(kstate_monitor_next(NULL, 0, &event) == -EINVAL && kstate_monitor_fd(NULL) == -1);
	CHECK(kstate_session_error(NULL)->code == EINVAL && kstate_monitor_error(NULL)->code == EINVAL);
	errno = 0;
	CHECK(!kstate_monitor_open(NULL) && errno == EINVAL);
	CHECK(kstate_show(session, NULL, &page) == -EINVAL && says(kstate_session_error(session), EINVAL, "name is NULL"));
	CHECK(kstate_show(session, "page", NULL) == -EINVAL && *kstate_session_error(session)->message);
	CHECK(kstate_create(session, NULL, 1, 0) == -EINVAL && says(kstate_session_error(session), EINVAL, "name is NULL"));
	CHECK(kstate_remove(session, NULL) == -EINVAL);
	CHECK(kstate_list(session, NULL, NULL, &count) == -EINVAL && kstate_list(session, NULL, &pages, NULL) == -EINVAL);
	CHECK(!strcmp(kstate_session_error(session)->operation, "list"));
	CHECK(kstate_monitor_next(monitor, 0, NULL) == -EINVAL && kstate_monitor_error(monitor)->code == EINVAL);
	kstate_monitor_close(monitor);
	kstate_close(session);
}

static void an_older_module_is_refused(void)
{
	struct kstate_error error;

	kernel_is(no_request);
	version_spoken = KSTATE_FAMILY_VERSION - 1;
	errno = 0;
	CHECK(!kstate_open(NULL, &error) && errno == EPROTO);
	CHECK(says(&error, EPROTO, "the module speaks version 0 of the protocol, not 1"));
	version_spoken = KSTATE_FAMILY_VERSION;
}

int main(void)
{
	a_page_is_shown_as_it_is();
	what_is_left_to_the_module_is_not_sent();
	a_refusal_is_told_in_the_kernels_words();
	a_module_that_went_is_called_by_its_name();
	pages_are_listed_by_name();
	a_listing_is_of_one_moment_or_none();
	events_come_one_by_one_and_go_on_without_the_session();
	what_cannot_be_is_refused();
	an_older_module_is_refused();
	puts("pages: ok");
	return 0;
}
