// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_RUNNER_H
#define LUNATIK_ADDON_RUNNER_H

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "lunatik.h"

// How a chunk ended, and all that it gave and nobody has taken yet.
struct Ending {
  lunatik_error error{};
  lunatik_outcome outcome{};
  std::string output;
  std::string values;
  std::string message;
  std::string error_value;
};

// Tells the owner's thread, from any other, to look after a runner.
class Waker {
 public:
  virtual void Wake(uintptr_t id) = 0;

 protected:
  ~Waker() = default;
};

// A run of the C library, and the thread that is in it. It knows nothing of Node.
//
// Lua runs in the thread that receives, for as long as it likes, and there a chunk waits for its state: never the
// owner's. So there are as many threads as chunks in the kernel at once; fewer, and those that wait for one state
// would hold up those for another. Only the glance that the kernel takes at a short chunk, which never waits, is the
// owner's to ask for, and for many chunks that is all. Of the others most, too, end sooner than a thread wakes up,
// let alone two. So the thread looks for the next chunk for a moment before it sleeps, and the owner for the end of a
// chunk that it has just handed over; only for one that takes longer is anybody woken.
//
// All but the thread's own functions are for the owner's thread. One chunk is in it at a time. From its handing over
// until Ended() is true the run, the chunk and the ending belong to the thread, at all other times to the owner; phase_
// hands them over. Output that streams is under mutex_. The thread is there from the first chunk that needs it until
// the runner goes.
class Runner {
 public:
  // Null on failure, which lunatik_session_error(session) tells.
  static std::unique_ptr<Runner> Open(lunatik_session* session, uintptr_t id, Waker& waker);

  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // Start a chunk; what it points to may go on return. True: it has ended already. False: the waker will tell, of its
  // end and, if streaming, of output. Throws std::system_error if there can be no thread.
  bool Start(const lunatik_chunk& chunk, bool streaming);

  // The same of a message to a state, which is a chunk in all that follows.
  bool Start(const lunatik_data& data, bool streaming);

  // Abort the chunk, in the kernel too. Its end comes as ever.
  void Cancel();

  // What it printed since the last time, if streaming.
  std::string TakeOutput();

  // Whether it has ended, so that ending() is there and the next one may start.
  bool Ended() const { return phase_ == Phase::kIdle || phase_ == Phase::kEnded; }
  const Ending& ending() const { return ending_; }

  uintptr_t id() const { return id_; }

 private:
  using Clock = std::chrono::steady_clock;

  enum class Phase {
    kIdle,
    kHandedOver,  // the owner looks for its end
    kWatched,     // the owner does not, and has to be woken
    kEnded,
    kQuit,
  };

  Runner(lunatik_session* session, lunatik_run* run, uintptr_t id, Waker& waker);

  static void* ThreadMain(void* self);
  static int TakePart(void* context, lunatik_part part, const void* bytes, size_t size);
  static bool ShouldStop(void* context);

  // The owner's.
  void Clear(const char* state, bool streaming);
  void KeepCopy(const lunatik_chunk& chunk);
  void EnsureThread();
  void SetPhase(Phase phase);
  bool EndsAfterStart(bool goes_on);
  bool EndsSoon();

  // The thread's.
  void Serve();
  Phase NextPhase();

  // Whose the chunk is.
  void Finish();
  void Stream(std::string_view bytes);

  lunatik_session* const session_;
  lunatik_run* const run_;
  const uintptr_t id_;
  Waker& waker_;
  pthread_t thread_{};
  bool has_thread_ = false;

  std::string state_;
  std::string name_;
  std::string code_;
  std::string step_;
  lunatik_change change_{};
  lunatik_chunk chunk_{};
  uint32_t port_ = 0;
  bool streaming_ = false;
  bool started_ = false;  // the kernel has it; chunk_ is another's
  Ending ending_;
  Clock::time_point handed_over_at_;
  Clock::duration took_{0};

  Clock::duration owners_look_{0};
  Clock::duration threads_look_{0};

  std::atomic<Phase> phase_{Phase::kIdle};
  std::atomic<bool> stop_{false};

  std::mutex mutex_;
  std::condition_variable changed_;
  bool told_ = false;
  std::string fresh_;
};

#endif  // LUNATIK_ADDON_RUNNER_H
