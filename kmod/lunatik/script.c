// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * What is told of the chunk that a state loaded last. The chunk itself is not kept; but of a short
 * one, which a client may well send again and again, as much as it takes to see that it is the
 * same.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "script.h"

/**
 * lunatik_script_new - take a chunk's particulars, all but the digest
 * @name: of the chunk, without Lua's mark
 * @text: its bytes
 * @size: how many
 *
 * Context: process.
 * Return: them, for kfree(); NULL where there is no memory.
 */
struct lunatik_script *lunatik_script_new(const char *name, const char *text, size_t size)
{
	size_t length = strlen(name) + 1;
	struct lunatik_script *script;

	script = kmalloc(struct_size(script, name, length), GFP_KERNEL_ACCOUNT);
	if (!script)
		return NULL;
	script->size = size;
	memcpy(script->text, text, min_t(size_t, size, LUNATIK_SCRIPT_KNOWN));
	memcpy(script->name, name, length);
	return script;
}

/**
 * lunatik_script_is_same - take the digest from the chunk before, where it is the same one
 * @script: without a digest; that of a long chunk is not known again
 * @last: of the chunk before; may be NULL
 *
 * Return: whether it has one now.
 */
bool lunatik_script_is_same(struct lunatik_script *script, const struct lunatik_script *last)
{
	if (!last || script->size != last->size || script->size > LUNATIK_SCRIPT_KNOWN ||
	    memcmp(script->text, last->text, script->size))
		return false;
	memcpy(script->sha256, last->sha256, sizeof(script->sha256));
	return true;
}

/* Context: process. */
void lunatik_script_digest(struct lunatik_script *script, const char *text)
{
	sha256(text, script->size, script->sha256);
}
