/* SPDX-License-Identifier: MIT */
/* The netlink family kstate, spoken by hand. Whatever goes wrong with the speaking ends the program. */
#ifndef PAGE_FAMILY_H
#define PAGE_FAMILY_H

#include <stdint.h>

#include <libmnl/libmnl.h>

/* A socket of the network namespace that the thread is in; another one in place of the last. */
void family_open(void);
void family_close(void);

struct mnl_socket *family_socket(void);

/* From now on events come by the socket, too. */
void family_listen(void);

/* A request, which asks for an ack. There is one at a time. */
struct nlmsghdr *family_begin(uint8_t command, uint16_t flags);

/* Sends it, and gives each answer to a function. Returns 0 or a negative errno. */
int family_ask(struct nlmsghdr *head, mnl_cb_t heard, void *context);

/* Asks for something with a page of that name, or with NULL of none. */
int family_about(uint8_t command, const char *name);

#endif /* PAGE_FAMILY_H */
