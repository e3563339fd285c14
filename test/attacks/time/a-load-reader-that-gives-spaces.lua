-- SPDX-License-Identifier: MIT
-- A load reader that gives spaces.
--
-- ends: ETIME
load(function() return (" "):rep(1000) end)
