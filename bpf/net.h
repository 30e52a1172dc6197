/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* System calls on sockets: connect and send to an address, accept, bind, listen, socket, and a socket as stdio. */
#ifndef PERIDERM_NET_H
#define PERIDERM_NET_H
#include "files.h"

#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_PACKET 17
#define SOCK_RAW 3
#define EINPROGRESS 115

static __always_inline struct socket *socket_of(struct task_struct *task, u32 fd)
{
	u64 file = descriptor_file(task, fd);

	return is_socket(file) ? CAST(socket, GET(CAST(file, file), private_data)) : 0;
}

/* An address that the caller wrote: struct sockaddr_in, _in6 or _un. */
struct peer { u16 family, port; u32 length; u8 bytes[112]; };
struct raw_address { u16 family, port; u32 v4; u8 v6[16]; u8 rest[104]; };

/* Room for a peer that the stack has not: zeroed. */
static __always_inline struct peer *new_peer(u32 lane)
{
	struct scratch *s = scratch(lane);

	if (!s)
		return 0;
	__builtin_memset(s->other, 0, sizeof(struct peer) + sizeof(struct raw_address));
	return (struct peer *)s->other;
}

static __always_inline bool read_peer(struct peer *peer, u64 from, u64 length)
{
	struct raw_address *raw = (struct raw_address *)(peer + 1);
	u32 take = length > 110 ? 110 : length;

	if (length < 2 || bpf_probe_read_user(raw, BOUND(take, 127), (void *)from))
		return 0;
	peer->family = raw->family;
	if (raw->family == AF_INET) {
		peer->port = bpf_ntohs(raw->port);
		peer->length = 4;
		*(u32 *)peer->bytes = raw->v4;
	} else if (raw->family == AF_INET6) {
		peer->port = bpf_ntohs(raw->port);
		peer->length = 16;
		__builtin_memcpy(peer->bytes, raw->v6, 16);
	} else if (raw->family == AF_UNIX) {
		peer->length = take - 2;
		bpf_probe_read_kernel(peer->bytes, 108, (u8 *)raw + 2);
	}
	return 1;
}

static __always_inline void read_remote(struct peer *peer, struct socket *socket, bool remote)
{
	struct sock_common *common = CAST(sock_common, GET(socket, sk));

	peer->family = GET(common, skc_family);
	if (peer->family == AF_INET) {
		u32 v4 = remote ? GET(common, skc_daddr) : GET(common, skc_rcv_saddr);

		peer->port = remote ? bpf_ntohs(GET(common, skc_dport)) : GET(common, skc_num);
		peer->length = 4;
		*(u32 *)peer->bytes = v4;
	} else if (peer->family == AF_INET6) {
		peer->port = remote ? bpf_ntohs(GET(common, skc_dport)) : GET(common, skc_num);
		peer->length = 16;
		bpf_probe_read_kernel(peer->bytes, 16, (void *)((u64)common +
			(remote ? bpf_core_field_offset(struct sock_common, skc_v6_daddr)
				: bpf_core_field_offset(struct sock_common, skc_v6_rcv_saddr))));
	} else if (peer->family == AF_UNIX) {
		struct unix_sock *unix_sock = CAST(unix_sock, common);
		struct unix_address *address;
		u32 length;

		if (remote)
			unix_sock = CAST(unix_sock, GET(unix_sock, peer));
		address = GET(unix_sock, addr);
		length = address ? GET(address, len) : 0;
		if (length > 110)
			length = 110;
		if (length > 2) {
			peer->length = length - 2;
			bpf_probe_read_kernel(peer->bytes, 108, (void *)((u64)address +
				bpf_core_field_offset(struct unix_address, name) + 2));
		}
	}
}

static __always_inline u64 peer_key(u64 key, struct peer *peer)
{
	u64 *words = (u64 *)peer->bytes;
	int i;

	key = mix(key, (u64)peer->family << 32 | peer->port | (u64)peer->length << 48);
	for (i = 0; i < 14; i++) {
		if (i * 8 >= peer->length)
			break;
		key = mix(key, words[i]);
	}
	return key;
}

static __always_inline void put_peer(struct scratch *s, struct peer *peer)
{
	s->rec.family = peer->family;
	s->rec.port = peer->port;
	s->rec.text_len = put_kernel(s, peer->bytes, peer->length);
	if (peer->family != AF_UNIX)
		s->rec.form |= FORM_ADDRESS;
}

