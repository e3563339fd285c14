// SPDX-License-Identifier: MIT
// Life: a feed holds its session, as an object of JavaScript, and is known to it until it is closed. While somebody
// waits it holds itself. It is closed by JavaScript, by its session, by its finalizer, or when the environment ends:
// whichever comes first closes the socket.
#include "feed.h"

#include <cerrno>
#include <optional>
#include <utility>

#include "convert.h"
#include "lunatik.h"
#include "session.h"

namespace {

// The two things of the C library that a feed can be about. Take() is their next(), as JavaScript has it: undefined
// where there is none, null at the end.
struct Messages {
  static constexpr const char* kClass = "Receiver";
  static constexpr const char* kOperation = "receive";
  using Source = lunatik_receiver;

  static Source* Open(lunatik_session* session, const Napi::CallbackInfo& info) {
    return lunatik_receiver_open(session, info[1].As<Napi::String>().Utf8Value().c_str());
  }
  static void Close(Source* source) { lunatik_receiver_close(source); }
  static int Descriptor(const Source* source) { return lunatik_receiver_fd(source); }
  static const lunatik_error& Error(const Source* source) { return *lunatik_receiver_error(source); }

  static std::optional<Napi::Value> Take(Napi::Env env, Source* source) {
    lunatik_message message;
    const int status = lunatik_receiver_next(source, 0, &message);
    if (status == -ETIMEDOUT) return env.Undefined();
    if (status != 0) return std::nullopt;
    return message.closed ? env.Null() : Napi::Value(MessageObject(env, message));
  }
};

struct Events {
  static constexpr const char* kClass = "Monitor";
  static constexpr const char* kOperation = "event";
  using Source = lunatik_monitor;

  static Source* Open(lunatik_session* session, const Napi::CallbackInfo& /*info*/) {
    return lunatik_monitor_open(session);
  }
  static void Close(Source* source) { lunatik_monitor_close(source); }
  static int Descriptor(const Source* source) { return lunatik_monitor_fd(source); }
  static const lunatik_error& Error(const Source* source) { return *lunatik_monitor_error(source); }

  // False stands for events that were lost.
  static std::optional<Napi::Value> Take(Napi::Env env, Source* source) {
    lunatik_event event;
    const int status = lunatik_monitor_next(source, 0, &event);
    if (status == -ETIMEDOUT) return env.Undefined();
    if (status == -ENOBUFS) return Napi::Boolean::New(env, false);
    if (status != 0) return std::nullopt;
    return EventObject(env, event);
  }
};

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

  explicit FeedOf(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<FeedOf<Kind>>(info), env_(info.Env()), session_(Session::Unwrap(info[0].As<Napi::Object>())) {
    lunatik_session* session = session_->Opened(Kind::kOperation, info[1]);
    source_ = Kind::Open(session, info);
    if (source_ == nullptr) Session::Throw(*lunatik_session_error(session), info[1]);
    if (info[1].IsString()) state_ = info[1].As<Napi::String>().Utf8Value();
    session_->Add(this);
    session_object_ = Napi::Persistent(info[0].As<Napi::Object>());
  }

  ~FeedOf() override { CloseAll(); }

  void End(bool tell) override {
    session_ = nullptr;
    CloseAll();
    Napi::FunctionReference readable = StopWaiting();
    if (tell && !readable.IsEmpty()) readable.Call({});
  }

 private:
  // take(): item | undefined | null
  Napi::Value Take(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    if (source_ == nullptr) return env.Null();
    const std::optional<Napi::Value> item = Kind::Take(env, source_);
    if (!item) Session::Throw(Kind::Error(source_), State(env));
    return *item;
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
    if (session_ != nullptr) std::exchange(session_, nullptr)->Remove(this);
  }

  Napi::Value State(Napi::Env env) const {
    return state_ ? Napi::Value(Napi::String::New(env, *state_)) : env.Undefined();
  }

  Napi::Env env_;
  Session* session_;
  Napi::ObjectReference session_object_;
  std::optional<std::string> state_;
  typename Kind::Source* source_ = nullptr;
  Poll* poll_ = nullptr;
  Napi::FunctionReference readable_;
};

}  // namespace

void DefineFeeds(Napi::Env env, Napi::Object exports) {
  exports.Set(Messages::kClass, FeedOf<Messages>::Define(env));
  exports.Set(Events::kClass, FeedOf<Events>::Define(env));
}
