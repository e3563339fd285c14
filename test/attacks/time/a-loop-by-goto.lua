-- SPDX-License-Identifier: MIT
-- A loop by goto.
--
-- ends: ETIME
::again:: goto again
