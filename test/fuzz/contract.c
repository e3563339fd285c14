// SPDX-License-Identifier: MIT
#include "contract.h"

#include "contract.inc"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

const struct contract_request *contract_request(size_t i)
{
	return i < COUNT(lunatik_requests) ? &lunatik_requests[i] : NULL;
}

const struct contract_request *contract_page_request(size_t i)
{
	return i < COUNT(kstate_requests) ? &kstate_requests[i] : NULL;
}
