// SPDX-License-Identifier: MIT
/* kmod/lunatik.yaml: the family, and its attribute sets as tables. */
#include "lunatik_contract.h"

const struct contract lunatik_contract = {
	.name = LUNATIK_FAMILY_NAME,
	.version = LUNATIK_FAMILY_VERSION,
	.events = LUNATIK_MCGRP_EVENTS,
};

static const struct field state_fields[LUNATIK_A_STATE_MAX + 1] = {
	[LUNATIK_A_STATE_NAME] = FIELD(lunatik_state, name, FIELD_TEXT, "name"),
	[LUNATIK_A_STATE_MAXALLOC] = FIELD(lunatik_state, maxalloc, FIELD_U64, "maxalloc"),
	[LUNATIK_A_STATE_CONTEXT] = FIELD(lunatik_state, context, FIELD_U32, "context"),
	[LUNATIK_A_STATE_CURRALLOC] = FIELD(lunatik_state, curralloc, FIELD_U64, "curralloc"),
	[LUNATIK_A_STATE_PEAK] = FIELD(lunatik_state, peak, FIELD_U64, "peak"),
	[LUNATIK_A_STATE_USERS] = FIELD(lunatik_state, users, FIELD_U32, "users"),
	[LUNATIK_A_STATE_PINS] = FIELD(lunatik_state, pins, FIELD_U32, "pins"),
	[LUNATIK_A_STATE_INUSE] = FIELD_IF(lunatik_state, holder, FIELD_U32, "inuse", held),
	[LUNATIK_A_STATE_SCRIPT_NAME] = FIELD_IF(lunatik_state, script_name, FIELD_TEXT, "script-name", loaded),
	[LUNATIK_A_STATE_SCRIPT_SIZE] = FIELD(lunatik_state, script_size, FIELD_U64, "script-size"),
	[LUNATIK_A_STATE_SCRIPT_SHA256] = FIELD(lunatik_state, script_sha256, FIELD_DIGEST, "script-sha256"),
	[LUNATIK_A_STATE_GENERATION] = FIELD(lunatik_state, generation, FIELD_U64, "generation"),
	[LUNATIK_A_STATE_AGE] = FIELD(lunatik_state, age, FIELD_U64, "age"),
	[LUNATIK_A_STATE_RUNS] = FIELD(lunatik_state, runs, FIELD_U64, "runs"),
	[LUNATIK_A_STATE_ERRORS] = FIELD(lunatik_state, errors, FIELD_U64, "errors"),
	[LUNATIK_A_STATE_ABORTS] = FIELD(lunatik_state, aborts, FIELD_U64, "aborts"),
	[LUNATIK_A_STATE_RUN_TIME] = FIELD(lunatik_state, run_time, FIELD_U64, "run-time"),
	[LUNATIK_A_STATE_QUEUED] = FIELD(lunatik_state, queued, FIELD_U64, "queued"),
	[LUNATIK_A_STATE_REFUSED] = FIELD(lunatik_state, refused, FIELD_U64, "refused"),
	[LUNATIK_A_STATE_PATTERN] = UNREAD("pattern"),
	[LUNATIK_A_STATE_PAD] = UNREAD("pad"),
	[LUNATIK_A_STATE_HANDLE] = UNREAD("handle"),
	[LUNATIK_A_STATE_TOKEN] = FIELD(lunatik_state, token, FIELD_U64, "token"),
	[LUNATIK_A_STATE_FORCE] = UNREAD("force"),
	[LUNATIK_A_STATE_EXPECT_GENERATION] = UNREAD("expect-generation"),
	[LUNATIK_A_STATE_STEP] = FIELD_IF(lunatik_state, step, FIELD_BYTES, "step", step_size),
};

