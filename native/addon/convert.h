// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_CONVERT_H
#define LUNATIK_ADDON_CONVERT_H

// Between the C library's structs and JavaScript.
//
// Numbers go into a Float64Array, in the order of native.ts, which makes the objects: setting twenty properties from
// here takes longer than the kernel takes to answer. Behind those of a state lie its bytes of a fixed size.

#include <napi.h>

#include <string_view>

#include "lunatik.h"
#include "runner.h"

constexpr size_t kStateNumbers = 19;
constexpr size_t kInfoNumbers = 21;
constexpr size_t kEndingNumbers = 6;
constexpr size_t kStateBytes = sizeof(lunatik_state::script_sha256) + sizeof(lunatik_state::step);
constexpr size_t kRecordNumbers = kStateNumbers + kStateBytes / sizeof(double);
// And behind that, room for the values of a chunk, where they are few.
constexpr size_t kRoom = 4096;

void PutState(const lunatik_state& state, double* record);
void PutInfo(const lunatik_info& info, double* numbers);
// With the values, if there is room for them.
void PutEnding(const Ending& ending, double* record);

// Name of the chunk that was loaded last, or undefined.
Napi::Value ScriptName(Napi::Env env, const lunatik_state& state);

// Has a property for whatever is not empty and not in the record; undefined where that is nothing. Output of a chunk that
// streams is not among the rest.
Napi::Value EndingOrNothing(Napi::Env env, const Ending& ending, std::string_view output);
Napi::Object EndingObject(Napi::Env env, const Ending& ending);

Napi::Object MessageObject(Napi::Env env, const lunatik_message& message);

Napi::Object EventObject(Napi::Env env, const lunatik_event& event);

Napi::Object FailureObject(Napi::Env env, const lunatik_error& error);

Napi::Uint8Array Bytes(Napi::Env env, std::string_view bytes);

// Undefined is LUNATIK_DEFAULT. JavaScript has checked that it is a whole number in range.
uint64_t NumberOrDefault(const Napi::Value& value);

// Of three arguments: the generation that is expected, the one that it is to be, and the step; each may be undefined.
// The step's bytes stay where they are.
lunatik_change ToChange(const Napi::Value& expected, const Napi::Value& generation, const Napi::Value& step);

#endif  // LUNATIK_ADDON_CONVERT_H
