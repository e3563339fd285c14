/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Limits that module parameters set; main.c has them, with their defaults. */
#ifndef _KSTATE_PARAMS_H
#define _KSTATE_PARAMS_H

extern unsigned int kstate_maxpages;	/* of a namespace */
extern unsigned long kstate_maxmemory;	/* of a namespace, bytes */
extern unsigned short kstate_mode;	/* of the device */

#endif /* _KSTATE_PARAMS_H */
