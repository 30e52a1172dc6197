/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Calls that name one or two paths and change them: rename, unlink, link, mkdir, times, owner, length, unmount. What
 * failed is told where a right was missing; that a file was not there, or was there already, is only counted. */
#ifndef PERIDERM_PATHS_H
#define PERIDERM_PATHS_H
#include "ids.h"

#define AT_REMOVEDIR 0x200
#define NR_RENAMEAT2 316
#define NR_RENAMEAT2_32 353
#define NR_UTIMENSAT_TIME64 412
#define UTIME_NOW 0x3fffffff
#define UTIME_OMIT 0x3ffffffe
#define NOW (-1ll)
#define UNCHANGED (-2ll)

/* Two names with their folders; `name` becomes text and `other` raw. */
struct naming {
	u64 name, other;
	s64 arg0, arg1;
	s32 dfd, other_dfd;
	u8 kind;
	bool two, kernel, verbatim; /* names in kernel memory; `other` as it was written */
};

/* Appends a path: as it was written if it is absolute, else folder, NUL, name. Without a name that of the descriptor. */
__noinline int put_at(struct scratch *s, int dfd, u64 name, int kernel)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 mount = 0, dentry = 0;
	u32 begin, pos;
	char first = 0;
	long got;

	if (!s)
		return 0;
	begin = s->pos;
	if (name && kernel)
		bpf_probe_read_kernel(&first, 1, (void *)name);
	else if (name)
		bpf_probe_read_user(&first, 1, (void *)name);
	if (first != '/') {
		if (dfd == AT_FDCWD) {
			mount = plain(s, GET(task->fs, pwd.mnt));
			dentry = plain(s, GET(task->fs, pwd.dentry));
		} else {
			u64 file = descriptor_file(task, dfd);

			if (file) {
				mount = plain(s, GET(CAST(file, file), f_path.mnt));
				dentry = plain(s, GET(CAST(file, file), f_path.dentry));
			}
		}
		if (dentry) {
			build_path(s, mount, dentry);
			put_path(s);
		}
		if (!first)
			return s->pos - begin;
		pos = s->pos;
		s->data[BOUND(pos, DATA_MAX - 1)] = 0;
		s->pos = pos + 1;
	}
	pos = s->pos;
	if (pos > DATA_MAX - 1)
		return 0;
	if (kernel)
		got = bpf_probe_read_kernel_str(&s->data[BOUND(pos, DATA_MAX - 1)], RAW_MAX, (void *)name);
	else
		got = bpf_probe_read_user_str(&s->data[BOUND(pos, DATA_MAX - 1)], RAW_MAX, (void *)name);
	if (got <= 0)
		s->rec.flags |= F_PATH_UNREADABLE;
	else
		s->pos = pos + got - 1;
	if (got >= RAW_MAX)
		s->rec.flags |= F_TRUNCATED;
	return s->pos - begin;
}

static __always_inline u32 put_kernel_string(struct scratch *s, u64 from)
{
	u32 pos = s->pos;
	long got;

	if (pos > DATA_MAX - 1)
		return 0;
	got = bpf_probe_read_kernel_str(&s->data[BOUND(pos, DATA_MAX - 1)], RAW_MAX, (void *)from);
	if (got <= 1)
		return 0;
	s->pos = pos + got - 1;
	return got - 1;
}

static __always_inline int named(u32 lane, u8 origin, struct naming *n, long ret)
{
	struct who w = {};
	struct scratch *s;
	u64 key, pending;
	u32 error = failure(ret);

	if (error && error != 1 && error != 13 && error != 30) { /* EPERM EACCES EROFS */
		count(C_FAILED_UNTOLD);
		return 0;
	}
	if (!admit(&w, bpf_get_current_task_btf()) || shed(&w, n->kind))
		return 0;
	know(&w, 0);
	s = scratch(lane);
	if (!s)
		return 0;
	fill(s, &w, n->kind, origin);
	if (n->kernel) {
		n->name = plain(s, (void *)n->name);
		n->other = plain(s, (void *)n->other);
	}
	s->rec.arg0 = n->arg0;
	s->rec.arg1 = n->arg1;
	s->rec.form = FORM_TEXT_PATH | (n->two && !n->verbatim ? FORM_RAW_PATH : 0);
	s->rec.text_len = put_at(s, n->dfd, n->name, n->kernel);
	if (n->two && n->verbatim && !n->kernel)
		s->rec.raw_len = put_user_string(s, n->other, RAW_MAX);
	else if (n->two && n->verbatim)
		s->rec.raw_len = put_kernel_string(s, n->other);
	else if (n->two)
		s->rec.raw_len = put_at(s, n->other_dfd, n->other, n->kernel);
	if (error) {
		s->rec.ret = ret;
		s->rec.flags |= F_FAILED;
	}
	key = mix(mix(mix(w.base, n->kind | (u64)error << 8 | (u64)origin << 40), n->arg0), n->arg1);
	key = hash_words(s, 0, s->rec.text_len + s->rec.raw_len, key);
	if (folded(key, &pending))
		return 0;
	return send(s, lane, key, pending);
}

