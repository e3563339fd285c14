// SPDX-License-Identifier: MIT
#include "page_events.h"

#include <cerrno>
#include <string>

#include "feed.h"
#include "page.h"
#include "page_failure.h"
#include "pages.h"

namespace {

struct PageEvents {
  static constexpr const char* kClass = "PageMonitor";
  using Owner = Pages;
  using Source = kstate_monitor;

  static Source* Open(const Pages& pages, const Napi::CallbackInfo& info) {
    kstate_session* session = pages.Opened("event");
    Source* source = kstate_monitor_open(session);
    if (source == nullptr) Page::Throw(info.Env(), PageFailure(*kstate_session_error(session)), "");
    return source;
  }
  static void Close(Source* source) { kstate_monitor_close(source); }
  static int Descriptor(const Source* source) { return kstate_monitor_fd(source); }

  // False stands for events that were lost.
  static Napi::Value Take(Napi::Env env, Source* source, const std::string& /*state*/) {
    kstate_event event;
    const int status = kstate_monitor_next(source, 0, &event);
    if (status == -ETIMEDOUT) return env.Undefined();
    if (status == -ENOBUFS) return Napi::Boolean::New(env, false);
    if (status != 0) Page::Throw(env, PageFailure(*kstate_monitor_error(source)), "");
    Napi::Object object = Napi::Object::New(env);
    object.Set("type", Napi::Number::New(env, event.type));
    object.Set("name", Napi::String::New(env, event.name));
    object.Set("version", Napi::Number::New(env, static_cast<double>(event.version)));
    object.Set("passedOver", Napi::Number::New(env, event.passed_over));
    return object;
  }
};

}  // namespace

Napi::Function DefinePageEvents(Napi::Env env) { return FeedOf<PageEvents>::Define(env); }