static const struct field info_fields[LUNATIK_A_INFO_MAX + 1] = {
	[LUNATIK_A_INFO_PROTOCOL] = FIELD(lunatik_info, protocol, FIELD_U32, "protocol"),
	[LUNATIK_A_INFO_MODULE] = FIELD(lunatik_info, module, FIELD_TEXT, "module"),
	[LUNATIK_A_INFO_LUA] = FIELD(lunatik_info, lua, FIELD_TEXT, "lua"),
	[LUNATIK_A_INFO_KERNEL] = FIELD(lunatik_info, kernel, FIELD_TEXT, "kernel"),
	[LUNATIK_A_INFO_BRANCHES] = FIELD(lunatik_info, branches, FIELD_U32, "branches"),
	[LUNATIK_A_INFO_NAME_MAX] = FIELD(lunatik_info, name_max, FIELD_U32, "name-max"),
	[LUNATIK_A_INFO_CHUNK_NAME_MAX] = FIELD(lunatik_info, chunk_name_max, FIELD_U32, "chunk-name-max"),
	[LUNATIK_A_INFO_CODE_MAX] = FIELD(lunatik_info, code_max, FIELD_U64, "code-max"),
	[LUNATIK_A_INFO_OUTPUT_MAX] = FIELD(lunatik_info, output_max, FIELD_U64, "output-max"),
	[LUNATIK_A_INFO_BUDGET] = FIELD(lunatik_info, budget, FIELD_U64, "budget"),
	[LUNATIK_A_INFO_MAXALLOC] = FIELD(lunatik_info, maxalloc, FIELD_U64, "maxalloc"),
	[LUNATIK_A_INFO_MAXALLOC_MIN] = FIELD(lunatik_info, maxalloc_min, FIELD_U64, "maxalloc-min"),
	[LUNATIK_A_INFO_MAXALLOC_MAX] = FIELD(lunatik_info, maxalloc_max, FIELD_U64, "maxalloc-max"),
	[LUNATIK_A_INFO_STATES] = FIELD(lunatik_info, states, FIELD_U32, "states"),
	[LUNATIK_A_INFO_STATES_MAX] = FIELD(lunatik_info, states_max, FIELD_U32, "states-max"),
	[LUNATIK_A_INFO_MEMORY] = FIELD(lunatik_info, memory, FIELD_U64, "memory"),
	[LUNATIK_A_INFO_MEMORY_MAX] = FIELD(lunatik_info, memory_max, FIELD_U64, "memory-max"),
	[LUNATIK_A_INFO_PAD] = UNREAD("pad"),
	[LUNATIK_A_INFO_DATA_MAX] = FIELD(lunatik_info, data_max, FIELD_U32, "data-max"),
	[LUNATIK_A_INFO_STEP_MAX] = FIELD(lunatik_info, step_max, FIELD_U32, "step-max"),
	[LUNATIK_A_INFO_USERS_MAX] = FIELD(lunatik_info, users_max, FIELD_U32, "users-max"),
	[LUNATIK_A_INFO_UPLOADS_MAX] = FIELD(lunatik_info, uploads_max, FIELD_U32, "uploads-max"),
	[LUNATIK_A_INFO_QUEUE_MAX] = FIELD(lunatik_info, queue_max, FIELD_U64, "queue-max"),
	[LUNATIK_A_INFO_SESSIONS] = FIELD(lunatik_info, sessions, FIELD_U32, "sessions"),
	[LUNATIK_A_INFO_SESSIONS_MAX] = FIELD(lunatik_info, sessions_max, FIELD_U32, "sessions-max"),
	[LUNATIK_A_INFO_BUILD] = FIELD(lunatik_info, build, FIELD_TEXT, "build"),
};

