/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* System calls on files, seen at their end: open, chmod, chroot, mount, module load, memfd. */
#ifndef PERIDERM_FILES_H
#define PERIDERM_FILES_H
#include "send.h"

#define TS_COMPAT 2
#define AT_FDCWD (-100)
#define O_KEY_FLAGS (03 | 0100 | 01000 | 010000000) /* access mode, O_CREAT, O_TRUNC, O_PATH */
#define F_DUPFD 0
#define F_DUPFD_CLOEXEC 1030

struct call {
	u64 a, b, c, d, e, f;
	u32 nr;
	u32 op;
	u8 origin;
};
#define COMPAT_BASE 512

/* The errno of a failed call, 0 of any that worked. */
static __always_inline u32 failure(long ret)
{
	return ret < 0 ? (u32)-ret : 0;
}

/* Arguments of the system call that ends, from the registers in which they came. */
static __always_inline void load_call(struct call *call, struct pt_regs *regs)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 index, *op;

	call->nr = regs->orig_ax;
	if (task->thread_info.status & TS_COMPAT) {
		call->origin = O_COMPAT32;
		call->a = (u32)regs->bx;
		call->b = (u32)regs->cx;
		call->c = (u32)regs->dx;
		call->d = (u32)regs->si;
		call->e = (u32)regs->di;
		call->f = (u32)regs->bp;
	} else {
		call->origin = O_SYSCALL;
		call->a = regs->di;
		call->b = regs->si;
		call->c = regs->dx;
		call->d = regs->r10;
		call->e = regs->r8;
		call->f = regs->r9;
	}
	index = call->nr + (call->origin == O_COMPAT32 ? COMPAT_BASE : 0);
	op = bpf_map_lookup_elem(&operations, &index);
	call->op = op ? *op : OP_NONE;
}

/* Puts what the caller wrote as a path: absolute as it is, relative with its folder before it. */
static __always_inline void put_caller_path(struct scratch *s, struct task_struct *task, s32 dfd, u64 name)
{
	struct record *rec = &s->rec;
	u64 mount, dentry;
	char first = 0;

	bpf_probe_read_user(&first, 1, (void *)name);
	if (first == '/' || !name) {
		rec->text_len = put_user_string(s, name, RAW_MAX);
		rec->form |= FORM_RAW_SAME;
		return;
	}
	if (dfd == AT_FDCWD) {
		mount = plain(s, GET(task->fs, pwd.mnt));
		dentry = plain(s, GET(task->fs, pwd.dentry));
	} else {
		u64 file = descriptor_file(task, dfd);

		mount = file ? plain(s, GET(CAST(file, file), f_path.mnt)) : 0;
		dentry = file ? plain(s, GET(CAST(file, file), f_path.dentry)) : 0;
	}
	if (dentry) {
		build_path(s, mount, dentry);
		rec->text_len = put_path(s);
		rec->form |= FORM_JOIN;
	}
	rec->raw_len = put_user_string(s, name, RAW_MAX);
}

/* True, and form set, if the raw string at data[text_len] is the text again. */
static __always_inline void drop_equal_raw(struct scratch *s)
{
	struct record *rec = &s->rec;

	if (rec->text_len != rec->raw_len || rec->text_len == 0)
		return;
	if (hash_words(s, 0, rec->text_len, 1) != hash_words(s, rec->text_len, rec->raw_len, 1))
		return;
	s->pos -= rec->raw_len;
	rec->raw_len = 0;
	rec->form |= FORM_RAW_SAME;
}

/* text = path of the file, raw = what the caller wrote (0: nothing). */
static __always_inline void put_file(struct scratch *s, u64 address, u64 name)
{
	struct file *file = CAST(file, address);

	build_path_of(s, file);
	s->rec.text_len = put_path(s);
	fill_file(s, file);
	if (name) {
		s->rec.raw_len = put_user_string(s, name, RAW_MAX);
		drop_equal_raw(s);
	}
}

static __always_inline u64 path_word(struct scratch *s)
{
	u64 word = 0;

	bpf_probe_read_kernel(&word, 8, s->data);
	return word;
}

