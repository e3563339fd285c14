// SPDX-License-Identifier: MIT
#include "page.h"

#include <cerrno>
#include <utility>
#include <vector>

#include <linux/kstate.h>

#include "changes.h"
#include "convert.h"
#include "netns.h"
#include "page_events.h"
#include "page_failure.h"
#include "pages.h"
#include "transaction.h"

namespace {

struct Subscription {
  kstate_state_p state;
  const char* name;
  kstate_permissions_t permissions;
  int status;
};

void Subscribe(void* context) {
  auto* subscription = static_cast<Subscription*>(context);
  subscription->status = kstate_subscribe_state(subscription->state, subscription->name, subscription->permissions);
}

// In the namespace that a caller names. That it is not to be found or entered is told in `error`.
void SubscribeElsewhere(const std::string& where, Subscription& subscription, lunatik_error& error) {
  netns found;
  if (netns_open(&found, where.c_str(), &error) != 0) return;
  netns_call(&found, Subscribe, &subscription, &error);
  netns_close(&found);
}

// Where there is no byte there is no address either, which for the C library is nowhere to write.
void* Room(Napi::Uint8Array& bytes) {
  static char none;
  return bytes.ByteLength() == 0 ? static_cast<void*>(&none) : bytes.Data();
}

}  // namespace

Napi::Function Page::Define(Napi::Env env) {
  return DefineClass(env, "Page",
                     {
                         InstanceMethod<&Page::Size>("size"),
                         InstanceMethod<&Page::Map>("map"),
                         InstanceMethod<&Page::Read>("read"),
                         InstanceMethod<&Page::Resize>("resize"),
                         InstanceMethod<&Page::Delete>("delete"),
                         InstanceMethod<&Page::Persist>("persist"),
                         InstanceMethod<&Page::Sync>("sync"),
                         InstanceMethod<&Page::Close>("close"),
                     });
}

// new Page(name, write: boolean, netns: string | undefined, numbers: Float64Array)
Page::Page(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<Page>(info), env_(info.Env()), name_(info[0].As<Napi::String>().Utf8Value()) {
  auto numbers = info[3].As<Napi::Float64Array>();
  if (numbers.ElementLength() < kPageNumbers) throw Napi::RangeError::New(env_, "no room for numbers");

  SharedState state(kstate_new_state(), [](kstate_state_p last) { kstate_free_state(&last); });
  Subscription subscription = {state.get(), name_.c_str(), info[1].As<Napi::Boolean>() ? KSTATE_WRITE : KSTATE_READ, 0};
  lunatik_error error = {};
  if (info[2].IsUndefined())
    Subscribe(&subscription);
  else
    SubscribeElsewhere(info[2].As<Napi::String>().Utf8Value(), subscription, error);
  if (error.code == 0 && subscription.status != 0) error = PageFailure("subscribe", subscription.status);
  if (error.code != 0) Throw(env_, error, name_);
  state_ = std::move(state);
  numbers_ = numbers.Data();
  numbers_reference_ = Napi::Persistent(numbers);
}

Page::~Page() { CloseFeeds(false); }

Napi::Value Page::MakeError(Napi::Env env, const lunatik_error& error, const std::string& name) {
  const auto* make_error = env.GetInstanceData<Napi::FunctionReference>();
  return make_error->Call({FailureObject(env, error), env.Undefined(), Napi::String::New(env, name)});
}

void Page::Throw(Napi::Env env, const lunatik_error& error, const std::string& name) {
  throw Napi::Error(env, MakeError(env, error, name));
}

kstate_state_p Page::Opened(const char* operation) const {
  if (state_ == nullptr) Throw(env_, {EBADF, operation, "", "the page is closed"}, name_);
  return state_.get();
}

kstate_state_p Page::OpenedForFeed(const char* operation) const {
  kstate_state_p state = Opened(operation);
  if (HasFeeds()) Throw(env_, {EBUSY, operation, "", "somebody is told of its changes already"}, name_);
  return state;
}

void Page::Check(const char* operation, int status) const {
  if (status != 0) Throw(env_, PageFailure(operation, status), name_);
}

// size(): number
Napi::Value Page::Size(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(kstate_get_size(Opened("read"))));
}

