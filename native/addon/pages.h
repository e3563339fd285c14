// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_PAGES_H
#define LUNATIK_ADDON_PAGES_H

#include <napi.h>

#include <string>

#include "feed.h"
#include "kstate.h"

// The pages of a network namespace, as an object of JavaScript: what there are, not what is in them, for which see page.h.
//
// The kernel answers a netlink request before the system call that sends it returns, so all happens here and now, as with
// states.
//
// Life: closed by JavaScript, or by the finalizer, with the feeds that it has.
class Pages final : public Napi::ObjectWrap<Pages>, public FeedOwner {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit Pages(const Napi::CallbackInfo& info);
  ~Pages() override;

  // The C library's, unless it is closed, which is thrown.
  kstate_session* Opened(const char* operation) const;

 private:
  Napi::Value List(const Napi::CallbackInfo& info);
  Napi::Value Info(const Napi::CallbackInfo& info);
  void Create(const Napi::CallbackInfo& info);
  void Remove(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  // What the C library returned, if that is a failure; it is thrown.
  void Check(int status, const std::string& name) const;

  Napi::Env env_;
  kstate_session* session_ = nullptr;
};

// Of one page that is listed; the order of native.ts.
constexpr size_t kPageInfoNumbers = 9;

#endif  // LUNATIK_ADDON_PAGES_H
