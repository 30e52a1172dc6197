/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Calls that come often and matter seldom: mmap, mprotect, ioctl, prctl. Each is let go by its registers alone before
 * anything else is looked at. */
#ifndef PERIDERM_MEMORY_H
#define PERIDERM_MEMORY_H
#include "paths.h"

#define PROT_WRITE 2
#define PROT_EXEC 4
#define MAP_ANONYMOUS 0x20
#define FS_IOC_SETFLAGS 0x40086602
#define FS_IOC32_SETFLAGS 0x40046602
#define FS_IOC_FSSETXATTR 0x401c5820
#define FS_XFLAG_IMMUTABLE 8
#define FS_XFLAG_APPEND 16
#define FS_IMMUTABLE_FL 16
#define FS_APPEND_FL 32
#define TIOCSTI 0x5412
#define USERFAULTFD_IOC_NEW 0xaa00
#define PR_SET_NAME 15

/* Executable memory that was or is writable, once for each program and kind: a just-in-time compiler makes much. */
static __always_inline int made_executable(struct call *call, u64 file, u32 prot, u32 flags, long ret)
{
	struct control *control = get_control();
	struct who w = {};
	struct scratch *s;
	u64 key, pending;

	if (!control || !admit(&w, bpf_get_current_task_btf()) || shed(&w, K_EXEC_MEMORY))
		return 0;
	know(&w, 0);
	key = mix(w.base, K_EXEC_MEMORY | (u64)prot << 8 | (u64)failure(ret > 0 ? 0 : ret) << 16);
	if (file)
		key = file_identity(control, key, CAST(file, file));
	if (folded(key, &pending))
		return 0;
	s = scratch(LANE_EXIT_CALL);
	if (!s)
		return 0;
	fill(s, &w, K_EXEC_MEMORY, call->origin);
	s->rec.arg0 = prot;
	s->rec.arg1 = flags;
	if (file)
		put_file(s, file, 0);
	if (s->rec.text_len == 0 || s->rec.text_len > TEXT_MAX)
		s->rec.text_len = 0;
	return send(s, LANE_EXIT_CALL, key, pending);
}

enum bpf_func_id { BPF_FUNC_find_vma = 180 }; /* its number comes from the kernel; before 5.17 it is not there */
struct found { u64 file; u64 written; };

static long look_at_area(struct task_struct *task, struct vm_area_struct *area, struct found *found)
{
	found->file = (u64)area->vm_file;
	found->written = area->anon_vma != 0;
	return 0;
}

/* A file's pages that were never written are only mapped; anonymous memory, or a private page that was written, is code
 * that no file has. */
static __always_inline int protected(struct call *call, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct found found = { .written = 1 };

	if (ret < 0 || !(call->c & PROT_EXEC))
		return 0;
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_find_vma))
		bpf_find_vma(task, call->a, look_at_area, &found, 0);
	if (found.file && !found.written && !(call->c & PROT_WRITE))
		return 0;
	return made_executable(call, 0, call->c & 7, 0, ret);
}

static __always_inline bool begins(struct scratch *s, u32 off, u64 eight, u64 mask)
{
	u64 word = 0;

	bpf_probe_read_kernel(&word, 8, &s->path[BOUND(off, PATH_SPACE - 1)]);
	return (word & mask) == eight;
}

#define WORD(a, b, c, d, e, f, g, h)                                                                                   \
	((u64)a | (u64)b << 8 | (u64)c << 16 | (u64)d << 24 | (u64)e << 32 | (u64)f << 40 | (u64)g << 48 | (u64)h << 56)

/* Whether the path that was built lies below a folder where the system keeps libraries. */
static __always_inline bool is_system_library(struct scratch *s)
{
	u32 off = s->path_off;

	if (off > PATH_SPACE)
		return 0;
	return begins(s, off, WORD('/', 'u', 's', 'r', '/', 'l', 'i', 'b'), ~0ull) ||
	       begins(s, off, WORD('/', 'l', 'i', 'b', '/', 0, 0, 0), 0xffffffffffull) ||
	       begins(s, off, WORD('/', 'l', 'i', 'b', '6', '4', '/', 0), 0xffffffffffffffull) ||
	       begins(s, off, WORD('/', 'o', 'p', 't', '/', 0, 0, 0), 0xffffffffffull) ||
	       (begins(s, off, WORD('/', 'u', 's', 'r', '/', 'l', 'o', 'c'), ~0ull) &&
		begins(s, off + 8, WORD('a', 'l', '/', 'l', 'i', 'b', 0, 0), 0xffffffffffffull));
}

