-- SPDX-License-Identifier: MIT
-- Runs a file as the kernel would, and prints the seconds that it took, compilation included, and the number that it returned.

local file = assert(io.open(arg[1]))
local code = file:read("a")
file:close()

local began = os.clock()
local answer = assert(load(code, "@" .. arg[1]))()
print(string.format("%.6f %.17g", os.clock() - began, answer))
