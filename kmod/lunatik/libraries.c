// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Lua libraries of other modules, which scripts get by require().
 *
 * A library is its module's, from lunatik_register() to lunatik_unregister(). A machine that has
 * opened one keeps the module by a reference of its own until its memory is gone: its functions may
 * be anywhere in there. So a library in use cannot be unregistered, as its module's exit cannot
 * run.
 *
 * Lock: a mutex over the list; taken out of any turn.
 */
#include <linux/lunatik.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "libraries.h"
#include "name.h"
#include "state.h"
#include "turn.h"

static LIST_HEAD(libraries);
static DEFINE_MUTEX(libraries_lock);

/* A module that a machine keeps, for the libraries that it has opened. */
struct library_use {
	struct list_head node;
	struct module *owner;
};

static struct lunatik_library *find(const char *name)
{
	struct lunatik_library *library;

	list_for_each_entry(library, &libraries, node)
		if (!strcmp(library->name, name))
			return library;
	return NULL;
}

/**
 * lunatik_register - offer a library to scripts
 * @library: filled; stays the caller's, unchanged until lunatik_unregister()
 *
 * Context: process.
 * Return: 0; -EINVAL of a name that is not one, or without @library->open; -EEXIST.
 */
int lunatik_register(struct lunatik_library *library)
{
	int err = 0;

	if (!library->name || !lunatik_name_valid(library->name) || !library->open)
		return -EINVAL;
	mutex_lock(&libraries_lock);
	if (find(library->name))
		err = -EEXIST;
	else
		list_add_tail(&library->node, &libraries);
	mutex_unlock(&libraries_lock);
	return err;
}
EXPORT_SYMBOL_GPL(lunatik_register);

/**
 * lunatik_unregister - offer it no more
 * @library: registered; those that have it keep it, and with it the module that owns it
 *
 * Context: process; for a module's exit, or before it fails to start.
 */
void lunatik_unregister(struct lunatik_library *library)
{
	mutex_lock(&libraries_lock);
	list_del(&library->node);
	mutex_unlock(&libraries_lock);
}
EXPORT_SYMBOL_GPL(lunatik_unregister);

static bool is_kept(const struct list_head *uses, const struct module *owner)
{
	struct library_use *use;

	list_for_each_entry(use, uses, node)
		if (use->owner == owner)
			return true;
	return false;
}

/* One reference for each module will do, however often its libraries are asked for. */
static int keep(struct list_head *uses, struct module *owner)
{
	struct library_use *use;

	if (is_kept(uses, owner))
		return 0;
	use = kmalloc(sizeof(*use), lunatik_turn_gfp() | __GFP_ACCOUNT);
	if (!use)
		return -ENOMEM;
	if (!try_module_get(owner)) {
		kfree(use);
		return -ENOENT;
	}
	use->owner = owner;
	list_add(&use->node, uses);
	return 0;
}

/**
 * lunatik_libraries_find - find a library that a script requires
 * @vm: in its turn, which is left for a while
 * @name: of the library; in the machine
 * @open: set to the function that opens it, whose module stays until the machine is gone
 *
 * Return: 0; -ENOENT where there is none; -ENOMEM.
 */
int lunatik_libraries_find(struct lunatik_vm *vm, const char *name, lunatik_opener *open)
{
	struct lunatik_library *library;
	int err;

	lunatik_turn_leave(vm);
	mutex_lock(&libraries_lock);
	library = find(name);
	err = library ? keep(&vm->libraries, library->owner) : -ENOENT;
	if (!err)
		*open = library->open;
	mutex_unlock(&libraries_lock);
	lunatik_turn_enter(vm);
	return err;
}

/* The machine is gone. Context: process. */
void lunatik_libraries_put(struct list_head *uses)
{
	struct library_use *use, *next;

	list_for_each_entry_safe(use, next, uses, node) {
		module_put(use->owner);
		kfree(use);
	}
}
