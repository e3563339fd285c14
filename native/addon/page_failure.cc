// SPDX-License-Identifier: MIT
#include "page_failure.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace {

struct Words {
  int code;
  // Empty for any.
  std::string_view operation;
  const char* text;
};

constexpr Words kWords[] = {
    {ENODEV, "", "the module kstate is not loaded"},
    {EIDRM, "", "the page was deleted, or its network namespace is gone"},
    {EACCES, "persist", "the mode of the page, or that of the file, does not permit it"},
    {EACCES, "", "the mode of the page, or of /dev/kstate, does not permit it"},
    {EXDEV, "", "the pages are not of one network namespace"},
    {ENOENT, "subscribe", "no such page"},
    {EINVAL, "subscribe", "a name is 1 to 247 letters, digits and dots, no dot at either end, no two together"},
    {ENOSPC, "subscribe", "the network namespace has as many pages as it may"},
    {EUSERS, "subscribe", "the page has as many subscribers as it may"},
    {EDQUOT, "subscribe", "the network namespace's pages take as much memory as they may"},
    {ESTALE, "commit", "somebody else has changed the page since"},
    {EINVAL, "commit", "1 to 16 pages are committed at once, none twice"},
    {EINVAL, "read", "1 to 16 pages are read at once, none twice"},
    {EMSGSIZE, "read", "the page has more bytes than there is room for"},
    {EINVAL, "resize", "a page has 1 to 4096 bytes, and once it was written never fewer than before"},
    {EINVAL, "changes", "a change is shown at least once a day"},
    {EBUSY, "delete", "others are subscribed"},
    {EINVAL, "persist", "a page is kept in a regular file"},
    {EEXIST, "persist", "the page is kept in another file"},
    {EBUSY, "persist", "another page is kept in the file"},
    {EBADMSG, "persist", "the file has something else in it, or nothing whole any more"},
    {EINVAL, "sync", "the page is kept in no file, or never had that version"},
};

const char* WordsFor(std::string_view operation, int code) {
  for (const Words& words : kWords)
    if (words.code == code && (words.operation.empty() || words.operation == operation)) return words.text;
  const char* text = strerrordesc_np(code);
  return text == nullptr ? "unknown error" : text;
}

}  // namespace

lunatik_error PageFailure(const char* operation, int status) {
  lunatik_error error = {-status, operation, "", ""};
  std::snprintf(error.message, sizeof(error.message), "%s", WordsFor(operation, error.code));
  return error;
}

lunatik_error PageFailure(const kstate_error& error) {
  lunatik_error failure = {error.code, error.operation, "", ""};
  std::snprintf(failure.attribute, sizeof(failure.attribute), "%s", error.attribute);
  std::snprintf(failure.message, sizeof(failure.message), "%s", error.message);
  return failure;
}
