-- SPDX-License-Identifier: MIT
-- What scripts do with pages, and must find the same by lua5.4 and inside of a state in the kernel: by each of them it returns
-- "ok". It is told no names but this one's, and leaves no page.

local page = require "page"
local NAME = "page.script"

local function failed(code, words, none, told, errno, ...)
  assert(none == nil and errno == code and told == words and select("#", ...) == 0, tostring(told) .. " " .. tostring(errno))
end

local function raised(words, work, ...)
  local ok, told = pcall(work, ...)
  assert(not ok and told:find(words, 1, true), tostring(told))
end

-- opening, and what a page is
assert(page.maxsize == 4096 and page.namemaxsize == 247)
failed("ENOENT", NAME .. ": there is no such page", page.open(NAME, "r"))
for _, name in ipairs { "", ".", ".a", "a.", "a..b", "a b", "a\0b", ("x"):rep(248) } do
  local none, told, errno = page.open(name)
  assert(none == nil and errno == "EINVAL" and told:find("1 to 247 of A-Z", 1, true))
end
raised("invalid option 'w'", page.open, NAME, "w")
raised("string expected", page.open)
local p = assert(page.open(NAME))
local reader = assert(page.open(NAME, "r"))
assert(p:name() == NAME and p:size() == 4096 and p:version() == 0)
assert(tostring(p) == "page (" .. NAME .. ")" and getmetatable(p) == false)

