// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_FEED_H
#define LUNATIK_ADDON_FEED_H

#include <napi.h>

#include <set>
#include <string>
#include <utility>

#include "poll.h"

// What keeps coming: messages of a state, events, versions of a page.
//
// JavaScript takes one after the other, without waiting, and asks to be called once there may be more. What it does not
// take waits in the kernel.
class Feed {
 public:
  // What it belongs to is closed. Who waits is told if JavaScript runs still.
  virtual void End(bool tell) = 0;

 protected:
  ~Feed() = default;
};

// What feeds belong to, a session or a page. They say when they come and go.
class FeedOwner {
 public:
  void Add(Feed* feed) { feeds_.insert(feed); }
  void Remove(Feed* feed) { feeds_.erase(feed); }

 protected:
  ~FeedOwner() = default;

  bool HasFeeds() const { return !feeds_.empty(); }

  // That may be the end of other feeds, too.
  void CloseFeeds(bool tell) {
    while (!feeds_.empty()) {
      Feed* feed = *feeds_.begin();
      feeds_.erase(feeds_.begin());
      feed->End(tell);
    }
  }

 private:
  std::set<Feed*> feeds_;
};

// A feed as an object of JavaScript: new KIND(owner, ...). A kind says what there is to take and where it comes from:
// Open() and Take() throw; Take() gives undefined where there is nothing yet, and null at the end.
//
// Life: a feed holds its owner, as an object of JavaScript, and is known to it until it is closed. While somebody waits it
// holds itself. It is closed by JavaScript, by its owner, by its finalizer, or when the environment ends: whichever comes
// first closes the source.
template <typename Kind>
class FeedOf final : public Napi::ObjectWrap<FeedOf<Kind>>, public Feed, private Poll::Owner {
 public:
  static Napi::Function Define(Napi::Env env) {
    return FeedOf::DefineClass(env, Kind::kClass,
                               {
                                   FeedOf::template InstanceMethod<&FeedOf::Take>("take"),
                                   FeedOf::template InstanceMethod<&FeedOf::Watch>("watch"),
                                   FeedOf::template InstanceMethod<&FeedOf::Close>("close"),
                               });
  }

  explicit FeedOf(const Napi::CallbackInfo& info) : Napi::ObjectWrap<FeedOf<Kind>>(info), env_(info.Env()) {
    const auto object = info[0].As<Napi::Object>();
    auto* owner = Kind::Owner::Unwrap(object);
    source_ = Kind::Open(*owner, info);
    if (info[1].IsString()) state_ = info[1].As<Napi::String>().Utf8Value();
    owner_ = owner;
    owner_->Add(this);
    owner_object_ = Napi::Persistent(object);
  }

  ~FeedOf() override { CloseAll(); }

  void End(bool tell) override {
    owner_ = nullptr;
    CloseAll();
    Napi::FunctionReference readable = StopWaiting();
    if (tell && !readable.IsEmpty()) readable.Call({});
  }

 private:
  // take(): item | undefined | null
  Napi::Value Take(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return source_ == nullptr ? env.Null() : Kind::Take(env, source_, state_);
  }

  // watch(readable: () => void)
  void Watch(const Napi::CallbackInfo& info) {
    if (source_ == nullptr) return;
    if (poll_ == nullptr) poll_ = Poll::Open(env_, Kind::Descriptor(source_), *this);
    if (poll_ == nullptr || !poll_->Watch()) throw Napi::Error::New(info.Env(), "the event loop takes no descriptor");
    if (readable_.IsEmpty()) this->Ref();
    readable_ = Napi::Persistent(info[0].As<Napi::Function>());
  }

  // close()
  void Close(const Napi::CallbackInfo& /*info*/) {
    CloseAll();
    StopWaiting();
  }

  void OnReadable() override {
    const Napi::HandleScope scope(env_);
    const Napi::FunctionReference readable = StopWaiting();
    // What it resolves is looked after on its return. It throws nothing; that it fails is for a worker that is being
    // terminated, and then there is not even an error to be made of it, as Napi::Function would.
    napi_value unread = nullptr;
    if (napi_make_callback(env_, nullptr, env_.Global(), readable.Value(), 0, nullptr, &unread) != napi_ok)
      napi_get_and_clear_last_exception(env_, &unread);
  }

  void OnEnvironmentEnd() override { CloseAll(); }

  // Whom to call, once; from here on only JavaScript holds this object.
  Napi::FunctionReference StopWaiting() {
    Napi::FunctionReference readable = std::move(readable_);
    if (!readable.IsEmpty()) this->Unref();
    return readable;
  }

  void CloseAll() {
    if (poll_ != nullptr) std::exchange(poll_, nullptr)->Close();
    if (source_ != nullptr) Kind::Close(std::exchange(source_, nullptr));
    if (owner_ != nullptr) std::exchange(owner_, nullptr)->Remove(this);
  }

  Napi::Env env_;
  FeedOwner* owner_ = nullptr;
  Napi::ObjectReference owner_object_;
  // Of the state that it is about, if that is what it is about.
  std::string state_;
  typename Kind::Source* source_ = nullptr;
  Poll* poll_ = nullptr;
  Napi::FunctionReference readable_;
};

#endif  // LUNATIK_ADDON_FEED_H
