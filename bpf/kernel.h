/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The few kernel structures that are read, only with the members that are read. Offsets come from the running
 * kernel's BTF (CO-RE), so a structure here is a list of names and not a layout. */
#ifndef PERIDERM_KERNEL_H
#define PERIDERM_KERNEL_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed int s32;
typedef signed long long s64;
typedef u8 __u8;
typedef u16 __u16;
typedef u32 __u32;
typedef u64 __u64;
typedef s32 __s32;
typedef s64 __s64;
typedef short __s16;
typedef u16 __be16;
typedef u32 __be32;
typedef u32 __wsum;
typedef _Bool bool;

enum {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PROG_ARRAY = 3,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};
enum { BPF_ANY = 0, BPF_NOEXIST = 1, BPF_F_NO_PREALLOC = 1, BPF_RB_NO_WAKEUP = 1, BPF_RB_AVAIL_DATA = 0, BPF_RB_RING_SIZE = 1 };
enum { BPF_LOCAL_STORAGE_GET_F_CREATE = 1 };

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head { struct list_head *next; };
struct kernel_siginfo { int si_signo; int si_errno; int si_code; };
typedef struct { int counter; } atomic_t;
typedef struct { u32 val; } kuid_t;
typedef struct { u32 val; } kgid_t;

struct qstr { u64 hash_len; const unsigned char *name; };
struct hlist_bl_node { void **pprev; };
struct inode;
struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};
struct super_block { u32 s_dev; unsigned long s_magic; };
struct inode {
	u16 i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
	u32 i_nlink;
	u32 i_generation;
	void *i_private;
};
struct vfsmount { struct dentry *mnt_root; };
struct mount { struct mount *mnt_parent; struct dentry *mnt_mountpoint; struct vfsmount mnt; };
struct path { struct vfsmount *mnt; struct dentry *dentry; };
struct file { void *private_data; struct inode *f_inode; u32 f_flags; struct path f_path; };
struct fdtable { u32 max_fds; struct file **fd; };
struct files_struct { struct fdtable *fdt; };
struct fs_struct { struct path root; struct path pwd; };
struct mm_struct {
	unsigned long arg_start, arg_end, env_start, env_end;
	struct file *exe_file;
};
struct anon_vma;
struct vm_area_struct { struct anon_vma *anon_vma; struct file *vm_file; };

struct proc_ns_operations { int type; };
struct ns_common { const struct proc_ns_operations *ops; u32 inum; };
struct ns_common___618 { u32 ns_type; };
struct mnt_namespace { struct ns_common ns; };
struct pid_namespace { struct ns_common ns; };
struct user_namespace { int level; struct ns_common ns; };
struct nsproxy { struct mnt_namespace *mnt_ns; struct pid_namespace *pid_ns_for_children; };
struct upid { int nr; };
struct pid { u32 level; struct upid numbers[1]; };

struct kernfs_node { u64 id; };
struct cgroup { struct kernfs_node *kn; };
struct css_set { struct cgroup *dfl_cgrp; };
struct tty_struct;
struct signal_struct { atomic_t live; int group_exit_code; u32 flags; struct tty_struct *tty; };
/* Two words before 6.3, one since: on a little-endian machine the same bytes. */
typedef struct kernel_cap { u64 val; } kernel_cap_t;
struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t suid;
	kgid_t sgid;
	kuid_t euid;
	kgid_t egid;
	kernel_cap_t cap_inheritable, cap_permitted, cap_effective, cap_bset;
	struct user_namespace *user_ns;
};
struct thread_info { u32 status; };
struct task_struct {
	struct thread_info thread_info;
	struct mm_struct *mm;
	int pid;
	int tgid;
	int exit_code;
	u32 flags;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct list_head children;
	struct pid *thread_pid;
	u64 start_boottime;
	const struct cred *cred; /* what it acts with; overlayfs and others change it for a moment */
	const struct cred *real_cred; /* what it has */
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	struct css_set *cgroups;
};
struct linux_binprm {
	unsigned int secureexec : 1;
	struct file *file;
	const char *filename;
	const char *interp;
};

struct pt_regs {
	unsigned long bp, bx, r10, r9, r8, ax, cx, dx, si, di, orig_ax;
};

struct in6_addr { u8 bytes[16]; };
struct sock_common {
	u32 skc_daddr;
	u32 skc_rcv_saddr;
	u16 skc_dport;
	u16 skc_num;
	u16 skc_family;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};
struct sock { struct sock_common __sk_common; };
struct socket { short type; struct sock *sk; };
struct sockaddr_un { u16 sun_family; char sun_path[108]; };
struct unix_address { int len; struct sockaddr_un name[1]; };
struct unix_sock { struct unix_address *addr; struct sock *peer; };

struct open_how { u64 flags; u64 mode; };
struct filename { const char *name; };
struct io_open { int dfd; struct filename *filename; struct open_how how; };
struct io_connect { struct file *file; void *addr; int addr_len; };
struct io_socket { int domain; int type; };
struct io_rename { int old_dfd; int new_dfd; struct filename *oldpath; struct filename *newpath; int flags; };
struct io_link { int old_dfd; int new_dfd; struct filename *oldpath; struct filename *newpath; int flags; };
struct io_unlink { int dfd; int flags; struct filename *filename; };
struct io_mkdir { int dfd; u16 mode; struct filename *filename; };
struct io_sr_msg { void *buf; int len; };
struct io_rw { u64 addr; u32 len; };
struct io_cqe { int fd; };
struct io_kiocb { u8 opcode; struct io_cqe cqe; };

struct bpf_iter_meta { u64 seq_num; };
struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; };

#pragma clang attribute pop

/* Untrusted pointers become typed ones that the verifier lets us follow with plain loads: no helper call for each
 * member. Kernels before 6.2 lack the cast: there PERIDERM_PROBE_READ reads member by member. */
#ifdef PERIDERM_PROBE_READ
#define CAST(type, pointer) ((struct type *)(pointer))
#define GET(pointer, member)                                                                                           \
	({                                                                                                             \
		typeof((pointer)->member) value_;                                                                      \
		__builtin_memset(&value_, 0, sizeof(value_));                                                          \
		bpf_core_read(&value_, sizeof(value_), &(pointer)->member);                                            \
		value_;                                                                                                \
	})
#else
extern void *bpf_rdonly_cast(const void *pointer, u32 btf_id) __ksym;
#define CAST(type, pointer)                                                                                            \
	((struct type *)bpf_rdonly_cast((const void *)(pointer), bpf_core_type_id_kernel(struct type)))
#define GET(pointer, member) ((pointer)->member)
#endif

#endif
