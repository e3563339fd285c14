/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Limits that module parameters set; main.c has them, with their defaults. */
#ifndef _LUNATIK_PARAMS_H
#define _LUNATIK_PARAMS_H

#include <linux/types.h>

extern unsigned long lunatik_maxalloc;		/* of a state that names none */
extern unsigned int lunatik_maxstates;		/* of a namespace */
extern unsigned long lunatik_maxmemory;		/* of a namespace */
extern unsigned long lunatik_maxoutput;		/* of a run: output and values */
extern unsigned int lunatik_budget;		/* of a run that names none, ms */

#endif /* _LUNATIK_PARAMS_H */
