// SPDX-License-Identifier: MIT
// The runner's two threads, over a library that takes as long as a test says. Built with ThreadSanitizer, which does half of
// the checking.

#include "runner.h"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#define CHECK(condition)                                                              \
  do {                                                                                \
    if (!(condition)) {                                                               \
      std::fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, __func__, #condition); \
      std::exit(1);                                                                   \
    }                                                                                 \
  } while (0)

using std::chrono::microseconds;

// --- the library: the code of a chunk is what it does: pieces of output to give, then microseconds to take; what takes
// none and gives no more than one piece ends when it is started ---

struct Code {
  int microseconds;
  int pieces;
};

struct lunatik_session {};

struct lunatik_run {
  lunatik_error error{};
  Code code{};
  bool started = false;
  std::mutex mutex;
  bool running = false;
  bool aborted = false;
};

namespace {

lunatik_session the_session;
std::atomic<lunatik_run*> the_run{nullptr};
std::atomic<int> aborts{0};

bool Unwanted(lunatik_run* run, const lunatik_sink* sink) {
  const std::lock_guard<std::mutex> lock(run->mutex);
  return run->aborted || sink->stop(sink->context);
}

void SetRunning(lunatik_run* run, bool running) {
  const std::lock_guard<std::mutex> lock(run->mutex);
  run->running = running;
  if (running) run->aborted = false;
}

}  // namespace

lunatik_run* lunatik_run_open(lunatik_session* /*session*/) {
  the_run = new lunatik_run;
  return the_run;
}

void lunatik_run_close(lunatik_run* run) {
  the_run = nullptr;
  delete run;
}

uint32_t lunatik_run_port(const lunatik_run* /*run*/) { return 7; }

const lunatik_error* lunatik_run_error(const lunatik_run* run) { return &run->error; }

int lunatik_abort(lunatik_session* /*session*/, const char* /*name*/, uint32_t port, lunatik_error* /*error*/) {
  lunatik_run* run = the_run;
  const std::lock_guard<std::mutex> lock(run->mutex);
  CHECK(port == 7);
  aborts++;
  run->aborted = run->running;
  return run->running ? 0 : -ENOENT;
}

