// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The module: its parameters, and the ladder of its start.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/random.h>

#include "params.h"
#include "net.h"
#include "netlink.h"
#include "state.h"
#include "template.h"
#include "turn.h"
#include "vm.h"

unsigned long lunatik_maxalloc = 1UL << 20;
module_param_named(maxalloc, lunatik_maxalloc, ulong, 0644);
MODULE_PARM_DESC(maxalloc,
		 "bytes that a state may hold when its maker does not say (65536 to 268435456)");

unsigned int lunatik_maxstates = 65536;
module_param_named(maxstates, lunatik_maxstates, uint, 0644);
MODULE_PARM_DESC(maxstates, "states of a network namespace");

unsigned long lunatik_maxmemory = 1UL << 30;
module_param_named(maxmemory, lunatik_maxmemory, ulong, 0444);
MODULE_PARM_DESC(maxmemory,
		 "bytes of a network namespace: states, uploads, data that wait, output and values");

unsigned long lunatik_maxoutput = 1UL << 20;
module_param_named(maxoutput, lunatik_maxoutput, ulong, 0644);
MODULE_PARM_DESC(maxoutput, "bytes of output and values of one run; the rest is cut");

unsigned long lunatik_maxqueue = 256UL << 10;
module_param_named(maxqueue, lunatik_maxqueue, ulong, 0644);
MODULE_PARM_DESC(maxqueue, "bytes of data that wait for a reader, of one state; a message counts 32 at least");

unsigned int lunatik_maxsessions = 65536;
module_param_named(maxsessions, lunatik_maxsessions, uint, 0644);
MODULE_PARM_DESC(maxsessions,
		 "sockets of a network namespace that may have handles, uploads or subscriptions");

bool lunatik_userns;
module_param_named(userns, lunatik_userns, bool, 0644);
MODULE_PARM_DESC(userns,
		 "whether who has CAP_NET_ADMIN in the user namespace that owns a network namespace may use it: this gives containers code in the kernel");

unsigned int lunatik_budget = 1000;
module_param_named(budget, lunatik_budget, uint, 0644);
MODULE_PARM_DESC(budget, "milliseconds of a run when its caller does not say; 0 is no limit");

/*
 * Drawn before the first machine is made. get_random_once() would rewrite the code that asks it,
 * from another CPU and while the first machines run there: an emulated CPU does not always bear it.
 */
struct lunatik_secrets lunatik_secrets __ro_after_init;

static int __init lunatik_init(void)
{
	int err;

	get_random_bytes(&lunatik_secrets, sizeof(lunatik_secrets));
	err = lunatik_turn_init();
	if (err)
		return err;
	lunatik_template_init();
	err = lunatik_state_init();
	if (err)
		goto out_template;
	err = lunatik_net_init();
	if (err)
		goto out_state;
	err = lunatik_netlink_init();
	if (err)
		goto out_net;
	return 0;

out_net:
	lunatik_net_exit();
out_state:
	lunatik_state_exit();
out_template:
	lunatik_template_exit();
	lunatik_turn_exit();
	return err;
}

static void __exit lunatik_exit(void)
{
	lunatik_netlink_exit();
	lunatik_net_exit();
	lunatik_state_exit();
	lunatik_template_exit();
	lunatik_turn_exit();
}

module_init(lunatik_init);
module_exit(lunatik_exit);

MODULE_DESCRIPTION("Lua states in the kernel, by network namespace");
MODULE_AUTHOR("the lunatikctl authors");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_VERSION);
