/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* musl keeps the word "hidden" here: see freestanding.h */
