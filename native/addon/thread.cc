// SPDX-License-Identifier: MIT
#include "thread.h"

#include <csignal>
#include <cstddef>

namespace {

constexpr size_t kStackSize = size_t{256} * 1024;

}  // namespace

int StartThread(pthread_t* thread, void* (*main)(void*), void* context) {
  pthread_attr_t attributes;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackSize);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int code = pthread_create(thread, &attributes, main, context);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  return code;
}
