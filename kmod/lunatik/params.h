/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Limits that module parameters set; main.c has them, with their defaults. */
#ifndef _LUNATIK_PARAMS_H
#define _LUNATIK_PARAMS_H

#include <linux/types.h>

extern unsigned long lunatik_maxalloc;		/* of a state that names none */
extern unsigned int lunatik_maxstates;		/* of a namespace */
extern unsigned int lunatik_maxsessions;	/* of a namespace */
extern unsigned long lunatik_maxmemory;		/* of a namespace */
extern unsigned long lunatik_maxoutput;		/* of a run: output and values */
extern unsigned long lunatik_maxqueue;		/* of a state: data that wait for a reader */
extern unsigned int lunatik_budget;		/* of a run that names none, ms */
extern bool lunatik_userns;			/* whether owners of user namespaces may */

#endif /* _LUNATIK_PARAMS_H */
