/* SPDX-License-Identifier: MIT */
/*
 * A kernel for tests of the library, which answers each request before the call that sends it returns, as the real one
 * does. The library under test is compiled so that its sockets lead here, see c.mk.
 */
#ifndef TEST_KERNEL_H
#define TEST_KERNEL_H

#include "check.h"
#include "netns.h"

#include <libmnl/libmnl.h>

#define FAMILY	0x20
#define GROUP	9

union message {
	struct nlmsghdr header;
	char bytes[80000];
};

/* The request, the number of its socket, and how many requests there were before since the test began. */
typedef void answer(const union message *request, size_t socket, unsigned int before);

extern unsigned int requests;
extern uint32_t joined;		/* the group that a socket is in */
extern uint32_t version_spoken;	/* of the protocol */

/* An answer is put together in one datagram, of several messages if need be, and goes out with transmit(). */
struct nlmsghdr *add(uint16_t type, uint32_t sequence);
struct nlmsghdr *add_generic(uint8_t command, uint32_t sequence);
void added(const struct nlmsghdr *header);
void add_end(uint16_t type, uint32_t sequence, int code);
void transmit(size_t socket);

uint8_t command_of(const union message *request);
const struct nlattr *find(const union message *request, uint16_t type);
bool is_dump(const union message *request);

/* 0 where there is none. */
uint64_t number(const union message *request, uint16_t type);

/* Whether the library has this socket open. */
bool is_open(size_t socket);

/* From now on requests are answered in this way, but for those about the family. */
void kernel_is(answer *as);

/* The same, and a session. */
struct lunatik_session *open_with(answer *with);

/* For tests that are to ask for nothing. */
answer no_request;

#endif /* TEST_KERNEL_H */
