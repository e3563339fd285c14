// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_THREAD_H
#define LUNATIK_ADDON_THREAD_H

#include <pthread.h>

// Starts a thread that hears of no signal: whatever Node handles is for its own threads, and here it would end what the
// kernel is doing for us. It is to be joined, or detached. Returns 0 or an errno.
int StartThread(pthread_t* thread, void* (*main)(void*), void* context);

#endif  // LUNATIK_ADDON_THREAD_H