/* Under pressure: whether a file that was opened for reading is a detail that is given up (`control`'s SHED_ bits). */
static __always_inline bool shed_read(struct scratch *s, struct who *w)
{
	u64 word = path_word(s);
	u64 four = word & 0xffffffff, five = word & 0xffffffffffull;

	if (five == ('/' | 'u' << 8 | 's' << 16 | (u64)'r' << 24 | (u64)'/' << 32) ||
	    four == ('/' | 'l' << 8 | 'i' << 16 | (u64)'b' << 24))
		return shed(w, SHED_SYSTEM_READS);
	if (four == ('/' | 'e' << 8 | 't' << 16 | (u64)'c' << 24) || four == ('/' | 'r' << 8 | 'o' << 16 | (u64)'o' << 24) ||
	    four == ('/' | 'h' << 8 | 'o' << 16 | (u64)'m' << 24) || four == ('/' | 'p' << 8 | 'r' << 16 | (u64)'o' << 24) ||
	    four == ('/' | 's' << 8 | 'y' << 16 | (u64)'s' << 24) || four == ('/' | 'd' << 8 | 'e' << 16 | (u64)'v' << 24) ||
	    four == ('/' | 'r' << 8 | 'u' << 16 | (u64)'n' << 24) || four == ('/' | 'v' << 8 | 'a' << 16 | (u64)'r' << 24))
		return 0;
	return shed(w, SHED_READS);
}

static __always_inline int opened(struct call *call, s32 dfd, u64 name, u64 flags, u64 mode, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct scratch *s;
	struct who w = {};
	struct control *control = get_control();
	u64 key, pending, full, file = 0;

	if (!control || !admit(&w, task))
		return 0;
	if (w.own == I_READS && !(flags & 03)) {
		count(C_FILTERED);
		return 0;
	}
	know(&w, 0);
	s = scratch(LANE_EXIT_CALL);
	if (!s)
		return 0;
	key = mix(w.base, K_OPEN | (flags & O_KEY_FLAGS) << 8);
	if (ret >= 0) {
		file = descriptor_file(task, ret);
		if (!file)
			return 0;
		key = file_identity(control, key, CAST(file, file));
	} else {
		s->pos = 0;
		s->rec.flags = 0;
		key = mix(key, ret);
		key = hash_words(s, 0, put_user_string(s, name, RAW_MAX), key);
		if (s->data[0] != '/')
			key = mix(key, plain(s, GET(task->fs, pwd.dentry)) ^ (u32)dfd);
	}
	if (folded(key, &pending))
		return 0;
	full = ring_eighths();
	if (full >= FULL_FOR_FILES) {
		count(C_LOST);
		return 0;
	}
	fill(s, &w, K_OPEN, call->origin);
	s->rec.arg0 = flags;
	s->rec.arg1 = mode;
	if (file) {
		put_file(s, file, name);
		if (!(flags & 03) && (control->shed || full >= FULL_FOR_DETAILS) && shed_read(s, &w))
			return 0;
	} else {
		s->rec.ret = ret;
		s->rec.flags |= F_FAILED;
		put_caller_path(s, task, dfd, name);
	}
	send(s, LANE_EXIT_CALL, key, pending);
	return 0;
}

SEC("tp_btf/sys_exit") int BPF_PROG(call_open, struct pt_regs *regs, long ret)
{
	struct { u64 flags, mode; } how = {};
	struct call call = {};
	s32 dfd = AT_FDCWD;
	u64 name;

	load_call(&call, regs);
	name = call.a;
	how.flags = call.b;
	how.mode = call.c;
	if (call.op == OP_CREAT) {
		how.flags = 01101;
		how.mode = call.b;
	} else if (call.op != OP_OPEN) {
		dfd = call.a;
		name = call.b;
		how.flags = (u32)call.c;
		how.mode = call.d;
	}
	if (call.op == OP_OPENAT2) {
		how.flags = how.mode = 0;
		bpf_probe_read_user(&how, sizeof(how), (void *)call.c);
	}
	return opened(&call, dfd, name, how.flags, how.mode, ret);
}
#endif
