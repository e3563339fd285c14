// SPDX-License-Identifier: MIT
// What keeps coming to a session: messages of a state, and events.
#include "feed.h"

#include <cerrno>

#include "convert.h"
#include "lunatik.h"
#include "session.h"

namespace {

// The two things of the C library that a feed of a session can be about. Take() is their next(), as JavaScript has it.
struct Messages {
  static constexpr const char* kClass = "Receiver";
  using Owner = Session;
  using Source = lunatik_receiver;

  static Source* Open(const Session& session, const Napi::CallbackInfo& info) {
    lunatik_session* opened = session.Opened("receive", info[1]);
    Source* source = lunatik_receiver_open(opened, info[1].As<Napi::String>().Utf8Value().c_str());
    if (source == nullptr) Session::Throw(*lunatik_session_error(opened), info[1]);
    return source;
  }
  static void Close(Source* source) { lunatik_receiver_close(source); }
  static int Descriptor(const Source* source) { return lunatik_receiver_fd(source); }

  static Napi::Value Take(Napi::Env env, Source* source, const std::string& state) {
    lunatik_message message;
    const int status = lunatik_receiver_next(source, 0, &message);
    if (status == -ETIMEDOUT) return env.Undefined();
    if (status != 0) Session::Throw(*lunatik_receiver_error(source), Napi::String::New(env, state));
    return message.closed ? env.Null() : Napi::Value(MessageObject(env, message));
  }
};

struct Events {
  static constexpr const char* kClass = "Monitor";
  using Owner = Session;
  using Source = lunatik_monitor;

  static Source* Open(const Session& session, const Napi::CallbackInfo& info) {
    lunatik_session* opened = session.Opened("event", info.Env().Undefined());
    Source* source = lunatik_monitor_open(opened);
    if (source == nullptr) Session::Throw(*lunatik_session_error(opened), info.Env().Undefined());
    return source;
  }
  static void Close(Source* source) { lunatik_monitor_close(source); }
  static int Descriptor(const Source* source) { return lunatik_monitor_fd(source); }

  // False stands for events that were lost.
  static Napi::Value Take(Napi::Env env, Source* source, const std::string& /*state*/) {
    lunatik_event event;
    const int status = lunatik_monitor_next(source, 0, &event);
    if (status == -ETIMEDOUT) return env.Undefined();
    if (status == -ENOBUFS) return Napi::Boolean::New(env, false);
    if (status != 0) Session::Throw(*lunatik_monitor_error(source), env.Undefined());
    return EventObject(env, event);
  }
};

}  // namespace

void DefineFeeds(Napi::Env env, Napi::Object exports) {
  exports.Set(Messages::kClass, FeedOf<Messages>::Define(env));
  exports.Set(Events::kClass, FeedOf<Events>::Define(env));
}
