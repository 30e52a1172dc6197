/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Calls that do not come by a 64-bit system call: the 32-bit entry and io_uring. */
#ifndef PERIDERM_URING_H
#define PERIDERM_URING_H
#include "dns.h"
#include "used.h"

#define X32_BIT 0x40000000

/* IORING_OP_* of include/uapi/linux/io_uring.h */
#define URING_CONNECT 16
#define URING_OPENAT 18
#define URING_OPENAT2 28
#define URING_SOCKET 45
#define URING_SENDMSG 9
#define URING_WRITE 23
#define URING_SEND 26
#define URING_RENAMEAT 35
#define URING_UNLINKAT 36
#define URING_MKDIRAT 37
#define URING_SYMLINKAT 38
#define URING_LINKAT 39
#define URING_SEND_ZC 47
#define URING_SENDMSG_ZC 48

/* The first 32-bit call of a process is an event of its own; every one is decoded by its own table or counted. */
SEC("tp_btf/sys_exit") int BPF_PROG(call_compat, struct pt_regs *regs, long ret)
{
	struct call call = {};
	struct who w = {};
	struct scratch *s;
	u64 *undecoded;
	u32 nr;

	load_call(&call, regs);
	nr = call.nr;
	count(C_SYSCALL32);
	if (!admit(&w, bpf_get_current_task_btf()))
		return 0;
	know(&w, 1);
	if (w.state && !(w.state->flags & S_COMPAT)) {
		s = scratch(LANE_EXIT_CALL);
		if (s) {
			fill(s, &w, K_SYSCALL32, O_COMPAT32);
			s->rec.arg0 = nr;
			tell_ancestry(LANE_EXIT_CALL, w.state, 0);
			learn_executable(s, w.exe, exe_of(w.task));
			if (!submit(s)) {
				count(C_SENT);
				w.state->flags |= S_COMPAT | S_EVER;
			}
		}
	}
	if (nr < 512) {
		bpf_tail_call(ctx, &handlers, COMPAT_BASE + nr);
		undecoded = bpf_map_lookup_elem(&compat_calls, &nr);
		if (undecoded)
			__sync_fetch_and_add(undecoded, 1);
	}
	count(C_SYSCALL32_UNDECODED);
	return 0;
}

static __always_inline int dispatched(void *ctx, struct task_struct *task, u32 nr)
{
	if (task->thread_info.status & TS_COMPAT)
		bpf_tail_call(ctx, &handlers, 1023);
	if (nr < COMPAT_BASE)
		bpf_tail_call(ctx, &handlers, nr);
	else if ((s32)nr > 0 && (nr & X32_BIT))
		count(C_X32);
	return 0;
}

/* The only attached program on system calls: everything is done at their end, when the file is open, the path page is
 * resident and the answer is known. A call that has no handler costs one look into an array. */
SEC("tp_btf/sys_exit") int BPF_PROG(on_call, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 nr = regs->orig_ax;

	return dispatched(ctx, task, nr);
}

/* The same where the set of calls of each container is kept: one look into an array more. */
SEC("tp_btf/sys_exit") int BPF_PROG(on_call_used, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 nr = regs->orig_ax;

	if (first_call(task, nr, ret))
		bpf_tail_call(ctx, &handlers, 1021);
	return dispatched(ctx, task, nr);
}

