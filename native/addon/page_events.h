// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_PAGE_EVENTS_H
#define LUNATIK_ADDON_PAGE_EVENTS_H

#include <napi.h>

// The class PageMonitor(pages) of JavaScript: what happens to the pages of a namespace, as a feed; see feed.h and pages.h.
Napi::Function DefinePageEvents(Napi::Env env);

#endif  // LUNATIK_ADDON_PAGE_EVENTS_H
