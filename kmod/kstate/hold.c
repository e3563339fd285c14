// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Holding a file for a page, which is as long as its network namespace is there.
 *
 * That must not be for ever. A mount that is held keeps what is mounted on it, where that is locked
 * to it: what a user namespace has from the one around it is, once its mount namespace is gone.
 * One of these may be a network namespace, and that of the very page, which would keep itself.
 * So in a user namespace a page has a mount of its own, on which nothing is. What is done to the
 * user's, to unmount it or to make it read-only, is not done to that one.
 *
 * Elsewhere it holds its user's: nothing is locked there, and who wants to unmount it hears that it
 * is busy. The same of the kernel's own, of a memfd, which nobody mounts anything on.
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>

#include "hold.h"

/*
 * Whether a mount is the caller's and nothing on it is locked. Who is in no user namespace has his
 * root in a mount namespace that belongs to none, but where root has put him.
 */
static bool is_simple(const struct path *path)
{
	struct path root;
	bool under;

	if (path->mnt->mnt_flags & MNT_INTERNAL)
		return true;
	if (current_user_ns() != &init_user_ns)
		return false;
	get_fs_root(current->fs, &root);
	under = path_is_under(path, &root);
	path_put(&root);
	return under;
}

/* To have a mount of one's own takes a privilege, which is the kernel's here. */
static struct vfsmount *own_mount(const struct path *path)
{
	struct cred *cred = prepare_kernel_cred(&init_task);
	const struct cred *callers;
	struct vfsmount *mount;

	if (!cred)
		return ERR_PTR(-ENOMEM);
	callers = override_creds(cred);
	mount = clone_private_mount(path);
	revert_creds(callers);
	put_cred(cred);
	return mount;
}

/**
 * kstate_hold_take - hold a file
 * @hold: set
 * @path: of the file, that the caller holds meanwhile
 *
 * Context: process.
 * Return: 0; -EINVAL where it is mounted elsewhere than in the caller's mount namespace, or so that
 * it cannot be mounted once more; -ENOMEM.
 */
int kstate_hold_take(struct kstate_hold *hold, const struct path *path)
{
	hold->path = *path;
	hold->own = !is_simple(path);
	if (!hold->own) {
		path_get(&hold->path);
		return 0;
	}
	hold->path.mnt = own_mount(path);
	if (IS_ERR(hold->path.mnt))
		return PTR_ERR(hold->path.mnt);
	dget(hold->path.dentry);
	return 0;
}

/* Context: process; may sleep. */
void kstate_hold_end(struct kstate_hold *hold)
{
	if (!hold->own) {
		path_put(&hold->path);
		return;
	}
	dput(hold->path.dentry);
	kern_unmount(hold->path.mnt);
}
