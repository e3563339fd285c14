// SPDX-License-Identifier: MIT
/*
 *	page-mounts circle | fill COUNT FOLDER | hang MOUNTS FILES
 *
 * Keeps pages in files that are mounted, or filled, so as to do harm, as somebody in user namespaces of his own may.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/fuse.h>
#include <linux/kstate.h>

#define expect(holds) ((holds) ? (void)0 : err(1, "line %d: not so: %s", __LINE__, #holds))

static void write_file(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CLOEXEC);

	expect(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* A user namespace in the one around, and others that are its; root there is who was root before. */
static void enter(int others)
{
	expect(!unshare(CLONE_NEWUSER | others));
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 0 1");
	write_file("/proc/self/gid_map", "0 0 1");
}

static void make_file(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	expect(fd >= 0);
	close(fd);
}

/* A page with a first version, that is kept in a file. */
static int keep(const char *page, const char *name)
{
	struct kstate_subscribe wanted = {.permissions = KSTATE_PERMIT_READ | KSTATE_PERMIT_WRITE, .mode = 0600};
	static const char data[KSTATE_SIZE_MAX] = "once";
	struct kstate_data told = {.address = (uintptr_t)data, .size = sizeof(data)};
	int fd = open("/dev/kstate", O_RDWR | O_CLOEXEC);
	int file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	strncpy(wanted.name, page, KSTATE_NAME_MAX);
	expect(fd >= 0 && file >= 0 && !ioctl(fd, KSTATE_IOC_SUBSCRIBE, &wanted));
	expect(!ioctl(fd, KSTATE_IOC_PERSIST, &file) && !ioctl(fd, KSTATE_IOC_COMMIT, &told));
	close(file);
	return fd;
}

static void sync_page(int fd)
{
	uint64_t newest = 0;

	expect(!ioctl(fd, KSTATE_IOC_SYNC, &newest));
}

/* --- a page that would keep its own namespace, by what is mounted on the mount of its file --- */

static void circle(void)
{
	enter(CLONE_NEWNET | CLONE_NEWNS);
	expect(!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) && !mount("none", "/mnt", "tmpfs", 0, NULL));
	make_file("/mnt/page");
	make_file("/mnt/space");
	expect(!mount("/proc/self/ns/net", "/mnt/space", NULL, MS_BIND, NULL));
	/* what is copied into one more user namespace is locked together there */
	enter(CLONE_NEWNS);
	sync_page(keep("page", "/mnt/page"));
}

/* --- files that are filled by the kernel --- */

static void fill(unsigned int count, const char *folder)
{
	char name[200], page[KSTATE_NAME_MAX + 1];

	for (unsigned int i = 0; i < count; i++) {
		int fd;

		snprintf(name, sizeof(name), "%s/%u", folder, i);
		snprintf(page, sizeof(page), "fill.%u", i);
		fd = keep(page, name);
		sync_page(fd);
		expect(!ioctl(fd, KSTATE_IOC_DELETE));
		close(fd);
	}
}

/* --- file systems that hang in each write --- */

static void answer(int device, uint64_t unique, int error, const void *data, size_t size)
{
	struct fuse_out_header head = {.len = sizeof(head) + (uint32_t)size, .error = error, .unique = unique};
	struct iovec parts[] = {{&head, sizeof(head)}, {(void *)data, size}};

	expect(writev(device, parts, 2) >= 0 || errno == ENOENT);
}

static struct fuse_attr attributes(uint64_t node)
{
	return (struct fuse_attr){.ino = node, .nlink = 1, .mode = node == FUSE_ROOT_ID ? S_IFDIR | 0700 : S_IFREG | 0600};
}

/* Return: whether it was a write, which is never answered. */
static int serve(int device)
{
	static char room[1 << 18];
	struct fuse_in_header *head = (struct fuse_in_header *)room;
	struct fuse_init_out init = {.major = 7, .minor = 31, .max_write = 65536, .max_background = 100};
	struct fuse_entry_out entry = {.entry_valid = 1000, .attr_valid = 1000};
	struct fuse_attr_out attr = {.attr_valid = 1000};
	struct fuse_open_out opened = {.fh = 1};

	expect(read(device, room, sizeof(room)) > 0);
	switch (head->opcode) {
	case FUSE_INIT:
		answer(device, head->unique, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		entry.nodeid = strtoul((char *)(head + 1), NULL, 10) + FUSE_ROOT_ID + 1;
		entry.attr = attributes(entry.nodeid);
		answer(device, head->unique, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		attr.attr = attributes(head->nodeid);
		answer(device, head->unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		answer(device, head->unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
	case FUSE_FLUSH:
	case FUSE_FSYNC:
	case FUSE_RELEASE:
		answer(device, head->unique, 0, NULL, 0);
		break;
	case FUSE_WRITE:
		return 1;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(device, head->unique, -ENOSYS, NULL, 0);
	}
	return 0;
}

/* Until nothing has come for a while, and all pages are there. */
static unsigned int serve_all(struct pollfd *devices, unsigned int count, int kept)
{
	unsigned int writes = 0, quiet = 0;
	char byte;

	expect(!fcntl(kept, F_SETFL, O_NONBLOCK));
	for (int all = 0; !all || quiet < 30;) {
		all |= !read(kept, &byte, 1);
		quiet = poll(devices, count, 100) ? 0 : quiet + 1;
		for (unsigned int i = 0; i < count; i++)
			if (devices[i].revents & POLLIN)
				writes += serve(devices[i].fd);
	}
	return writes;
}

static void keep_all(unsigned int mounts, unsigned int files)
{
	char name[200], page[KSTATE_NAME_MAX + 1];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned int m = 0; m < mounts; m++) {
		for (unsigned int f = 0; f < files; f++) {
			snprintf(name, sizeof(name), "/mnt/%u/%u", m, f);
			snprintf(page, sizeof(page), "hang.%u.%u", m, f);
			keep(page, name);
		}
	}
}

static void hang(unsigned int mounts, unsigned int files)
{
	struct pollfd devices[mounts];
	char name[200], options[200];
	int kept[2];

	enter(CLONE_NEWNET | CLONE_NEWNS);
	expect(!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) && !mount("none", "/mnt", "tmpfs", 0, NULL));
	for (unsigned int m = 0; m < mounts; m++) {
		devices[m] = (struct pollfd){.fd = open("/dev/fuse", O_RDWR | O_CLOEXEC), .events = POLLIN};
		snprintf(name, sizeof(name), "/mnt/%u", m);
		snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", devices[m].fd);
		expect(devices[m].fd >= 0 && !mkdir(name, 0700) && !mount("none", name, "fuse", 0, options));
	}
	expect(!pipe(kept));
	if (!fork()) {
		close(kept[0]);
		keep_all(mounts, files);
		close(kept[1]);
		pause();
	}
	close(kept[1]);
	printf("%u of %u\n", serve_all(devices, mounts, kept[0]), mounts * files);
}

int main(int argc, char **argv)
{
	const char *attack = argc > 1 ? argv[1] : "";

	if (!strcmp(attack, "circle"))
		circle();
	else if (!strcmp(attack, "fill") && argc > 3)
		fill((unsigned int)strtoul(argv[2], NULL, 10), argv[3]);
	else if (!strcmp(attack, "hang") && argc > 3)
		hang((unsigned int)strtoul(argv[2], NULL, 10), (unsigned int)strtoul(argv[3], NULL, 10));
	else
		errx(2, "usage: page-mounts circle | fill COUNT FOLDER | hang MOUNTS FILES");
	return 0;
}
