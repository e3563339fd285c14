-- SPDX-License-Identifier: MIT
-- A pattern of a broken set.
--
-- ends: ECANCELED malformed pattern
-- budget: 10 s
-- maxalloc: 64M
("a"):match("[" .. ("a"):rep(100000))
