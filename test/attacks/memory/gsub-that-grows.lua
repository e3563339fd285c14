-- SPDX-License-Identifier: MIT
-- Gsub that grows.
--
-- ends: ECANCELED not enough memory
-- budget: 20 s
-- maxalloc: 64K, 1M
return (("x"):rep(100000):gsub("x", ("y"):rep(1000)))
