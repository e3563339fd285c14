/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* SSE2 computes in the type that is written: musl's generic code is right. */
