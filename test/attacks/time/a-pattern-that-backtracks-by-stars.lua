-- SPDX-License-Identifier: MIT
-- A pattern that backtracks by stars.
--
-- ends: ETIME
("a"):rep(1 << 18):find(".*.*.*.*b")
