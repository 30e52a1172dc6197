/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a task has (users, groups, capabilities, namespaces) against what the calls that were seen explain. A difference
 * that no call explains is told once: it is what a kernel exploit leaves. It does not judge the calls themselves. */
#ifndef PERIDERM_KNOWN_H
#define PERIDERM_KNOWN_H
#include "send.h"

enum change { CH_USER = 1, CH_GROUP = 2, CH_CAPABILITIES = 4, CH_MNT = 8, CH_PID = 16, CH_USERNS = 32 };
#define CAN_SETGID (1ull << 6)
#define CAN_SETUID (1ull << 7)
#define PF_EXITING 4

static __always_inline u64 caps_at(const struct cred *cred, u64 offset)
{
	u64 caps = 0;

	bpf_probe_read_kernel(&caps, sizeof(caps), (void *)((u64)cred + offset));
	return caps;
}
#define CAPS(from, member) caps_at(from, bpf_core_field_offset(struct cred, member))

/* False for a task that is about to be gone. */
static __always_inline bool look(struct known *k, struct task_struct *task)
{
	const struct cred *cred = task->real_cred;
	struct nsproxy *spaces = task->nsproxy;
	struct user_namespace *user = cred->user_ns;

	if (!spaces)
		return 0;
	k->uid = cred->uid.val;
	k->euid = cred->euid.val;
	k->suid = cred->suid.val;
	k->gid = cred->gid.val;
	k->egid = cred->egid.val;
	k->sgid = cred->sgid.val;
	k->mntns = spaces->mnt_ns->ns.inum;
	k->pidns = spaces->pid_ns_for_children->ns.inum;
	k->userns = user->ns.inum;
	k->level = user->level;
	k->permitted = CAPS(cred, cap_permitted);
	k->effective = CAPS(cred, cap_effective);
	k->bset = CAPS(cred, cap_bset);
	k->inheritable = CAPS(cred, cap_inheritable);
	k->suspect = 0;
	return k->mntns && k->userns && !(task->flags & PF_EXITING);
}

static __always_inline u32 spaces_changed(struct known *was, struct known *is)
{
	return (was->mntns != is->mntns ? CH_MNT : 0) | (was->pidns != is->pidns ? CH_PID : 0) |
	       (was->userns != is->userns ? CH_USERNS : 0);
}

/* Between two calls that may change something nothing changes; capabilities may be given up. */
static __always_inline u32 changed(struct known *was, struct known *is)
{
	u32 bits = spaces_changed(was, is);

	if (was->uid != is->uid || was->euid != is->euid || was->suid != is->suid)
		bits |= CH_USER;
	if (was->gid != is->gid || was->egid != is->egid || was->sgid != is->sgid)
		bits |= CH_GROUP;
	if ((is->permitted & ~was->permitted) || (is->effective & ~was->effective) || (is->bset & ~was->bset))
		bits |= CH_CAPABILITIES;
	return bits;
}

static __always_inline bool one_of(u32 id, u32 a, u32 b, u32 c)
{
	return id == a || id == b || id == c;
}

/* After setuid, setgid, capset and their relatives (`spaces` 0), or setns and unshare (`spaces` 1): what they may do is
 * bound by what the task had. */
static __always_inline u32 changed_by_call(struct known *was, struct known *is, bool spaces)
{
	u32 bits = spaces ? 0 : spaces_changed(was, is);

	if (!(was->effective & CAN_SETUID) &&
	    !(one_of(is->uid, was->uid, was->euid, was->suid) && one_of(is->euid, was->uid, was->euid, was->suid) &&
	      one_of(is->suid, was->uid, was->euid, was->suid)))
		bits |= CH_USER;
	if (!(was->effective & CAN_SETGID) &&
	    !(one_of(is->gid, was->gid, was->egid, was->sgid) && one_of(is->egid, was->gid, was->egid, was->sgid) &&
	      one_of(is->sgid, was->gid, was->egid, was->sgid)))
		bits |= CH_GROUP;
	if (spaces && was->userns != is->userns)
		return bits;
	if ((is->permitted & ~was->permitted) || (is->effective & ~was->permitted) || (is->bset & ~was->bset))
		bits |= CH_CAPABILITIES;
	return bits;
}

