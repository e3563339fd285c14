/* SPDX-License-Identifier: MIT */
#define RET	ret
