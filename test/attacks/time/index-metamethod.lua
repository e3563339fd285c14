-- SPDX-License-Identifier: MIT
-- __index.
--
-- ends: ETIME
-- by: budget, abort, client, namespace
return setmetatable({}, {__index = function() while true do end end}).x
