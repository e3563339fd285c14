-- SPDX-License-Identifier: MIT
-- A pattern of a broken set.
--
-- ends: ECANCELED malformed pattern
-- budget: 1 s
-- maxalloc: 64M
("a"):match("[" .. ("a"):rep(100000))
