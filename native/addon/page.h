// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_PAGE_H
#define LUNATIK_ADDON_PAGE_H

#include <napi.h>

#include <string>

#include "feed.h"
#include "kstate.h"
#include "lunatik.h"
#include "page_work.h"

// A page that this process is subscribed to, as an object of JavaScript.
//
// Nearly all of it happens here and now, on the event loop's own thread: nothing of that waits, and to read is not even a
// system call. What has to do with files is done elsewhere, see page_work.h. What a call tells beside what it returns, versions and sizes, goes into an array of JavaScript's, see
// kPageNumbers.
//
// Life: closed by JavaScript or by the finalizer, which the end of the environment calls, too. Its feed, see changes.h,
// holds it, waits with its descriptor, and is closed before. Transactions, see transaction.h, and work that was begun go on
// without it.
class Page final : public Napi::ObjectWrap<Page>, public FeedOwner {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit Page(const Napi::CallbackInfo& info);
  ~Page() override;

  const std::string& name() const { return name_; }

  // The C library's, unless it is closed, which is thrown.
  kstate_state_p Opened(const char* operation) const;

  // The same for who is to be told what changes: there may be one.
  kstate_state_p OpenedForFeed(const char* operation) const;

  // What the C library returned, if that is a failure; it is thrown.
  void Check(const char* operation, int status) const;

  static Napi::Value MakeError(Napi::Env env, const lunatik_error& error, const std::string& name);
  [[noreturn]] static void Throw(Napi::Env env, const lunatik_error& error, const std::string& name);

 private:
  Napi::Value Size(const Napi::CallbackInfo& info);
  Napi::Value Map(const Napi::CallbackInfo& info);
  void Read(const Napi::CallbackInfo& info);
  void Resize(const Napi::CallbackInfo& info);
  void Delete(const Napi::CallbackInfo& info);
  Napi::Value Persist(const Napi::CallbackInfo& info);
  Napi::Value Sync(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  Napi::Env env_;
  std::string name_;
  SharedState state_;
  double* numbers_ = nullptr;
  Napi::Reference<Napi::Float64Array> numbers_reference_;
  // What is mapped, as JavaScript reads it; it is taken away from there before it goes.
  Napi::Reference<Napi::ArrayBuffer> map_;
};

// Of one page: its version, then its size. A version is below 2^53 for longer than machines run.
constexpr size_t kPageNumbers = 2;

// The classes Page, Transaction, Changes, Pages and PageMonitor; readMany() and commitMany().
void DefinePages(Napi::Env env, Napi::Object exports);

#endif  // LUNATIK_ADDON_PAGE_H
