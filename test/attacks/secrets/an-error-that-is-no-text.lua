-- SPDX-License-Identifier: MIT
-- Ends by a value that has to be named.
--
-- ends: ECANCELED table value
error(setmetatable({ print, {} }, { __name = "secret" }))
