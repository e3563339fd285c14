/* SPDX-License-Identifier: MIT */
/* Netlink messages made by hand, for attacks that no client of ours would make. Whatever fails here ends the program. */
#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>
#include <stdint.h>

#include <linux/lunatik.h>
#include <linux/netlink.h>

#define WIRE_ROOM	163840

/* No verdict came, see wire_verdict(). */
#define WIRE_SILENCE	(-1)

struct wire_message {
	size_t size;
	char bytes[WIRE_ROOM] __attribute__((aligned(8)));
};

/* What `info` tells of the namespace. */
struct wire_totals {
	uint32_t states;
	uint32_t sessions;
	uint64_t memory;
};

/* Speak of another family than lunatik from now on, of the same version. */
void wire_speak(const char *family);

/* A socket of the calling thread's network namespace. Its reads take no longer than some seconds. */
int wire_open(void);

/* From now on reads take no longer than so many milliseconds. */
void wire_set_patience(int fd, unsigned int ms);

/* A request of the family that asks for an ack; NLM_F_DUMP in flags makes it a dump. */
void wire_begin(struct wire_message *message, uint8_t command, uint16_t flags);
void wire_put(struct wire_message *message, uint16_t type, const void *value, size_t size);
void wire_put_text(struct wire_message *message, uint16_t type, const char *text);
void wire_put_u32(struct wire_message *message, uint16_t type, uint32_t value);
void wire_put_u64(struct wire_message *message, uint16_t type, uint64_t value);

/* The same with the name of a state in it, the first attribute of nearly all. */
void wire_begin_for(struct wire_message *message, uint8_t command, uint16_t flags, const char *state);

/* A dostring of this code; budget in microseconds, 0 for none. */
void wire_begin_run(struct wire_message *message, const char *state, const char *code, uint64_t budget);

/* Sends it. Returns 0, or the errno. */
int wire_send(int fd, const struct wire_message *message);

/* Receives up to an ack, an error or the end of a dump. Returns its errno, 0 for success; WIRE_SILENCE where nothing comes. */
int wire_verdict(int fd);

/* Both. */
int wire_ask(int fd, const struct wire_message *message);

/* Requests that have to succeed. */
void wire_new(int fd, const char *state);
void wire_close(int fd, const char *state);

struct wire_totals wire_totals(int fd);

/* Waits until the namespace has these totals, as dead sockets may take their time; complains where it does not come to that. */
void wire_expect(int fd, struct wire_totals expected, const char *when);

/* Calls `take` for each attribute of each message of the family in a datagram. */
void wire_each(const char *datagram, size_t size, void (*take)(uint8_t command, const struct nlattr *attribute));

/* From 0 up to, but not including n; the same for the same seed. */
void wire_seed(uint64_t seed);
uint32_t wire_random(void);
uint32_t wire_below(uint32_t n);

#endif /* WIRE_H */
