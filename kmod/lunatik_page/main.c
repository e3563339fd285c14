// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The module: require("page") in the states of lunatik, on the pages of kstate.
 *
 * It stands on the symbols of both, and a state that has the library keeps it, until the state's
 * memory is gone and what it had open is closed (shelf.c). So there is nothing to wait for in the
 * end: unloading is refused as long as there is anything of ours.
 */
#include <linux/init.h>
#include <linux/lunatik.h>
#include <linux/module.h>

#include "page.h"

static struct lunatik_library library = {
	.name = "page",
	.open = lunatik_page_library,
	.owner = THIS_MODULE,
};

static int __init lunatik_page_init(void)
{
	return lunatik_register(&library);
}

static void __exit lunatik_page_exit(void)
{
	lunatik_unregister(&library);
}

module_init(lunatik_page_init);
module_exit(lunatik_page_exit);

MODULE_DESCRIPTION("Pages in Lua states");
MODULE_AUTHOR("the lunatikctl authors");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_VERSION(LUNATIK_VERSION);
