-- SPDX-License-Identifier: MIT
-- Each error's text holds the one before, with more.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
local text = "x"
while true do
  local _, told = pcall(error, text .. text)
  text = told
end
