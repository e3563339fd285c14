// SPDX-License-Identifier: MIT
#include "contract.h"

#include "contract.inc"

const struct contract_request *contract_request(size_t i)
{
	return i < sizeof(contract_requests) / sizeof(*contract_requests) ? &contract_requests[i] : NULL;
}
