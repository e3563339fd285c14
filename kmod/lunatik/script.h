/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_SCRIPT_H
#define _LUNATIK_SCRIPT_H

#include <crypto/sha2.h>
#include <linux/types.h>

/* A chunk up to here is known again without its digest being taken anew. */
#define LUNATIK_SCRIPT_KNOWN	128

/**
 * struct lunatik_script - what is told of the chunk that a state loaded last
 * @size: its bytes
 * @sha256: their digest
 * @text: they, of a short one
 * @name: that it had
 */
struct lunatik_script {
	u32 size;
	u8 sha256[SHA256_DIGEST_SIZE];
	char text[LUNATIK_SCRIPT_KNOWN];
	char name[];
};

struct lunatik_script *lunatik_script_new(const char *name, const char *text, size_t size);
bool lunatik_script_is_same(struct lunatik_script *script, const struct lunatik_script *last);
void lunatik_script_digest(struct lunatik_script *script, const char *text);

#endif /* _LUNATIK_SCRIPT_H */
