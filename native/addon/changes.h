// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_CHANGES_H
#define LUNATIK_ADDON_CHANGES_H

#include <napi.h>

// The class Changes(page, nanoseconds: number) of JavaScript: the versions that a page gets, as a feed of the page's; see
// feed.h, and kstate_set_rate() of the number.
Napi::Function DefineChanges(Napi::Env env);

#endif  // LUNATIK_ADDON_CHANGES_H