// map(): ArrayBuffer, which is not to be written
Napi::Value Page::Map(const Napi::CallbackInfo& info) {
  // JavaScript knows of no memory that may not be written; a store would be a fault, and native/addon/page-map.ts makes none.
  auto* map = const_cast<kstate_map*>(kstate_get_map(Opened("read")));
  const Napi::ArrayBuffer buffer = Napi::ArrayBuffer::New(info.Env(), map, KSTATE_MAP_SIZE);
  map_ = Napi::Weak(buffer);
  return buffer;
}

// read(into: Uint8Array)
void Page::Read(const Napi::CallbackInfo& info) {
  kstate_state_p state = Opened("read");
  auto into = info[0].As<Napi::Uint8Array>();
  size_t size = into.ByteLength();
  uint64_t version = 0;
  Check("read", kstate_read(state, Room(into), &size, &version));
  numbers_[0] = static_cast<double>(version);
  numbers_[1] = static_cast<double>(size);
}

// resize(size: number)
void Page::Resize(const Napi::CallbackInfo& info) {
  Check("resize", kstate_set_size(Opened("resize"), info[0].As<Napi::Number>().Uint32Value()));
}

// delete()
void Page::Delete(const Napi::CallbackInfo& /*info*/) { Check("delete", kstate_delete(Opened("delete"))); }

// persist(file: string): Promise<void>
Napi::Value Page::Persist(const Napi::CallbackInfo& info) {
  Opened("persist");
  const std::string file = info[0].As<Napi::String>().Utf8Value();
  return PageWork::Begin(env_, "persist", name_, state_,
                         [file](kstate_state_p state) { return kstate_set_persistent(state, file.c_str()); });
}

// sync(version: number): Promise<void>; 0 is the newest
Napi::Value Page::Sync(const Napi::CallbackInfo& info) {
  Opened("sync");
  const auto version = static_cast<uint64_t>(info[0].As<Napi::Number>().Int64Value());
  return PageWork::Begin(env_, "sync", name_, state_,
                         [version](kstate_state_p state) { return kstate_sync(state, version); });
}

// close()
void Page::Close(const Napi::CallbackInfo& /*info*/) {
  // Who waits is told, and finds it closed.
  const SharedState state = std::exchange(state_, nullptr);
  if (!map_.IsEmpty() && !map_.Value().IsEmpty()) map_.Value().Detach();
  CloseFeeds(true);
}

namespace {

// readMany(pages: Page[], into: Uint8Array[], numbers: Float64Array): there is room for the numbers of all
void ReadMany(const Napi::CallbackInfo& info) {
  const auto pages = info[0].As<Napi::Array>();
  const auto into = info[1].As<Napi::Array>();
  const uint32_t count = pages.Length();
  std::vector<kstate_view> views(count);
  for (uint32_t i = 0; i < count; i++) {
    auto bytes = into.Get(i).As<Napi::Uint8Array>();
    const Page* page = Page::Unwrap(pages.Get(i).As<Napi::Object>());
    views[i] = {page->Opened("read"), Room(bytes), bytes.ByteLength(), 0};
  }
  const int status = kstate_read_many(views.data(), count);
  if (status != 0) Page::Throw(info.Env(), PageFailure("read", status), "");
  double* numbers = info[2].As<Napi::Float64Array>().Data();
  for (uint32_t i = 0; i < count; i++) {
    numbers[i * kPageNumbers] = static_cast<double>(views[i].version);
    numbers[i * kPageNumbers + 1] = static_cast<double>(views[i].size);
  }
}

}  // namespace

void DefinePages(Napi::Env env, Napi::Object exports) {
  exports.Set("Page", Page::Define(env));
  exports.Set("Transaction", Transaction::Define(env));
  exports.Set("Changes", DefineChanges(env));
  exports.Set("Pages", Pages::Define(env));
  exports.Set("PageMonitor", DefinePageEvents(env));
  exports.Set("readMany", Napi::Function::New<ReadMany>(env, "readMany"));
  exports.Set("commitMany", Napi::Function::New<Transaction::CommitMany>(env, "commitMany"));
}