static const struct field run_fields[LUNATIK_A_RUN_MAX + 1] = {
	[LUNATIK_A_RUN_NAME] = UNREAD("name"),
	[LUNATIK_A_RUN_CHUNK_NAME] = UNREAD("chunk-name"),
	[LUNATIK_A_RUN_CODE] = UNREAD("code"),
	[LUNATIK_A_RUN_BUDGET] = UNREAD("budget"),
	[LUNATIK_A_RUN_PORT] = UNREAD("port"),
	[LUNATIK_A_RUN_OUTPUT] = FIELD(run_message, output, FIELD_SPAN, "output"),
	[LUNATIK_A_RUN_VALUES] = FIELD(run_message, values, FIELD_SPAN, "values"),
	[LUNATIK_A_RUN_STATUS] = FIELD_IF(run_message, status, FIELD_U32, "status", last),
	[LUNATIK_A_RUN_MESSAGE] = FIELD(run_message, message, FIELD_SPAN, "message"),
	[LUNATIK_A_RUN_ERROR_VALUE] = FIELD(run_message, error_value, FIELD_SPAN, "error-value"),
	[LUNATIK_A_RUN_TIME] = FIELD(run_message, time, FIELD_U64, "time"),
	[LUNATIK_A_RUN_CURRALLOC] = FIELD(run_message, curralloc, FIELD_U64, "curralloc"),
	[LUNATIK_A_RUN_PEAK] = FIELD(run_message, peak, FIELD_U64, "peak"),
	[LUNATIK_A_RUN_CUT] = FIELD(run_message, cut, FIELD_FLAG, "cut"),
	[LUNATIK_A_RUN_PAD] = UNREAD("pad"),
	[LUNATIK_A_RUN_PAUSE] = UNREAD("pause"),
	[LUNATIK_A_RUN_WAIT] = UNREAD("wait"),
	[LUNATIK_A_RUN_TOKEN] = UNREAD("token"),
	[LUNATIK_A_RUN_EXPECT_GENERATION] = UNREAD("expect-generation"),
	[LUNATIK_A_RUN_GENERATION] = UNREAD("generation"),
	[LUNATIK_A_RUN_STEP] = UNREAD("step"),
	[LUNATIK_A_RUN_UPLOAD] = FIELD(run_message, upload, FIELD_U32, "upload"),
	[LUNATIK_A_RUN_OFFSET] = UNREAD("offset"),
	[LUNATIK_A_RUN_TOTAL] = UNREAD("total"),
	[LUNATIK_A_RUN_DATA] = UNREAD("data"),
};

static const struct field message_fields[LUNATIK_A_MESSAGE_MAX + 1] = {
	[LUNATIK_A_MESSAGE_NAME] = UNREAD("name"),
	[LUNATIK_A_MESSAGE_TOKEN] = UNREAD("token"),
	[LUNATIK_A_MESSAGE_SEQUENCE] = FIELD(message_part, sequence, FIELD_U64, "sequence"),
	[LUNATIK_A_MESSAGE_SIZE] = FIELD(message_part, size, FIELD_U32, "size"),
	[LUNATIK_A_MESSAGE_OFFSET] = FIELD(message_part, offset, FIELD_U32, "offset"),
	[LUNATIK_A_MESSAGE_DATA] = FIELD(message_part, data, FIELD_SPAN, "data"),
	[LUNATIK_A_MESSAGE_QUEUED] = UNREAD("queued"),
	[LUNATIK_A_MESSAGE_REFUSED] = UNREAD("refused"),
	[LUNATIK_A_MESSAGE_CLOSED] = FIELD(message_part, closed, FIELD_FLAG, "closed"),
	[LUNATIK_A_MESSAGE_PAD] = UNREAD("pad"),
};

static const struct field event_fields[LUNATIK_A_EVENT_MAX + 1] = {
	[LUNATIK_A_EVENT_TYPE] = FIELD(lunatik_event, type, FIELD_U32, "type"),
	[LUNATIK_A_EVENT_NAME] = FIELD(lunatik_event, name, FIELD_TEXT, "name"),
	[LUNATIK_A_EVENT_GENERATION] = FIELD(lunatik_event, generation, FIELD_U64, "generation"),
	[LUNATIK_A_EVENT_MAXALLOC] = FIELD(lunatik_event, maxalloc, FIELD_U64, "maxalloc"),
	[LUNATIK_A_EVENT_CURRALLOC] = FIELD(lunatik_event, curralloc, FIELD_U64, "curralloc"),
	[LUNATIK_A_EVENT_STATUS] = FIELD(lunatik_event, status, FIELD_U32, "status"),
	[LUNATIK_A_EVENT_PAD] = UNREAD("pad"),
};

const struct attribute_set state_attributes = ATTRIBUTE_SET(state_fields);
const struct attribute_set info_attributes = ATTRIBUTE_SET(info_fields);
const struct attribute_set run_attributes = ATTRIBUTE_SET(run_fields);
const struct attribute_set message_attributes = ATTRIBUTE_SET(message_fields);
const struct attribute_set event_attributes = ATTRIBUTE_SET(event_fields);
