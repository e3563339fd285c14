// SPDX-License-Identifier: MIT
#include "changes.h"

#include <cerrno>
#include <string>

#include "feed.h"
#include "page.h"

namespace {

// It works with the page's own subscription, which knows what it has been told, and reads no newer version while a rate
// holds that back. So there is one at a time.
struct Versions {
  static constexpr const char* kClass = "Changes";
  static constexpr const char* kOperation = "changes";
  using Owner = Page;

  struct Source {
    const Page* page;
    kstate_state_p state;
  };

  static Source* Open(const Page& page, const Napi::CallbackInfo& info) {
    kstate_state_p state = page.OpenedForFeed(kOperation);
    page.Check(kOperation, kstate_set_rate(state, static_cast<uint64_t>(info[1].As<Napi::Number>().Int64Value())));
    return new Source{&page, state};
  }

  static void Close(Source* source) {
    kstate_set_rate(source->state, 0);
    delete source;
  }

  static int Descriptor(const Source* source) { return kstate_get_fd(source->state); }

  static Napi::Value Take(Napi::Env env, const Source* source, const std::string& /*state*/) {
    uint64_t version = 0;
    const int status = kstate_acknowledge(source->state, &version);
    if (status == -EAGAIN) return env.Undefined();
    source->page->Check(kOperation, status);
    return Napi::Number::New(env, static_cast<double>(version));
  }
};

}  // namespace

Napi::Function DefineChanges(Napi::Env env) { return FeedOf<Versions>::Define(env); }
