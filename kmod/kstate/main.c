// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The module: its parameters, and the ladder of its start.
 *
 * Events are told to the netlink family by whoever changes a page, so it comes before the device,
 * by which pages are made. Unloading waits for neither files nor mappings: it is refused while
 * there are any.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "device.h"
#include "disk.h"
#include "net.h"
#include "netlink.h"
#include "params.h"

unsigned int kstate_maxpages = 4096;
module_param_named(maxpages, kstate_maxpages, uint, 0644);
MODULE_PARM_DESC(maxpages, "pages of a network namespace");

unsigned long kstate_maxmemory = 256UL << 20;
module_param_named(maxmemory, kstate_maxmemory, ulong, 0444);
MODULE_PARM_DESC(maxmemory, "bytes of a network namespace: pages and open files");

unsigned short kstate_mode = 0600;
module_param_named(mode, kstate_mode, ushort, 0444);
MODULE_PARM_DESC(mode, "permissions of /dev/kstate; 0 in front makes it octal");

static int __init kstate_init(void)
{
	int err;

	err = kstate_disk_init();
	if (err)
		return err;
	err = kstate_net_init();
	if (err)
		goto out_disk;
	err = kstate_netlink_init();
	if (err)
		goto out_net;
	err = kstate_device_init();
	if (err)
		goto out_netlink;
	return 0;

out_netlink:
	kstate_netlink_exit();
out_net:
	kstate_net_exit();
out_disk:
	kstate_disk_exit();
	return err;
}

/* Pages that are pinned go without a word, as there is no family left to tell it. */
static void __exit kstate_exit(void)
{
	kstate_device_exit();
	kstate_netlink_exit();
	kstate_net_exit();
	kstate_disk_exit();
}

module_init(kstate_init);
module_exit(kstate_exit);

MODULE_DESCRIPTION("Pages: named, versioned data that are changed by transactions and read as memory");
MODULE_AUTHOR("the lunatikctl authors");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_VERSION);
