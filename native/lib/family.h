/* SPDX-License-Identifier: MIT */
#ifndef LUNATIK_FAMILY_H
#define LUNATIK_FAMILY_H

#include <stdint.h>

struct channel;

/* Ask nlctrl for the number and version of the contract's family, and set channel->family. 0 or a negative errno, noted. */
int family_look_up(struct channel *channel);

/* The same, and the number of the multicast group of events. */
int family_look_up_events(struct channel *channel, uint32_t *group);

#endif /* LUNATIK_FAMILY_H */
