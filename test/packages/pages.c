// SPDX-License-Identifier: MIT
/* A program of somebody who has libkstate-dev: counts on a page, and prints what it reads there. */
#include <inttypes.h>
#include <kstate.h>
#include <linux/kstate.h>
#include <stdio.h>

static int count(kstate_transaction_p transaction, void *page, void *context)
{
	(void)transaction;
	(void)context;
	++*(uint64_t *)page;
	return 0;
}

int main(void)
{
	kstate_state_p hits = kstate_new_state();
	uint64_t numbers[KSTATE_SIZE_MAX / sizeof(uint64_t)];
	size_t size = sizeof(numbers);
	int status = kstate_subscribe_state(hits, "hits", KSTATE_READ | KSTATE_WRITE);

	if (!status)
		status = kstate_transaction_using_fn(hits, count, NULL, true);
	if (!status)
		status = kstate_read(hits, numbers, &size, NULL);
	if (status)
		fprintf(stderr, "pages: %d\n", status);
	else
		printf("%" PRIu64 "\n", numbers[0]);
	kstate_free_state(&hits);
	return status != 0;
}
