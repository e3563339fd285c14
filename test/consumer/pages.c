// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What the commands do that are about pages: each verb is one function of kstate's API, but for
 * page-count, which is what a writer does with them. All of it is allowed in softirq, too.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kstate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "consumer.h"

static struct kstate_handle *handles[8];

static struct kstate_handle **slot_of(struct consumer_command *command)
{
	return &handles[consumer_number(command->words[0]) % ARRAY_SIZE(handles)];
}

/* A slot that still holds another page is the test's mistake. */
static void do_open(struct consumer_command *command)
{
	struct kstate_handle **slot = slot_of(command);
	struct kstate_handle *handle;

	if (*slot) {
		consumer_answer(command, "%d", -EUCLEAN);
		return;
	}
	handle = kstate_open(consumer_net(command), command->words[1],
			     consumer_number(command->words[2]), 0640);
	if (!IS_ERR(handle))
		*slot = handle;
	consumer_answer(command, "%d", PTR_ERR_OR_ZERO(handle));
}

static void do_close(struct consumer_command *command)
{
	struct kstate_handle **slot = slot_of(command);

	kstate_close(*slot);
	*slot = NULL;
	consumer_answer(command, "0");
}

static void do_name(struct consumer_command *command)
{
	consumer_answer(command, "%s", kstate_pagename(*slot_of(command)));
}

static void do_status(struct consumer_command *command)
{
	u64 version;
	u32 size;
	int err = kstate_pagestatus(*slot_of(command), &version, &size);

	if (err)
		consumer_answer(command, "%d", err);
	else
		consumer_answer(command, "%llu %u", version, size);
}

static void *make_room(struct consumer_command *command)
{
	void *data = kzalloc(KSTATE_SIZE_MAX, GFP_ATOMIC);

	if (!data)
		consumer_answer(command, "%d no memory", -EUCLEAN);
	return data;
}

/* Text up to the first zero. */
static void do_read(struct consumer_command *command)
{
	u32 size = consumer_number(command->words[1]);
	char *data = make_room(command);
	u64 version;
	int err;

	if (!data)
		return;
	err = kstate_read(*slot_of(command), data, &size, &version);
	if (err)
		consumer_answer(command, "%d", err);
	else
		consumer_answer(command, "%llu %u %.*s", version, size, (int)size, data);
	kfree(data);
}

static void do_write(struct consumer_command *command)
{
	u64 version = consumer_number(command->words[1]);
	char *data = make_room(command);
	int err;

	if (!data)
		return;
	strscpy(data, command->words[3], KSTATE_SIZE_MAX);
	err = kstate_write(*slot_of(command), data, consumer_number(command->words[2]), &version,
			   consumer_number(command->words[4]));
	if (err)
		consumer_answer(command, "%d", err);
	else
		consumer_answer(command, "%llu", version);
	kfree(data);
}

static void do_resize(struct consumer_command *command)
{
	consumer_answer(command, "%d", kstate_resize(*slot_of(command),
						     consumer_number(command->words[1])));
}

static void do_delete(struct consumer_command *command)
{
	consumer_answer(command, "%d", kstate_delete(*slot_of(command)));
}

/* One more in the first eight bytes, however often somebody else is faster. */
static int count_one(struct kstate_handle *handle, u64 *data, unsigned long *conflicts)
{
	u64 version;
	u32 size;
	int err;

	for (;;) {
		size = KSTATE_SIZE_MAX;
		err = kstate_read(handle, data, &size, &version);
		if (err)
			return err;
		data[0]++;
		err = kstate_write(handle, data, size, &version, 0);
		if (err != -ESTALE)
			return err;
		++*conflicts;
	}
}

static void do_count(struct consumer_command *command)
{
	unsigned long count = consumer_number(command->words[1]);
	unsigned long conflicts = 0;
	u64 *data = make_room(command);
	int err = 0;

	if (!data)
		return;
	while (count-- && !err)
		err = count_one(*slot_of(command), data, &conflicts);
	consumer_answer(command, "%d %lu", err, conflicts);
	kfree(data);
}

/* Closes whatever is open. */
void consumer_page_reset(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		if (handles[i])
			kstate_close(handles[i]);
		handles[i] = NULL;
	}
}

const struct consumer_verb consumer_page_verbs[] = {
	{ "page-open", 3, true, do_open },		/* SLOT NAME PERMISSIONS */
	{ "page-close", 1, true, do_close },		/* SLOT */
	{ "page-name", 1, true, do_name },		/* SLOT */
	{ "page-status", 1, true, do_status },		/* SLOT */
	{ "page-read", 2, true, do_read },		/* SLOT ROOM */
	{ "page-write", 5, true, do_write },		/* SLOT VERSION SIZE TEXT FLAGS */
	{ "page-resize", 2, true, do_resize },		/* SLOT SIZE */
	{ "page-delete", 1, true, do_delete },		/* SLOT */
	{ "page-count", 2, true, do_count },		/* SLOT COUNT */
	{ }
};
