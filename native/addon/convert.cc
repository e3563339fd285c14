// SPDX-License-Identifier: MIT
#include "convert.h"

#include <cstring>

void PutState(const lunatik_state& state, double* numbers) {
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
  };
  std::memcpy(numbers, ordered, sizeof(ordered));
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
  };
  std::memcpy(numbers, ordered, sizeof(ordered));
}

void PutOutcome(const lunatik_outcome& outcome, double* numbers) {
  const double ordered[kEndingNumbers] = {
      static_cast<double>(outcome.complete),  static_cast<double>(outcome.cut),
      static_cast<double>(outcome.time),      static_cast<double>(outcome.curralloc),
      static_cast<double>(outcome.peak),
  };
  std::memcpy(numbers, ordered, sizeof(ordered));
}

Napi::Value ScriptName(Napi::Env env, const lunatik_state& state) {
  return state.loaded ? Napi::String::New(env, state.script_name) : env.Undefined();
}

Napi::Object FailureObject(Napi::Env env, const lunatik_error& error) {
  const char* code = strerrorname_np(error.code);
  Napi::Object object = Napi::Object::New(env);
  object.Set("errno", Napi::Number::New(env, error.code));
  object.Set("code", Napi::String::New(env, code == nullptr ? "EUNKNOWN" : code));
  object.Set("operation", Napi::String::New(env, error.operation == nullptr ? "" : error.operation));
  object.Set("attribute", Napi::String::New(env, error.attribute));
  object.Set("message", Napi::String::New(env, error.message));
  return object;
}

Napi::Uint8Array Bytes(Napi::Env env, const std::string& bytes) {
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
  SetBytes(object, "values", ending.values);
  SetBytes(object, "message", ending.message);
  SetBytes(object, "errorValue", ending.error_value);
  if (ending.error.code != 0) object.Set("failure", FailureObject(env, ending.error));
  return object;
}

uint64_t NumberOrDefault(const Napi::Value& value) {
  return value.IsUndefined() ? LUNATIK_DEFAULT : static_cast<uint64_t>(value.As<Napi::Number>().DoubleValue());
}