/* An exec changes users only by a file's bits, and capabilities by the file, the ambient set, or because it is root. */
static __always_inline u32 changed_by_exec(struct known *was, struct known *is, u16 mode, bool secure)
{
	u64 allowed = was->permitted | was->bset | was->inheritable;
	u32 bits = spaces_changed(was, is);

	if (was->uid != is->uid || (was->euid != is->euid && !(mode & S_ISUID)))
		bits |= CH_USER;
	if (was->gid != is->gid || (was->egid != is->egid && !(mode & S_ISGID)))
		bits |= CH_GROUP;
	if (is->level == 0 && is->uid != 0 && is->euid != 0 && !secure)
		allowed = was->permitted;
	if ((is->permitted & ~allowed) || (is->bset & ~was->bset))
		bits |= CH_CAPABILITIES;
	return bits;
}

static __always_inline void put_change(struct scratch *s, u32 bits)
{
	s->rec.kind = K_CREDENTIALS;
	s->rec.origin = O_TRACEPOINT;
	s->rec.form = FORM_CREDENTIALS;
	s->rec.arg0 = bits;
	s->rec.arg1 = s->is.effective;
	s->rec.text_len = put_kernel(s, &s->is, sizeof(s->is));
	s->rec.raw_len = put_kernel(s, &s->was, sizeof(s->was));
}

/* Of the current task. */
static __always_inline void tell_change(u32 lane, u32 bits)
{
	struct who w = {};
	struct scratch *s = scratch(lane);

	if (!s || !admit(&w, bpf_get_current_task_btf()))
		return;
	know(&w, 0);
	tell_ancestry(lane, w.state, 0);
	learn_executable(s, w.exe, exe_of(w.task));
	fill(s, &w, K_CREDENTIALS, O_TRACEPOINT);
	put_change(s, bits);
	if (!submit(s))
		count(C_SENT);
}

enum moment { AT_FORK, AT_IDS, AT_SPACES, AT_EXEC };

/* Compares the current task with what is known of it, tells what is not explained, and knows it from then on. */
__noinline int compare(u32 lane, u32 moment, u32 mode, u32 secure)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct scratch *s = scratch(lane);
	struct known *known;
	u32 bits;

	known = bpf_task_storage_get(&credentials, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!s || !known || !look(&s->is, task))
		return 0;
	s->was = *known;
	*known = s->is;
	if (!s->was.userns) /* met for the first time */
		return 0;
	bits = moment == AT_FORK ? changed(&s->was, &s->is) :
	       moment == AT_EXEC ? changed_by_exec(&s->was, &s->is, mode, secure) :
	       changed_by_call(&s->was, &s->is, moment == AT_SPACES);
	if (bits)
		tell_change(lane, bits);
	return 0;
}

/* A new task begins with what it was given. */
static __always_inline void begin_known(struct task_struct *child)
{
	struct known is = {}, *known = bpf_task_storage_get(&credentials, child, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (known && look(&is, child))
		*known = is;
}

/* From the walk over all tasks: a call may be under way, so a difference is told when the next walk still meets it. */
static __always_inline void walk_known(struct task_struct *task)
{
	struct known *known = bpf_task_storage_get(&credentials, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE), *is;
	struct process_state *state;
	struct task_struct *leader = task->group_leader;
	struct scratch *s = scratch(LANE_WALK);
	struct policy *policy;
	u32 bits, allowed = ~0;
	u64 mark;

	if (!s || !known || !look(&s->is, task))
		return;
	is = &s->is;
	s->was = *known;
	if (!s->was.userns) {
		*known = *is;
		return;
	}
	bits = changed(&s->was, is);
	mark = mix(mix(mix(bits, (u64)is->uid << 32 | is->euid), (u64)is->mntns << 32 | is->pidns), is->effective) | 1;
	if (!bits || s->was.suspect != mark) {
		known->suspect = bits ? mark : 0;
		return;
	}
	*known = *is;
	policy = find_policy(is->mntns, leader->cgroups->dfl_cgrp->kn->id, &allowed);
	state = bpf_task_storage_get(&processes, leader, 0, 0);
	if (!state || (policy && !(policy->flags & P_REPORT)))
		return;
	fill_held(s, leader, state);
	s->rec.time = bpf_ktime_get_boot_ns();
	if (policy)
		s->rec.profile = policy->profile;
	learn_executable(s, s->rec.exe, exe_of(leader));
	put_change(s, bits);
	if (!submit(s))
		count(C_SENT);
}
#endif
