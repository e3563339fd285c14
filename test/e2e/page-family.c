// SPDX-License-Identifier: MIT
#include "page-family.h"

#include <err.h>
#include <errno.h>

#include <linux/genetlink.h>
#include <linux/kstate.h>
#include <sys/socket.h>

static struct mnl_socket *netlink;
static uint16_t family;
static uint32_t group;
static char message[8192];

static struct nlmsghdr *begin(uint16_t type, uint8_t command, uint16_t flags)
{
	struct nlmsghdr *head = mnl_nlmsg_put_header(message);
	struct genlmsghdr *general;

	head->nlmsg_type = type;
	head->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	head->nlmsg_seq = 1;
	general = mnl_nlmsg_put_extra_header(head, sizeof(*general));
	general->cmd = command;
	general->version = 1;
	return head;
}

struct nlmsghdr *family_begin(uint8_t command, uint16_t flags)
{
	return begin(family, command, flags);
}

int family_ask(struct nlmsghdr *head, mnl_cb_t heard, void *context)
{
	static char answer[65536];
	ssize_t size;
	int result = MNL_CB_OK;

	if (mnl_socket_sendto(netlink, head, head->nlmsg_len) < 0)
		return -errno;
	while (result == MNL_CB_OK) {
		size = mnl_socket_recvfrom(netlink, answer, sizeof(answer));
		if (size < 0)
			return -errno;
		result = mnl_cb_run(answer, (size_t)size, 1, mnl_socket_get_portid(netlink), heard, context);
	}
	return result == MNL_CB_ERROR ? -errno : 0;
}

static void take_group(const struct nlattr *groups)
{
	const struct nlattr *one, *attr;

	mnl_attr_for_each_nested(one, groups)
		mnl_attr_for_each_nested(attr, one)
			if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
				group = mnl_attr_get_u32(attr);
}

static int take_family(const struct nlmsghdr *head, void *context)
{
	const struct nlattr *attr;

	(void)context;
	mnl_attr_for_each(attr, head, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			family = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			take_group(attr);
	}
	return MNL_CB_OK;
}

void family_open(void)
{
	struct nlmsghdr *head;

	netlink = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!netlink || mnl_socket_bind(netlink, 0, MNL_SOCKET_AUTOPID))
		err(1, "a socket");
	head = begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	mnl_attr_put_strz(head, CTRL_ATTR_FAMILY_NAME, KSTATE_FAMILY_NAME);
	if (family_ask(head, take_family, NULL) || !family || !group)
		errx(1, "no family %s", KSTATE_FAMILY_NAME);
}

void family_close(void)
{
	mnl_socket_close(netlink);
}

struct mnl_socket *family_socket(void)
{
	return netlink;
}

void family_listen(void)
{
	if (mnl_socket_setsockopt(netlink, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		err(1, "the group of events");
}

int family_about(uint8_t command, const char *name)
{
	struct nlmsghdr *head = family_begin(command, 0);

	if (name)
		mnl_attr_put_strz(head, KSTATE_A_PAGE_NAME, name);
	return family_ask(head, NULL, NULL);
}
