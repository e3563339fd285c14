/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef _LUNATIK_TEMPLATE_H
#define _LUNATIK_TEMPLATE_H

struct lunatik_vm;

int lunatik_template_make(struct lunatik_vm *vm);
void lunatik_template_init(void);
void lunatik_template_exit(void);

#endif /* _LUNATIK_TEMPLATE_H */
