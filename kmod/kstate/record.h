/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_RECORD_H
#define _KSTATE_RECORD_H

#include <crypto/sha2.h>
#include <linux/types.h>
#include <uapi/linux/kstate.h>

struct file;

/**
 * struct kstate_record - what is in the file, twice
 * @magic: says what it is
 * @serial: of records, from 1
 * @version: of the page, from 1
 * @size: of the page
 * @reserved: 0
 * @sum: SHA-256 of the whole record with zeroes here
 * @data: with zeroes behind @size
 */
struct kstate_record {
	__le64 magic;
	__le64 serial;
	__le64 version;
	__le32 size;
	__le32 reserved;
	u8 sum[SHA256_DIGEST_SIZE];
	u8 data[KSTATE_SIZE_MAX];
};

int kstate_record_load(struct file *file, struct kstate_record *record, unsigned int *turn);
int kstate_record_write(struct file *file, struct kstate_record *record, unsigned int turn);

#endif /* _KSTATE_RECORD_H */
