-- SPDX-License-Identifier: MIT
-- A pattern of positions.
--
-- ends: well
-- budget: 10 s
-- maxalloc: 64M
("a"):rep(100):match(("()"):rep(32))
