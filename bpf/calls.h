/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The remaining system calls, each a small program that the dispatcher jumps to. */
#ifndef PERIDERM_CALLS_H
#define PERIDERM_CALLS_H
#include "known.h"
#include "net.h"

#define DNS_ENTRY 1022

#define HANDLER(name) static __always_inline int name(struct call *call, long ret)

HANDLER(one_connect) { return connected(call->origin, call->a, call->b, call->c, ret); }
HANDLER(one_sendto) { return call->e ? connected(call->origin, call->a, call->e, call->f, ret) : 0; }
HANDLER(one_sendmsg)
{
	struct { u64 name; u32 length; } message = {};

	if (call->origin == O_COMPAT32) {
		struct { u32 name, length; } small = {};

		bpf_probe_read_user(&small, sizeof(small), (void *)call->b);
		message.name = small.name;
		message.length = small.length;
	} else {
		bpf_probe_read_user(&message, sizeof(message), (void *)call->b);
	}
	return message.name ? connected(call->origin, call->a, message.name, message.length, ret) : 0;
}
HANDLER(one_accept) { return accepted(call->origin, ret); }
HANDLER(one_bind) { return bound(call->origin, call->a, call->b, call->c, ret); }
HANDLER(one_listen) { return listening(call->origin, call->a, ret); }
HANDLER(one_socket) { return made_socket(LANE_EXIT_CALL, call->origin, call->a, call->b, ret); }
HANDLER(one_dup) { return duplicated(call->origin, ret); }
HANDLER(one_fcntl)
{
	return call->b == F_DUPFD || call->b == F_DUPFD_CLOEXEC ? duplicated(call->origin, ret) : 0;
}

/* socketcall(2) of the 32-bit table: a number and a table of arguments. */
HANDLER(one_socketcall)
{
	u32 args[6] = {};
	u8 origin = call->origin;

	bpf_probe_read_user(args, sizeof(args), (void *)call->b);
	switch (call->a) {
	case 1: return made_socket(LANE_EXIT_CALL, origin, args[0], args[1], ret);
	case 2: return bound(origin, args[0], args[1], args[2], ret);
	case 3: return connected(origin, args[0], args[1], args[2], ret);
	case 4: return listening(origin, args[0], ret);
	case 5:
	case 18: return accepted(origin, ret);
	case 11: return args[4] ? connected(origin, args[0], args[4], args[5], ret) : 0;
	default: return 0;
	}
}

SEC("tp_btf/sys_exit") int BPF_PROG(call_net, struct pt_regs *regs, long ret)
{
	struct call call = {};

	load_call(&call, regs);
	switch (call.op) {
	case OP_CONNECT: return one_connect(&call, ret);
	case OP_SENDTO:
	case OP_SENDMSG:
	case OP_SENDMMSG:
		if (call.op == OP_SENDTO)
			one_sendto(&call, ret);
		else
			one_sendmsg(&call, ret);
		if (ret > 0)
			bpf_tail_call(ctx, &handlers, DNS_ENTRY);
		return 0;
	case OP_ACCEPT: return one_accept(&call, ret);
	case OP_BIND: return one_bind(&call, ret);
	case OP_LISTEN: return one_listen(&call, ret);
	case OP_SOCKET: return one_socket(&call, ret);
	case OP_SOCKETCALL: return one_socketcall(&call, ret);
	case OP_DUP: return one_dup(&call, ret);
	case OP_FCNTL: return one_fcntl(&call, ret);
	default: return 0;
	}
}

/* Begins an event that is reported once for each process and its arguments. 0: not to be sent. */
static __always_inline struct scratch *begin(struct who *w, struct call *call, u8 kind, u64 arg0, u64 arg1, long ret,
					     u64 *key, u64 *pending)
{
	struct scratch *s;

	if (!admit(w, bpf_get_current_task_btf()))
		return 0;
	know(w, 0);
	*key = mix(mix(mix(w->base, kind | (u64)failure(ret) << 8), arg0), arg1);
	*key = mix(*key, w->process);
	if (folded(*key, pending))
		return 0;
	s = scratch(LANE_EXIT_CALL);
	if (!s)
		return 0;
	fill(s, w, kind, call->origin);
	s->rec.arg0 = arg0;
	s->rec.arg1 = arg1;
	if (ret < 0) {
		s->rec.ret = ret;
		s->rec.flags |= F_FAILED;
	}
	return s;
}

#define SIMPLE(name, kind, arg0, arg1, code)                                                                          \
	HANDLER(name)                                                                                                  \
	{                                                                                                              \
		struct who w = {};                                                                                     \
		u64 key, pending;                                                                                      \
		struct scratch *s = begin(&w, call, kind, arg0, arg1, ret, &key, &pending);                            \
                                                                                                                       \
		if (!s)                                                                                                \
			return 0;                                                                                      \
		code;                                                                                                  \
		send(s, LANE_EXIT_CALL, key, pending);                                                             \
		return 0;                                                                                              \
	}

/* The kind of namespace behind a descriptor, or what the caller named. */
static __always_inline u64 namespace_flags(u32 fd, u64 named)
{
	u64 file = descriptor_file(bpf_get_current_task_btf(), fd);
	struct proc_ns_operations *ops;
	struct ns_common *common;
	struct inode *inode;

	if (named || !file)
		return named;
	inode = GET(CAST(file, file), f_inode);
	common = CAST(ns_common, GET(inode, i_private));
	if (bpf_core_field_exists(struct ns_common___618, ns_type))
		return GET(CAST(ns_common___618, common), ns_type);
	ops = (struct proc_ns_operations *)GET(common, ops);
	return (u32)GET(ops, type);
}

