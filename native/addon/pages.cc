// SPDX-License-Identifier: MIT
#include "pages.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "page.h"
#include "page_failure.h"

namespace {

void PutPage(const kstate_page& page, double* numbers) {
  const double ordered[kPageInfoNumbers] = {
      static_cast<double>(page.size),       static_cast<double>(page.version), static_cast<double>(page.subscribers),
      static_cast<double>(page.uid),        static_cast<double>(page.gid),     static_cast<double>(page.mode),
      static_cast<double>(page.pinned),     static_cast<double>(page.persistent),
      static_cast<double>(page.memory),
  };
  std::memcpy(numbers, ordered, sizeof(ordered));
}

// JavaScript has checked that it is a whole number in range.
uint32_t NumberOrDefault(const Napi::Value& value) {
  return value.IsUndefined() ? KSTATE_DEFAULT : value.As<Napi::Number>().Uint32Value();
}

}  // namespace

Napi::Function Pages::Define(Napi::Env env) {
  return DefineClass(env, "Pages",
                     {
                         InstanceMethod<&Pages::List>("list"),
                         InstanceMethod<&Pages::Info>("info"),
                         InstanceMethod<&Pages::Create>("create"),
                         InstanceMethod<&Pages::Remove>("remove"),
                         InstanceMethod<&Pages::Close>("close"),
                     });
}

// new Pages(netns: string | undefined)
Pages::Pages(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Pages>(info), env_(info.Env()) {
  const std::string netns = info[0].IsUndefined() ? "" : info[0].As<Napi::String>().Utf8Value();
  kstate_error error;
  session_ = kstate_open(info[0].IsUndefined() ? nullptr : netns.c_str(), &error);
  if (session_ == nullptr) Page::Throw(env_, PageFailure(error), "");
}

Pages::~Pages() {
  CloseFeeds(false);
  kstate_close(session_);
}

kstate_session* Pages::Opened(const char* operation) const {
  if (session_ == nullptr) Page::Throw(env_, {EBADF, operation, "", "it is closed"}, "");
  return session_;
}

void Pages::Check(int status, const std::string& name) const {
  if (status != 0) Page::Throw(env_, PageFailure(*kstate_session_error(session_)), name);
}

// list(match: string | undefined): [numbers: Float64Array, names: string[]]
Napi::Value Pages::List(const Napi::CallbackInfo& info) {
  kstate_session* session = Opened("list");
  const std::string match = info[0].IsUndefined() ? "" : info[0].As<Napi::String>().Utf8Value();
  kstate_page* pages = nullptr;
  size_t count = 0;
  Check(kstate_list(session, info[0].IsUndefined() ? nullptr : match.c_str(), &pages, &count), "");
  const std::unique_ptr<kstate_page, decltype(&std::free)> owned(pages, &std::free);

  auto numbers = Napi::Float64Array::New(env_, count * kPageInfoNumbers);
  Napi::Array names = Napi::Array::New(env_, count);
  for (size_t i = 0; i < count; i++) {
    const Napi::HandleScope scope(env_);
    PutPage(pages[i], numbers.Data() + i * kPageInfoNumbers);
    names.Set(static_cast<uint32_t>(i), Napi::String::New(env_, pages[i].name));
  }
  Napi::Array listing = Napi::Array::New(env_, 2);
  listing.Set(0U, numbers);
  listing.Set(1U, names);
  return listing;
}

// info(name): Float64Array
Napi::Value Pages::Info(const Napi::CallbackInfo& info) {
  kstate_session* session = Opened("list");
  const std::string name = info[0].As<Napi::String>().Utf8Value();
  kstate_page page;
  Check(kstate_show(session, name.c_str(), &page), name);
  auto numbers = Napi::Float64Array::New(env_, kPageInfoNumbers);
  PutPage(page, numbers.Data());
  return numbers;
}

// create(name, size: number | undefined, mode: number | undefined)
void Pages::Create(const Napi::CallbackInfo& info) {
  kstate_session* session = Opened("create");
  const std::string name = info[0].As<Napi::String>().Utf8Value();
  Check(kstate_create(session, name.c_str(), NumberOrDefault(info[1]), NumberOrDefault(info[2])), name);
}

// remove(name)
void Pages::Remove(const Napi::CallbackInfo& info) {
  kstate_session* session = Opened("delete");
  const std::string name = info[0].As<Napi::String>().Utf8Value();
  Check(kstate_remove(session, name.c_str()), name);
}

// close()
void Pages::Close(const Napi::CallbackInfo& /*info*/) {
  kstate_session* session = std::exchange(session_, nullptr);
  CloseFeeds(true);
  kstate_close(session);
}
