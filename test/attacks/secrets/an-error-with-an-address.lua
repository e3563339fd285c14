-- SPDX-License-Identifier: MIT
-- Ends by the text of one.
--
-- ends: ECANCELED function: 0x
error(tostring(function() end) .. tostring({}) .. tostring(print) .. tostring(coroutine.running()), 0)
