-- SPDX-License-Identifier: MIT
--
-- Publishes a histogram on a page, with each single number that is observed, for whoever wants to look:
--
--   lunatikctl do web latency.lua
--   lunatikctl do web -e 'observe(180)'
--
-- The page web.latency has a count (u64 at 0), and 32 parts of it (u32 from 8 on): part i is of the numbers that have i
-- bits, and the last one of those with more.

local page = require "page"

local PARTS <const> = 32

local latency = assert(page.open "web.latency")
latency:resize(8 + 4 * PARTS)

local function bits(number)
  local count = 0
  while number > 0 do
    number, count = number >> 1, count + 1
  end
  return count
end

function observe(microseconds)
  local offset = 8 + 4 * math.min(bits(microseconds), PARTS - 1)
  assert(latency:update(function(view)
    view:setu64(0, view:getu64(0) + 1)
    view:setu32(offset, view:getu32(offset) + 1)
  end))
end

-- Observes as many numbers as it can for so long, and tells how many that are in a second.
function observe_for(seconds)
  local began, count = os.clock(), 0
  repeat
    for _ = 1, 100 do observe(math.random(0, 9) << math.random(0, 12)) end
    count = count + 100
  until os.clock() - began >= seconds
  return count // (os.clock() - began) | 0
end
