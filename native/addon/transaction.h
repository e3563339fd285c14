// SPDX-License-Identifier: MIT
#ifndef LUNATIK_ADDON_TRANSACTION_H
#define LUNATIK_ADDON_TRANSACTION_H

#include <napi.h>

#include <string>

#include "kstate.h"

// A transaction to write, as an object of JavaScript, which may start again once it has ended.
//
// JavaScript works on bytes of its own, which come back to be committed: memory of the C library's would have to be taken
// away from it at the end.
class Transaction final : public Napi::ObjectWrap<Transaction> {
 public:
  static Napi::Function Define(Napi::Env env);

  // commitMany(transactions: Transaction[], bytes: Uint8Array[])
  static void CommitMany(const Napi::CallbackInfo& info);

  explicit Transaction(const Napi::CallbackInfo& info);
  ~Transaction() override;

 private:
  Napi::Value Start(const Napi::CallbackInfo& info);
  Napi::Value Version(const Napi::CallbackInfo& info);
  void Announce(const Napi::CallbackInfo& info);
  void Commit(const Napi::CallbackInfo& info);
  void Abort(const Napi::CallbackInfo& info);

  // Throws where the transaction is over.
  void CheckActive(Napi::Env env) const;

  // Takes back what JavaScript has made of the copy. That the transaction is over is thrown.
  void Take(Napi::Env env, const Napi::Value& bytes);

  // Of the page, also where that is closed by now.
  std::string name_;
  kstate_transaction_p transaction_;
};

#endif  // LUNATIK_ADDON_TRANSACTION_H
