// SPDX-License-Identifier: MIT
// What require() of the addon gives: the classes Session, Receiver and Monitor, those of pages, and initialize(), which is
// called before anything else is.

#include <napi.h>

#include <memory>

#include "page.h"
#include "session.h"

namespace {

// initialize(makeError: (failure, state, page) => Error). The class of the errors is JavaScript's; each environment has its
// own.
void Initialize(const Napi::CallbackInfo& info) {
  auto make_error = std::make_unique<Napi::FunctionReference>(Napi::Persistent(info[0].As<Napi::Function>()));
  info.Env().SetInstanceData(make_error.release());
}

Napi::Object Load(Napi::Env env, Napi::Object exports) {
  exports.Set("initialize", Napi::Function::New<Initialize>(env, "initialize"));
  exports.Set("Session", Session::Define(env));
  DefineFeeds(env, exports);
  DefinePages(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(lunatik, Load)
