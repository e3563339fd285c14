-- SPDX-License-Identifier: MIT
-- A pattern of a broken escape.
--
-- ends: well
-- budget: 10 s
-- maxalloc: 64M
("a"):match(("%"):rep(99999))
