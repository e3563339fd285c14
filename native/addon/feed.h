// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_FEED_H
#define LUNATIK_ADDON_FEED_H

#include <napi.h>

#include "poll.h"

// What keeps coming to a session: messages of a state, or events.
//
// JavaScript takes one after the other, without waiting, and asks to be called once there may be more. What it does not
// take waits in the kernel.
class Feed {
 public:
  // The session is closed. Who waits is told if JavaScript runs still.
  virtual void End(bool tell) = 0;

 protected:
  ~Feed() = default;
};

// Classes of JavaScript: Receiver(session, name) and Monitor(session).
void DefineFeeds(Napi::Env env, Napi::Object exports);

#endif  // LUNATIK_ADDON_FEED_H
