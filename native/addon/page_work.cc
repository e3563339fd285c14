// SPDX-License-Identifier: MIT
#include "page_work.h"

#include <dlfcn.h>

#include <cerrno>
#include <deque>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "page.h"
#include "page_failure.h"
#include "thread.h"

namespace {

// The works of the process: those of a page one after the other, in a thread that it has meanwhile. A page whose file
// system hangs has one thread hang, however often it is worked on, and no other page waits for that. It is never destroyed,
// as threads may go on when the process ends.
class Threads {
 public:
  static Threads& Get() {
    static auto* threads = new Threads;
    return *threads;
  }

  // Returns 0, and it will be done; or an errno, and nothing becomes of it.
  int Add(PageWork* work) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const kstate_state_p page = work->page();
    const auto [place, is_first] = waiting_.try_emplace(page);
    if (is_first) {
      const int code = Start(page);
      if (code != 0) {
        waiting_.erase(place);
        return code;
      }
    }
    place->second.push_back(work);
    return 0;
  }

 private:
  Threads() {
    // The worker that has loaded the addon may end, and unload it, while they go on.
    Dl_info self;
    if (dladdr(reinterpret_cast<void*>(Main), &self) != 0) dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
  }

  static int Start(kstate_state_p page) {
    pthread_t thread;
    const int code = StartThread(&thread, Main, page);
    if (code == 0) pthread_detach(thread);
    return code;
  }

  static void* Main(void* page) {
    while (PageWork* work = Get().Next(static_cast<kstate_state_p>(page))) work->Do();
    return nullptr;
  }

  // Null, and the page has no thread any more, where nothing waits. It may have gone with its last work, and its address be
  // another's: that one's works are as well done here.
  PageWork* Next(kstate_state_p page) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto place = waiting_.find(page);
    if (place->second.empty()) {
      waiting_.erase(place);
      return nullptr;
    }
    PageWork* work = place->second.front();
    place->second.pop_front();
    return work;
  }

  std::mutex mutex_;
  // Of those that have a thread.
  std::unordered_map<kstate_state_p, std::deque<PageWork*>> waiting_;
};

}  // namespace

Napi::Promise PageWork::Begin(Napi::Env env, const char* operation, const std::string& name, SharedState state,
                              Task task) {
  auto* work = new PageWork(env, operation, name, std::move(state), std::move(task));
  const Napi::Promise promise = work->deferred_.Promise();
  const int code = Threads::Get().Add(work);
  if (code != 0) {
    work->status_ = -code;
    work->teller_.Release();
    work->Settle(env);
  }
  return promise;
}

PageWork::PageWork(Napi::Env env, const char* operation, std::string name, SharedState state, Task task)
    : deferred_(env),
      teller_(Teller::New(env, operation, 0, 1)),
      operation_(operation),
      name_(std::move(name)),
      state_(std::move(state)),
      task_(std::move(task)) {
  // Hooks are called the last one first, and the teller has its own.
  napi_add_env_cleanup_hook(env, CloseGate, this);
}

void PageWork::CloseGate(void* self) {
  const std::shared_ptr<Gate> gate = static_cast<PageWork*>(self)->gate_;
  const std::lock_guard<std::mutex> lock(gate->mutex);
  gate->closed = true;
}

void PageWork::Do() {
  // A signal is not for this thread, whichever the kernel chose.
  do status_ = task_(state_.get());
  while (status_ == -EINTR);
  const std::shared_ptr<Gate> gate = gate_;
  const std::lock_guard<std::mutex> lock(gate->mutex);
  const Teller teller = teller_;
  // Where the environment has ended nobody wants to know.
  if (!gate->closed && teller.BlockingCall(this) == napi_ok)
    teller.Release();
  else
    delete this;
}

// Without an environment where that ends just now.
void PageWork::Done(Napi::Env env, Napi::Function /*none*/, std::nullptr_t* /*context*/, PageWork* work) {
  if (env == nullptr)
    delete work;
  else
    work->Settle(env);
}

void PageWork::Settle(Napi::Env env) {
  const std::unique_ptr<PageWork> self(this);
  napi_remove_env_cleanup_hook(env, CloseGate, this);
  if (status_ == 0)
    deferred_.Resolve(env.Undefined());
  else
    deferred_.Reject(Page::MakeError(env, PageFailure(operation_, status_), name_));
}
