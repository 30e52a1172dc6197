/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Questions to name servers: the first question of a datagram to port 53, by every call that sends one. Nothing is said
 * of answers, of TCP, or of names that go encrypted. Message format: RFC 1035, 4.1. */
#ifndef PERIDERM_DNS_H
#define PERIDERM_DNS_H
#include "memory.h"

#define DNS_PORT 53
#define SOCK_DGRAM 2
#define DNS_HEADER 12
#define NAME_MAX_BYTES 256
#define MAX_MESSAGES 4

struct dns_header { u8 id[2], flags, more; u16 questions, rest[3]; };

/* A datagram went to the peer in the lane's scratch: its question, if it is one. */
__noinline int question(struct scratch *s, u32 lane, u32 origin, u64 buffer, u32 length)
{
	struct dns_header *header;
	struct peer *peer;
	struct who w = {};
	u64 key, pending;
	long got;

	if (!s || length < DNS_HEADER + 5)
		return 0;
	peer = (struct peer *)s->other;
	header = (struct dns_header *)s->data;
	if (peer->port != DNS_PORT || (peer->family != AF_INET && peer->family != AF_INET6))
		return 0;
	if (bpf_probe_read_user(s->data, DNS_HEADER, (void *)buffer))
		return 0;
	if ((header->flags & 0xf8) || bpf_ntohs(header->questions) != 1) /* an answer, or no plain query */
		return 0;
	if (!admit(&w, bpf_get_current_task_btf()) || shed(&w, K_DNS))
		return 0;
	know(&w, 0);
	fill(s, &w, K_DNS, origin);
	got = bpf_probe_read_user_str(s->data, NAME_MAX_BYTES, (void *)(buffer + DNS_HEADER));
	if (got < 2 || got >= NAME_MAX_BYTES) /* the root, or no name at all */
		return 0;
	bpf_probe_read_user(&s->rec.reserved, 2, (void *)(buffer + DNS_HEADER + got));
	s->rec.arg0 = bpf_ntohs(s->rec.reserved);
	s->rec.reserved = 0;
	s->rec.arg1 = length;
	s->pos = got - 1;
	s->rec.text_len = got - 1;
	s->rec.raw_len = put_kernel(s, peer->bytes, peer->family == AF_INET ? 4 : 16);
	s->rec.family = peer->family;
	s->rec.port = DNS_PORT;
	s->rec.form = FORM_DNS;
	key = hash_words(s, 0, s->rec.text_len + s->rec.raw_len, mix(w.base, K_DNS | s->rec.arg0 << 8));
	if (folded(key, &pending))
		return 0;
	return send(s, lane, key, pending);
}

/* Fills the lane's peer: the address that came with the call, else what the socket is connected to. */
__noinline int find_server(u32 lane, int fd, u64 address, u32 length)
{
	struct socket *socket = socket_of(bpf_get_current_task_btf(), fd);
	struct peer *peer;

	if (!socket || GET(socket, type) != SOCK_DGRAM)
		return 0;
	peer = new_peer(lane);
	if (!peer)
		return 0;
	if (address)
		return read_peer(peer, address, length);
	read_remote(peer, socket, 1);
	return 1;
}

/* Whether a connected datagram socket's other end is a name server: plain loads, for write(2) comes often. */
static __always_inline bool to_name_server(u32 fd)
{
	struct socket *socket = socket_of(bpf_get_current_task_btf(), fd);
	struct sock_common *common;

	if (!socket || GET(socket, type) != SOCK_DGRAM)
		return 0;
	common = CAST(sock_common, GET(socket, sk));
	return GET(common, skc_dport) == bpf_htons(DNS_PORT);
}

struct message { u64 name, buffer; u32 name_length, length; };

/* struct msghdr of either width, and its first piece. */
static __always_inline void read_message(struct message *m, u64 from, bool narrow)
{
	if (narrow) {
		struct { u32 name, name_length, pieces, count; } head = {};
		struct { u32 base, length; } piece = {};

		bpf_probe_read_user(&head, sizeof(head), (void *)from);
		bpf_probe_read_user(&piece, sizeof(piece), (void *)(u64)head.pieces);
		m->name = head.name;
		m->name_length = head.name_length;
		m->buffer = piece.base;
		m->length = piece.length;
	} else {
		struct { u64 name; u32 name_length, gap; u64 pieces; } head = {};
		struct { u64 base, length; } piece = {};

		bpf_probe_read_user(&head, sizeof(head), (void *)from);
		bpf_probe_read_user(&piece, sizeof(piece), (void *)head.pieces);
		m->name = head.name;
		m->name_length = head.name_length;
		m->buffer = piece.base;
		m->length = piece.length;
	}
}

/* One message of a call: where its bytes are, and the server. */
__noinline int asked(u32 origin, int fd, u64 from, u32 op)
{
	struct scratch *s = scratch(LANE_EXIT_CALL);
	struct message m = {};

	if (!s)
		return 0;
	read_message(&m, from, origin == O_COMPAT32);
	if (op == OP_WRITEV) {
		struct { u64 base, length; } piece = {};

		bpf_probe_read_user(&piece, sizeof(piece), (void *)from);
		m.name = 0;
		m.buffer = piece.base;
		m.length = piece.length;
	}
	s->message_at = m.buffer;
	s->message_length = m.length;
	return find_server(LANE_EXIT_CALL, fd, m.name, m.name_length);
}

static __always_inline int ask(struct scratch *s, struct call *call, u64 from, u32 op)
{
	if (!asked(call->origin, call->a, from, op))
		return 0;
	return question(s, LANE_EXIT_CALL, call->origin, s->message_at, s->message_length);
}

/* These come a million times a second: nothing else is looked at before where they go. */
static __always_inline bool is_native_write(struct pt_regs *regs)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 number = regs->orig_ax;

	return !(task->thread_info.status & TS_COMPAT) && (number == 1 || number == 20);
}

/* Jumped to directly for write, writev and sendmmsg, and after the connection was told for sendto and sendmsg. */
SEC("tp_btf/sys_exit") int BPF_PROG(call_dns, struct pt_regs *regs, long ret)
{
	struct call call = {};
	struct scratch *s;
	u32 i, stride;

	if (ret <= 0 || ret > 4096 || (is_native_write(regs) && !to_name_server(regs->di)))
		return 0;
	load_call(&call, regs);
	s = scratch(LANE_EXIT_CALL);
	if (!s)
		return 0;
	if (call.op == OP_SENDMMSG) {
		stride = call.origin == O_COMPAT32 ? 32 : 64;
		for (i = 0; i < MAX_MESSAGES; i++) {
			if (i >= ret)
				break;
			ask(s, &call, call.b + i * stride, OP_SENDMSG);
		}
		return 0;
	}
	if (call.op == OP_SENDMSG)
		return ask(s, &call, call.b, call.op);
	if (call.op == OP_WRITEV)
		return to_name_server(call.a) ? ask(s, &call, call.b, call.op) : 0;
	if (call.op == OP_WRITE) {
		if (!to_name_server(call.a))
			return 0;
		call.e = call.f = 0;
	}
	if (!find_server(LANE_EXIT_CALL, call.a, call.e, call.f))
		return 0;
	return question(s, LANE_EXIT_CALL, call.origin, call.b, ret);
}
#endif
