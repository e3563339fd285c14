-- SPDX-License-Identifier: MIT
-- What scripts see of the binding, as far as that takes no kernel. The runner, binding.c, takes away memory and closes
-- `session` at bad moments. Errnos are Linux's.

local ENOENT, EINTR, EIO, EBUSY, EINVAL, ECANCELED = 2, 4, 5, 16, 22, 125

local function opened()
  session = assert(lunatik.session())
  return session
end

local function made(name)
  return assert((session or opened()):newstate(name or "web"))
end

local function same(expected, ...)
  local got = table.pack(...)
  for i = 1, math.max(#expected, got.n) do
    assert(expected[i] == got[i], ("value %d is %s, not %s"):format(i, tostring(got[i]), tostring(expected[i])))
  end
end

local function failed(code, words, ...)
  same({ nil, words, code }, ...)
end

local function raises(words, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and message:find(words, 1, true), tostring(message))
end

local function hex(text)
  return (text:gsub("%s", ""):gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end))
end

local function closed()
  for _ = 1, 2 do collectgarbage() end
end

local tests = {}

tests["constants are the module's, or what it has by default where it is not there"] = function()
  same({ 63, 64, 65, 61, 61 }, lunatik.datamaxsize, lunatik.defaultmaxallocbytes, lunatik.maxstates, lunatik.statenamemaxsize,
    lunatik.scriptnamemaxsize)
end

tests["a session that cannot be opened is nil, words, and the name of the errno"] = function()
  kernel.refuse("open", EIO)
  failed("EIO", "refused as the test asked for", lunatik.session())
end

tests["every operation that is refused says so in the same way, and the next one is done"] = function()
  local state = made()
  for operation, work in pairs {
    newstate = function() return session:newstate("other") end,
    getstate = function() return session:getstate("web") end,
    list = function() return session:list() end,
    run = function() return state:dostring("") end,
    dostring = function() return state:dostring("") end,
    data = function() return state:send("") end,
    receive = function() return state:receive(0) end,
    next = function() return state:receive(0) end,
    show = function() return state:getcurralloc() end,
    putstate = function() return state:put() end,
    close = function() return state:close() end,
  } do
    if operation == "run" then session:close() session = opened() state = assert(session:getstate("web")) end
    if operation == "dostring" or operation == "data" then state:dostring("") end
    kernel.refuse(operation, EIO)
    failed("EIO", "refused as the test asked for", work())
  end
  kernel.refuse("show", EIO)
  failed("EIO", "refused as the test asked for", state:getmaxalloc())
  same({ 1048576 }, state:getmaxalloc())
  same({ true }, state:close())
end

