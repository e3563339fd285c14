// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_PAGE_WORK_H
#define LUNATIK_ADDON_PAGE_WORK_H

#include <napi.h>

#include <functional>
#include <memory>
#include <string>

#include "kstate.h"

// A subscription that several share; it ends with the last.
using SharedState = std::shared_ptr<kstate_state>;

// What takes as long as a file system does: it is done in a thread of libuv's pool, while JavaScript goes on with the page.
//
// Life: the work shares the subscription, so that the page may be closed, or collected, before it is done. It is gone once it
// has told its promise; the end of the environment waits for it, as for all that is in that pool.
class PageWork final : public Napi::AsyncWorker {
 public:
  // What returns a negative errno, or 0. That is told of the page under this name, as a failure of this operation.
  using Task = std::function<int(kstate_state_p)>;

  // Begins it. What it returns is settled when it is done.
  static Napi::Promise Begin(Napi::Env env, const char* operation, const std::string& name, SharedState state, Task task);

 private:
  PageWork(Napi::Env env, const char* operation, std::string name, SharedState state, Task task);

  void Execute() override;
  void OnOK() override;

  Napi::Promise::Deferred deferred_;
  const char* operation_;
  std::string name_;
  SharedState state_;
  Task task_;
  int status_ = 0;
};

#endif  // LUNATIK_ADDON_PAGE_WORK_H
