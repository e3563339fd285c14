// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_PAGE_FAILURE_H
#define LUNATIK_ADDON_PAGE_FAILURE_H

#include "kstate.h"
#include "lunatik.h"

// The story of a failure of libkstate's where that tells no more than an errno: negative, as it returns it.
lunatik_error PageFailure(const char* operation, int status);

// One that it tells in full.
lunatik_error PageFailure(const kstate_error& error);

#endif  // LUNATIK_ADDON_PAGE_FAILURE_H
