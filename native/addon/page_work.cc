// SPDX-License-Identifier: MIT
#include "page_work.h"

#include <cerrno>
#include <utility>

#include "page.h"
#include "page_failure.h"

Napi::Promise PageWork::Begin(Napi::Env env, const char* operation, const std::string& name, SharedState state,
                              Task task) {
  auto* work = new PageWork(env, operation, name, std::move(state), std::move(task));
  const Napi::Promise promise = work->deferred_.Promise();
  work->Queue();
  return promise;
}

PageWork::PageWork(Napi::Env env, const char* operation, std::string name, SharedState state, Task task)
    : Napi::AsyncWorker(env, operation),
      deferred_(env),
      operation_(operation),
      name_(std::move(name)),
      state_(std::move(state)),
      task_(std::move(task)) {}

void PageWork::Execute() {
  // A signal is not for this thread, whichever the kernel chose.
  do status_ = task_(state_.get());
  while (status_ == -EINTR);
}

void PageWork::OnOK() {
  if (status_ == 0)
    deferred_.Resolve(Env().Undefined());
  else
    deferred_.Reject(Page::MakeError(Env(), PageFailure(operation_, status_), name_));
}
