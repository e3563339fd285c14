// SPDX-License-Identifier: MIT
#include "transaction.h"

#include <cerrno>
#include <cstring>
#include <vector>

#include "convert.h"
#include "page_failure.h"
#include "page.h"

namespace {

// EPERM is said of a transaction to read as well, of which there are none here; a conflict is ESTALE everywhere else.
int Judged(int status) { return status == -EPERM ? -ESTALE : status; }

}  // namespace

Napi::Function Transaction::Define(Napi::Env env) {
  return DefineClass(env, "Transaction",
                     {
                         InstanceMethod<&Transaction::Start>("start"),
                         InstanceMethod<&Transaction::Version>("version"),
                         InstanceMethod<&Transaction::Announce>("announce"),
                         InstanceMethod<&Transaction::Commit>("commit"),
                         InstanceMethod<&Transaction::Abort>("abort"),
                     });
}

// new Transaction()
Transaction::Transaction(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<Transaction>(info), transaction_(kstate_new_transaction()) {
  if (transaction_ == nullptr) Page::Throw(info.Env(), PageFailure("start", -ENOMEM), "");
}

Transaction::~Transaction() { kstate_free_transaction(&transaction_); }

// start(page: Page): Uint8Array
Napi::Value Transaction::Start(const Napi::CallbackInfo& info) {
  const Page* page = Page::Unwrap(info[0].As<Napi::Object>());
  kstate_state_p state = page->Opened("start");
  if ((kstate_get_state_permissions(state) & KSTATE_WRITE) == 0)
    Page::Throw(info.Env(), {EACCES, "start", "", "the page was opened to be read only"}, page->name());
  page->Check("start", kstate_start_transaction(transaction_, state, KSTATE_WRITE));
  name_ = page->name();
  return Bytes(info.Env(), {static_cast<const char*>(kstate_get_transaction_ptr(transaction_)),
                            kstate_get_transaction_size(transaction_)});
}

// version(): number
Napi::Value Transaction::Version(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(kstate_get_transaction_version(transaction_)));
}

void Transaction::CheckActive(Napi::Env env) const {
  if (!kstate_transaction_is_active(transaction_))
    Page::Throw(env, {EBADF, "commit", "", "the transaction has ended"}, name_);
}

// announce()
void Transaction::Announce(const Napi::CallbackInfo& info) {
  CheckActive(info.Env());
  kstate_announce(transaction_);
}

void Transaction::Take(Napi::Env env, const Napi::Value& bytes) {
  CheckActive(env);
  auto copy = bytes.As<Napi::Uint8Array>();
  // Bytes that were transferred to another thread are none any more.
  if (copy.ByteLength() != kstate_get_transaction_size(transaction_))
    throw Napi::TypeError::New(env, "the bytes to commit are gone");
  std::memcpy(kstate_get_transaction_ptr(transaction_), copy.Data(), copy.ByteLength());
}

// commit(bytes: Uint8Array)
void Transaction::Commit(const Napi::CallbackInfo& info) {
  Take(info.Env(), info[0]);
  const int status = Judged(kstate_commit_transaction(transaction_));
  if (status != 0) Page::Throw(info.Env(), PageFailure("commit", status), name_);
}

// abort(): of one that has ended, nothing
void Transaction::Abort(const Napi::CallbackInfo& /*info*/) { kstate_abort_transaction(transaction_); }

void Transaction::CommitMany(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto objects = info[0].As<Napi::Array>();
  const auto bytes = info[1].As<Napi::Array>();
  std::vector<kstate_transaction_p> transactions(objects.Length());
  for (uint32_t i = 0; i < objects.Length(); i++) {
    Transaction* transaction = Unwrap(objects.Get(i).As<Napi::Object>());
    transaction->Take(env, bytes.Get(i));
    transactions[i] = transaction->transaction_;
  }
  const int status = Judged(kstate_commit_many(transactions.data(), objects.Length()));
  if (status != 0) Page::Throw(env, PageFailure("commit", status), "");
}
