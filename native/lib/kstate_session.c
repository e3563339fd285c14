// SPDX-License-Identifier: MIT
/*
 * Sessions: a network namespace and a socket in it, both of which the session owns, and what is asked by that.
 *
 * The netlink side of the library is that of liblunatik, whose failures it has; they are told in kstate.h's own struct, so
 * that neither header needs the other.
 */
#include "kstate_session.h"
#include "failure.h"
#include "kstate_contract.h"
#include "listing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kstate.h>

_Static_assert(KSTATE_MAX_NAME_LEN == KSTATE_NAME_MAX, "a name of the kernel's fits");

void error_tell(struct kstate_error *to, const struct lunatik_error *error)
{
	_Static_assert(sizeof(to->attribute) == sizeof(error->attribute), "an attribute's name fits");
	_Static_assert(sizeof(to->message) == sizeof(error->message), "a message fits");
	to->code = error->code;
	to->operation = error->operation;
	memcpy(to->attribute, error->attribute, sizeof(to->attribute));
	memcpy(to->message, error->message, sizeof(to->message));
}

/* --- opening and closing --- */

static int session_open(struct kstate_session *session, const char *netns)
{
	struct lunatik_error *error = &session->channel.error;
	int status;

	failure_clear(error, "open");
	status = netns_open(&session->netns, netns, error);
	if (status)
		return status;
	/* Any request will do: beginning one opens the socket and finds the family. */
	return channel_begin(&session->channel, "open", &page_attributes, KSTATE_CMD_LIST, 0);
}

static void *give_up(struct kstate_error *to, const struct lunatik_error *error)
{
	if (to)
		error_tell(to, error);
	errno = error->code;
	return NULL;
}

struct kstate_session *kstate_open(const char *netns, struct kstate_error *error)
{
	struct kstate_session *session = calloc(1, sizeof(*session));
	struct lunatik_error failed;

	failure_clear(&failed, "open");
	if (error)
		error_tell(error, &failed);
	if (!session) {
		failure_set(&failed, ENOMEM, NULL);
		return give_up(error, &failed);
	}
	session->netns.fd = -1;
	channel_init(&session->channel, &session->netns, &kstate_contract);
	if (session_open(session, netns)) {
		failed = session->channel.error;
		kstate_close(session);
		return give_up(error, &failed);
	}
	return session;
}

void kstate_close(struct kstate_session *session)
{
	if (!session)
		return;
	channel_close(&session->channel);
	netns_close(&session->netns);
	free(session);
}

const struct kstate_error *kstate_session_error(struct kstate_session *session)
{
	static const struct kstate_error of_nothing = {
		.code = EINVAL, .operation = "", .message = "there is nothing to work on: NULL was given"};

	if (!session)
		return &of_nothing;
	error_tell(&session->told, &session->channel.error);
	return &session->told;
}

/* --- one page --- */

/* Start a request about it. */
static int begin(struct kstate_session *session, const char *operation, uint8_t command, uint16_t flags,
		 const char *name)
{
	int status;

	if (!session)
		return -EINVAL;
	status = channel_begin(&session->channel, operation, &page_attributes, command, flags);
	if (!status)
		request_text(&session->channel.request, KSTATE_A_PAGE_NAME, name);
	return status;
}

static int take_page(const struct nlmsghdr *message, void *into)
{
	return attributes_read(&page_attributes, message, into);
}

int kstate_show(struct kstate_session *session, const char *name, struct kstate_page *page)
{
	int status = begin(session, "list", KSTATE_CMD_LIST, 0, name);

	if (status)
		return status;
	if (!page)
		return failure_set(&session->channel.error, EINVAL, "there is nowhere to put the page: NULL was given");
	memset(page, 0, sizeof(*page));
	return channel_exchange(&session->channel, take_page, page);
}

int kstate_create(struct kstate_session *session, const char *name, uint32_t size, uint32_t mode)
{
	int status = begin(session, "create", KSTATE_CMD_CREATE, NLM_F_ACK, name);

	if (status)
		return status;
	if (size != KSTATE_DEFAULT)
		request_u32(&session->channel.request, KSTATE_A_PAGE_SIZE, size);
	if (mode != KSTATE_DEFAULT)
		request_u32(&session->channel.request, KSTATE_A_PAGE_MODE, mode);
	return channel_exchange(&session->channel, NULL, NULL);
}

int kstate_remove(struct kstate_session *session, const char *name)
{
	int status = begin(session, "delete", KSTATE_CMD_DELETE, NLM_F_ACK, name);

	return status ? status : channel_exchange(&session->channel, NULL, NULL);
}

/* --- all of them --- */

struct question {
	struct kstate_session *session;
	const char *pattern;
};

static int begin_list(void *context)
{
	const struct question *question = context;
	struct channel *channel = &question->session->channel;
	int status = channel_begin(channel, "list", &page_attributes, KSTATE_CMD_LIST, NLM_F_DUMP);

	if (!status && question->pattern)
		request_text(&channel->request, KSTATE_A_PAGE_PATTERN, question->pattern);
	return status;
}

int kstate_list(struct kstate_session *session, const char *pattern, struct kstate_page **pages, size_t *count)
{
	struct question question = {session, pattern};
	struct listing listing = {.set = &page_attributes, .size = sizeof(struct kstate_page), .what = "pages"};
	int status;

	if (!session)
		return -EINVAL;
	if (!pages || !count) {
		failure_clear(&session->channel.error, "list");
		return failure_set(&session->channel.error, EINVAL, "there is nowhere to put the pages: NULL was given");
	}
	status = listing_take(&listing, &session->channel, begin_list, &question);
	*pages = listing.items;
	*count = listing.count;
	return status;
}