/* A file was mapped executable. One in a system folder that the image brought is known after the first time. */
static __always_inline int mapped_library(struct call *call, u64 address)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct control *control = get_control();
	struct file *file = CAST(file, address);
	struct who w = {};
	struct scratch *s;
	u64 identity, key, pending;
	u32 one = 1;
	struct inode *inode = GET(file, f_inode);
	bool sshd;

	if (!control)
		return 0;
	sshd = *(u32 *)task->comm == ('s' | 's' << 8 | 'h' << 16 | 'd' << 24);
	identity = file_identity(control, control->seed, file);
	if (!sshd && bpf_map_lookup_elem(&libraries, &identity))
		return 0;
	if (!admit(&w, task) || shed(&w, K_LIBRARY))
		return 0;
	know(&w, 0);
	key = mix(mix(w.base, K_LIBRARY), identity);
	if (folded(key, &pending))
		return 0;
	s = scratch(LANE_EXIT_CALL);
	if (!s)
		return 0;
	fill(s, &w, K_LIBRARY, call->origin);
	put_file(s, address, 0);
	if (GET(inode, i_nlink) == 0)
		s->rec.flags |= F_MEMORY_BACKED;
	if (!sshd && !(s->rec.flags & (F_UPPER | F_MEMORY_BACKED)) && is_system_library(s)) {
		bpf_map_update_elem(&libraries, &identity, &one, BPF_ANY);
		return 0;
	}
	return send(s, LANE_EXIT_CALL, key, pending);
}

static __always_inline int mapped(struct call *call, long ret)
{
	u64 file;

	if (!(call->c & PROT_EXEC) || (ret < 0 && ret > -4096))
		return 0;
	file = call->d & MAP_ANONYMOUS ? 0 : descriptor_file(bpf_get_current_task_btf(), call->e);
	if (call->c & PROT_WRITE)
		return made_executable(call, file, call->c & 7, (u32)call->d, 0);
	if (!file) /* anonymous and not writable: nothing can be in it before mprotect */
		return 0;
	return mapped_library(call, file);
}

/* ioctl on a file or terminal: attribute bits, a character pushed into a terminal, a handler of page faults. */
static __always_inline int controlled(struct call *call, long ret)
{
	struct who w = {};
	struct scratch *s;
	u64 key, pending, file;
	u32 value[2] = {};
	u8 kind;

	switch ((u32)call->b) {
	case FS_IOC_SETFLAGS:
	case FS_IOC32_SETFLAGS:
	case FS_IOC_FSSETXATTR:
		kind = K_FILE_FLAGS;
		bpf_probe_read_user(value, 4, (void *)call->c);
		break;
	case TIOCSTI:
		kind = K_TTY_INJECT;
		bpf_probe_read_user(value, 1, (void *)call->c);
		break;
	case USERFAULTFD_IOC_NEW:
		kind = K_USERFAULTFD;
		value[0] = call->c;
		break;
	default:
		return 0;
	}
	if ((u32)call->b == FS_IOC_FSSETXATTR)
		value[0] = (value[0] & FS_XFLAG_IMMUTABLE ? FS_IMMUTABLE_FL : 0) | (value[0] & FS_XFLAG_APPEND ? FS_APPEND_FL : 0);
	file = descriptor_file(bpf_get_current_task_btf(), call->a);
	if (!file || !admit(&w, bpf_get_current_task_btf()))
		return 0;
	know(&w, 0);
	s = scratch(LANE_EXIT_CALL);
	if (!s)
		return 0;
	fill(s, &w, kind, call->origin);
	put_file(s, file, 0);
	s->rec.arg0 = value[0];
	if (ret < 0) {
		s->rec.ret = ret;
		s->rec.flags |= F_FAILED;
	}
	key = mix(mix(w.base, kind | (u64)failure(ret) << 8), kind == K_FILE_FLAGS ? value[0] : w.process);
	key = hash_words(s, 0, s->rec.text_len, key);
	if (folded(key, &pending))
		return 0;
	return send(s, LANE_EXIT_CALL, key, pending);
}

