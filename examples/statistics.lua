-- SPDX-License-Identifier: MIT
--
-- Keeps statistics of named series of numbers in a state, in bounded memory however many numbers come:
--
--   lunatikctl do traffic statistics.lua
--   lunatikctl do traffic -e 'observe("load", 0.25)'
--   lunatikctl do traffic -e 'report()'
--
-- and takes numbers from the text of /proc/net/dev.

local SAMPLE <const> = 512 -- numbers of a series that percentiles are taken from

local series = {} -- by name
local order = {} -- names, in the order of their coming

local Series = {}
Series.__index = Series

local function new_series(name)
  local new = setmetatable({ count = 0, mean = 0.0, squares = 0.0, min = math.huge, max = -math.huge, sample = {} }, Series)
  series[name] = new
  order[#order + 1] = name
  return new
end

-- Mean and squared deviations are carried along (Welford): sums of squares would lose the digits that matter.
function Series:observe(x)
  self.count = self.count + 1
  local deviation = x - self.mean
  self.mean = self.mean + deviation / self.count
  self.squares = self.squares + deviation * (x - self.mean)
  self.min = math.min(self.min, x)
  self.max = math.max(self.max, x)
  -- Each number so far has the same chance to be in the sample (Vitter's algorithm R).
  local place = self.count <= SAMPLE and self.count or math.random(self.count)
  if place <= SAMPLE then self.sample[place] = x end
end

function Series:variance()
  return self.count > 1 and self.squares / (self.count - 1) or 0.0
end

-- Each p of 0…1, between the two nearest of the sample.
function Series:percentiles(...)
  local sorted = table.move(self.sample, 1, #self.sample, 1, {})
  table.sort(sorted)
  local found = {}
  for i, p in ipairs { ... } do
    local place = 1 + p * (#sorted - 1)
    local below = math.floor(place)
    local above = sorted[below + 1] or sorted[below]
    found[i] = sorted[below] + (place - below) * (above - sorted[below])
  end
  return table.unpack(found)
end

function observe(name, x)
  (series[name] or new_series(name)):observe(x)
end

function summary(name)
  local it = series[name] or error("no series is called " .. name)
  local p50, p90, p99 = it:percentiles(0.5, 0.9, 0.99)
  return {
    count = it.count, mean = it.mean, variance = it:variance(),
    min = it.min, p50 = p50, p90 = p90, p99 = p99, max = it.max,
  }
end

function report()
  print(("%-28s %6s" .. ("%11s"):rep(5)):format("series", "count", "mean", "variance", "p50", "p90", "max"))
  for _, name in ipairs(order) do
    local it = summary(name)
    print(("%-28s %6d" .. ("%11.3f"):rep(5)):format(name, it.count, it.mean, it.variance, it.p50, it.p90, it.max))
  end
end

local before = {} -- what net_dev() saw last, by device

-- Observes the rates since the last call, of each device that has seen traffic.
function net_dev(time, text)
  for device, counters in text:gmatch("([^%s:]+):([%d ]+)") do
    local values = {}
    for number in counters:gmatch("%d+") do values[#values + 1] = math.tointeger(number) end
    local now = { time = time, rx_bytes = values[1], rx_packets = values[2], tx_bytes = values[9], tx_packets = values[10] }
    local last = before[device]
    before[device] = now
    if last and time > last.time and now.rx_packets + now.tx_packets > 0 then
      local elapsed = time - last.time
      observe(device .. " rx packets/s", (now.rx_packets - last.rx_packets) / elapsed)
      observe(device .. " tx packets/s", (now.tx_packets - last.tx_packets) / elapsed)
      observe(device .. " rx KiB/s", (now.rx_bytes - last.rx_bytes) / elapsed / 1024)
      observe(device .. " tx KiB/s", (now.tx_bytes - last.tx_bytes) / elapsed / 1024)
    end
  end
end