static void Give(lunatik_run* run, const lunatik_sink* sink) {
  static const std::string piece(10'000, 'x');
  for (; run->code.pieces > 0 && !Unwanted(run, sink); run->code.pieces--)
    CHECK(sink->part(sink->context, LUNATIK_PART_OUTPUT, piece.data(), piece.size()) == 0);
}

static void Take(lunatik_run* run, const lunatik_chunk* chunk) {
  CHECK(!run->started);
  CHECK(chunk->size >= sizeof(run->code));
  std::memcpy(&run->code, chunk->code, sizeof(run->code));
  run->error.code = 0;
  run->started = true;
}

bool lunatik_run_start(lunatik_run* run, const lunatik_chunk* chunk, const lunatik_sink* sink) {
  Take(run, chunk);
  if (run->code.microseconds == 0 && run->code.pieces <= 1) {
    Give(run, sink);
    return false;
  }
  SetRunning(run, true);
  return true;
}

int lunatik_run_finish(lunatik_run* run, const lunatik_sink* sink, lunatik_outcome* outcome) {
  const auto end = std::chrono::steady_clock::now() + microseconds(run->code.microseconds);
  CHECK(run->started);
  Give(run, sink);
  // Whoever takes long lets others have the processor, as those in the kernel do.
  while (std::chrono::steady_clock::now() < end && !Unwanted(run, sink)) {
    if (run->code.microseconds > 100) std::this_thread::sleep_for(microseconds(50));
  }
  if (Unwanted(run, sink)) run->error.code = EINTR;
  SetRunning(run, false);
  run->started = false;
  *outcome = {};
  outcome->complete = true;
  return -run->error.code;
}

int lunatik_dostring(lunatik_run* run, const lunatik_chunk* chunk, const lunatik_sink* sink, lunatik_outcome* outcome) {
  Take(run, chunk);
  SetRunning(run, true);
  return lunatik_run_finish(run, sink, outcome);
}

// --- the owner ---

namespace {

class Loop final : public Waker {
 public:
  void Wake(uintptr_t id) override {
    CHECK(id == 1);
    const std::lock_guard<std::mutex> lock(mutex_);
    wakes_++;
    changed_.notify_all();
  }

  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    CHECK(changed_.wait_for(lock, std::chrono::seconds(10), [this] { return wakes_ > 0; }));
    wakes_ = 0;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int wakes_ = 0;
};

constexpr size_t kLargeCode = 100'000;  // not worth a glance

struct Fixture {
  Loop loop;
  std::unique_ptr<Runner> runner = Runner::Open(&the_session, 1, loop);

  bool Start(const Code& code, bool streaming = false, size_t size = sizeof(Code)) {
    std::string text(size, ' ');
    std::memcpy(text.data(), &code, sizeof(code));
    const lunatik_chunk chunk = {"web", nullptr, text.data(), text.size(), LUNATIK_DEFAULT, 0};
    return runner->Start(chunk, streaming);
  }

  // Returns the output.
  std::string WaitForEnd() {
    std::string output;
    for (;;) {
      loop.Wait();
      const bool ended = runner->Ended();
      output += runner->TakeOutput();
      if (ended) return output;
    }
  }
};

void ChunksEndSoonerOrLater() {
  Fixture fixture;
  int at_once = 0;
  for (int i = 0; i < 2000; i++) {
    if (fixture.Start({i % 3 == 0 ? 0 : i % 400, 1}, false, i % 2 == 0 ? kLargeCode : sizeof(Code))) {
      at_once++;
    } else {
      fixture.WaitForEnd();
    }
    CHECK(fixture.runner->Ended());
    CHECK(fixture.runner->ending().error.code == 0);
    CHECK(fixture.runner->ending().output.size() == 10'000);
  }
  std::printf("runner: %d of 2000 chunks ended at once\n", at_once);
}

void CancelEndsAChunk() {
  Fixture fixture;
  for (int i = 0; i < 50; i++) {
    CHECK(!fixture.Start({10'000'000, 0}));
    std::this_thread::sleep_for(microseconds(i * 20));
    fixture.runner->Cancel();
    fixture.WaitForEnd();
    CHECK(fixture.runner->ending().error.code == EINTR);
  }
  CHECK(aborts == 50);
}

void StreamedOutputWaitsForItsReader() {
  Fixture fixture;
  CHECK(!fixture.Start({0, 100}, true));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(!fixture.runner->Ended());
  CHECK(fixture.WaitForEnd().size() == size_t{100} * 10'000);
  CHECK(fixture.runner->ending().output.empty());
}

void CancelEndsAChunkThatWaitsForItsReader() {
  Fixture fixture;
  CHECK(!fixture.Start({0, 1'000'000}, true));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  fixture.runner->Cancel();
  fixture.WaitForEnd();
  CHECK(fixture.runner->ending().error.code == EINTR);
}

void DestructionEndsAChunk() {
  for (int i = 0; i < 50; i++) {
    Fixture fixture;
    fixture.Start({10'000'000, i % 2 == 0 ? 1000 : 0}, true);
    std::this_thread::sleep_for(microseconds(i * 20));
  }
  for (int i = 0; i < 50; i++) {
    Fixture fixture;
    fixture.Start({i * 10, 0});
  }
  const Fixture unused;
}

}  // namespace

int main() {
  ChunksEndSoonerOrLater();
  CancelEndsAChunk();
  StreamedOutputWaitsForItsReader();
  CancelEndsAChunkThatWaitsForItsReader();
  DestructionEndsAChunk();
  std::puts("runner: ok");
}
