/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Refuses calls of containers in the kernel, where it has BPF LSM: an object of its own, which the sensor does not need.
 * It refuses only while an agent lives, and only what a policy names. */
#include "lsm.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Asked for every file that an exec leads to: the script, then its interpreter; the loader is opened, not asked for. */
SEC("lsm/bprm_check_security") int BPF_PROG(guard_exec, struct linux_binprm *bprm, int ret)
{
	struct guard_policy *policy = policy_of();
	struct file *file = bprm->file;
	u32 cause = 0;

	if (ret || !policy)
		return ret;
	if ((policy->flags & (G_EXEC | G_OPEN)) && listed(policy, file))
		cause = CAUSE_LIST;
	else if ((policy->flags & G_MEMORY) && file->f_inode->i_nlink == 0)
		cause = CAUSE_MEMORY;
	else if ((policy->flags & G_DRIFT) && from_upper(file->f_inode))
		cause = CAUSE_DRIFT;
	return cause ? refuse(policy, KIND_EXEC, cause, file) : 0;
}

/* By inode, whoever opens it: an interpreter its script, the loader a program. */
SEC("lsm/file_open") int BPF_PROG(guard_open, struct file *file, int ret)
{
	struct guard_policy *policy;
	u32 *what;

	if (ret)
		return ret;
	policy = policy_of();
	if (!policy || !(policy->flags & G_OPEN))
		return 0;
	what = listed(policy, file);
	if (!what || !(*what & FILE_OPEN))
		return 0;
	return refuse(policy, KIND_OPEN, CAUSE_OPEN, file);
}

SEC("lsm/kernel_module_request") int BPF_PROG(guard_module_request, char *name, int ret)
{
	return ret ? ret : by_flag(G_MODULE, KIND_MODULE, CAUSE_MODULE);
}

SEC("lsm/kernel_read_file") int BPF_PROG(guard_module_file, struct file *file, int what, bool contents, int ret)
{
	return ret || what != READING_MODULE ? ret : by_flag(G_MODULE, KIND_MODULE, CAUSE_MODULE);
}

SEC("lsm/kernel_load_data") int BPF_PROG(guard_module_data, int what, bool contents, int ret)
{
	return ret || what != READING_MODULE ? ret : by_flag(G_MODULE, KIND_MODULE, CAUSE_MODULE);
}

SEC("lsm/ptrace_access_check") int BPF_PROG(guard_ptrace, struct task_struct *child, unsigned int mode, int ret)
{
	return ret || !(mode & PTRACE_MODE_ATTACH) ? ret : by_flag(G_PTRACE, KIND_PTRACE, CAUSE_PTRACE);
}

SEC("lsm/sb_mount")
int BPF_PROG(guard_mount, const char *device, const struct path *where, const char *type, unsigned long flags, void *data, int ret)
{
	return ret ? ret : by_flag(G_MOUNT, KIND_MOUNT, CAUSE_MOUNT);
}

SEC("lsm/move_mount") int BPF_PROG(guard_move_mount, const struct path *from, const struct path *to, int ret)
{
	return ret ? ret : by_flag(G_MOUNT, KIND_MOUNT, CAUSE_MOUNT);
}
