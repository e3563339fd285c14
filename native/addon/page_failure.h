// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_PAGE_FAILURE_H
#define LUNATIK_ADDON_PAGE_FAILURE_H

#include "lunatik.h"

// The story of a failure of libkstate's, which tells no more than an errno: negative, as it returns it.
lunatik_error PageFailure(const char* operation, int status);

#endif  // LUNATIK_ADDON_PAGE_FAILURE_H
