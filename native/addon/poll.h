// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_POLL_H
#define LUNATIK_ADDON_POLL_H

#include <napi.h>
#include <uv.h>

// A descriptor that Node's event loop watches.
//
// libuv needs the handle until it has been closed, which takes another turn of the loop: so it is by itself, and goes
// once that has happened. An environment that ends waits for it.
class Poll {
 public:
  class Owner {
   public:
    // It is readable, or broken, and not watched any more.
    virtual void OnReadable() = 0;
    // The environment ends. The owner closes it.
    virtual void OnEnvironmentEnd() = 0;

   protected:
    ~Owner() = default;
  };

  // Null on failure.
  static Poll* Open(napi_env env, int fd, Owner& owner);

  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;

  // Tell the owner, once. Whether it can be watched; until then the loop goes on.
  bool Watch();

  // The owner hears no more, and may close the descriptor. The object is gone for it.
  void Close();

 private:
  explicit Poll(Owner& owner) : owner_(&owner) {}
  ~Poll() = default;

  static void OnReadable(uv_poll_t* handle, int status, int events);
  static void OnClosed(uv_handle_t* handle);
  static void OnEnvironmentEnd(napi_async_cleanup_hook_handle hook, void* self);

  uv_poll_t handle_{};
  Owner* owner_;
  napi_async_cleanup_hook_handle hook_ = nullptr;
};

#endif  // LUNATIK_ADDON_POLL_H