/* The second of two times at `from`, in seconds; `width` bytes a number, `nano`: it may be UTIME_NOW or _OMIT. */
static __always_inline s64 second_time(u64 from, u32 width, bool pairs, bool nano)
{
	s64 wide[4] = {};
	s32 narrow[4] = {};
	s64 seconds, part;

	if (!from)
		return NOW;
	if (width == 8) {
		bpf_probe_read_user(wide, pairs ? 32 : 16, (void *)from);
		seconds = pairs ? wide[2] : wide[1];
		part = wide[3];
	} else {
		bpf_probe_read_user(narrow, pairs ? 16 : 8, (void *)from);
		seconds = pairs ? narrow[2] : narrow[1];
		part = narrow[3];
	}
	if (nano && part == UTIME_NOW)
		return NOW;
	return nano && part == UTIME_OMIT ? UNCHANGED : seconds;
}

static __always_inline u64 kept_id(u64 id, struct call *call)
{
	bool narrow = call->origin == O_COMPAT32 && (call->nr == 16 || call->nr == 95 || call->nr == 182);

	return narrow ? ((u16)id == 0xffff ? 0xffffffff : (u16)id) : (u32)id;
}

static __always_inline bool path_calls(struct call *call, struct naming *n)
{
	u32 width = call->origin == O_COMPAT32 && call->nr != NR_UTIMENSAT_TIME64 ? 4 : 8;
	u32 op = call->op;

	n->dfd = n->other_dfd = AT_FDCWD;
	n->name = call->a;
	switch (op) {
	case OP_RENAMEAT:
	case OP_LINKAT:
		n->kind = op == OP_LINKAT ? K_LINK : K_RENAME;
		n->other_dfd = call->a;
		n->other = call->b;
		n->dfd = call->c;
		n->name = call->d;
		n->two = 1;
		if (op == OP_RENAMEAT && call->nr == (call->origin == O_COMPAT32 ? NR_RENAMEAT2_32 : NR_RENAMEAT2))
			n->arg0 = (u32)call->e;
		return 1;
	case OP_RENAME:
	case OP_LINK:
	case OP_SYMLINK:
		n->kind = op == OP_RENAME ? K_RENAME : op == OP_LINK ? K_LINK : K_SYMLINK;
		n->verbatim = op == OP_SYMLINK;
		n->other = call->a;
		n->name = call->b;
		n->two = 1;
		return 1;
	case OP_SYMLINKAT:
		n->kind = K_SYMLINK;
		n->other = call->a;
		n->dfd = call->b;
		n->name = call->c;
		n->two = n->verbatim = 1;
		return 1;
	case OP_UNLINK:
	case OP_RMDIR:
		n->kind = K_UNLINK;
		n->arg0 = op == OP_RMDIR ? AT_REMOVEDIR : 0;
		return 1;
	case OP_UNLINKAT:
		n->kind = K_UNLINK;
		n->dfd = call->a;
		n->name = call->b;
		n->arg0 = (u32)call->c;
		return 1;
	case OP_MKDIR:
		n->kind = K_MKDIR;
		n->arg0 = (u16)call->b;
		return 1;
	case OP_MKDIRAT:
		n->kind = K_MKDIR;
		n->dfd = call->a;
		n->name = call->b;
		n->arg0 = (u16)call->c;
		return 1;
	case OP_UTIME:
	case OP_UTIMES:
		n->kind = K_UTIME;
		n->arg0 = second_time(call->b, width, op == OP_UTIMES, 0);
		return 1;
	case OP_FUTIMESAT:
	case OP_UTIMENSAT:
		n->kind = K_UTIME;
		n->dfd = call->a;
		n->name = call->b;
		n->arg0 = second_time(call->c, width, 1, op == OP_UTIMENSAT);
		return n->arg0 != UNCHANGED;
	case OP_TRUNCATE:
	case OP_FTRUNCATE:
		n->kind = K_TRUNCATE;
		n->arg0 = call->b;
		if (op == OP_FTRUNCATE) {
			n->dfd = call->a;
			n->name = 0;
		}
		return 1;
	case OP_CHOWN:
		n->kind = K_CHOWN;
		n->arg0 = kept_id(call->b, call);
		n->arg1 = kept_id(call->c, call);
		return 1;
	case OP_FCHOWN:
		n->kind = K_CHOWN;
		n->dfd = call->a;
		n->name = 0;
		n->arg0 = kept_id(call->b, call);
		n->arg1 = kept_id(call->c, call);
		return 1;
	case OP_FCHOWNAT:
		n->kind = K_CHOWN;
		n->dfd = call->a;
		n->name = call->b;
		n->arg0 = (u32)call->c;
		n->arg1 = (u32)call->d;
		return 1;
	case OP_UMOUNT:
		n->kind = K_UMOUNT;
		n->arg0 = call->origin == O_COMPAT32 && call->nr == 22 ? 0 : (u32)call->b;
		return 1;
	case OP_PIVOT_ROOT:
		n->kind = K_PIVOT_ROOT;
		n->other = call->b;
		n->two = 1;
		return 1;
	default:
		return 0;
	}
}

/* A length that a program gives to a file without a name (shared memory, memfd) is nobody's file. */
static __always_inline bool nameless(struct call *call)
{
	u64 file = call->op == OP_FTRUNCATE ? descriptor_file(bpf_get_current_task_btf(), call->a) : 0;
	struct inode *inode;

	if (!file)
		return 0;
	inode = GET(CAST(file, file), f_inode);
	return GET(inode, i_nlink) == 0;
}

SEC("tp_btf/sys_exit") int BPF_PROG(call_paths, struct pt_regs *regs, long ret)
{
	struct naming n = {};
	struct call call = {};

	load_call(&call, regs);
	if (!path_calls(&call, &n) || nameless(&call))
		return 0;
	return named(LANE_EXIT_CALL, call.origin, &n, ret);
}
#endif
