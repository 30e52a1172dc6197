/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Who acts: the admission of an event (subject, policy, own processes), its fold key, and the header of its record. */
#ifndef PERIDERM_PROCESS_H
#define PERIDERM_PROCESS_H
#include "path.h"

const volatile u32 stale_after_ms = 5000; /* enforcement ends when the heartbeat is older */

struct who {
	struct task_struct *task, *leader;
	struct process_state *state;
	u64 process; /* (start in hundredths of a second << 22) | pid: unique across reuse, and /proc tells the same */
	u64 exe; /* key of the executable */
	u64 base; /* start of all fold keys */
	u32 mntns, profile, policy, uid, tty, workload;
	u32 own; /* I_READS of our own reading commands */
	u64 cgroup;
};

static __always_inline u64 process_key(struct task_struct *leader)
{
	return (GET(leader, start_boottime) / 10000000) << 22 | (u32)GET(leader, tgid);
}

/* A container by its mount namespace, then by its cgroup, then the node; none of them is unknown and reported. In the
 * node's namespace nothing is killed: there the container runtime works in the container's cgroup. */
static __always_inline struct policy *find_policy(u32 mntns, u64 cgroup, u32 *allowed)
{
	struct policy *by_namespace = bpf_map_lookup_elem(&namespaces, &mntns), *by_cgroup;

	if (by_namespace && !(by_namespace->flags & P_NODE))
		return by_namespace;
	by_cgroup = bpf_map_lookup_elem(&cgroups, &cgroup);
	if (by_namespace)
		*allowed = ~(P_ENFORCE | P_KILL_DRIFT | P_KILL_LIST | P_KILL_MEMORY);
	return by_cgroup ? by_cgroup : by_namespace;
}

static __always_inline u64 exe_key(struct control *control, struct task_struct *task)
{
	struct file *file = exe_of(task);

	return file ? file_identity(control, control->seed, file) | 1 : 0;
}

/* Fills `w`; false if the event is not reported. Without the state of the process, which is looked up by `know`. */
static __always_inline bool admit(struct who *w, struct task_struct *task)
{
	struct control *control = get_control();
	struct policy *policy;
	const struct cred *cred = task->cred;
	u32 allowed = ~0, *own;

	if (!control)
		return 0;
	w->task = task;
	w->leader = task->group_leader;
	w->mntns = task->nsproxy->mnt_ns->ns.inum;
	w->cgroup = task->cgroups->dfl_cgrp->kn->id;
	w->process = process_key(w->leader);
	policy = find_policy(w->mntns, w->cgroup, &allowed);
	w->policy = policy ? policy->flags & allowed : P_REPORT;
	w->profile = policy ? policy->profile : w->mntns;
	w->workload = policy ? policy->workload : 0;
	own = bpf_map_lookup_elem(&ignored, &w->process);
	w->own = own ? *own : 0;
	if (!(w->policy & P_REPORT) || w->own == I_ALL) {
		count(C_FILTERED);
		return 0;
	}
	if (!policy)
		count(C_UNKNOWN_NAMESPACE);
	w->uid = cred->euid.val;
	w->tty = task->signal->tty ? F_TTY : 0;
	w->exe = exe_key(control, task);
	w->base = mix(mix(w->exe ^ w->profile, (u64)w->uid << 32 | w->tty), control->seed);
	return 1;
}

static __always_inline void know(struct who *w, bool create)
{
	w->state = bpf_task_storage_get(&processes, w->leader, 0, create ? BPF_LOCAL_STORAGE_GET_F_CREATE : 0);
	if (w->state)
		w->base = mix(w->base, w->state->lineage);
	if (w->state && (w->state->flags & S_SESSION)) {
		w->tty |= F_EXEC_SESSION;
		w->base = mix(w->base, F_EXEC_SESSION);
	}
}

/* How full the ring is, in eighths. The last two are kept for what is never given up: whoever floods it with details hides
 * nothing else. The last one is kept for programs, credentials and connections: a flood of opened files, which are never
 * given up by choice, is lost (and counted) before it drowns them. */
#define FULL_FOR_DETAILS 6
#define FULL_FOR_FILES 7
static __always_inline u64 ring_eighths(void)
{
	return bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) * 8 / bpf_ringbuf_query(&ring, BPF_RB_RING_SIZE);
}

/* True if the agent gives up this detail now, or there is no room for it; counted for the subject and the kind. */
static __always_inline bool shed(struct who *w, u32 kind)
{
	struct control *control = get_control();
	struct shed_key key = { .profile = w->profile, .kind = kind };
	u64 one = 1, *value;

	if (!control || (!(control->shed >> kind & 1) && ring_eighths() < FULL_FOR_DETAILS))
		return 0;
	value = bpf_map_lookup_elem(&shed_counts, &key);
	if (value)
		__sync_fetch_and_add(value, 1);
	else
		bpf_map_update_elem(&shed_counts, &key, &one, BPF_ANY);
	count(C_SHED);
	return 1;
}

/* True if this key was sent lately: then it is only counted. `*pending` is how many were since. */
static __always_inline bool folded(u64 key, u64 *pending)
{
	struct seen_value *value = bpf_map_lookup_elem(&seen, &key);
	struct control *control = get_control();
	u64 now;

	*pending = 0;
	if (!value || !control)
		return 0;
	now = bpf_jiffies64();
	if (now - value->since < control->resend_jiffies) {
		__sync_fetch_and_add(&value->pending, 1);
		count(C_FOLDED);
		return 1;
	}
	value->since = now; /* this one is sent; a second CPU at the same moment may send too */
	*pending = __sync_lock_test_and_set(&value->pending, 0);
	return 0;
}

/* Header of the record for `task` and its group leader. */
static __always_inline void fill(struct scratch *s, struct who *w, u8 kind, u8 origin)
{
	struct record *rec = &s->rec;
	struct task_struct *parent = w->leader->real_parent->group_leader;
	const struct cred *cred = w->task->cred;

	__builtin_memset(rec, 0, sizeof(*rec));
	rec->time = bpf_ktime_get_boot_ns();
	rec->process = w->process;
	rec->parent = process_key(parent);
	rec->cgroup = w->cgroup;
	rec->pid = w->leader->tgid;
	rec->ppid = parent->tgid;
	rec->uid = w->uid;
	rec->gid = cred->egid.val;
	rec->mntns = w->mntns;
	rec->flags = w->tty;
	rec->exe = w->exe;
	rec->profile = w->profile;
	s->workload = w->workload;
	rec->count = 1;
	rec->kind = kind;
	rec->origin = origin;
	bpf_probe_read_kernel(rec->comm, sizeof(rec->comm), w->task->comm);
	s->pos = 0;
}

static __always_inline void fill_file(struct scratch *s, struct file *file)
{
	struct inode *inode = GET(file, f_inode);
	struct super_block *super = GET(inode, i_sb);

	s->rec.inode = GET(inode, i_ino);
	s->rec.device = user_device(GET(super, s_dev));
	if (is_upper(inode))
		s->rec.flags |= F_UPPER;
}

#endif
