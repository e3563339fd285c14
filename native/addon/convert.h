// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_CONVERT_H
#define LUNATIK_ADDON_CONVERT_H

// Between the C library's structs and JavaScript.
//
// Numbers go into a Float64Array, in the order of native.ts, which makes the objects: setting eighteen properties from
// here takes longer than the kernel takes to answer.

#include <napi.h>

#include <string>

#include "lunatik.h"
#include "runner.h"

constexpr size_t kStateNumbers = 18;
constexpr size_t kInfoNumbers = 14;
constexpr size_t kEndingNumbers = 5;
constexpr size_t kMostNumbers = kStateNumbers;

void PutState(const lunatik_state& state, double* numbers);
void PutInfo(const lunatik_info& info, double* numbers);
void PutOutcome(const lunatik_outcome& outcome, double* numbers);

// Name of the chunk that was loaded last, or undefined.
Napi::Value ScriptName(Napi::Env env, const lunatik_state& state);

// Has a property for whatever is not empty.
Napi::Object EndingObject(Napi::Env env, const Ending& ending);

Napi::Object FailureObject(Napi::Env env, const lunatik_error& error);

Napi::Uint8Array Bytes(Napi::Env env, const std::string& bytes);

// Undefined is LUNATIK_DEFAULT. JavaScript has checked that it is a whole number in range.
uint64_t NumberOrDefault(const Napi::Value& value);

#endif  // LUNATIK_ADDON_CONVERT_H
