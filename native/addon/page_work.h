// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_PAGE_WORK_H
#define LUNATIK_ADDON_PAGE_WORK_H

#include <napi.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "kstate.h"

// A subscription that several share; it ends with the last.
using SharedState = std::shared_ptr<kstate_state>;

// What takes as long as a file system does, which may be for ever: it is done in a thread of the page's, while JavaScript
// goes on with the page. Not in one of libuv's pool, which is four threads for all of the program's files and names, and which the end
// of a process waits for.
//
// Life: the work shares the subscription, so that the page may be closed, or collected, before it is done. While it goes on
// it keeps the event loop from its end, but not the environment, nor the process: one that ends does not wait for it. It
// belongs to its thread, then to the event loop, where there still is one, and is gone once that has told its promise. An
// environment that ends says so by the gate, which its hooks do before Node forgets what a thread would tell it by.
class PageWork {
 public:
  // What returns a negative errno, or 0. That is told of the page under this name, as a failure of this operation.
  using Task = std::function<int(kstate_state_p)>;

  // Begins it. What it returns is settled when it is done.
  static Napi::Promise Begin(Napi::Env env, const char* operation, const std::string& name, SharedState state, Task task);

  PageWork(const PageWork&) = delete;
  PageWork& operator=(const PageWork&) = delete;

  // Whose work it is; for comparison only, once it was done.
  [[nodiscard]] kstate_state_p page() const { return state_.get(); }

  // What a thread does with it, and is not to use it afterwards.
  void Do();

 private:
  static void Done(Napi::Env env, Napi::Function none, std::nullptr_t* context, PageWork* work);
  using Teller = Napi::TypedThreadSafeFunction<std::nullptr_t, PageWork, &PageWork::Done>;

  // Between a thread that tells and an environment that ends. It outlives the work, whoever is the first.
  struct Gate {
    std::mutex mutex;
    bool closed = false;
  };

  PageWork(Napi::Env env, const char* operation, std::string name, SharedState state, Task task);
  static void CloseGate(void* self);
  void Settle(Napi::Env env);

  Napi::Promise::Deferred deferred_;
  Teller teller_;
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  const char* operation_;
  std::string name_;
  SharedState state_;
  Task task_;
  int status_ = 0;
};

#endif  // LUNATIK_ADDON_PAGE_WORK_H