static __always_inline int uring_open(struct io_kiocb *req)
{
	struct io_open *open = CAST(io_open, req);
	struct task_struct *task = bpf_get_current_task_btf();
	struct filename *filename = GET(open, filename);
	u64 name = (u64)GET(filename, name), flags = GET(open, how.flags), key, pending;
	s32 dfd = GET(open, dfd);
	struct scratch *s;
	struct who w = {};
	long got;

	if (!admit(&w, task))
		return 0;
	know(&w, 0);
	s = scratch(LANE_URING);
	if (!s)
		return 0;
	fill(s, &w, K_OPEN, O_IO_URING);
	s->rec.arg0 = flags;
	s->rec.arg1 = GET(open, how.mode);
	got = bpf_probe_read_kernel_str(s->other, RAW_MAX, (void *)name);
	if (got <= 1) {
		s->rec.flags |= F_PATH_UNREADABLE;
	} else if (s->other[0] == '/') {
		s->rec.text_len = put_kernel(s, s->other, (got - 1) & RAW_MAX);
		s->rec.form = FORM_RAW_SAME;
	} else {
		u64 file = dfd == AT_FDCWD ? 0 : descriptor_file(task, dfd);
		u64 mount = file ? plain(s, GET(CAST(file, file), f_path.mnt)) : plain(s, GET(task->fs, pwd.mnt));
		u64 dentry = file ? plain(s, GET(CAST(file, file), f_path.dentry)) : plain(s, GET(task->fs, pwd.dentry));

		build_path(s, mount, dentry);
		s->rec.text_len = put_path(s);
		s->rec.form = FORM_JOIN;
		s->rec.raw_len = put_kernel(s, s->other, (got - 1) & RAW_MAX);
	}
	key = mix(w.base, K_OPEN | (u64)O_IO_URING << 8 | (flags & O_KEY_FLAGS) << 16);
	key = hash_words(s, 0, s->rec.text_len + s->rec.raw_len, key);
	if (folded(key, &pending))
		return 0;
	send(s, LANE_URING, key, pending);
	return 0;
}

static __always_inline u64 name_in(struct filename *filename)
{
	return (u64)GET(filename, name);
}

/* Calls that change a path. The names are in kernel memory by now, the work is not done yet. */
static __always_inline int uring_path(struct io_kiocb *req, u32 opcode)
{
	struct naming n = { .kernel = 1 };

	if (opcode == URING_UNLINKAT) {
		struct io_unlink *unlink = CAST(io_unlink, req);

		n.kind = K_UNLINK;
		n.dfd = GET(unlink, dfd);
		n.arg0 = (u32)GET(unlink, flags);
		n.name = name_in(GET(unlink, filename));
	} else if (opcode == URING_MKDIRAT) {
		struct io_mkdir *mkdir = CAST(io_mkdir, req);

		n.kind = K_MKDIR;
		n.dfd = GET(mkdir, dfd);
		n.arg0 = GET(mkdir, mode);
		n.name = name_in(GET(mkdir, filename));
	} else if (opcode == URING_RENAMEAT) {
		struct io_rename *rename = CAST(io_rename, req);

		n.kind = K_RENAME;
		n.two = 1;
		n.arg0 = (u32)GET(rename, flags);
		n.dfd = GET(rename, new_dfd);
		n.other_dfd = GET(rename, old_dfd);
		n.name = name_in(GET(rename, newpath));
		n.other = name_in(GET(rename, oldpath));
	} else {
		struct io_link *link = CAST(io_link, req);

		n.kind = opcode == URING_SYMLINKAT ? K_SYMLINK : K_LINK;
		n.verbatim = opcode == URING_SYMLINKAT;
		n.two = 1;
		n.dfd = GET(link, new_dfd);
		n.other_dfd = GET(link, old_dfd);
		n.name = name_in(GET(link, newpath));
		n.other = name_in(GET(link, oldpath));
	}
	return named(LANE_URING, O_IO_URING, &n, 0);
}

/* A datagram: its question if it goes to a name server. A message's own address is read where it lies. */
static __always_inline int uring_send(struct io_kiocb *req, u32 opcode)
{
	struct scratch *s = scratch(LANE_URING);
	struct message m = {};
	s32 fd = GET(req, cqe.fd);

	if (opcode == URING_WRITE) {
		struct io_rw *rw = CAST(io_rw, req);

		m.buffer = GET(rw, addr);
		m.length = GET(rw, len);
	} else {
		struct io_sr_msg *send = CAST(io_sr_msg, req);

		if (!s)
			return 0;
		m.buffer = plain(s, GET(send, buf));
		m.length = GET(send, len);
		if (opcode == URING_SENDMSG || opcode == URING_SENDMSG_ZC)
			read_message(&m, m.buffer, 0);
	}
	if (!s || !find_server(LANE_URING, fd, m.name, m.name_length))
		return 0;
	return question(s, LANE_URING, O_IO_URING, m.buffer, m.length);
}

