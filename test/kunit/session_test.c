// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lunatik/session.c"

#include "beside.h"

struct fixture {
	struct lunatik_net *ns;
	struct sock *sockets[3];
	struct lunatik_state state;
};

static int begin(struct kunit *test)
{
	struct fixture *fixture = kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);
	size_t i;

	if (!fixture)
		return -ENOMEM;
	fixture->ns = make_namespace(test, 1 << 20);
	for (i = 0; i < ARRAY_SIZE(fixture->sockets); i++) {
		fixture->sockets[i] = kunit_kzalloc(test, sizeof(struct sock), GFP_KERNEL);
		if (!fixture->sockets[i])
			return -ENOMEM;
	}
	lunatik_maxsessions = 100;
	released = 0;
	test->priv = fixture;
	return 0;
}

static void end(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	lunatik_session_end_all(fixture->ns);
	KUNIT_EXPECT_EQ(test, fixture->ns->session_count, 0);
	KUNIT_EXPECT_EQ(test, held(&fixture->ns->memory), 0);
}

static struct lunatik_session *session_by(struct kunit *test, int socket, u32 port)
{
	struct fixture *fixture = test->priv;
	const struct lunatik_caller caller = { fixture->sockets[socket], port, 0 };
	struct lunatik_session *session = lunatik_session_begin(fixture->ns, &caller, NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(session));
	return session;
}

static struct lunatik_session *found(struct kunit *test, int socket, u32 port, u64 token)
{
	struct fixture *fixture = test->priv;
	const struct lunatik_caller caller = { fixture->sockets[socket], port, token };
	struct lunatik_session *session;

	spin_lock(&fixture->ns->lock);
	session = lunatik_session_of(fixture->ns, &caller);
	spin_unlock(&fixture->ns->lock);
	return session;
}

static void a_socket_has_one_session(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct lunatik_session *session = session_by(test, 0, 7);

	KUNIT_EXPECT_PTR_EQ(test, session_by(test, 0, 7), session);
	KUNIT_EXPECT_EQ(test, fixture->ns->session_count, 1);
	KUNIT_EXPECT_NE(test, session->token, 0);
	KUNIT_EXPECT_NULL(test, found(test, 1, 8, 0));
}

static void others_belong_to_a_session_by_its_token(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct lunatik_session *session = session_by(test, 0, 7);
	struct netlink_ext_ack extack = { };
	struct lunatik_caller caller = { fixture->sockets[1], 8, session->token };
	struct lunatik_session *theirs;

	KUNIT_EXPECT_PTR_EQ(test, found(test, 1, 8, session->token), session);
	KUNIT_EXPECT_NULL(test, found(test, 1, 8, session->token ^ 1ULL << 40));
	KUNIT_EXPECT_NULL(test, found(test, 1, 8, session->token ^ 1));
	KUNIT_EXPECT_PTR_EQ(test, lunatik_session_begin(fixture->ns, &caller, &extack), session);
	caller.token ^= 1ULL << 40;
	theirs = lunatik_session_begin(fixture->ns, &caller, &extack);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(theirs), -ENOENT);
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
}

static void sockets_of_one_port_are_told_apart(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct lunatik_session *old = session_by(test, 0, 7);
	struct lunatik_session *new = session_by(test, 1, 7);

	KUNIT_EXPECT_PTR_NE(test, old, new);
	KUNIT_EXPECT_PTR_EQ(test, found(test, 0, 7, 0), old);
	KUNIT_EXPECT_PTR_EQ(test, found(test, 1, 7, 0), new);
	lunatik_session_orphan(fixture->ns, 7);
	KUNIT_EXPECT_EQ_MSG(test, fixture->ns->session_count, 2, "neither socket is dead");
	sock_set_flag(fixture->sockets[0], SOCK_DEAD);
	lunatik_session_orphan(fixture->ns, 7);
	KUNIT_EXPECT_NULL(test, found(test, 0, 7, 0));
	KUNIT_EXPECT_PTR_EQ(test, found(test, 1, 7, 0), new);
	KUNIT_EXPECT_EQ(test, fixture->ns->session_count, 1);
}

static void what_a_session_has_goes_with_it(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct lunatik_session *session = session_by(test, 0, 7);
	struct lunatik_state *state = &fixture->state;
	struct lunatik_upload *upload = lunatik_upload_begin(fixture->ns, session, 1, 100);
	bool waits;

	KUNIT_ASSERT_FALSE(test, IS_ERR(upload));
	lunatik_upload_give(fixture->ns, session, upload);
	lunatik_queue_init(&state->queue);
	lunatik_queue_subscribe(&state->queue, session, &waits);
	state->holder = session;
	list_add(&state->held, &session->handles);
	sock_set_flag(fixture->sockets[0], SOCK_DEAD);
	lunatik_session_orphan(fixture->ns, 7);
	KUNIT_EXPECT_EQ(test, released, 1);
	KUNIT_EXPECT_NULL(test, state->queue.reader);
	KUNIT_EXPECT_TRUE(test, list_empty(&state->queue.reading));
	KUNIT_EXPECT_EQ(test, held(&fixture->ns->memory), 0);
}

static void a_namespace_has_so_many_and_no_more(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	const struct lunatik_caller caller = { fixture->sockets[2], 9, 0 };
	struct netlink_ext_ack extack = { };
	struct lunatik_session *third;

	lunatik_maxsessions = 2;
	session_by(test, 0, 7);
	session_by(test, 1, 8);
	third = lunatik_session_begin(fixture->ns, &caller, &extack);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(third), -ENOSPC);
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_EQ(test, fixture->ns->session_count, 2);
	session_by(test, 1, 8);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(a_socket_has_one_session),
	KUNIT_CASE(others_belong_to_a_session_by_its_token),
	KUNIT_CASE(sockets_of_one_port_are_told_apart),
	KUNIT_CASE(what_a_session_has_goes_with_it),
	KUNIT_CASE(a_namespace_has_so_many_and_no_more),
	{ }
};

static struct kunit_suite suite = {
	.name = "lunatik-session",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
