// SPDX-License-Identifier: MIT
#include "session.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include "convert.h"

namespace {

// Runners kept for the next chunk, with their socket and perhaps their thread. More are made whenever more chunks run
// at once, and go when those have ended.
constexpr size_t kIdleRunners = 4;

std::string Text(const Napi::Value& value) { return value.As<Napi::String>().Utf8Value(); }

// A string that is most often short: copied once, where it needs no memory of its own.
template <size_t Room>
class ShortText {
 public:
  explicit ShortText(const Napi::Value& value) {
    if (napi_get_value_string_utf8(value.Env(), value, short_, Room, &size_) != napi_ok) size_ = kNone;
    if (size_ == kNone || IsWhole()) return;
    long_ = Text(value);
    size_ = long_.size();
  }
  ShortText(const ShortText&) = delete;
  ShortText& operator=(const ShortText&) = delete;

  bool is_string() const { return size_ != kNone; }
  const char* c_str() const { return IsWhole() ? short_ : long_.c_str(); }
  size_t size() const { return size_; }

 private:
  static constexpr size_t kNone = SIZE_MAX;
  // Bytes of a character at most. One for which there is no room is left out whole, and all behind it.
  static constexpr size_t kCharacter = 4;

  bool IsWhole() const { return size_ < Room - kCharacter; }

  char short_[Room];
  std::string long_;
  size_t size_ = 0;
};

// With room for a character more than a name has, whatever that one is.
using Name = ShortText<LUNATIK_NAME_MAX + 8>;

// A chunk or a message is text, or bytes that are given to the kernel as they are.
class Body {
 public:
  explicit Body(const Napi::Value& value) : text_(value) {
    if (text_.is_string()) {
      bytes_ = text_.c_str();
      size_ = text_.size();
    } else {
      const auto array = value.As<Napi::Uint8Array>();
      bytes_ = reinterpret_cast<const char*>(array.Data());
      size_ = array.ByteLength();
    }
  }

  const char* bytes() const { return bytes_; }
  size_t size() const { return size_; }

 private:
  ShortText<1024> text_;
  const char* bytes_;
  size_t size_;
};

// What may follow after the state and the body of a run, all of it or nothing: streaming, budget | undefined,
// wait | undefined, ...change
struct Limits {
  static constexpr size_t kFirst = 2;
  static constexpr size_t kEnd = kFirst + 6;

  explicit Limits(const Napi::CallbackInfo& info) {
    if (info.Length() <= kFirst) return;
    streaming = info[kFirst].As<Napi::Boolean>();
    budget = NumberOrDefault(info[kFirst + 1]);
    wait = NumberOrDefault(info[kFirst + 2]);
    change = ToChange(info[kFirst + 3], info[kFirst + 4], info[kFirst + 5]);
  }

  bool streaming = false;
  uint64_t budget = LUNATIK_DEFAULT;
  uint64_t wait = LUNATIK_DEFAULT;
  lunatik_change change{};
};

}  // namespace

Napi::Function Session::Define(Napi::Env env) {
  return DefineClass(env, "Session",
                     {
                         InstanceMethod<&Session::NetNs>("netns"),
                         InstanceMethod<&Session::NewState>("newState"),
                         InstanceMethod<&Session::CloseState>("closeState"),
                         InstanceMethod<&Session::GetState>("getState"),
                         InstanceMethod<&Session::PutState>("putState"),
                         InstanceMethod<&Session::SetState>("setState"),
                         InstanceMethod<&Session::Show>("show"),
                         InstanceMethod<&Session::List>("list"),
                         InstanceMethod<&Session::Info>("info"),
                         InstanceMethod<&Session::Run>("run"),
                         InstanceMethod<&Session::Send>("send"),
                         InstanceMethod<&Session::Cancel>("cancel"),
                         InstanceMethod<&Session::Abort>("abort"),
                         InstanceMethod<&Session::Close>("close"),
                     });
}

