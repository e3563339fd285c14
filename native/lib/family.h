/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_FAMILY_H
#define LUNATIK_FAMILY_H

struct channel;

/* Ask nlctrl for the family's number and version, and set channel->family. 0 or a negative errno, noted. */
int family_look_up(struct channel *channel);

#endif /* LUNATIK_FAMILY_H */
