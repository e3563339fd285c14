// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_RUNNER_H
#define LUNATIK_ADDON_RUNNER_H

#include <pthread.h>

#include <atomic>
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

// A run of the C library, and a thread for chunks that take their time. It knows nothing of Node.
//
// All but the thread's own function is for the owner's thread. At most one chunk is in it at a time: between Start()
// returning false and Ended() returning true the run belongs to the thread, at all other times to the owner. What both
// touch meanwhile is under mutex_. The thread is there from the first chunk that needs it until the runner goes.
class Runner {
 public:
  // Null on failure, which lunatik_session_error(session) tells.
  static std::unique_ptr<Runner> Open(lunatik_session* session, uintptr_t id, Waker& waker);

  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // Start a chunk. True: it has ended already. False: the waker will tell, of its end, and, if streaming, of output.
  // Throws std::system_error if there can be no thread; the chunk is aborted then.
  bool Start(const lunatik_chunk& chunk, bool streaming);

  // Abort the chunk, in the kernel too. Its end comes as ever.
  void Cancel();

  // What it printed since the last time, if streaming.
  std::string TakeOutput();

  uintptr_t id() const { return id_; }

  // Whether it has ended, so that ending() is there and the next one may start.
  bool Ended();
  const Ending& ending() const { return ending_; }

 private:
  Runner(lunatik_session* session, lunatik_run* run, uintptr_t id, Waker& waker);

  static int TakePart(void* context, lunatik_part part, const void* bytes, size_t size);
  static bool ShouldStop(void* context);
  static void* ThreadMain(void* self);

  void Clear();
  void KeepCopy(const lunatik_chunk& chunk);
  bool StartHere(const lunatik_chunk& chunk);
  void Finish();
  void HandOver();
  void EnsureThread();
  void RunHandedOver();
  void ServeThread();
  void Stream(std::string_view bytes);

  lunatik_session* const session_;
  lunatik_run* const run_;
  const uintptr_t id_;
  Waker& waker_;
  pthread_t thread_{};
  bool has_thread_ = false;

  // Set before the chunk is handed over, and left alone until it has ended.
  std::string state_;
  std::string name_;
  std::string code_;
  lunatik_chunk chunk_{};
  bool started_ = false;
  bool streaming_ = false;
  uint32_t port_ = 0;

  std::atomic<bool> stop_{false};
  Ending ending_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool handed_over_ = false;
  bool quit_ = false;
  bool told_ = false;
  std::string fresh_;
};

#endif  // LUNATIK_ADDON_RUNNER_H
