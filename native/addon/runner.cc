// SPDX-License-Identifier: MIT
#include "runner.h"

#include <algorithm>
#include <new>
#include <string_view>
#include <system_error>
#include <thread>

#include "thread.h"

namespace {

using Clock = std::chrono::steady_clock;

// How long either side looks for the other before it sleeps: what an event loop may well spend on one call, and several
// times what a short chunk takes. On a machine that is busy the other is not on a processor, and looking keeps it off:
// who would have looked in vain looks half as long the next time.
constexpr auto kLongLook = std::chrono::microseconds(200);
constexpr auto kShortLook = std::chrono::microseconds(5);

// Code up to here is worth a glance: the kernel takes none at larger code.
constexpr size_t kShortCode = 4096;

// So much output waits for a reader before the chunk is kept waiting.
constexpr size_t kUnreadOutput = size_t{256} * 1024;

// Looking is for when the other side is on another processor.
bool AloneOnProcessor() {
  static const bool alone = std::thread::hardware_concurrency() == 1;
  return alone;
}

void Pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#else
  std::atomic_signal_fence(std::memory_order_seq_cst);
#endif
}

template <typename Condition>
bool HappensWithin(Clock::duration time, Condition condition) {
  if (AloneOnProcessor()) return condition();
  const auto end = Clock::now() + time;
  do {
    // The clock may cost a system call.
    for (int i = 0; i < 100; i++) {
      if (condition()) return true;
      Pause();
    }
  } while (Clock::now() < end);
  return false;
}

// How long to look the next time, after what was looked for took so long to happen.
Clock::duration NextLook(Clock::duration look, Clock::duration took) {
  return took < kLongLook ? kLongLook : std::max<Clock::duration>(look / 2, kShortLook);
}

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
    SetPhase(Phase::kQuit);
    pthread_join(thread_, nullptr);
  }
  lunatik_run_close(run_);
}

bool Runner::Start(const lunatik_chunk& chunk, bool streaming) {
  Clear(chunk.state, streaming);
  if (chunk.size > kShortCode) {
    KeepCopy(chunk);
    return EndsSoon();
  }
  const lunatik_sink sink = {TakePart, ShouldStop, this};
  return EndsAfterStart(lunatik_run_start(run_, &chunk, &sink));
}

bool Runner::Start(const lunatik_data& data, bool streaming) {
  Clear(data.state, streaming);
  const lunatik_sink sink = {TakePart, ShouldStop, this};
  return EndsAfterStart(lunatik_run_start_data(run_, &data, &sink));
}

bool Runner::EndsAfterStart(bool goes_on) {
  started_ = true;
  if (goes_on) return EndsSoon();
  Finish();
  return true;
}

// Hands it over to the thread, and looks for its end.
bool Runner::EndsSoon() {
  EnsureThread();
  port_ = lunatik_run_port(run_);
  owners_look_ = NextLook(owners_look_, took_);
  handed_over_at_ = Clock::now();
  SetPhase(Phase::kHandedOver);
  if (HappensWithin(owners_look_, [this] { return phase_ == Phase::kEnded; })) return true;
  Phase expected = Phase::kHandedOver;
  return !phase_.compare_exchange_strong(expected, Phase::kWatched);
}

void Runner::SetPhase(Phase phase) {
  {
    // Not between the thread's last look and its falling asleep.
    const std::lock_guard<std::mutex> lock(mutex_);
    phase_ = phase;
  }
  changed_.notify_all();
}

void Runner::Clear(const char* state, bool streaming) {
  state_ = state;
  streaming_ = streaming;
  ending_.error.code = 0;
  ending_.outcome = {};
  ending_.output.clear();
  ending_.values.clear();
  ending_.message.clear();
  ending_.error_value.clear();
  fresh_.clear();
  told_ = false;
  stop_ = false;
  started_ = false;
}

void Runner::KeepCopy(const lunatik_chunk& chunk) {
  name_ = chunk.name == nullptr ? "" : chunk.name;
  code_.assign(static_cast<const char*>(chunk.code), chunk.size);
  chunk_ = chunk;
  chunk_.state = state_.c_str();
  chunk_.name = chunk.name == nullptr ? nullptr : name_.c_str();
  chunk_.code = code_.data();
  if (chunk.change == nullptr) return;
  change_ = *chunk.change;
  if (change_.step_size > 0) step_.assign(static_cast<const char*>(change_.step), change_.step_size);
  change_.step = step_.data();
  chunk_.change = &change_;
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
  if (!streaming_) return output;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    output.swap(fresh_);
    told_ = false;
  }
  changed_.notify_all();
  return output;
}

void Runner::Cancel() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  // The library ends it whenever the kernel returns; this is for Lua that cannot be suspended, and for being quick.
  // Port 0 would be whatever runs in that state, somebody else's too.
  if (port_ != 0) lunatik_abort(session_, state_.c_str(), port_, nullptr);
}

void Runner::EnsureThread() {
  if (has_thread_) return;
  const int code = StartThread(&thread_, ThreadMain, this);
  if (code != 0) {
    stop_ = true;
    if (started_) Finish();
    throw std::system_error(code, std::generic_category());
  }
  has_thread_ = true;
}

void* Runner::ThreadMain(void* self) {
  static_cast<Runner*>(self)->Serve();
  return nullptr;
}

void Runner::Serve() {
  while (NextPhase() != Phase::kQuit) {
    Finish();
    took_ = Clock::now() - handed_over_at_;
    // Neither of these is so where the runner is being destroyed: then nobody wants to know.
    Phase looked_for = Phase::kHandedOver;
    Phase watched = Phase::kWatched;
    if (phase_.compare_exchange_strong(looked_for, Phase::kEnded)) continue;
    if (phase_.compare_exchange_strong(watched, Phase::kEnded)) waker_.Wake(id_);
  }
}

// Waits for a chunk, or for the end.
Runner::Phase Runner::NextPhase() {
  const auto wanted = [this] { return !Ended(); };
  const auto began = Clock::now();
  if (!HappensWithin(threads_look_, wanted)) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, wanted);
  }
  threads_look_ = NextLook(threads_look_, Clock::now() - began);
  return phase_;
}

void Runner::Finish() {
  const lunatik_sink sink = {TakePart, ShouldStop, this};
  if (started_) {
    lunatik_run_finish(run_, &sink, &ending_.outcome);
  } else {
    lunatik_dostring(run_, &chunk_, &sink, &ending_.outcome);
  }
  const lunatik_error* error = lunatik_run_error(run_);
  if (error->code != 0) ending_.error = *error;
}