/* One row about a socket: `arg0` and `arg1` as in EventKind, `unique` makes it a key for each process. */
static __always_inline int socket_event(u32 lane, u8 kind, u8 origin, struct peer *peer, s64 arg0, s64 arg1, long ret, bool unique)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct scratch *s;
	struct who w = {};
	u64 key, pending;

	if (!admit(&w, task))
		return 0;
	know(&w, 0);
	key = peer_key(mix(mix(w.base, kind | (u64)failure(ret) << 8), arg0), peer);
	if (unique)
		key = mix(key, w.process);
	if (folded(key, &pending))
		return 0;
	s = scratch(lane);
	if (!s)
		return 0;
	fill(s, &w, kind, origin);
	put_peer(s, peer);
	s->rec.arg0 = arg0;
	s->rec.arg1 = arg1;
	if (ret < 0) {
		s->rec.ret = ret;
		s->rec.flags |= F_FAILED;
	}
	send(s, lane, key, pending);
	return 0;
}

static __always_inline int connected(u8 origin, u32 fd, u64 address, u64 length, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct socket *socket = socket_of(task, fd);
	struct peer *peer = new_peer(LANE_EXIT_CALL);

	if (!peer || !address || !read_peer(peer, address, length) || peer->family == 0)
		return 0;
	if (ret == -EINPROGRESS || ret > 0)
		ret = 0;
	return socket_event(LANE_EXIT_CALL, K_CONNECT, origin, peer, socket ? GET(socket, type) : 0, 0, ret, 0);
}

static __always_inline int accepted(u8 origin, long ret)
{
	struct socket *socket;
	struct peer *peer = new_peer(LANE_EXIT_CALL);
	struct sock_common *common;
	u16 remote_port;

	if (ret < 0 || !peer)
		return 0;
	socket = socket_of(bpf_get_current_task_btf(), ret);
	if (!socket)
		return 0;
	read_remote(peer, socket, 1);
	remote_port = peer->port;
	common = CAST(sock_common, GET(socket, sk));
	peer->port = peer->family == AF_UNIX ? 0 : GET(common, skc_num);
	return socket_event(LANE_EXIT_CALL, K_ACCEPT, origin, peer, 0, remote_port, 0, 0);
}

static __always_inline int bound(u8 origin, u32 fd, u64 address, u64 length, long ret)
{
	struct socket *socket = socket_of(bpf_get_current_task_btf(), fd);
	struct peer *peer = new_peer(LANE_EXIT_CALL);

	if (!peer)
		return 0;
	if (ret == 0 && socket)
		read_remote(peer, socket, 0);
	else if (!read_peer(peer, address, length))
		return 0;
	return socket_event(LANE_EXIT_CALL, K_BIND, origin, peer, socket ? GET(socket, type) : 0, 0, ret, 0);
}

static __always_inline int listening(u8 origin, u32 fd, long ret)
{
	struct socket *socket = socket_of(bpf_get_current_task_btf(), fd);
	struct peer *peer = new_peer(LANE_EXIT_CALL);

	if (!socket || ret < 0 || !peer)
		return 0;
	read_remote(peer, socket, 0);
	return socket_event(LANE_EXIT_CALL, K_LISTEN, origin, peer, 0, 0, ret, 0);
}

static __always_inline int made_socket(u32 lane, u8 origin, u32 domain, u32 type, long ret)
{
	struct peer *peer = new_peer(lane);

	if (!peer || (domain != AF_PACKET && (type & 15) != SOCK_RAW))
		return 0;
	peer->family = domain;
	return socket_event(lane, K_SOCKET, origin, peer, domain, type, ret, 0);
}

/* A socket became descriptor 0, 1 or 2. */
static __always_inline int duplicated(u8 origin, long ret)
{
	struct socket *socket;
	struct peer *peer = new_peer(LANE_EXIT_CALL);

	if (!peer || ret < 0 || ret > 2)
		return 0;
	socket = socket_of(bpf_get_current_task_btf(), ret);
	if (!socket)
		return 0;
	read_remote(peer, socket, 1);
	return socket_event(LANE_EXIT_CALL, K_DUP, origin, peer, ret, 0, 0, 1);
}
#endif
