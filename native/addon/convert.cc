// SPDX-License-Identifier: MIT
#include "convert.h"

#include <cstring>

void PutState(const lunatik_state& state, double* record) {
  const double ordered[kStateNumbers] = {
      static_cast<double>(state.context),     static_cast<double>(state.users),
      static_cast<double>(state.pins),        static_cast<double>(state.held),
      static_cast<double>(state.holder),      static_cast<double>(state.maxalloc),
      static_cast<double>(state.curralloc),   static_cast<double>(state.peak),
      static_cast<double>(state.loaded),      static_cast<double>(state.script_size),
      static_cast<double>(state.generation),  static_cast<double>(state.age),
      static_cast<double>(state.runs),        static_cast<double>(state.errors),
      static_cast<double>(state.aborts),      static_cast<double>(state.run_time),
      static_cast<double>(state.queued),      static_cast<double>(state.refused),
      static_cast<double>(state.step_size),
  };
  std::memcpy(record, ordered, sizeof(ordered));
  auto* bytes = reinterpret_cast<unsigned char*>(record + kStateNumbers);
  std::memcpy(bytes, state.script_sha256, sizeof(state.script_sha256));
  std::memcpy(bytes + sizeof(state.script_sha256), state.step, sizeof(state.step));
}

void PutInfo(const lunatik_info& info, double* numbers) {
  const double ordered[kInfoNumbers] = {
      static_cast<double>(info.protocol),       static_cast<double>(info.branches),
      static_cast<double>(info.name_max),       static_cast<double>(info.chunk_name_max),
      static_cast<double>(info.code_max),       static_cast<double>(info.output_max),
      static_cast<double>(info.budget),         static_cast<double>(info.maxalloc),
      static_cast<double>(info.maxalloc_min),   static_cast<double>(info.maxalloc_max),
      static_cast<double>(info.states),         static_cast<double>(info.states_max),
      static_cast<double>(info.memory),         static_cast<double>(info.memory_max),
      static_cast<double>(info.data_max),       static_cast<double>(info.step_max),
      static_cast<double>(info.users_max),      static_cast<double>(info.uploads_max),
      static_cast<double>(info.queue_max),      static_cast<double>(info.sessions),
      static_cast<double>(info.sessions_max),
  };
  std::memcpy(numbers, ordered, sizeof(ordered));
}

namespace {

bool HasRoom(const Ending& ending) { return ending.values.size() <= kRoom; }

}  // namespace

void PutEnding(const Ending& ending, double* record) {
  const lunatik_outcome& outcome = ending.outcome;
  const size_t in_room = HasRoom(ending) ? ending.values.size() : 0;
  const double ordered[kEndingNumbers] = {
      static_cast<double>(outcome.complete),  static_cast<double>(outcome.cut),
      static_cast<double>(outcome.time),      static_cast<double>(outcome.curralloc),
      static_cast<double>(outcome.peak),      static_cast<double>(in_room),
  };
  std::memcpy(record, ordered, sizeof(ordered));
  std::memcpy(record + kRecordNumbers, ending.values.data(), in_room);
}

Napi::Value ScriptName(Napi::Env env, const lunatik_state& state) {
  return state.loaded ? Napi::String::New(env, state.script_name) : env.Undefined();
}

namespace {

const char* ErrnoName(int code) {
  const char* name = strerrorname_np(code);
  return name == nullptr ? "EUNKNOWN" : name;
}

}  // namespace

Napi::Object MessageObject(Napi::Env env, const lunatik_message& message) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("sequence", Napi::Number::New(env, static_cast<double>(message.sequence)));
  object.Set("data", Bytes(env, {static_cast<const char*>(message.data), message.size}));
  return object;
}

Napi::Object EventObject(Napi::Env env, const lunatik_event& event) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("type", Napi::Number::New(env, event.type));
  object.Set("name", Napi::String::New(env, event.name));
  object.Set("generation", Napi::Number::New(env, static_cast<double>(event.generation)));
  object.Set("maxalloc", Napi::Number::New(env, static_cast<double>(event.maxalloc)));
  object.Set("curralloc", Napi::Number::New(env, static_cast<double>(event.curralloc)));
  object.Set("status", Napi::String::New(env, event.status == 0 ? "" : ErrnoName(static_cast<int>(event.status))));
  return object;
}

Napi::Object FailureObject(Napi::Env env, const lunatik_error& error) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("errno", Napi::Number::New(env, error.code));
  object.Set("code", Napi::String::New(env, ErrnoName(error.code)));
  object.Set("operation", Napi::String::New(env, error.operation == nullptr ? "" : error.operation));
  object.Set("attribute", Napi::String::New(env, error.attribute));
  object.Set("message", Napi::String::New(env, error.message));
  return object;
}

Napi::Uint8Array Bytes(Napi::Env env, std::string_view bytes) {
  Napi::Uint8Array array = Napi::Uint8Array::New(env, bytes.size());
  if (!bytes.empty()) std::memcpy(array.Data(), bytes.data(), bytes.size());
  return array;
}

namespace {

void SetBytes(Napi::Object object, const char* key, const std::string& bytes) {
  if (!bytes.empty()) object.Set(key, Bytes(object.Env(), bytes));
}

}  // namespace

Napi::Object EndingObject(Napi::Env env, const Ending& ending) {
  Napi::Object object = Napi::Object::New(env);
  SetBytes(object, "output", ending.output);
  if (!HasRoom(ending)) SetBytes(object, "values", ending.values);
  SetBytes(object, "message", ending.message);
  SetBytes(object, "errorValue", ending.error_value);
  if (ending.error.code != 0) object.Set("failure", FailureObject(env, ending.error));
  return object;
}

Napi::Value EndingOrNothing(Napi::Env env, const Ending& ending, std::string_view output) {
  const bool all_in_record = HasRoom(ending) && ending.error.code == 0 && ending.output.empty() &&
                             ending.message.empty() && ending.error_value.empty();
  if (all_in_record && output.empty()) return env.Undefined();
  Napi::Object object = EndingObject(env, ending);
  if (!output.empty()) object.Set("output", Bytes(env, output));
  return object;
}

uint64_t NumberOrDefault(const Napi::Value& value) {
  return value.IsUndefined() ? LUNATIK_DEFAULT : static_cast<uint64_t>(value.As<Napi::Number>().DoubleValue());
}

namespace {

// JavaScript knows of no generation 0, which is none here.
uint64_t GenerationOrNone(const Napi::Value& value) { return value.IsUndefined() ? 0 : NumberOrDefault(value); }

}  // namespace

lunatik_change ToChange(const Napi::Value& expected, const Napi::Value& generation, const Napi::Value& step) {
  lunatik_change change = {GenerationOrNone(expected), GenerationOrNone(generation), nullptr, 0};
  if (!step.IsUndefined()) {
    const auto bytes = step.As<Napi::Uint8Array>();
    change.step = bytes.Data();
    change.step_size = bytes.ByteLength();
  }
  return change;
}
