// SPDX-License-Identifier: MIT
/*
 * Transactions: a copy of a page, and the version that it may replace.
 *
 * The copy has memory of its own, so that a store into one that is only to be read is a fault; beside it lies what the
 * copy was at the start, by which a commit sees whether there is something to do. Both stay with the transaction from one
 * use to the next.
 */
#include "kstate_handle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>

/* Of kstate_transaction_using_fn(): the longest wait after try n is 2^n microseconds, up to a limit. */
#define TRIES_MAX		64
#define WAIT_SHIFT_MAX		12
#define MICROSECOND		1000

struct kstate_transaction {
	uint32_t id;
	uint32_t permissions;
	struct kstate_handle *handle; /* NULL while not active */
	uint64_t version;
	size_t size;
	unsigned char *copy; /* KSTATE_SIZE_MAX bytes, and as many as they were at the start; or NULL */
	bool writable;       /* whether the copy's memory may be written now */
	bool announce;       /* whether its commit is to be told */
};

static const unsigned char *original_of(const struct kstate_transaction *transaction)
{
	return transaction->copy + KSTATE_SIZE_MAX;
}

kstate_transaction_p kstate_new_transaction(void)
{
	static atomic_uint last;
	struct kstate_transaction *transaction = calloc(1, sizeof(*transaction));

	if (!transaction)
		return NULL;
	do
		transaction->id = atomic_fetch_add(&last, 1) + 1;
	while (!transaction->id);
	return transaction;
}

static void end(struct kstate_transaction *transaction)
{
	handle_put(transaction->handle);
	transaction->handle = NULL;
}

void kstate_free_transaction(kstate_transaction_p *transaction)
{
	if (!transaction || !*transaction)
		return;
	if ((*transaction)->handle)
		end(*transaction);
	if ((*transaction)->copy)
		munmap((*transaction)->copy, (size_t)2 * KSTATE_SIZE_MAX);
	free(*transaction);
	*transaction = NULL;
}

/* --- start --- */

static int allow_writes(struct kstate_transaction *transaction, bool writable)
{
	if (transaction->writable == writable)
		return 0;
	if (mprotect(transaction->copy, KSTATE_SIZE_MAX, writable ? PROT_READ | PROT_WRITE : PROT_READ))
		return -errno;
	transaction->writable = writable;
	return 0;
}