tests["values come as Lua has them: integers, floats, strings, tables, booleans, nil"] = function()
  local state = made()
  kernel.answer { values = hex [[ 00 17 1818 190100 1a00010000 1b7fffffffffffffff 20 3863 3b7fffffffffffffff
    fb3ff8000000000000 fb4008000000000000 60 6261c3 430001ff f4 f5 f6 ]] }
  same({ true, 0, 23, 24, 256, 65536, math.maxinteger, -1, -100, math.mininteger, 1.5, 3.0, "", "a\xc3", "\0\1\xff", false, true, nil },
    state:dostring(""))
  assert(math.type(select(12, state:dostring(""))) == "float")
  kernel.answer { values = hex "83 01 80 a2 6161 02 f5 81 03" }
  local ok, list = state:dostring("")
  assert(ok and #list == 3 and list[1] == 1 and #list[2] == 0 and list[3].a == 2 and list[3][true][1] == 3)
  kernel.answer {}
  same({ true }, state:dostring(""))
  local many = {}
  for i = 1, 20000 do many[i] = "\x01" end
  kernel.answer { values = table.concat(many) }
  assert(select("#", state:dostring("")) == 20001)
end

tests["values that the protocol does not know are refused, wherever they end"] = function()
  local state = made()
  local deep = ("\x81"):rep(250) .. "\0"
  for _, values in ipairs { "18", "1900", "1b0102", "61", "62 61", "81", "82 01", "a1 01", "c0 01", "f7", "f9 0000", "fb 00", "1c",
    "1f", "5f", "9f", "ff", "a1 f6 01", "a1 fb7ff8000000000000 01", "1b8000000000000000", "3b8000000000000000", "9b7fffffffffffffff",
    "bb7fffffffffffffff", "5b7fffffffffffffff", "01 01 f7" } do
    kernel.answer { values = hex(values) }
    failed("EBADMSG", "the kernel's values are not understood", state:dostring(""))
  end
  kernel.answer { values = deep }
  failed("EBADMSG", "the kernel's values are not understood", state:dostring(""))
end

tests["more than is carried is a failure, not a part of it"] = function()
  local state = made()
  kernel.answer { values = "\1\2", cut = true }
  failed("EMSGSIZE", "it ran to its end, but more was printed or returned than is carried", state:dostring(""))
end

tests["a script that fails is told with its traceback, and its error value where that is no text"] = function()
  local state = made()
  kernel.answer { status = ECANCELED, message = "do:1: oops\nstack traceback:\n\t[C]: in ?" }
  failed("ECANCELED", "do:1: oops\nstack traceback:\n\t[C]: in ?", state:dostring(""))
  kernel.answer { status = ECANCELED, message = "(error object is a table value)", error_value = hex "81 07" }
  local none, message, code, value = state:send("")
  same({ nil, "(error object is a table value)", "ECANCELED", 7 }, none, message, code, value[1])
  kernel.answer { status = ECANCELED, error_value = hex "81" }
  failed("ECANCELED", "the first line", state:send(""))
end

tests["no memory for what a run gives ends it, and is told"] = function()
  local state = made()
  state:dostring("")
  kernel.answer { values = ("\1"):rep(1001) }
  for appends = 0, 1 do
    kernel.appends(appends)
    failed("ENOMEM", "of the sink's part", state:dostring(""))
  end
  kernel.appends(2)
  assert(select("#", state:dostring("")) == 1002)
  kernel.appends(0)
  failed("ENOMEM", "Cannot allocate memory", session:newstate("other"))
  assert(#session:list() == 1)
end

tests["chunk name, message and budget go to the kernel as they are"] = function()
  local state = made()
  state:dostring("return 1")
  local seen = kernel.seen()
  same({ "return 1", "(none)", -1 }, seen.sent, seen.chunk_name, seen.budget)
  state:dostring("return 2", "=two", 0.5)
  seen = kernel.seen()
  same({ "return 2", "=two", 500000 }, seen.sent, seen.chunk_name, seen.budget)
  for given, seen in pairs { ["a name"] = "=a name", ["@file"] = "@file", [""] = "=" } do
    state:dostring("", given)
    same({ seen }, kernel.seen().chunk_name)
  end
  state:send("data", 0)
  seen = kernel.seen()
  same({ "data", 0 }, seen.sent, seen.budget)
  state:send(17, math.huge)
  seen = kernel.seen()
  same({ "17", math.maxinteger }, seen.sent, seen.budget)
  failed("EINVAL", "a name has no zero bytes in it", state:dostring("", "a\0b"))
end

tests["wrong types are errors, for each argument of each function"] = function()
  local state = made()
  for _, work in ipairs {
    function(x) session.newstate(x, "a") end, function(x) session:newstate(x) end, function(x) session:newstate("a", x) end,
    function(x) session.getstate(x, "a") end, function(x) session:getstate(x) end, function(x) session.list(x) end,
    function(x) session.close(x) end, function(x) session.getfd(x) end, function(x) state.dostring(x, "") end,
    function(x) state:dostring(x) end, function(x) state:dostring("", x) end, function(x) state:dostring("", "a", x) end,
    function(x) state.send(x, "") end, function(x) state:send(x) end, function(x) state:send("", x) end,
    function(x) state.receive(x) end, function(x) state:receive(x) end, function(x) state.getfd(x) end,
    function(x) state.put(x) end, function(x) state.close(x) end, function(x) state.getname(x) end,
    function(x) state.getmaxalloc(x) end, function(x) state.getcurralloc(x) end,
    function(x) getmetatable(session).__gc(x) end, function(x) getmetatable(state).__gc(x) end,
  } do
    for _, wrong in ipairs { {}, print, true, coroutine.create(print), io.stdout } do raises("bad argument", work, wrong) end
  end
  for _, work in ipairs { session.newstate, session.getstate, state.dostring, state.send } do raises("bad argument", work) end
  raises("bad argument", session.list, state)
  raises("bad argument", state.put, session)
  raises("seconds expected", state.receive, state, -0.001)
  raises("seconds expected", state.receive, state, 0 / 0)
  raises("seconds expected", state.dostring, state, "", nil, -1)
  raises("no integer representation", session.newstate, session, "a", 1.5)
  assert(#session:list() == 1)
end

tests["names and sizes that will not do are failures"] = function()
  opened()
  failed("EINVAL", "a name has no zero bytes in it", session:newstate("a\0b"))
  failed("EINVAL", "a name has no zero bytes in it", session:getstate("a\0b"))
  failed("EINVAL", "no name", session:newstate(("x"):rep(64)))
  failed("EINVAL", "no name", session:newstate(""))
  for _, size in ipairs { 0, 1, -1, math.mininteger, 65535 } do
    failed("EINVAL", "maxalloc is less than 64 KiB", session:newstate("a", size))
  end
  local state = assert(session:newstate(("x"):rep(63), 65536))
  failed("ENOENT", "no such state", session:getstate(("x"):rep(64)))
  assert(kernel.held(state:getname()))
end

tests["what was closed or given back says so; its name stays"] = function()
  local state, other = made(), made("other")
  same({ true }, state:close())
  for _, name in ipairs { "dostring", "send", "receive", "put", "close", "getmaxalloc", "getcurralloc", "getfd" } do
    failed("EBADF", "the state is closed", state[name](state, name == "receive" and 0 or ""))
  end
  same({ true }, other:put())
  failed("EBADF", "the state was given back", other:dostring(""))
  failed("EBADF", "the state was given back", other:close())
  same({ "web", "other" }, state:getname(), other:getname())
  local third = made("third")
  same({ true }, session:close())
  failed("EBADF", "the session is closed", session:close())
  failed("EBADF", "the session is closed", session:list())
  failed("EBADF", "the session is closed", session:getfd())
  failed("EBADF", "the session is closed", session:newstate("a"))
  failed("EBADF", "the session is closed", session:getstate("a"))
  failed("EBADF", "the session is closed", third:dostring(""))
  failed("EBADF", "the session is closed", third:put())
  same({ "third" }, third:getname())
end

tests["a state whose session was closed can still be closed, once, in the same namespace"] = function()
  local state, other = made(), made("other")
  session:close()
  same({ true }, state:close())
  failed("EBADF", "the state is closed", state:close())
  kernel.netns(1)
  failed("EBADF", "the session is closed, and was in another network namespace", other:close())
  kernel.refuse("open", EIO)
  failed("EIO", "refused as the test asked for", other:close())
  kernel.netns(4026531840)
  kernel.refuse("close", EBUSY)
  failed("EBUSY", "refused as the test asked for", other:close())
  same({ true }, other:close())
end

tests["a handle goes when its userdata is collected, whichever goes first, session or state"] = function()
  made()
  closed()
  assert(not kernel.held("web") and kernel.seen().puts == 1)
  local state = assert(session:getstate("web"))
  session = nil
  closed()
  assert(kernel.held("web"), "a state keeps its session")
  state:getfd()
  state = nil
  closed()
  assert(not kernel.held("web") and kernel.seen().sessions == 0 and kernel.seen().receivers == 0)
end

tests["finalizers may be called by hand, and more than once"] = function()
  local state = made()
  state:receive(0)
  for _ = 1, 2 do getmetatable(session).__gc(session) end
  for _ = 1, 2 do getmetatable(state).__gc(state) end
  failed("EBADF", "the session is closed", state:dostring(""))
  opened()
  state = assert(session:getstate("web"))
  for _ = 1, 2 do getmetatable(state).__gc(state) end
  failed("EBADF", "the state was given back", state:dostring(""))
  assert(kernel.seen().puts == 1)
end

tests["a userdata that comes back from the dead is closed"] = function()
  local saved = {}
  do
    local kept = setmetatable({ made(), session }, { __gc = function(kept) saved.state, saved.session = kept[1], kept[2] end })
    kept[1]:dostring("")
    session = nil
  end
  closed()
  local state = saved.state
  if state then
    local ok, words = state:dostring("")
    assert(ok or words)
    assert(state:getname() == "web")
  end
end

tests["a state that somebody else closed, and the session made anew, is the new one's only"] = function()
  local former = made()
  former:getfd()
  kernel.close("web")
  local state = assert(session:newstate("web"))
  failed("EBADF", "the state is closed", former:dostring(""))
  former = nil
  closed()
  assert(kernel.held("web") and kernel.seen().puts == 0)
  same({ true }, state:dostring(""))
  kernel.close("web")
  failed("ENOENT", "no such state", state:dostring(""))
  failed("ENOENT", "no such state", state:put())
  failed("ENOENT", "no such state", state:close())
end

tests["a state that is held already stays held by the first userdata"] = function()
  local state = made()
  failed("EEXIST", "a state of that name exists", session:newstate("web"))
  failed("EBUSY", "the session holds the state already", session:getstate("web"))
  closed()
  assert(kernel.held("web"))
  same({ true }, state:dostring(""))
end

tests["messages come with the number of those that were lost before; the end of the state is told"] = function()
  local state = made()
  kernel.message(0, "one")
  kernel.message(0, "")
  kernel.message(2, "five")
  kernel.message(0)
  same({ "one", 0 }, state:receive())
  assert(kernel.seen().timeout == -1)
  same({ "", 0 }, state:receive(0))
  same({ "five", 2 }, state:receive(1.5))
  assert(kernel.seen().timeout == 1500000)
  failed("ENOENT", "the state is closed", state:receive())
  failed("ETIMEDOUT", "no message came", state:receive(0))
  same({ 88 }, state:getfd())
end

tests["a receiver whose socket failed is opened anew; one that was interrupted goes on"] = function()
  local state = made()
  kernel.message(0, "one")
  state:getfd()
  kernel.refuse("next", EINTR)
  failed("EINTR", "refused as the test asked for", state:receive())
  assert(kernel.seen().receivers == 1)
  kernel.refuse("next", EIO)
  failed("EIO", "refused as the test asked for", state:receive())
  assert(kernel.seen().receivers == 0)
  same({ "one", 0 }, state:receive())
end

tests["a process that was forked off cannot use what is its parent's, nor give it back"] = function()
  local state = made()
  state:getfd()
  local puts = kernel.forked(function()
    failed("EBADF", "the session belongs to the process that opened it", session:list())
    failed("EBADF", "the session belongs to the process that opened it", session:newstate("a"))
    failed("EBADF", "the session belongs to the process that opened it", state:dostring(""))
    failed("EBADF", "the session belongs to the process that opened it", state:receive(0))
    failed("EBADF", "the session belongs to the process that opened it", state:close())
    same({ "web" }, state:getname())
    state = nil
    closed()
    same({ true }, session:close())
    local puts = kernel.seen().puts
    assert(lunatik.session():newstate("other"))
    return puts
  end)
  same({ 0 }, puts)
  assert(kernel.held("web"))
  same({ true }, state:dostring(""))
end

tests["a hook that a signal handler sets ends a run, in a coroutine too"] = function()
  local state = made()
  kernel.answer { forever = true }
  interrupt_soon()
  raises("interrupted!", function()
    failed("EINTR", "stopped by the caller", state:dostring("while true do end"))
    for _ = 1, 10 do tostring(1) end
  end)
  local thread = coroutine.create(function() return state:send("x") end)
  interrupt_soon()
  raises("interrupted!", function()
    same({ true, nil, "stopped by the caller", "EINTR" }, coroutine.resume(thread))
    for _ = 1, 10 do tostring(1) end
  end)
  kernel.answer {}
  same({ true }, state:dostring(""))
end

tests["everything works in coroutines, also in one that ends with a state in its hands"] = function()
  opened()
  local states = {}
  for i = 1, 5 do
    local thread = coroutine.wrap(function()
      local state = assert(session:newstate("in" .. i))
      coroutine.yield(state)
      kernel.answer { values = "\5" }
      coroutine.yield(select(2, state:dostring("")))
      local never = assert(session:newstate("never" .. i))
      coroutine.yield(never)
    end)
    states[i] = thread()
    same({ 5 }, thread())
    thread()
  end
  for _, state in ipairs(states) do same({ true }, state:close()) end
  states = nil
  closed()
  for _, listed in ipairs(session:list()) do assert(not kernel.held(listed.name), listed.name) end
end

tests["a list has each state with its figures by both names"] = function()
  local web, other = made(), made("other")
  local list = session:list()
  same({ 2, "web", 1000, 1000, 1048576, 1048576, "other" }, #list, list[1].name, list[1].current_alloc, list[1].curralloc,
    list[1].max_alloc, list[1].maxalloc, list[2].name)
  same({ 12345, 1048576, 77 }, web:getcurralloc(), other:getmaxalloc(), session:getfd())
end

tests["objects of lua-memory are taken where strings are, and given where it is loaded"] = function()
  local state = made()
  kernel.message(0, "plain")
  kernel.message(0, "packed")
  same({ "plain", 0 }, state:receive())
  local metatable = { __name = "char[]", __index = { create = function(text) return { "memory of", text } end } }
  debug.getregistry()["char[]"] = metatable
  local memory, lost = state:receive()
  same({ "memory of", "packed", 0 }, memory[1], memory[2], lost)
  -- A userdata of that type, made of another.
  local buffer = debug.setmetatable(io.tmpfile(), metatable)
  metatable.__tostring = function() return "the\0bytes" end
  same({ true }, state:send(buffer))
  assert(kernel.seen().sent == "the")
  metatable.__tostring = nil
  raises("string expected", state.send, state, buffer)
end

if _VERSION ~= "Lua 5.3" then
  tests["variables that are to be closed give states back, and close sessions"] = load [[
    session = assert(lunatik.session())
    do
      local own <close> = assert(lunatik.session())
      local state <close> = assert(own:newstate("web"))
      assert(kernel.held("web"))
    end
    assert(kernel.seen().puts == 1 and kernel.seen().sessions == 1 and not kernel.held("web"))
    pcall(function()
      local state <close> = assert(session:getstate("web"))
      error("oops")
    end)
    assert(kernel.seen().puts == 2 and not kernel.held("web"))
  ]]
end

return tests
