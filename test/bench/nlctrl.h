/* SPDX-License-Identifier: MIT */
/* The least that any generic netlink operation costs: what the kernel itself knows of families, on a raw socket. */
#ifndef NLCTRL_H
#define NLCTRL_H

void nlctrl_open(void);

/** nlctrl_round_trip() - ask for the family "nlctrl": one message there, one back */
void nlctrl_round_trip(void);

#endif /* NLCTRL_H */
