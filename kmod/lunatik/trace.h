/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM lunatik

#if !defined(_LUNATIK_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _LUNATIK_TRACE_H

#include <linux/tracepoint.h>

#include "compat.h"
#include "vm.h"

TRACE_DEFINE_ENUM(LUNATIK_JOB_CHUNK);
TRACE_DEFINE_ENUM(LUNATIK_JOB_MESSAGE);
TRACE_DEFINE_ENUM(LUNATIK_JOB_CALL);

/* A run has got its state. */
TRACE_EVENT(lunatik_run_start,
	TP_PROTO(const char *state, u64 netns, enum lunatik_job_kind kind),
	TP_ARGS(state, netns, kind),
	TP_STRUCT__entry(
		__string(state, state)
		__field(u64, netns)
		__field(int, kind)
	),
	TP_fast_assign(
		lunatik_assign_str(state, state);
		__entry->netns = netns;
		__entry->kind = kind;
	),
	TP_printk("state=%s netns=%llu kind=%s", __get_str(state), __entry->netns,
		  __print_symbolic(__entry->kind,
				   { LUNATIK_JOB_CHUNK, "chunk" },
				   { LUNATIK_JOB_MESSAGE, "message" },
				   { LUNATIK_JOB_CALL, "call" }))
);

/* A run has given its state back; time is what it spent in Lua. */
TRACE_EVENT(lunatik_run_end,
	TP_PROTO(const char *state, u64 netns, int status, u64 ran_ns),
	TP_ARGS(state, netns, status, ran_ns),
	TP_STRUCT__entry(
		__string(state, state)
		__field(u64, netns)
		__field(int, status)
		__field(u64, us)
	),
	TP_fast_assign(
		lunatik_assign_str(state, state);
		__entry->netns = netns;
		__entry->status = status;
		__entry->us = div_u64(ran_ns, NSEC_PER_USEC);
	),
	TP_printk("state=%s netns=%llu status=%d time=%llu us", __get_str(state),
		  __entry->netns, __entry->status, __entry->us)
);

#endif /* _LUNATIK_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH lunatik
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
