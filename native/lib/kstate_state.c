// SPDX-License-Identifier: MIT
/* States: what a program knows of a page that it is subscribed to. */
#include "kstate_handle.h"

#include <errno.h>
#include <stdlib.h>

kstate_state_p kstate_new_state(void)
{
	static atomic_uint last;
	struct kstate_state *state = calloc(1, sizeof(*state));

	if (!state)
		return NULL;
	/* 0 stands for none; after 2^32 they begin again. */
	do
		state->id = atomic_fetch_add(&last, 1) + 1;
	while (!state->id);
	return state;
}

void kstate_free_state(kstate_state_p *state)
{
	if (!state || !*state)
		return;
	kstate_unsubscribe_state(*state);
	free(*state);
	*state = NULL;
}

int kstate_subscribe_state(kstate_state_p state, const char *name, kstate_permissions_t permissions)
{
	uint32_t wanted = permissions_of(permissions);

	if (!state || state->handle || !wanted || !name_is_valid(name))
		return -EINVAL;
	return handle_open(&state->handle, name, wanted);
}

void kstate_unsubscribe_state(kstate_state_p state)
{
	if (!kstate_state_is_subscribed(state))
		return;
	handle_put(state->handle);
	state->handle = NULL;
}

bool kstate_state_is_subscribed(kstate_state_p state)
{
	return state && state->handle;
}

const char *kstate_get_state_name(kstate_state_p state)
{
	return kstate_state_is_subscribed(state) ? state->handle->name : NULL;
}

uint32_t kstate_get_state_permissions(kstate_state_p state)
{
	return kstate_state_is_subscribed(state) ? state->handle->permissions : 0;
}

uint32_t kstate_get_state_id(kstate_state_p state)
{
	return kstate_state_is_subscribed(state) ? state->id : 0;
}

void *kstate_get_state_ptr(kstate_state_p state)
{
	return kstate_state_is_subscribed(state) ? handle_live(state->handle) : NULL;
}

const struct kstate_map *kstate_get_map(kstate_state_p state)
{
	return kstate_state_is_subscribed(state) ? state->handle->map : NULL;
}

size_t kstate_get_size(kstate_state_p state)
{
	const struct kstate_map *map;
	uint64_t version;

	if (!kstate_state_is_subscribed(state))
		return 0;
	map = state->handle->map;
	version = __atomic_load_n(&map->version, __ATOMIC_ACQUIRE);
	return __atomic_load_n(&map->slots[version % KSTATE_SLOTS].size, __ATOMIC_RELAXED);
}

int kstate_set_size(kstate_state_p state, size_t size)
{
	if (!kstate_state_is_subscribed(state) || size > KSTATE_SIZE_MAX)
		return -EINVAL;
	return handle_ioctl(state->handle, KSTATE_IOC_RESIZE, &(__u32){(uint32_t)size});
}

int kstate_delete(kstate_state_p state)
{
	return kstate_state_is_subscribed(state) ? handle_ioctl(state->handle, KSTATE_IOC_DELETE, NULL) : -EINVAL;
}

int kstate_get_fd(kstate_state_p state)
{
	return kstate_state_is_subscribed(state) ? state->handle->fd : -EINVAL;
}

int kstate_acknowledge(kstate_state_p state, uint64_t *version)
{
	return kstate_state_is_subscribed(state) && version ? handle_acknowledge(state->handle, version) : -EINVAL;
}

int kstate_set_rate(kstate_state_p state, uint64_t nanoseconds)
{
	return kstate_state_is_subscribed(state) ? handle_set_rate(state->handle, nanoseconds) : -EINVAL;
}

void kstate_print_state(FILE *stream, const char *start, kstate_state_p state, bool eol)
{
	if (start)
		fputs(start, stream);
	if (kstate_state_is_subscribed(state)) {
		fprintf(stream, "State %u on '%s' for ", state->id, state->handle->name);
		print_permissions(stream, state->handle->permissions);
	} else {
		fputs("State <unsubscribed>", stream);
	}
	if (eol)
		fputc('\n', stream);
}
