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

constexpr char kStep[] = "mark";

struct lunatik_session {};

struct lunatik_run {
  lunatik_error error{};
  Code code{};
  bool started = false;
  size_t steps = 0;
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

static void Take(lunatik_run* run, const void* code, size_t size, const lunatik_change* change) {
  CHECK(!run->started);
  CHECK(size >= sizeof(run->code));
  std::memcpy(&run->code, code, sizeof(run->code));
  CHECK(change == nullptr || std::memcmp(change->step, kStep, change->step_size) == 0);
  run->steps += change == nullptr ? 0 : change->step_size;
  run->error.code = 0;
  run->started = true;
}

static bool GoesOn(lunatik_run* run, const lunatik_sink* sink) {
  if (run->code.microseconds == 0 && run->code.pieces <= 1) {
    Give(run, sink);
    return false;
  }
  SetRunning(run, true);
  return true;
}

bool lunatik_run_start(lunatik_run* run, const lunatik_chunk* chunk, const lunatik_sink* sink) {
  Take(run, chunk->code, chunk->size, chunk->change);
  return GoesOn(run, sink);
}

bool lunatik_run_start_data(lunatik_run* run, const lunatik_data* data, const lunatik_sink* sink) {
  Take(run, data->bytes, data->size, data->change);
  return GoesOn(run, sink);
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
  Take(run, chunk->code, chunk->size, chunk->change);
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
    lunatik_chunk chunk = {};
    chunk.state = "web";
    chunk.code = text.data();
    chunk.size = text.size();
    return runner->Start(chunk, streaming);
  }

  bool Send(const Code& code) {
    lunatik_data data = {};
    data.state = "web";
    data.bytes = &code;
    data.size = sizeof(code);
    return runner->Start(data, false);
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

void MessagesEndSoonerOrLater() {
  Fixture fixture;
  for (int i = 0; i < 500; i++) {
    if (!fixture.Send({i % 3 == 0 ? 0 : i % 400, 1})) fixture.WaitForEnd();
    CHECK(fixture.runner->Ended());
    CHECK(fixture.runner->ending().output.size() == 10'000);
  }
}

// Of a chunk that the thread starts, what it points to is gone by then.
void AChangeGoesWithItsChunk() {
  Fixture fixture;
  for (const size_t size : {sizeof(Code), kLargeCode}) {
    std::string text(size, ' ');
    std::string step(kStep);
    const Code code = {1000, 0};
    std::memcpy(text.data(), &code, sizeof(code));
    lunatik_change change = {0, 0, step.data(), step.size()};
    lunatik_chunk chunk = {};
    chunk.state = "web";
    chunk.code = text.data();
    chunk.size = text.size();
    chunk.change = &change;
    const bool ended = fixture.runner->Start(chunk, false);
    step.assign(step.size(), 'x');
    change = {};
    if (!ended) fixture.WaitForEnd();
  }
  CHECK(the_run.load()->steps == 2 * std::strlen(kStep));
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
  MessagesEndSoonerOrLater();
  AChangeGoesWithItsChunk();
  CancelEndsAChunk();
  StreamedOutputWaitsForItsReader();
  CancelEndsAChunkThatWaitsForItsReader();
  DestructionEndsAChunk();
  std::puts("runner: ok");
}
