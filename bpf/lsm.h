/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What the guard knows: policies by mount namespace, files by inode, the agent's heartbeat, and what it tells.
 * adapters/sensor_ebpf/guard.py knows the same numbers. */
#ifndef PERIDERM_LSM_H
#define PERIDERM_LSM_H
#include "kernel.h"

enum guard_flag { G_ENFORCE = 1, G_DRIFT = 2, G_MEMORY = 4, G_EXEC = 8, G_OPEN = 16, G_MODULE = 32, G_PTRACE = 64, G_MOUNT = 128 };
enum guard_file { FILE_EXEC = 1, FILE_OPEN = 2 };
/* model/event.py EventKind */
enum guard_kind { KIND_EXEC = 1, KIND_OPEN = 4, KIND_MOUNT = 11, KIND_PTRACE = 12, KIND_MODULE = 14 };
enum guard_cause {
	CAUSE_DRIFT = 1, CAUSE_MEMORY, CAUSE_LIST, CAUSE_OPEN, CAUSE_MODULE, CAUSE_PTRACE, CAUSE_MOUNT,
};

#define STALE_NS 5000000000ull /* refusing ends when the heartbeat is older */
#define OVERLAYFS_MAGIC 0x794c7630 /* linux/magic.h */
#define PTRACE_MODE_ATTACH 0x02 /* linux/ptrace.h */
#define READING_MODULE 2 /* linux/kernel_read_file.h; kernel_load_data numbers it alike */
#define EPERM 1
#define GUARD_PATH 256

struct guard_policy { u32 profile; u32 flags; };
struct guard_key { u32 profile; u32 device; u64 inode; };
struct guard_row {
	u64 time; /* CLOCK_BOOTTIME ns */
	u64 inode;
	u32 device, profile, pid;
	u8 kind, cause, refused, gap;
	char path[GUARD_PATH];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, u32); __type(value, u64);
} guard_heartbeat SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4096); __type(key, u32); __type(value, struct guard_policy);
} guard_policies SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16384);
	__type(key, struct guard_key); __type(value, u32); __uint(map_flags, BPF_F_NO_PREALLOC);
} guard_files SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 1 << 18); } guard_ring SEC(".maps");

static __always_inline u32 own_namespace(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct nsproxy *proxy = task->nsproxy;

	return proxy ? proxy->mnt_ns->ns.inum : 0;
}

/* The policy of the current process's mount namespace; none for the node and for who is unknown. */
static __always_inline struct guard_policy *policy_of(void)
{
	u32 space = own_namespace();

	return bpf_map_lookup_elem(&guard_policies, &space);
}

static __always_inline bool agent_alive(void)
{
	u32 zero = 0;
	u64 *beat = bpf_map_lookup_elem(&guard_heartbeat, &zero);

	return beat && *beat && bpf_ktime_get_boot_ns() - *beat < STALE_NS;
}

/* As stat(2) tells it: the kernel's own numbers have 12 bits for the major one and 20 for the minor one. */
static __always_inline u32 told_device(u32 device)
{
	u32 major = device >> 20, minor = device & 0xfffff;

	return (minor & 0xff) | (major << 8) | ((minor & ~0xffu) << 12);
}

static __always_inline u32 *listed(struct guard_policy *policy, struct file *file)
{
	struct inode *inode = file->f_inode;
	struct guard_key key = {
		.profile = policy->profile, .device = told_device(inode->i_sb->s_dev), .inode = inode->i_ino,
	};

	return bpf_map_lookup_elem(&guard_files, &key);
}

/* The overlay's inode holds its upper dentry directly after the general inode (fs/overlayfs/ovl_entry.h). */
static __always_inline bool from_upper(struct inode *inode)
{
	u64 upper = 0;

	if (inode->i_sb->s_magic != OVERLAYFS_MAGIC)
		return 0;
	bpf_probe_read_kernel(&upper, sizeof(upper), (void *)((u64)inode + bpf_core_type_size(struct inode)));
	return upper != 0;
}

/* Tells, and refuses if it is to be enforced and an agent lives. */
static __always_inline int refuse(struct guard_policy *policy, u8 kind, u8 cause, struct file *file)
{
	bool refused = (policy->flags & G_ENFORCE) && agent_alive();
	struct guard_row *row = bpf_ringbuf_reserve(&guard_ring, sizeof(*row), 0);

	if (row) {
		__builtin_memset(row, 0, sizeof(*row));
		row->time = bpf_ktime_get_boot_ns();
		row->profile = policy->profile;
		row->pid = bpf_get_current_pid_tgid() >> 32;
		row->kind = kind;
		row->cause = cause;
		row->refused = refused;
		if (file) {
			row->inode = file->f_inode->i_ino;
			row->device = told_device(file->f_inode->i_sb->s_dev);
			bpf_d_path(&file->f_path, row->path, sizeof(row->path));
		}
		bpf_ringbuf_submit(row, BPF_RB_NO_WAKEUP);
	}
	return refused ? -EPERM : 0;
}

static __always_inline int by_flag(u32 flag, u8 kind, u8 cause)
{
	struct guard_policy *policy = policy_of();

	return policy && (policy->flags & flag) ? refuse(policy, kind, cause, 0) : 0;
}
#endif