SIMPLE(tell_setns, K_SETNS, namespace_flags(call->a, call->b), 0, )
SIMPLE(tell_unshare, K_UNSHARE, call->a, 0, )
HANDLER(one_setns)
{
	if (ret >= 0)
		compare(LANE_EXIT_CALL, AT_SPACES, 0, 0);
	return tell_setns(call, ret);
}
HANDLER(one_unshare)
{
	if (ret >= 0)
		compare(LANE_EXIT_CALL, AT_SPACES, 0, 0);
	return tell_unshare(call, ret);
}
SIMPLE(one_keyctl, K_KEYCTL, (u32)call->a, 0, )
SIMPLE(one_userfaultfd, K_USERFAULTFD, (u32)call->a, 0, )
SIMPLE(one_ptrace, K_PTRACE, call->a, (u32)call->b, )
SIMPLE(one_bpf, K_BPF, (u32)call->a, 0, )
SIMPLE(one_process_vm_readv, K_PROCESS_VM, 0, (u32)call->a, )
SIMPLE(one_process_vm_writev, K_PROCESS_VM, 1, (u32)call->a, )
SIMPLE(one_memfd, K_MEMFD, (u32)call->b, ret < 0 ? 0 : ret, s->rec.text_len = put_user_string(s, call->a, RAW_MAX))
SIMPLE(one_init_module, K_MODULE, 0, 0, )
SIMPLE(one_finit_module, K_MODULE, 1, 0, {
	u64 file = descriptor_file(w.task, call->a);

	if (file)
		put_file(s, file, 0);
})
SIMPLE(one_chroot, K_CHROOT, 0, 0, put_caller_path(s, w.task, AT_FDCWD, call->a))

static __always_inline void put_triple(struct scratch *s, u64 text, u64 raw, u64 args)
{
	if (text)
		s->rec.text_len = put_user_string(s, text, RAW_MAX);
	if (raw)
		s->rec.raw_len = put_user_string(s, raw, RAW_MAX);
	if (args)
		s->rec.args_len = put_user_string(s, args, 64);
}
SIMPLE(one_mount, K_MOUNT, call->d, 0, put_triple(s, call->b, call->a, call->c))
SIMPLE(one_fsopen, K_MOUNT, call->b, 0, put_triple(s, 0, 0, call->a))
SIMPLE(one_open_tree, K_MOUNT, call->c, 0, put_triple(s, 0, call->b, 0))
SIMPLE(one_move_mount, K_MOUNT, call->e, 0, put_triple(s, call->d, call->b, 0))

static __always_inline int chmodded(struct call *call, s32 dfd, u64 name, u64 mode, long ret)
{
	struct who w = {};
	struct scratch *s;
	u64 key, pending;

	if (!admit(&w, bpf_get_current_task_btf()))
		return 0;
	know(&w, 0);
	s = scratch(LANE_EXIT_CALL);
	if (!s)
		return 0;
	fill(s, &w, K_CHMOD, call->origin);
	s->rec.arg0 = mode;
	if (name) {
		put_caller_path(s, w.task, dfd, name);
	} else {
		u64 file = descriptor_file(w.task, dfd);

		if (file)
			put_file(s, file, 0);
	}
	if (ret < 0) {
		s->rec.ret = ret;
		s->rec.flags |= F_FAILED;
	}
	key = mix(mix(w.base, K_CHMOD | (u64)failure(ret) << 8), mode);
	key = hash_words(s, 0, s->rec.text_len + s->rec.raw_len, key);
	if (folded(key, &pending))
		return 0;
	send(s, LANE_EXIT_CALL, key, pending);
	return 0;
}
HANDLER(one_chmod) { return chmodded(call, AT_FDCWD, call->a, (u16)call->b, ret); }
HANDLER(one_fchmod) { return chmodded(call, call->a, 0, (u16)call->b, ret); }
HANDLER(one_fchmodat) { return chmodded(call, call->a, call->b, (u16)call->c, ret); }

/* A failed exec is not a program start; it is counted. */
HANDLER(one_exec)
{
	if (ret < 0)
		count(C_EXEC_FAILED);
	return 0;
}

SEC("tp_btf/sys_exit") int BPF_PROG(call_other, struct pt_regs *regs, long ret)
{
	struct call call = {};

	load_call(&call, regs);
	switch (call.op) {
	case OP_SETNS: return one_setns(&call, ret);
	case OP_UNSHARE: return one_unshare(&call, ret);
	case OP_PTRACE: return one_ptrace(&call, ret);
	case OP_BPF: return one_bpf(&call, ret);
	case OP_PROCESS_VM_READV: return one_process_vm_readv(&call, ret);
	case OP_PROCESS_VM_WRITEV: return one_process_vm_writev(&call, ret);
	case OP_MEMFD: return one_memfd(&call, ret);
	case OP_INIT_MODULE: return one_init_module(&call, ret);
	case OP_FINIT_MODULE: return one_finit_module(&call, ret);
	case OP_CHROOT: return one_chroot(&call, ret);
	case OP_MOUNT: return one_mount(&call, ret);
	case OP_FSOPEN: return one_fsopen(&call, ret);
	case OP_OPEN_TREE: return one_open_tree(&call, ret);
	case OP_MOVE_MOUNT: return one_move_mount(&call, ret);
	case OP_CHMOD: return one_chmod(&call, ret);
	case OP_FCHMOD: return one_fchmod(&call, ret);
	case OP_FCHMODAT: return one_fchmodat(&call, ret);
	case OP_EXEC: return one_exec(&call, ret);
	case OP_KEYCTL: return one_keyctl(&call, ret);
	case OP_USERFAULTFD: return one_userfaultfd(&call, ret);
	default: return 0;
	}
}
#endif