-- reading
local first, version = p:read()
assert(version == 0 and #first == 4096 and first:getbytes() == ("\0"):rep(4096))
assert(tostring(first) == "page view (4096 bytes)" and getmetatable(first) == false)
raised("the view is read-only", first.setu8, first, 0, 1)
raised("the view is read-only", first.setbytes, first, 0, "x")

-- sizes
assert(p:resize(1) and p:resize(64) and p:size() == 64)
for _, size in ipairs { 0, -1, 4097, math.maxinteger, math.mininteger } do
  failed("EINVAL", NAME .. ": a page has 1 to 4096 bytes, and once it was written never fewer than before", p:resize(size))
end
raised("no integer representation", p.resize, p, 1.5)

-- changing
local function returned(expected, ...)
  local got = table.pack(...)
  assert(got.n == #expected)
  for i = 1, got.n do assert(got[i] == expected[i]) end
end
returned({ 1, "a", false }, p:update(function(view) view:setu8(0, 7) return "a", false end))
returned({ 1 }, p:update(function(view) assert(view:getu8(0) == 7) end))
returned({ 1 }, p:update(function(view) view:setu8(0, 1) view:setu8(0, 7) end))
assert(first:getu8(0) == 0 and (p:read()):getu8(0) == 7 and p:version() == 1 and select(2, reader:read()) == 1)
failed("EINVAL", NAME .. ": a page has 1 to 4096 bytes, and once it was written never fewer than before", p:resize(63))
assert(p:resize(100) and p:version() == 2 and (p:read()):getbytes(64) == ("\0"):rep(36))
failed("EACCES", NAME .. ": the page is open to read it only", reader:update(function() error "it is called" end))
failed("EACCES", NAME .. ": the page is open to read it only", reader:resize(100))
failed("EACCES", NAME .. ": the page is open to read it only", reader:delete())
raised("function expected", p.update, p)
raised("a number of retries is not negative", p.update, p, print, -1)

-- errors, and what is left of a view
local kept
local ok, told = pcall(p.update, p, function(view) kept = view view:setu8(0, 1) error({ "none" }) end)
assert(not ok and told[1] == "none" and p:version() == 2)
for _, use in ipairs { "getu8", "setu8", "getbytes", "setbytes" } do raised("the view is dead: its update is over", kept[use], kept, 0, 1) end
raised("the view is dead", function() return #kept end)
assert(tostring(kept) == "page view (dead)")

-- conflicts
local function race(times, retries)
  local calls = 0
  local function slower(view)
    calls = calls + 1
    if calls <= times then assert(p:update(function(other) other:setu32(8, other:getu32(8) + 1) end)) end
    view:setu32(4, view:getu32(4) + 1)
    return calls
  end
  return p:update(slower, retries)
end
returned({ 6, 4 }, race(3))
assert((p:read()):getu32(4) == 1 and (p:read()):getu32(8) == 3)
failed("ESTALE", NAME .. ": somebody else was faster, each time", race(1, 0))
failed("ESTALE", NAME .. ": somebody else was faster, each time", race(3, 2))
returned({ 13, 3 }, race(2, 2))
-- who only looked is not too late, whatever happened meanwhile, and says what he saw
returned({ 13, 9 }, p:update(function(view)
  p:update(function(other) other:setu32(8, 0) end)
  return view:getu32(8)
end, 0))
assert(p:version() == 14)

-- whatever an update raises, nothing was committed; and what was is told
for _, count in ipairs { 10, 1000, 60000, 199900, 199930, 199960, 199970, 199980, 199990, 200000 } do
  local before = p:version()
  local done, now = pcall(p.update, p, function(view) view:setu32(8, count) return table.unpack({}, 1, count) end)
  assert(p:version() == (done and before + 1 or before) and (not done or now == p:version()), count)
end

-- that a commit is to be told, whether or not there is one
local version = p:version()
returned({ version + 1 }, p:update(function(view) view:setu32(8, 1) return view:announce() end))
returned({ version + 1 }, p:update(function(view) view:announce() end))
raised("the view is read-only", first.announce, first)
raised("the view is dead", kept.announce, kept)

-- numbers
local function there_and_back(kind, value, offset)
  p:update(function(view) view["set" .. kind](view, offset, value) end)
  local view = p:read()
  return view["get" .. kind](view, offset)
end
for bits = 8, 64, 8 do
  if bits & (bits - 1) == 0 then
    local least, most = -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    for _, value in ipairs { least, -1, 0, 1, most } do assert(there_and_back("i" .. bits, value, 13) == value) end
    for _, value in ipairs { 0, 1, most, most * 2 + 1 } do assert(there_and_back("u" .. bits, value, 100 - bits // 8) == value) end
    if bits < 64 then
      raised((most + 1) .. " does not fit into an i" .. bits, there_and_back, "i" .. bits, most + 1, 0)
      raised((least - 1) .. " does not fit into an i" .. bits, there_and_back, "i" .. bits, least - 1, 0)
      raised((2 * most + 2) .. " does not fit into a u" .. bits, there_and_back, "u" .. bits, 2 * most + 2, 0)
      raised("-1 does not fit into a u" .. bits, there_and_back, "u" .. bits, -1, 0)
    end
  end
end
assert(there_and_back("u8", 3.0, 0) == 3)
raised("no integer representation", there_and_back, "u64", 1.5, 0)
for _, value in ipairs { 0.0, -0.5, 0.1, 1e300, math.huge, -math.huge } do assert(there_and_back("f64", value, 1) == value) end
for _, value in ipairs { 0.0, -0.5, 2^-149, math.huge } do assert(there_and_back("f32", value, 3) == value) end
assert(there_and_back("f32", 0.1, 2) ~= 0.1 and there_and_back("f32", 1e300, 0) == math.huge)
local nan = there_and_back("f64", 0/0, 8)
assert(nan ~= nan)
p:update(function(view) view:setu32(9, 0x01020304) view:setf64(16, 1) end)
assert((p:read()):getbytes(9, 4) == "\4\3\2\1" and (p:read()):getbytes(16, 8) == "\0\0\0\0\0\0\xf0\x3f")

-- bounds
p:update(function(view)
  local before = view:getbytes()
  raised("offset 97: a u32 needs 4 bytes, the page has 100", view.getu32, view, 97)
  raised("offset 97: a u32 needs 4 bytes, the page has 100", view.setu32, view, 97, 1)
  raised("offset 100: a u8 needs 1 byte, the page has 100", view.getu8, view, 100)
  raised("offset -1: an i64 needs 8 bytes, the page has 100", view.geti64, view, -1)
  raised("offset 93: an f64 needs 8 bytes, the page has 100", view.setf64, view, 93, 1)
  raised("offset 9223372036854775807: an f32 needs 4 bytes", view.getf32, view, math.maxinteger)
  raised("offset -9223372036854775808: a u64 needs 8 bytes", view.getu64, view, math.mininteger)
  raised("offset 99: 2 bytes are wanted, the page has 100", view.getbytes, view, 99, 2)
  raised("offset 101: 0 bytes are wanted, the page has 100", view.getbytes, view, 101)
  raised("offset -1: 0 bytes are wanted, the page has 100", view.getbytes, view, -1)
  raised("offset 0: -1 bytes are wanted, the page has 100", view.getbytes, view, 0, -1)
  raised("offset 1: 9223372036854775807 bytes are wanted", view.getbytes, view, 1, math.maxinteger)
  raised("offset 98: 3 bytes are wanted, the page has 100", view.setbytes, view, 98, "abc")
  raised("offset 9223372036854775807: 3 bytes are wanted", view.setbytes, view, math.maxinteger, "abc")
  assert(view:getbytes() == before and view:getbytes(100) == "" and #view:getbytes(1) == 99 and view:getbytes(50, 0) == "")
  view:setbytes(96, "abcd")
  view:setbytes(100, "")
end)
assert((p:read()):getbytes(95, 5) == "\xffabcd")

-- a function may be suspended
local resume = coroutine.wrap(function() return p:update(function(view) view:setu8(0, coroutine.yield(view:getu8(1))) return "end" end) end)
local now = p:version()
resume()
returned({ now + 1, "end" }, resume(42))
assert((p:read()):getu8(0) == 42)
local abandoned = coroutine.create(function() p:update(function(view) kept = view coroutine.yield() end) end)
coroutine.resume(abandoned)
assert(coroutine.close(abandoned))
raised("the view is dead", kept.getu8, kept, 0)

-- the end
failed("EBUSY", NAME .. ": others are subscribed to it", p:delete())
do local closed <close> = reader end
assert(tostring(reader) == "page (closed)" and reader:close())
for _, use in ipairs { "name", "read", "version", "size", "delete" } do failed("EBADF", "page: the page is closed", reader[use](reader)) end
failed("EBADF", "page: the page is closed", reader:update(print))
failed("EBADF", "page: the page is closed", reader:resize(100))
local closing = assert(page.open(NAME))
failed("EBADF", "page: the page is closed", closing:update(function(view) view:setu8(0, 1) closing:close() return 1, 2 end))
assert((p:read()):getu8(0) == 42)
assert(p:delete())
for _, use in ipairs { "read", "version", "size", "delete" } do
  failed("EIDRM", NAME .. ": the page was deleted, or its network namespace is gone", p[use](p))
end
failed("EIDRM", NAME .. ": the page was deleted, or its network namespace is gone", p:update(print))
local late = assert(page.open(NAME))
failed("EIDRM", NAME .. ": the page was deleted, or its network namespace is gone", late:update(function(view) view:setu8(0, 1) late:delete() end))
assert(p:name() == NAME and p:close() and late:close())
failed("ENOENT", NAME .. ": there is no such page", page.open(NAME, "r"))

return "ok"
