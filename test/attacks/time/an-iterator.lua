-- SPDX-License-Identifier: MIT
-- An iterator.
--
-- ends: ETIME
for _ in function() return 1 end do end
