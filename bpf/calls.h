/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The remaining system calls, each a small program that the dispatcher jumps to. */
#ifndef PERIDERM_CALLS_H
#define PERIDERM_CALLS_H
#include "net.h"

#define HANDLER(name)                                                                                                  \
	static __always_inline int name##_body(struct call *call, long ret);                                           \
	SEC("tp_btf/sys_exit") int BPF_PROG(name, struct pt_regs *regs, long ret)                                     \
	{                                                                                                              \
		struct call call = {};                                                                                 \
                                                                                                                       \
		load_call(&call, regs);                                                                                \
		return name##_body(&call, ret);                                                                        \
	}                                                                                                              \
	static __always_inline int name##_body(struct call *call, long ret)

HANDLER(call_connect) { return connected(call->origin, call->a, call->b, call->c, ret); }
HANDLER(call_sendto) { return call->e ? connected(call->origin, call->a, call->e, call->f, ret) : 0; }
HANDLER(call_sendmsg)
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
HANDLER(call_accept) { return accepted(call->origin, ret); }
HANDLER(call_bind) { return bound(call->origin, call->a, call->b, call->c, ret); }
HANDLER(call_listen) { return listening(call->origin, call->a, ret); }
HANDLER(call_socket) { return made_socket(LANE_EXIT_CALL, call->origin, call->a, call->b, ret); }
HANDLER(call_dup) { return duplicated(call->origin, ret); }
HANDLER(call_fcntl)
{
	return call->b == F_DUPFD || call->b == F_DUPFD_CLOEXEC ? duplicated(call->origin, ret) : 0;
}

/* socketcall(2) of the 32-bit table: a number and a table of arguments. */
HANDLER(call_socketcall)
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

/* Begins an event that is reported once for each process and its arguments. 0: not to be sent. */
static __always_inline struct scratch *begin(struct who *w, struct call *call, u8 kind, u64 arg0, u64 arg1, long ret,
					     u64 *key, u64 *pending)
{
	struct scratch *s;

	if (!admit(w, bpf_get_current_task_btf()))
		return 0;
	know(w, 0);
	*key = mix(mix(mix(w->base, kind | (u64)(u32)ret << 8), arg0), arg1);
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
		send(LANE_EXIT_CALL, s, &w, key, pending);                                                             \
		return 0;                                                                                              \
	}

/* The kind of namespace behind a descriptor, or what the caller named. */
static __always_inline u64 namespace_flags(u32 fd, u64 named)
{
	u64 file = descriptor_file(bpf_get_current_task_btf(), fd);
	struct ns_common *common;

	if (named || !file)
		return named;
	common = CAST(ns_common, GET(GET(CAST(file, file), f_inode), i_private));
	if (bpf_core_field_exists(struct ns_common___618, ns_type))
		return GET(CAST(ns_common___618, common), ns_type);
	return (u32)GET(GET(common, ops), type);
}

SIMPLE(call_setns, K_SETNS, namespace_flags(call->a, call->b), 0, )
SIMPLE(call_unshare, K_UNSHARE, call->a, 0, )
SIMPLE(call_ptrace, K_PTRACE, call->a, (u32)call->b, )
SIMPLE(call_bpf, K_BPF, (u32)call->a, 0, )
SIMPLE(call_process_vm_readv, K_PROCESS_VM, 0, (u32)call->a, )
SIMPLE(call_process_vm_writev, K_PROCESS_VM, 1, (u32)call->a, )
SIMPLE(call_memfd, K_MEMFD, (u32)call->b, ret < 0 ? 0 : ret, s->rec.text_len = put_user_string(s, call->a, RAW_MAX))
SIMPLE(call_init_module, K_MODULE, 0, 0, )
SIMPLE(call_finit_module, K_MODULE, 1, 0, {
	u64 file = descriptor_file(w.task, call->a);

	if (file)
		put_file(s, file, 0);
})
SIMPLE(call_chroot, K_CHROOT, 0, 0, put_caller_path(s, w.task, AT_FDCWD, call->a))

static __always_inline void put_triple(struct scratch *s, u64 text, u64 raw, u64 args)
{
	if (text)
		s->rec.text_len = put_user_string(s, text, RAW_MAX);
	if (raw)
		s->rec.raw_len = put_user_string(s, raw, RAW_MAX);
	if (args)
		s->rec.args_len = put_user_string(s, args, 64);
}
SIMPLE(call_mount, K_MOUNT, call->d, 0, put_triple(s, call->b, call->a, call->c))
SIMPLE(call_fsopen, K_MOUNT, call->b, 0, put_triple(s, 0, 0, call->a))
SIMPLE(call_open_tree, K_MOUNT, call->c, 0, put_triple(s, 0, call->b, 0))
SIMPLE(call_move_mount, K_MOUNT, call->e, 0, put_triple(s, call->d, call->b, 0))

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
	key = mix(mix(w.base, K_CHMOD | (u64)(u32)ret << 8), mode);
	key = hash_words(s, 0, s->rec.text_len + s->rec.raw_len, key);
	if (folded(key, &pending))
		return 0;
	send(LANE_EXIT_CALL, s, &w, key, pending);
	return 0;
}
HANDLER(call_chmod) { return chmodded(call, AT_FDCWD, call->a, (u16)call->b, ret); }
HANDLER(call_fchmod) { return chmodded(call, call->a, 0, (u16)call->b, ret); }
HANDLER(call_fchmodat) { return chmodded(call, call->a, call->b, (u16)call->c, ret); }

/* setuid and its relatives: arg0 is the effective user after the call, uid the one before. */
HANDLER(call_setuid)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct process_state *state;
	struct scratch *s;
	struct who w = {};
	u64 key, pending;
	u32 before, known;

	if (!admit(&w, task))
		return 0;
	know(&w, 1);
	state = w.state;
	known = state ? state->flags & S_UID : 0;
	before = known ? state->uid : w.uid;
	if (state && ret == 0) {
		state->uid = w.uid;
		state->flags |= S_UID;
	}
	key = mix(mix(mix(w.base, K_SETUID | (u64)(u32)ret << 8), before), w.process);
	if (folded(key, &pending))
		return 0;
	s = scratch(LANE_EXIT_CALL);
	if (!s)
		return 0;
	fill(s, &w, K_SETUID, call->origin);
	s->rec.uid = before;
	s->rec.arg0 = ret < 0 ? (s64)(s32)call->a : w.uid;
	s->rec.arg1 = call->nr;
	if (!known)
		s->rec.form |= FORM_UID_UNKNOWN;
	if (ret < 0) {
		s->rec.ret = ret;
		s->rec.flags |= F_FAILED;
	}
	send(LANE_EXIT_CALL, s, &w, key, pending);
	return 0;
}

/* A failed exec is not a program start; it is counted. */
HANDLER(call_exec)
{
	if (ret < 0)
		count(C_EXEC_FAILED);
	return 0;
}
#endif
