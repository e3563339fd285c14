-- SPDX-License-Identifier: MIT
-- A pattern of back references.
--
-- ends: well
-- budget: 10 s
-- maxalloc: 64M
("a"):rep(1000):match("(a*)%1%1%1b")
