// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The file "consumer" in debugfs: a command is written, its answer read from the same open file.
 *
 *	[softirq] VERB [WORD…]
 *
 * Where a verb names a namespace it does so by a descriptor of the writer's. "softirq" has the verb
 * act in a tasklet.
 */
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "consumer.h"

static struct dentry *entry;

struct errand {
	struct tasklet_struct tasklet;
	struct completion done;
	const struct consumer_verb *verb;
	struct consumer_command *command;
};

/* --- what verbs do with a command --- */

void consumer_answer(struct consumer_command *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vscnprintf(command->answer, command->room, format, args);
	va_end(args);
}

unsigned long consumer_number(const char *word)
{
	unsigned long value;

	return kstrtoul(word, 10, &value) ? 0 : value;
}

struct net *consumer_net(struct consumer_command *command)
{
	return command->net ?: &init_net;
}

/* --- how a command is carried out --- */

static void run_errand(struct tasklet_struct *tasklet)
{
	struct errand *errand = from_tasklet(errand, tasklet, tasklet);

	errand->verb->act(errand->command);
	complete(&errand->done);
}

static void act_in_softirq(const struct consumer_verb *verb, struct consumer_command *command)
{
	struct errand errand = { .verb = verb, .command = command };

	init_completion(&errand.done);
	tasklet_setup(&errand.tasklet, run_errand);
	tasklet_schedule(&errand.tasklet);
	wait_for_completion(&errand.done);
	tasklet_kill(&errand.tasklet);
}

static const struct consumer_verb *find_among(const struct consumer_verb *verb, const char *name)
{
	for (; verb->name; verb++)
		if (!strcmp(verb->name, name))
			return verb;
	return NULL;
}

static const struct consumer_verb *find_verb(const char *name)
{
	return find_among(consumer_verbs, name) ?: find_among(consumer_page_verbs, name);
}

/* A word "fd:N" anywhere is the namespace of the words' functions, and not one of them. */
static int split(struct consumer_command *command, char *line, int words)
{
	unsigned int fd;
	char *word;

	while (line && command->count < words) {
		if (!strncmp(line, "fd:", 3)) {
			word = strsep(&line, " ");
			if (kstrtouint(word + 3, 10, &fd))
				return -EINVAL;
			command->net = get_net_ns_by_fd(fd);
			if (IS_ERR(command->net))
				return PTR_ERR(command->net);
			continue;
		}
		word = command->count == words - 1 ? line : strsep(&line, " ");
		if (word == line)
			line = NULL;
		command->words[command->count++] = strcmp(word, "''") ? word : "";
	}
	return command->count == words ? 0 : -EINVAL;
}

static int obey(struct consumer_command *command, char *line)
{
	const struct consumer_verb *verb;
	bool softirq = false;
	char *word;
	int err;

	word = strsep(&line, " ");
	if (!strcmp(word, "softirq") && line) {
		softirq = true;
		word = strsep(&line, " ");
	}
	verb = find_verb(word);
	if (!verb || (softirq && !verb->any_context))
		return -EOPNOTSUPP;
	err = split(command, line, verb->words);
	if (!err && softirq)
		act_in_softirq(verb, command);
	else if (!err)
		verb->act(command);
	if (!IS_ERR_OR_NULL(command->net))
		put_net(command->net);
	return err;
}

static ssize_t command_write(struct file *file, const char __user *data, size_t size, loff_t *pos)
{
	struct consumer_command command = { .room = SIMPLE_TRANSACTION_LIMIT };
	char *line, *text;
	int err = -ENOMEM;

	text = simple_transaction_get(file, data, size);
	if (IS_ERR(text))
		return PTR_ERR(text);
	line = kstrndup(text, size, GFP_KERNEL);
	command.answer = kzalloc(command.room, GFP_KERNEL);
	if (line && command.answer)
		err = obey(&command, line);
	if (!err) {
		command.room = strlen(command.answer);
		memcpy(text, command.answer, command.room);
		simple_transaction_set(file, command.room);
	}
	kfree(command.answer);
	kfree(line);
	return err ?: size;
}

static const struct file_operations command_operations = {
	.owner = THIS_MODULE,
	.write = command_write,
	.read = simple_transaction_read,
	.release = simple_transaction_release,
	.llseek = noop_llseek,
};

static struct lunatik_library library = {
	.name = "consumer",
	.open = consumer_library_open,
	.owner = THIS_MODULE,
};

static int __init consumer_init(void)
{
	int err;

	entry = debugfs_create_file("consumer", 0600, NULL, NULL, &command_operations);
	if (IS_ERR(entry))
		return PTR_ERR(entry);
	/* last: from here on states use this module's code */
	err = lunatik_register(&library);
	if (err)
		debugfs_remove(entry);
	return err;
}

static void __exit consumer_exit(void)
{
	lunatik_unregister(&library);
	debugfs_remove(entry);
	consumer_reset();
	consumer_page_reset();
}

module_init(consumer_init);
module_exit(consumer_exit);

MODULE_DESCRIPTION("Uses all of lunatik's API and kstate's");
MODULE_LICENSE("Dual MIT/GPL");