/* A name that a process gives itself: told where it looks like a kernel thread's, or where the whole process takes one
 * that is not its program's. */
static __always_inline int renamed_itself(struct call *call, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *exe = exe_of(task);
	struct dentry *dentry;
	struct who w = {};
	struct scratch *s;
	u64 key, pending, fresh[2] = {}, program[2] = {};
	u32 length;
	bool bracket;

	if (ret < 0 || (u32)call->a != PR_SET_NAME || !exe)
		return 0;
	bpf_probe_read_kernel(fresh, 16, task->comm);
	bracket = (fresh[0] & 0xff) == '[' || (fresh[0] & 0xffffffffffffff) == WORD('k', 'w', 'o', 'r', 'k', 'e', 'r', 0) ||
		  fresh[0] == WORD('k', 't', 'h', 'r', 'e', 'a', 'd', 'd') || (fresh[0] & 0xffffffffff) == WORD('k', 's', 'o', 'f', 't', 0, 0, 0) ||
		  fresh[0] == WORD('m', 'i', 'g', 'r', 'a', 't', 'i', 'o') || (fresh[0] & 0xffffffff) == WORD('r', 'c', 'u', '_', 0, 0, 0, 0) ||
		  (fresh[0] & 0xffffffffff) == WORD('k', 's', 'w', 'a', 'p', 0, 0, 0);
	if (!bracket && task->pid != task->tgid)
		return 0;
	dentry = GET(exe, f_path.dentry);
	length = GET(dentry, d_name.hash_len) >> 32;
	if (length > 15)
		length = 15;
	bpf_probe_read_kernel(program, BOUND(length, 15), GET(dentry, d_name.name));
	if (!bracket && fresh[0] == program[0] && fresh[1] == program[1])
		return 0;
	if (!admit(&w, task) || shed(&w, K_PROCESS_NAME))
		return 0;
	know(&w, 0);
	key = mix(mix(mix(w.base, K_PROCESS_NAME), fresh[0]), fresh[1]);
	if (folded(key, &pending))
		return 0;
	s = scratch(LANE_EXIT_CALL);
	if (!s)
		return 0;
	fill(s, &w, K_PROCESS_NAME, call->origin);
	s->rec.text_len = put_user_string(s, call->b, 16);
	s->rec.flags &= ~F_TRUNCATED;
	return send(s, LANE_EXIT_CALL, key, pending);
}

/* The registers are looked at before the arguments are gathered: these calls come a million times a second. */
static __always_inline bool matters(struct pt_regs *regs)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 number = regs->orig_ax;

	if (task->thread_info.status & TS_COMPAT)
		return 1;
	if (number == 9 || number == 10) /* mmap, mprotect */
		return regs->dx & PROT_EXEC;
	if (number == 157) /* prctl */
		return regs->di == PR_SET_NAME;
	if (number == 16) { /* ioctl */
		u32 command = regs->si;

		return command == FS_IOC_SETFLAGS || command == FS_IOC32_SETFLAGS || command == FS_IOC_FSSETXATTR ||
		       command == TIOCSTI || command == USERFAULTFD_IOC_NEW;
	}
	return 1;
}

SEC("tp_btf/sys_exit") int BPF_PROG(call_memory, struct pt_regs *regs, long ret)
{
	struct call call = {};

	if (!matters(regs))
		return 0;
	load_call(&call, regs);
	if (call.op == OP_MMAP && call.origin == O_COMPAT32 && call.nr == 90) { /* the old one takes a table */
		u32 table[6] = {};

		bpf_probe_read_user(table, sizeof(table), (void *)call.a);
		call.c = table[2];
		call.d = table[3];
		call.e = table[4];
	}
	switch (call.op) {
	case OP_MMAP: return mapped(&call, ret);
	case OP_MPROTECT: return protected(&call, ret);
	case OP_PRCTL: return renamed_itself(&call, ret);
	case OP_IOCTL: return controlled(&call, ret);
	default: return 0;
	}
}
#endif
