// SPDX-License-Identifier: MIT
#include "poll.h"

Poll* Poll::Open(napi_env env, int fd, Owner& owner) {
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return nullptr;
  auto* poll = new Poll(owner);
  if (uv_poll_init(loop, &poll->handle_, fd) != 0) {
    delete poll;
    return nullptr;
  }
  poll->handle_.data = poll;
  if (napi_add_async_cleanup_hook(env, OnEnvironmentEnd, poll, &poll->hook_) != napi_ok) {
    poll->Close();
    return nullptr;
  }
  return poll;
}

bool Poll::Watch() { return uv_poll_start(&handle_, UV_READABLE, OnReadable) == 0; }

void Poll::Close() {
  owner_ = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_), OnClosed);
}

void Poll::OnReadable(uv_poll_t* handle, int /*status*/, int /*events*/) {
  uv_poll_stop(handle);
  static_cast<Poll*>(handle->data)->owner_->OnReadable();
}

void Poll::OnClosed(uv_handle_t* handle) {
  auto* poll = static_cast<Poll*>(handle->data);
  if (poll->hook_ != nullptr) napi_remove_async_cleanup_hook(poll->hook_);
  delete poll;
}

void Poll::OnEnvironmentEnd(napi_async_cleanup_hook_handle /*hook*/, void* self) {
  auto* poll = static_cast<Poll*>(self);
  if (poll->owner_ != nullptr) poll->owner_->OnEnvironmentEnd();
}
