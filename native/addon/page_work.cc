// SPDX-License-Identifier: MIT
#include "page_work.h"

#include <dlfcn.h>

#include <cerrno>
#include <deque>
#include <mutex>
#include <utility>

#include "page.h"
#include "page_failure.h"
#include "thread.h"

namespace {

// A program may have thousands of pages, and keep all of them at once; others of them wait.
constexpr unsigned kThreads = 64;

// The works of the process that wait for a thread. It is never destroyed, as threads may go on when the process ends.
class Threads {
 public:
  static Threads& Get() {
    static auto* threads = new Threads;
    return *threads;
  }

  // Returns 0, and it will be done; or an errno, and nothing becomes of it.
  int Add(PageWork* work) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const int code = count_ < kThreads ? Start() : 0;
    // Those that there are will come to it.
    if (code != 0 && count_ == 0) return code;
    waiting_.push_back(work);
    return 0;
  }

 private:
  Threads() {
    // The worker that has loaded the addon may end, and unload it, while they go on.
    Dl_info self;
    if (dladdr(reinterpret_cast<void*>(Main), &self) != 0) dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
  }

  int Start() {
    pthread_t thread;
    const int code = StartThread(&thread, Main, this);
    if (code != 0) return code;
    pthread_detach(thread);
    count_++;
    return 0;
  }

  static void* Main(void* self) {
    while (PageWork* work = static_cast<Threads*>(self)->Next()) work->Do();
    return nullptr;
  }

  // Null, and the thread is not counted any more, where nothing waits.
  PageWork* Next() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (waiting_.empty()) {
      count_--;
      return nullptr;
    }
    PageWork* work = waiting_.front();
    waiting_.pop_front();
    return work;
  }

  std::mutex mutex_;
  std::deque<PageWork*> waiting_;
  unsigned count_ = 0;
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
