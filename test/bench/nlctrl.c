// SPDX-License-Identifier: MIT
#include "nlctrl.h"
#include "stopwatch.h"

#include <string.h>
#include <sys/socket.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#define FAMILY	"nlctrl"

struct question {
	struct nlmsghdr header;
	struct genlmsghdr generic;
	struct nlattr attribute;
	char family[NLA_ALIGN(sizeof(FAMILY))];
};

static int nlctrl = -1;

static struct question question = {
	.header = {
		.nlmsg_len = sizeof(question),
		.nlmsg_type = GENL_ID_CTRL,
		.nlmsg_flags = NLM_F_REQUEST,
	},
	.generic = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
	.attribute = { .nla_len = NLA_HDRLEN + sizeof(FAMILY), .nla_type = CTRL_ATTR_FAMILY_NAME },
	.family = FAMILY,
};

void nlctrl_open(void)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	nlctrl = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (nlctrl < 0 || connect(nlctrl, (const struct sockaddr *)&kernel, sizeof(kernel)))
		stopwatch_fail("no generic netlink: %m");
}

void nlctrl_round_trip(void)
{
	static union {
		struct nlmsghdr header;
		char bytes[8192];
	} answer;

	question.header.nlmsg_seq++;
	if (send(nlctrl, &question, sizeof(question), 0) != sizeof(question))
		stopwatch_fail("cannot ask nlctrl: %m");
	if (recv(nlctrl, &answer, sizeof(answer), 0) < (ssize_t)sizeof(answer.header))
		stopwatch_fail("no answer from nlctrl: %m");
	if (answer.header.nlmsg_type != GENL_ID_CTRL || answer.header.nlmsg_seq != question.header.nlmsg_seq)
		stopwatch_fail("nlctrl answers something else");
}