/* Memory for the copy, to be written. */
static int have_memory(struct kstate_transaction *transaction)
{
	void *memory;

	if (transaction->copy)
		return allow_writes(transaction, true);
	memory = mmap(NULL, (size_t)2 * KSTATE_SIZE_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -ENOMEM;
	transaction->copy = memory;
	transaction->writable = true;
	return 0;
}

/* What is written is compared with the newest version, whatever a rate shows. */
static int take_copy(struct kstate_transaction *transaction, struct kstate_handle *handle, bool to_write)
{
	unsigned char *original = transaction->copy + KSTATE_SIZE_MAX;
	int err;

	transaction->size = KSTATE_SIZE_MAX;
	if (to_write)
		err = handle_read(handle, original, &transaction->size, &transaction->version);
	else
		err = handle_read_paced(handle, original, &transaction->size, &transaction->version);
	if (err)
		return err;
	memset(original + transaction->size, 0, KSTATE_SIZE_MAX - transaction->size);
	memcpy(transaction->copy, original, KSTATE_SIZE_MAX);
	return allow_writes(transaction, to_write);
}

int kstate_start_transaction(kstate_transaction_p transaction, kstate_state_p state, uint32_t permissions)
{
	uint32_t wanted = permissions_of(permissions);
	int err;

	if (!transaction || transaction->handle || !kstate_state_is_subscribed(state) || !wanted)
		return -EINVAL;
	if (wanted & ~state->handle->permissions)
		return -EINVAL;
	err = have_memory(transaction);
	if (!err)
		err = take_copy(transaction, state->handle, wanted & KSTATE_WRITE);
	if (err)
		return err;
	transaction->permissions = wanted;
	transaction->announce = false;
	transaction->handle = handle_get(state->handle);
	return 0;
}

/* --- the end --- */

int kstate_abort_transaction(kstate_transaction_p transaction)
{
	if (!kstate_transaction_is_active(transaction))
		return -EINVAL;
	end(transaction);
	return 0;
}

static bool is_unchanged(const struct kstate_transaction *transaction)
{
	return memcmp(transaction->copy, original_of(transaction), transaction->size) == 0;
}

static struct kstate_data described(const struct kstate_transaction *transaction)
{
	return (struct kstate_data){
		.version = transaction->version,
		.address = (uintptr_t)transaction->copy,
		.size = (uint32_t)transaction->size,
		.flags = transaction->announce ? KSTATE_ANNOUNCE : 0,
	};
}

/* Whether it may be committed. */
static int check(const struct kstate_transaction *transaction)
{
	if (!transaction || !transaction->handle)
		return -EINVAL;
	return transaction->permissions & KSTATE_WRITE ? 0 : -EPERM;
}

int kstate_announce(kstate_transaction_p transaction)
{
	int err = check(transaction);

	if (!err)
		transaction->announce = true;
	return err;
}

/* A size that is not the page's any more is a change of somebody else's, too. */
static int judged(int err)
{
	return err == -ESTALE || err == -EMSGSIZE ? -EPERM : err;
}

int kstate_commit_transaction(kstate_transaction_p transaction)
{
	struct kstate_data data;
	int err = check(transaction);

	if (err)
		return err;
	if (!is_unchanged(transaction)) {
		data = described(transaction);
		err = judged(handle_ioctl(transaction->handle, KSTATE_IOC_COMMIT, &data));
	}
	end(transaction);
	return err;
}

int kstate_commit_many(const kstate_transaction_p *transactions, unsigned int count)
{
	struct kstate_part parts[KSTATE_MANY_MAX] = {0};
	struct kstate_many many = {.parts = (uintptr_t)parts, .count = count};
	int err = 0;

	if (!transactions || !count || count > KSTATE_MANY_MAX)
		return -EINVAL;
	for (unsigned int i = 0; i < count && !err; i++)
		err = check(transactions[i]);
	if (err)
		return err;
	for (unsigned int i = 0; i < count; i++) {
		parts[i].file = transactions[i]->handle->fd;
		parts[i].data = described(transactions[i]);
		if (is_unchanged(transactions[i]))
			parts[i].data.address = parts[i].data.size = parts[i].data.flags = 0;
	}
	err = judged(handle_ioctl(transactions[0]->handle, KSTATE_IOC_COMMIT_MANY, &many));
	for (unsigned int i = 0; i < count; i++)
		if (transactions[i]->handle)
			end(transactions[i]);
	return err;
}

/* --- queries --- */

bool kstate_transaction_is_active(kstate_transaction_p transaction)
{
	return transaction && transaction->handle;
}

const char *kstate_get_transaction_name(kstate_transaction_p transaction)
{
	return kstate_transaction_is_active(transaction) ? transaction->handle->name : NULL;
}

uint32_t kstate_get_transaction_permissions(kstate_transaction_p transaction)
{
	return kstate_transaction_is_active(transaction) ? transaction->permissions : 0;
}

uint32_t kstate_get_transaction_id(kstate_transaction_p transaction)
{
	return kstate_transaction_is_active(transaction) ? transaction->id : 0;
}

size_t kstate_get_transaction_size(kstate_transaction_p transaction)
{
	return kstate_transaction_is_active(transaction) ? transaction->size : 0;
}

uint64_t kstate_get_transaction_version(kstate_transaction_p transaction)
{
	return kstate_transaction_is_active(transaction) ? transaction->version : 0;
}

void *kstate_get_transaction_ptr(kstate_transaction_p transaction)
{
	return kstate_transaction_is_active(transaction) ? transaction->copy : NULL;
}

void kstate_print_transaction(FILE *stream, const char *start, kstate_transaction_p transaction, bool eol)
{
	if (start)
		fputs(start, stream);
	if (kstate_transaction_is_active(transaction)) {
		fprintf(stream, "Transaction %u for ", transaction->id);
		print_permissions(stream, transaction->permissions);
		fprintf(stream, " on '%s'", transaction->handle->name);
	} else {
		fputs("Transaction <not active>", stream);
	}
	if (eol)
		fputc('\n', stream);
}

/* --- as a function --- */

/* Of two that wait equally long one would be too late each time. */
void kstate_back_off(unsigned int tries)
{
	unsigned int longest = 1U << (tries < WAIT_SHIFT_MAX ? tries : WAIT_SHIFT_MAX);
	unsigned int random = 0;
	struct timespec pause = {0};

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = tries;
	pause.tv_nsec = (long)(random % longest) * MICROSECOND;
	nanosleep(&pause, NULL);
}

static int attempt(kstate_transaction_p transaction, kstate_state_p state, kstate_transaction_fn fn, void *context,
		   bool *conflict)
{
	int err = kstate_start_transaction(transaction, state, KSTATE_WRITE);

	*conflict = false;
	if (err)
		return err;
	err = fn(transaction, transaction->copy, context);
	if (err) {
		kstate_abort_transaction(transaction);
		return err;
	}
	err = kstate_commit_transaction(transaction);
	*conflict = err == -EPERM;
	return err;
}

int kstate_transaction_using_fn(kstate_state_p state, kstate_transaction_fn fn, void *context, bool retry)
{
	kstate_transaction_p transaction;
	bool conflict = true;
	int err = -EINVAL;

	if (!kstate_state_is_subscribed(state) || !fn)
		return -EINVAL;
	transaction = kstate_new_transaction();
	if (!transaction)
		return -ENOMEM;
	for (unsigned int tries = 0; conflict && tries < (retry ? TRIES_MAX : 1); tries++) {
		if (tries)
			kstate_back_off(tries);
		err = attempt(transaction, state, fn, context, &conflict);
	}
	kstate_free_transaction(&transaction);
	return err;
}
