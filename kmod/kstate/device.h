/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _KSTATE_DEVICE_H
#define _KSTATE_DEVICE_H

#include <linux/fs.h>

/* By which one of our files is known. */
extern const struct file_operations kstate_device_operations;

int kstate_device_init(void);
void kstate_device_exit(void);

#endif /* _KSTATE_DEVICE_H */
