// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_SESSION_H
#define LUNATIK_ADDON_SESSION_H

#include <napi.h>

#include <map>
#include <memory>
#include <vector>

#include "feed.h"
#include "lunatik.h"
#include "runner.h"

// A session as an object of JavaScript.
//
// Operations on states are made here and now, on the event loop's own thread: the kernel answers a netlink request
// before the system call that sends it returns, so that there is nothing to wait for, and a way to another thread and
// back would take several times as long as the work. Chunks are different, see runner.h.
//
// What keeps coming, see feed.h, is an object of its own, which holds this one. Closing the session closes it.
//
// Life: while a chunk runs the object holds itself, so that it is collected only when nothing goes on. close(), the
// finalizer, or the end of the environment (a worker that is terminated), whichever comes first, aborts what runs, joins
// the threads and closes the sockets; close() waits for what runs, so that its end is told. The thread-safe function is made before our cleanup hook is added, and hooks run in
// reverse order: when it goes, no thread is left that could call it.
class Session final : public Napi::ObjectWrap<Session>, public FeedOwner, private Waker {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit Session(const Napi::CallbackInfo& info);
  ~Session() override;

  // The C library's, unless it is closed, which is thrown. `state` is the name of the state that it is about, or
  // undefined.
  lunatik_session* Opened(const char* operation, const Napi::Value& state) const;

  [[noreturn]] static void Throw(const lunatik_error& error, const Napi::Value& state);

 private:
  using Busy = std::map<uintptr_t, std::unique_ptr<Runner>>;

  Napi::Value NetNs(const Napi::CallbackInfo& info);
  Napi::Value NewState(const Napi::CallbackInfo& info);
  void CloseState(const Napi::CallbackInfo& info);
  Napi::Value GetState(const Napi::CallbackInfo& info);
  Napi::Value PutState(const Napi::CallbackInfo& info);
  Napi::Value SetState(const Napi::CallbackInfo& info);
  Napi::Value Show(const Napi::CallbackInfo& info);
  Napi::Value List(const Napi::CallbackInfo& info);
  Napi::Value Info(const Napi::CallbackInfo& info);
  Napi::Value Run(const Napi::CallbackInfo& info);
  Napi::Value Send(const Napi::CallbackInfo& info);
  void Cancel(const Napi::CallbackInfo& info);
  void Abort(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  void Wake(uintptr_t id) override;
  static void OnWake(napi_env env, napi_value notify, void* context, void* data);
  static void OnEnvironmentEnd(void* self);

  void Check(int status, const Napi::Value& state) const;

  Napi::Value Answer(int status, const Napi::Value& name, const lunatik_state& state);

  template <typename Work>
  Napi::Value Start(const Work& work, const char* operation, const Napi::Value& name, bool streaming);
  std::unique_ptr<Runner> TakeRunner(const Napi::Value& state);
  void KeepRunner(std::unique_ptr<Runner> runner);
  Napi::Value SetBusy(Napi::Env env, std::unique_ptr<Runner> runner);
  void SetIdle(Napi::Env env, Busy::iterator found);
  void LookAfter(Napi::Env env, const Napi::Function& notify, uintptr_t id);
  void CloseIfDone();
  void ShutDown();

  Napi::Env env_;
  lunatik_session* session_ = nullptr;
  bool closing_ = false;
  double* record_ = nullptr;
  Napi::Reference<Napi::Float64Array> record_reference_;
  napi_threadsafe_function waker_ = nullptr;
  uintptr_t next_id_ = 1;
  Busy busy_;
  std::vector<std::unique_ptr<Runner>> idle_;
};

// Classes of JavaScript for what keeps coming to a session: Receiver(session, name) and Monitor(session).
void DefineFeeds(Napi::Env env, Napi::Object exports);

#endif  // LUNATIK_ADDON_SESSION_H
