// SPDX-License-Identifier: MIT
#include "runner.h"

#include <csignal>
#include <new>
#include <string_view>
#include <system_error>

namespace {

// Code up to here is handed to the kernel by the owner's thread itself, Node's main thread as a rule. The kernel lets it
// run for some 200 microseconds at once, which is no more than any other system call may take; most chunks of that size
// have then ended, and never pay for the way to another thread and back.
constexpr size_t kShortCode = 4096;

// So much output waits for a reader before the chunk is kept waiting.
constexpr size_t kUnreadOutput = 256 * 1024;

constexpr size_t kStackSize = 256 * 1024;

}  // namespace

std::unique_ptr<Runner> Runner::Open(lunatik_session* session, uintptr_t id, Waker& waker) {
  lunatik_run* run = lunatik_run_open(session);
  return run == nullptr ? nullptr : std::unique_ptr<Runner>(new Runner(session, run, id, waker));
}

Runner::Runner(lunatik_session* session, lunatik_run* run, uintptr_t id, Waker& waker)
    : session_(session), run_(run), id_(id), waker_(waker) {}

Runner::~Runner() {
  if (has_thread_) {
    if (!Ended()) Cancel();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      quit_ = true;
    }
    changed_.notify_all();
    pthread_join(thread_, nullptr);
  }
  lunatik_run_close(run_);
}

bool Runner::Start(const lunatik_chunk& chunk, bool streaming) {
  Clear();
  streaming_ = streaming;
  if (chunk.size > kShortCode) {
    KeepCopy(chunk);
  } else if (StartHere(chunk)) {
    return true;
  }
  HandOver();
  return false;
}

void Runner::Clear() {
  ending_.error = {};
  ending_.outcome = {};
  ending_.output.clear();
  ending_.values.clear();
  ending_.message.clear();
  ending_.error_value.clear();
  fresh_.clear();
  stop_ = false;
  told_ = false;
  started_ = false;
}

void Runner::KeepCopy(const lunatik_chunk& chunk) {
  state_ = chunk.state;
  name_ = chunk.name == nullptr ? "" : chunk.name;
  code_.assign(static_cast<const char*>(chunk.code), chunk.size);
  chunk_ = chunk;
  chunk_.state = state_.c_str();
  chunk_.name = chunk.name == nullptr ? nullptr : name_.c_str();
  chunk_.code = code_.data();
}

bool Runner::StartHere(const lunatik_chunk& chunk) {
  if (lunatik_run_start(run_, &chunk) != 0) {
    ending_.error = *lunatik_run_error(run_);
    return true;
  }
  if (!lunatik_run_ended(run_)) {
    state_ = chunk.state;
    started_ = true;
    return false;
  }
  // Nobody waits for its output, so it is taken like that of a chunk that does not stream.
  streaming_ = false;
  Finish();
  return true;
}

void Runner::Finish() {
  const lunatik_sink sink = {TakePart, ShouldStop, this};
  lunatik_run_finish(run_, &sink, &ending_.outcome);
  ending_.error = *lunatik_run_error(run_);
}

int Runner::TakePart(void* context, lunatik_part part, const void* bytes, size_t size) {
  auto* self = static_cast<Runner*>(context);
  const std::string_view piece(static_cast<const char*>(bytes), size);
  try {
    switch (part) {
      case LUNATIK_PART_OUTPUT:
        if (self->streaming_) {
          self->Stream(piece);
        } else {
          self->ending_.output += piece;
        }
        break;
      case LUNATIK_PART_VALUES:
        self->ending_.values += piece;
        break;
      case LUNATIK_PART_MESSAGE:
        self->ending_.message += piece;
        break;
      case LUNATIK_PART_ERROR_VALUE:
        self->ending_.error_value += piece;
        break;
    }
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  }
  return 0;
}

bool Runner::ShouldStop(void* context) { return static_cast<Runner*>(context)->stop_; }

void Runner::Stream(std::string_view bytes) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return fresh_.size() < kUnreadOutput || stop_; });
  fresh_ += bytes;
  const bool tell = !told_;
  told_ = true;
  lock.unlock();
  if (tell) waker_.Wake(id_);
}

std::string Runner::TakeOutput() {
  std::string output;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    output.swap(fresh_);
    told_ = false;
  }
  changed_.notify_all();
  return output;
}

bool Runner::Ended() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return !handed_over_;
}

void Runner::Cancel() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  // The library ends it whenever the kernel returns; this is for Lua that cannot be suspended, and for being quick. Port 0
  // would be whatever runs in that state, somebody else's too.
  if (port_ != 0) lunatik_abort(session_, state_.c_str(), port_, nullptr);
}

void Runner::HandOver() {
  port_ = lunatik_run_port(run_);
  EnsureThread();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    handed_over_ = true;
  }
  changed_.notify_all();
}

// Whatever signals Node handles are for its own threads: here they would end what the kernel is doing for us.
void Runner::EnsureThread() {
  if (has_thread_) return;
  pthread_attr_t attributes;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackSize);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int code = pthread_create(&thread_, &attributes, ThreadMain, this);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (code != 0) {
    if (started_) {
      stop_ = true;
      Finish();
    }
    throw std::system_error(code, std::generic_category());
  }
  has_thread_ = true;
}

void* Runner::ThreadMain(void* self) {
  static_cast<Runner*>(self)->ServeThread();
  return nullptr;
}

void Runner::ServeThread() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return handed_over_ || quit_; });
    if (!handed_over_) return;
    lock.unlock();
    RunHandedOver();
    lock.lock();
    handed_over_ = false;
    // Under the lock: as soon as the owner sees that it has ended, it may destroy the runner.
    waker_.Wake(id_);
  }
}

void Runner::RunHandedOver() {
  if (!started_ && lunatik_run_start(run_, &chunk_) != 0) {
    ending_.error = *lunatik_run_error(run_);
    return;
  }
  Finish();
}
