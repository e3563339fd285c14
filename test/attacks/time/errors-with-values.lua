-- SPDX-License-Identifier: MIT
-- Errors with values.
--
-- ends: ETIME
while true do pcall(error, {}) end