/* What is not decoded is one event for each process and opcode, and a counter. */
static __always_inline int uring_other(u32 opcode)
{
	u64 *counter = bpf_map_lookup_elem(&uring_opcodes, &opcode);
	struct peer *none = new_peer(LANE_URING);

	if (counter)
		__sync_fetch_and_add(counter, 1);
	count(C_IO_URING_UNDECODED);
	return none ? socket_event(LANE_URING, K_IO_URING, O_IO_URING, none, opcode, 0, 0, 1) : 0;
}

static __always_inline int submitted(struct io_kiocb *req)
{
	u32 opcode = GET(req, opcode);

	count(C_IO_URING);
	if (opcode == URING_OPENAT || opcode == URING_OPENAT2)
		return uring_open(req);
	if (opcode == URING_SOCKET) {
		struct io_socket *socket = CAST(io_socket, req);

		return made_socket(LANE_URING, O_IO_URING, GET(socket, domain), GET(socket, type), 0);
	}
	if (opcode == URING_CONNECT) {
		struct io_connect *connect = CAST(io_connect, req);
		/* the file is looked up only when the request is issued: here it is still a number */
		struct socket *socket = socket_of(bpf_get_current_task_btf(), GET(req, cqe.fd));
		struct peer *peer = new_peer(LANE_URING);

		if (peer && read_peer(peer, (u64)GET(connect, addr), GET(connect, addr_len)))
			return socket_event(LANE_URING, K_CONNECT, O_IO_URING, peer, socket ? GET(socket, type) : 0, 0, 0, 0);
	}
	if (opcode >= URING_RENAMEAT && opcode <= URING_LINKAT)
		return 0; /* on_uring_more */
	return uring_other(opcode);
}

/* In programs of their own, since the depth of the stack is limited. */
static __always_inline int submitted_path(struct io_kiocb *req)
{
	u32 opcode = GET(req, opcode);

	return opcode >= URING_RENAMEAT && opcode <= URING_LINKAT ? uring_path(req, opcode) : 0;
}

static __always_inline int submitted_send(struct io_kiocb *req)
{
	u32 opcode = GET(req, opcode);

	if (opcode == URING_SEND || opcode == URING_SENDMSG || opcode == URING_SEND_ZC || opcode == URING_SENDMSG_ZC ||
	    (opcode == URING_WRITE && to_name_server(GET(req, cqe.fd))))
		return uring_send(req, opcode);
	return 0;
}

SEC("tp_btf/io_uring_submit_req") int BPF_PROG(on_uring, struct io_kiocb *req)
{
	return submitted(req);
}

/* The same tracepoint before 6.3. */
SEC("tp_btf/io_uring_submit_sqe") int BPF_PROG(on_uring_sqe, struct io_kiocb *req)
{
	return submitted(req);
}

SEC("tp_btf/io_uring_submit_req") int BPF_PROG(on_uring_path, struct io_kiocb *req)
{
	return submitted_path(req);
}

SEC("tp_btf/io_uring_submit_sqe") int BPF_PROG(on_path_sqe, struct io_kiocb *req)
{
	return submitted_path(req);
}

SEC("tp_btf/io_uring_submit_req") int BPF_PROG(on_uring_send, struct io_kiocb *req)
{
	return submitted_send(req);
}

SEC("tp_btf/io_uring_submit_sqe") int BPF_PROG(on_send_sqe, struct io_kiocb *req)
{
	return submitted_send(req);
}
#endif