// new Session(netns: string | undefined, record: Float64Array, notify)
Session::Session(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Session>(info), env_(info.Env()) {
  auto record = info[1].As<Napi::Float64Array>();
  if (record.ElementLength() < kRecordNumbers + kRoom / sizeof(double)) throw Napi::RangeError::New(env_, "no room for a record");

  lunatik_error error;
  const std::string netns = info[0].IsUndefined() ? "" : Text(info[0]);
  session_ = lunatik_open(info[0].IsUndefined() ? nullptr : netns.c_str(), &error);
  if (session_ == nullptr) Throw(error, env_.Undefined());

  record_ = record.Data();
  record_reference_ = Napi::Persistent(record);
  const Napi::String name = Napi::String::New(env_, "lunatik");
  const napi_status status = napi_create_threadsafe_function(env_, info[2], nullptr, name, 0, 1, nullptr, nullptr, this,
                                                             OnWake, &waker_);
  if (status != napi_ok) {
    lunatik_close(std::exchange(session_, nullptr));
    throw Napi::Error::New(env_);
  }
  // Nothing that runs, nothing that keeps Node alive.
  napi_unref_threadsafe_function(env_, waker_);
  napi_add_env_cleanup_hook(env_, OnEnvironmentEnd, this);
}

Session::~Session() { ShutDown(); }

void Session::OnEnvironmentEnd(void* self) { static_cast<Session*>(self)->ShutDown(); }

// Of the first time; later there is nothing left.
void Session::ShutDown() {
  if (waker_ == nullptr) return;
  napi_remove_env_cleanup_hook(env_, OnEnvironmentEnd, this);
  CloseFeeds(false);
  for (auto& [id, runner] : busy_) runner->Cancel();
  busy_.clear();
  idle_.clear();
  lunatik_close(std::exchange(session_, nullptr));
  napi_release_threadsafe_function(std::exchange(waker_, nullptr), napi_tsfn_abort);
}

void Session::Throw(const lunatik_error& error, const Napi::Value& state) {
  const Napi::Env env = state.Env();
  const auto* make_error = env.GetInstanceData<Napi::FunctionReference>();
  throw Napi::Error(env, make_error->Call({FailureObject(env, error), state}));
}

lunatik_session* Session::Opened(const char* operation, const Napi::Value& state) const {
  if (session_ == nullptr || closing_) {
    const lunatik_error error = {EBADF, operation, "", "the session is closed"};
    Throw(error, state);
  }
  return session_;
}

void Session::Check(int status, const Napi::Value& state) const {
  if (status != 0) Throw(*lunatik_session_error(session_), state);
}

Napi::Value Session::NetNs(const Napi::CallbackInfo& info) {
  const lunatik_session* session = Opened("info", info.Env().Undefined());
  return Napi::Number::New(info.Env(), static_cast<double>(lunatik_netns(session)));
}

// Gives a state: its numbers in the record, the name of its script here.
Napi::Value Session::Answer(int status, const Napi::Value& name, const lunatik_state& state) {
  Check(status, name);
  ::PutState(state, record_);
  return ScriptName(name.Env(), state);
}

// newState(name, maxalloc: number | undefined, context: number, handle: boolean, ...change): string | undefined
Napi::Value Session::NewState(const Napi::CallbackInfo& info) {
  lunatik_session* session = Opened("newstate", info[0]);
  const auto context = static_cast<lunatik_context>(info[2].As<Napi::Number>().Uint32Value());
  const lunatik_change change = ToChange(info[4], info[5], info[6]);
  lunatik_state state;
  const int status = lunatik_newstate(session, Name(info[0]).c_str(), NumberOrDefault(info[1]), context,
                                      info[3].As<Napi::Boolean>(), &change, &state);
  return Answer(status, info[0], state);
}

// closeState(name, ...change)
void Session::CloseState(const Napi::CallbackInfo& info) {
  lunatik_session* session = Opened("close", info[0]);
  const lunatik_change change = ToChange(info[1], info[2], info[3]);
  Check(lunatik_closestate(session, Name(info[0]).c_str(), &change), info[0]);
}

// getState(name, reference: number): string | undefined
Napi::Value Session::GetState(const Napi::CallbackInfo& info) {
  lunatik_session* session = Opened("getstate", info[0]);
  const auto reference = static_cast<lunatik_reference>(info[1].As<Napi::Number>().Uint32Value());
  lunatik_state state;
  return Answer(lunatik_getstate(session, Name(info[0]).c_str(), reference, &state), info[0], state);
}

// putState(name, reference: number, force: boolean): string | undefined
Napi::Value Session::PutState(const Napi::CallbackInfo& info) {
  lunatik_session* session = Opened("putstate", info[0]);
  const auto reference = static_cast<lunatik_reference>(info[1].As<Napi::Number>().Uint32Value());
  const bool force = info[2].As<Napi::Boolean>();
  lunatik_state state;
  return Answer(lunatik_putstate(session, Name(info[0]).c_str(), reference, force, &state), info[0], state);
}

// setState(name, maxalloc: number, ...change): string | undefined
Napi::Value Session::SetState(const Napi::CallbackInfo& info) {
  lunatik_session* session = Opened("set", info[0]);
  const lunatik_change change = ToChange(info[2], info[3], info[4]);
  lunatik_state state;
  const int status = lunatik_setstate(session, Name(info[0]).c_str(), NumberOrDefault(info[1]), &change, &state);
  return Answer(status, info[0], state);
}

// show(name): string | undefined
Napi::Value Session::Show(const Napi::CallbackInfo& info) {
  lunatik_session* session = Opened("list", info[0]);
  lunatik_state state;
  return Answer(lunatik_show(session, Name(info[0]).c_str(), &state), info[0], state);
}

// list(pattern: string | undefined): [Float64Array, [name, script name or undefined, ...]]
Napi::Value Session::List(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  lunatik_session* session = Opened("list", env.Undefined());
  const std::string pattern = info[0].IsUndefined() ? "" : Text(info[0]);
  lunatik_state* states = nullptr;
  size_t count = 0;
  Check(lunatik_list(session, info[0].IsUndefined() ? nullptr : pattern.c_str(), &states, &count), env.Undefined());
  const std::unique_ptr<lunatik_state, decltype(&std::free)> owned(states, &std::free);

  auto records = Napi::Float64Array::New(env, count * kRecordNumbers);
  Napi::Array texts = Napi::Array::New(env, count * 2);
  for (size_t i = 0; i < count; i++) {
    const Napi::HandleScope scope(env);
    ::PutState(states[i], records.Data() + i * kRecordNumbers);
    texts.Set(static_cast<uint32_t>(2 * i), Napi::String::New(env, states[i].name));
    texts.Set(static_cast<uint32_t>(2 * i + 1), ScriptName(env, states[i]));
  }
  Napi::Array listing = Napi::Array::New(env, 2);
  listing.Set(0U, records);
  listing.Set(1U, texts);
  return listing;
}

// info(): [module, lua, kernel, build]
Napi::Value Session::Info(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  lunatik_info limits;
  Check(lunatik_getinfo(Opened("info", env.Undefined()), &limits), env.Undefined());
  PutInfo(limits, record_);
  Napi::Array texts = Napi::Array::New(env, 4);
  texts.Set(0U, Napi::String::New(env, limits.module));
  texts.Set(1U, Napi::String::New(env, limits.lua));
  texts.Set(2U, Napi::String::New(env, limits.kernel));
  texts.Set(3U, Napi::String::New(env, limits.build));
  return texts;
}

// abort(name)
void Session::Abort(const Napi::CallbackInfo& info) {
  lunatik_session* session = Opened("abort", info[0]);
  lunatik_error error;
  if (lunatik_abort(session, Name(info[0]).c_str(), 0, &error) != 0) Throw(error, info[0]);
}

std::unique_ptr<Runner> Session::TakeRunner(const Napi::Value& state) {
  if (!idle_.empty()) {
    std::unique_ptr<Runner> runner = std::move(idle_.back());
    idle_.pop_back();
    return runner;
  }
  std::unique_ptr<Runner> runner = Runner::Open(session_, next_id_++, *this);
  if (runner == nullptr) Throw(*lunatik_session_error(session_), state);
  return runner;
}

void Session::KeepRunner(std::unique_ptr<Runner> runner) {
  if (!closing_ && idle_.size() < kIdleRunners) idle_.push_back(std::move(runner));
}

// run(name, code, [...limits, chunk name | undefined]): number | Ending | undefined
Napi::Value Session::Run(const Napi::CallbackInfo& info) {
  Opened("dostring", info[0]);
  const Name state(info[0]);
  const Body code(info[1]);
  const Limits limits(info);
  const bool named = info.Length() > Limits::kEnd && !info[Limits::kEnd].IsUndefined();
  const std::string name = named ? Text(info[Limits::kEnd]) : "";
  lunatik_chunk chunk = {};
  chunk.state = state.c_str();
  chunk.name = named ? name.c_str() : nullptr;
  chunk.code = code.bytes();
  chunk.size = code.size();
  chunk.budget = limits.budget;
  chunk.wait = limits.wait;
  chunk.change = &limits.change;
  return Start(chunk, "dostring", info[0], limits.streaming);
}

// send(name, message, [...limits]): number | Ending | undefined
Napi::Value Session::Send(const Napi::CallbackInfo& info) {
  Opened("data", info[0]);
  const Name state(info[0]);
  const Body message(info[1]);
  const Limits limits(info);
  lunatik_data data = {};
  data.state = state.c_str();
  data.bytes = message.bytes();
  data.size = message.size();
  data.budget = limits.budget;
  data.wait = limits.wait;
  data.change = &limits.change;
  return Start(data, "data", info[0], limits.streaming);
}

template <typename Work>
Napi::Value Session::Start(const Work& work, const char* operation, const Napi::Value& name, bool streaming) {
  const Napi::Env env = name.Env();
  std::unique_ptr<Runner> runner = TakeRunner(name);
  try {
    if (!runner->Start(work, streaming)) return SetBusy(env, std::move(runner));
  } catch (const std::system_error& failure) {
    const lunatik_error error = {failure.code().value(), operation, "", "cannot start a thread"};
    Throw(error, name);
  } catch (const std::bad_alloc&) {
    const lunatik_error error = {ENOMEM, operation, "", "no memory for the chunk"};
    Throw(error, name);
  }
  PutEnding(runner->ending(), record_);
  const Napi::Value ending = EndingOrNothing(env, runner->ending(), runner->TakeOutput());
  KeepRunner(std::move(runner));
  return ending;
}

Napi::Value Session::SetBusy(Napi::Env env, std::unique_ptr<Runner> runner) {
  const uintptr_t id = runner->id();
  if (busy_.empty()) {
    Ref();
    napi_ref_threadsafe_function(env, waker_);
  }
  busy_.emplace(id, std::move(runner));
  return Napi::Number::New(env, static_cast<double>(id));
}

void Session::Cancel(const Napi::CallbackInfo& info) {
  const auto found = busy_.find(static_cast<uintptr_t>(info[0].As<Napi::Number>().Int64Value()));
  if (found != busy_.end()) found->second->Cancel();
}

void Session::Close(const Napi::CallbackInfo& /*info*/) {
  closing_ = true;
  idle_.clear();
  for (auto& [id, runner] : busy_) runner->Cancel();
  CloseFeeds(true);
  CloseIfDone();
}

void Session::CloseIfDone() {
  if (closing_ && busy_.empty()) ShutDown();
}

void Session::Wake(uintptr_t id) {
  // What it returns says that the environment is closing; then nobody waits for this.
  napi_call_threadsafe_function(waker_, reinterpret_cast<void*>(id), napi_tsfn_nonblocking);
}

void Session::OnWake(napi_env env, napi_value notify, void* context, void* data) {
  if (env == nullptr) return;
  try {
    static_cast<Session*>(context)->LookAfter(env, Napi::Function(env, notify), reinterpret_cast<uintptr_t>(data));
  } catch (const Napi::Error& error) {
    error.ThrowAsJavaScriptException();
  }
}

// notify(id, output: Uint8Array | undefined, ending: Ending | undefined)
void Session::LookAfter(Napi::Env env, const Napi::Function& notify, uintptr_t id) {
  const auto found = busy_.find(id);
  if (found == busy_.end()) return;
  Runner& runner = *found->second;

  // In this order: what it printed before it ended is there once it has.
  const bool ended = runner.Ended();
  const std::string output = runner.TakeOutput();
  // The end of the last chunk may have been seen before it was told of, and this be the next one.
  if (!ended && output.empty()) return;
  Napi::Value ending = env.Undefined();
  if (ended) {
    PutEnding(runner.ending(), record_);
    ending = EndingObject(env, runner.ending());
    SetIdle(env, found);
  }
  notify.Call({Napi::Number::New(env, static_cast<double>(id)), output.empty() ? env.Undefined() : Bytes(env, output),
               ending});
}

void Session::SetIdle(Napi::Env env, Busy::iterator found) {
  KeepRunner(std::move(found->second));
  busy_.erase(found);
  if (busy_.empty()) {
    napi_unref_threadsafe_function(env, waker_);
    Unref();
  }
  CloseIfDone();
}
