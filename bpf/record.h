/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The record of the ring, and the maps that user space shares. formats/bpf_records.py and adapters/sensor_ebpf*.py
 * know the same numbers: change them together. */
#ifndef PERIDERM_RECORD_H
#define PERIDERM_RECORD_H
#include "kernel.h"

/* model/event.py EventKind */
enum kind {
	K_EXEC = 1, K_EXIT, K_FORK, K_OPEN, K_CONNECT, K_ACCEPT, K_BIND, K_LISTEN, K_SETNS, K_UNSHARE, K_MOUNT, K_PTRACE,
	K_BPF, K_MODULE, K_MEMFD, K_CHMOD, K_SETUID, K_DUP, K_CHROOT, K_PROCESS_VM, K_SYSCALL32, K_IO_URING, K_SOCKET,
	K_RENAME, K_UNLINK, K_LINK, K_SYMLINK, K_MKDIR, K_UTIME, K_FILE_FLAGS, K_SIGNAL, K_EXEC_MEMORY, K_USERFAULTFD,
	K_TRUNCATE, K_CHOWN, K_SETGID, K_CAPSET, K_CREDENTIALS, K_DNS, K_UMOUNT, K_PIVOT_ROOT, K_KEYCTL, K_ENVIRONMENT,
	K_LIBRARY, K_PROCESS_NAME = 48, K_TTY_INJECT = 49, K_SYSCALL_USED = 51, K_CAPABILITY_USED = 52,
	K_PART = 255, /* the rest of a long string, before the record that it belongs to */
};
/* model/event.py EventFlag */
enum flag {
	F_UPPER = 1, F_TTY = 2, F_MEMORY_BACKED = 4, F_KILLED = 8, F_WOULD_KILL = 16, F_EXEC_SESSION = 64,
	F_PATH_UNREADABLE = 128, F_SETUID_FILE = 256, F_STDIO_SOCKET = 512, F_TRUNCATED = 1024, F_FAILED = 4096,
	F_KNOWN = 8192, F_SCRIPT = 16384,
};
enum origin { O_SYSCALL = 0, O_COMPAT32 = 1, O_IO_URING = 2, O_TRACEPOINT = 3 };
/* How user space finishes the strings of a row. */
enum form {
	FORM_RAW_SAME = 1, /* raw is the same as text */
	FORM_JOIN = 2, /* text is a folder: the path is folder + "/" + raw */
	FORM_ADDRESS = 4, /* text is 4 or 16 bytes of an IP address */
	FORM_UID_UNKNOWN = 8, /* the user id before the call is not known */
	FORM_TEXT_PATH = 16, /* text is a path, or a folder, NUL and a path below it */
	FORM_RAW_PATH = 32, /* raw may be a folder, NUL and a path below it */
	FORM_CREDENTIALS = 64, /* text and raw are struct known */
	FORM_DNS = 128, /* text is a name in labels, raw the address of the server */
};

#define INLINE_BYTES 88
#define PART_BYTES 232
#define TEXT_MAX 1023
#define RAW_MAX 1023
#define ARGS_MAX 2047
#define DATA_MAX 4096
#define MAX_PARTS 18
#define HELD_ARGS 256
#define MAX_VARIABLES 8

/* 248 bytes, so that a slot of the ring (with its 8-byte header) is 256 bytes and never straddles the end.
 * The first 128 bytes are EVENT_DTYPE, where the string numbers are filled in by user space. */
struct record {
	s64 time; /* CLOCK_BOOTTIME ns */
	u64 process, parent, cgroup, inode;
	s64 arg0, arg1;
	u32 pid, ppid, uid, gid, device, mntns, flags;
	s32 ret;
	u32 count;
	u32 serial; /* ties a record to its parts */
	u64 exe; /* key of the executable's path in `executables` */
	u64 strings; /* hash of the data bytes: equal hash, equal strings */
	u32 total; /* bytes of data, parts included */
	u16 port, family;
	u8 kind, origin;
	u16 text_len, raw_len, args_len;
	u64 behaviour; /* the same in every boot and replica for the same workload, program, kind and object; 0: cannot be known */
	char comm[16];
	u8 parts, form;
	u16 reserved;
	u32 profile;
	char data[INLINE_BYTES];
};
struct part {
	char head[112];
	u32 serial;
	u16 index;
	u16 reserved;
	u8 kind_at_120;
	char gap[7];
	char tail[120];
};
_Static_assert(sizeof(struct record) == 248, "a record fills a slot");
_Static_assert(__builtin_offsetof(struct record, kind) == 120, "kind at 120");
_Static_assert(__builtin_offsetof(struct record, behaviour) == 128, "EVENT_DTYPE is 128 bytes");
_Static_assert(sizeof(struct part) == 248 && __builtin_offsetof(struct part, kind_at_120) == 120, "parts fill a slot");

/* What a task has, as far as the sensor has seen it come: compared with what it has now (known.h). */
struct known {
	u32 uid, euid, suid, gid, egid, sgid;
	u32 mntns, pidns, userns, level;
	u64 permitted, effective, bset, inheritable;
	u64 suspect; /* hash of a difference that the last walk met */
};

#define PATH_SPACE 4096
struct scratch {
	char path[PATH_SPACE + 512]; /* built from the end */
	char data[2 * DATA_MAX + 64]; /* text, raw, args, one after the other */
	char other[2048 + 64]; /* what is compared or copied on */
	struct record rec;
	u64 hand;
	u32 path_off;
	u32 path_flags;
	u32 pos;
	u32 serial;
	u32 lane;
	u32 variables; /* watched variables of the environment: how many, where, what */
	u64 variable_at[MAX_VARIABLES];
	u64 variable_hash;
	u64 message_at; /* a datagram of the caller */
	u32 message_length, reserved;
	struct known was, is; /* of one comparison: too big for the stack */
	u32 workload, reserved_too; /* of the row, for its behaviour */
};

enum counter {
	C_SENT, C_FOLDED, C_FILTERED, C_LOST, C_UNREADABLE, C_TRUNCATED, C_KILLED, C_ANCESTRY, C_BASELINE,
	C_UNKNOWN_NAMESPACE, C_SYSCALL32, C_SYSCALL32_UNDECODED, C_IO_URING, C_IO_URING_UNDECODED, C_X32, C_EXEC_FAILED,
	C_NO_STATE, C_KILL_FAILED, C_PARTS, C_HELD, C_FAILED_UNTOLD, C_SHED, C_UNWATCHED, C_CALLS_UNWATCHED, C_COUNTERS,
};

/* profile: of one container (or the node); workload: of all its replicas, 0 unknown. */
struct policy { u32 profile; u32 flags; u32 workload; u32 reserved; };
enum policy_flag { P_REPORT = 1, P_ENFORCE = 2, P_KILL_DRIFT = 4, P_KILL_LIST = 8, P_NODE = 16, P_KILL_MEMORY = 32 };
struct file_key { u32 profile; u32 device; u64 inode; };
struct seen_value { u64 since; u64 pending; };
/* Normal behaviour: how often, how often up to the last row that told of it, and when that was (jiffies, 0 never). */
struct learned { u64 count; u64 told; u64 since; };
struct executable { u64 path_hash; u32 len; u32 flags; char path[496]; };
/* shed: one bit for each kind that is not told now, and SHED_* bits; set by the agent under pressure. */
struct control { u64 heartbeat; u64 resend_jiffies; u64 seed; u64 stable_seed; u64 version; u64 shed; u64 learned_jiffies; };
#define SHED_SYSTEM_READS 60 /* opens for reading below the system's folders */
#define SHED_READS 61 /* all opens for reading but of watched folders */
struct shed_key { u32 profile; u32 kind; };

/* What is remembered about a process. `held`: bookkeeping that is sent only if the process does something new. */
struct process_state {
	u64 exec_time, exec_strings;
	u64 fork_time, fork_parent;
	u32 fork_ppid, fork_flags;
	u32 uid; /* last known effective user id */
	u32 flags;
	u32 exec_flags;
	u32 args_len;
	u32 raw_len; /* bytes of `args` that are the script */
	u32 lineage; /* of the programs that it and its ancestors ran: what they do is told apart by it */
	u64 exec_caps, exec_pipes;
	u64 line; /* of the programs above it, the same in every run; 0 not yet known */
	u64 used_caps; /* capabilities whose use was looked at */
	char args[HELD_ARGS];
};
enum state_flag { S_EVER = 1, S_FORK_HELD = 2, S_EXEC_HELD = 4, S_SESSION = 8, S_COMPAT = 16, S_UID = 32 };

struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 1 << 22); } ring SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, C_COUNTERS);
	__type(key, u32); __type(value, u64);
} counters SEC(".maps");
struct { /* submissions by io_uring that are not decoded, by opcode */
	__uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 256); __type(key, u32); __type(value, u64);
} uring_opcodes SEC(".maps");
struct { /* 32-bit system calls that are not decoded, by number */
	__uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 512); __type(key, u32); __type(value, u64);
} compat_calls SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, u32); __type(value, struct control);
} control SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4096); __type(key, u32); __type(value, struct policy);
} namespaces SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4096); __type(key, u64); __type(value, struct policy);
} cgroups SEC(".maps");
/* Our own processes. The agent is not reported at all; of a command that reads files because somebody asked for it, and of
 * what it forks, only the reading of files is not. An exec ends that: what is started is judged as anybody's. */
enum ignore { I_ALL = 1, I_READS = 2 };
struct {
	__uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 256); __type(key, u64); __type(value, u32);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} ignored SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16384);
	__type(key, struct file_key); __type(value, u32); __uint(map_flags, BPF_F_NO_PREALLOC);
} kill_list SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 65536); __type(key, u64); __type(value, struct seen_value);
} seen SEC(".maps");
struct { /* learned behaviour; a plain hash, because an LRU may forget it */
	__uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 262144);
	__type(key, u64); __type(value, struct learned); __uint(map_flags, BPF_F_NO_PREALLOC);
} baseline SEC(".maps");
/* System calls that were used in a mount namespace, one bit for each number, those of the 32-bit table from 512 on. A
 * namespace has the slot of its number's last bits; the number 0 is a free slot. */
#define USED_SLOTS 4096
struct used { u32 mntns; u32 reserved; u64 used[16], denied[16], session[16]; };
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, USED_SLOTS); __type(key, u32); __type(value, struct used);
} calls_used SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 4096); __type(key, u64); __type(value, struct executable);
} executables SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int); __type(value, struct process_state);
} processes SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int); __type(value, struct known);
} credentials SEC(".maps");
struct { /* what was not told under pressure: by profile and kind */
	__uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 8192); __type(key, struct shed_key); __type(value, u64);
} shed_counts SEC(".maps");
struct { /* files that are mapped executable and lie in the system's folders */
	__uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 8192); __type(key, u64); __type(value, u32);
} libraries SEC(".maps");
/* Two for each entry that may interrupt another one on the same CPU. */
enum lane { LANE_EXIT_CALL = 0, LANE_EXEC = 2, LANE_FORK = 4, LANE_END = 6, LANE_URING = 8, LANE_SIGNAL = 10, LANE_WALK = 12, LANE_CAPABLE = 14, LANES = 16 };
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, LANES); __type(key, u32); __type(value, struct scratch);
} scratches SEC(".maps");
struct { /* handlers by system call number; the 32-bit numbers begin at 512 */
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 1024); __type(key, u32); __type(value, u32);
} handlers SEC(".maps");

/* What a system call number means; the order of adapters/sensor_ebpf/layout.py HANDLERS. */
enum op {
	OP_NONE, OP_OPEN, OP_CREAT, OP_OPENAT, OP_OPENAT2, OP_CONNECT, OP_SENDTO, OP_SENDMSG, OP_ACCEPT, OP_BIND, OP_LISTEN, OP_SOCKET, OP_SOCKETCALL, OP_DUP, OP_FCNTL, OP_SETNS, OP_UNSHARE, OP_PTRACE, OP_BPF, OP_PROCESS_VM_READV, OP_PROCESS_VM_WRITEV, OP_MEMFD, OP_INIT_MODULE, OP_FINIT_MODULE, OP_CHROOT, OP_MOUNT, OP_FSOPEN, OP_OPEN_TREE, OP_MOVE_MOUNT, OP_CHMOD, OP_FCHMOD, OP_FCHMODAT, OP_SETUID, OP_EXEC,
	OP_RENAME, OP_RENAMEAT, OP_UNLINK, OP_RMDIR, OP_UNLINKAT, OP_LINK, OP_LINKAT, OP_SYMLINK, OP_SYMLINKAT, OP_MKDIR,
	OP_MKDIRAT, OP_UTIME, OP_UTIMES, OP_FUTIMESAT, OP_UTIMENSAT, OP_TRUNCATE, OP_FTRUNCATE, OP_CHOWN, OP_FCHOWN, OP_FCHOWNAT,
	OP_UMOUNT, OP_PIVOT_ROOT, OP_SETGID, OP_CAPSET, OP_KEYCTL, OP_USERFAULTFD, OP_SENDMMSG, OP_WRITE, OP_WRITEV, OP_MMAP,
	OP_MPROTECT, OP_IOCTL, OP_PRCTL,
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1024); __type(key, u32); __type(value, u32);
} operations SEC(".maps");

static __always_inline void count(u32 which)
{
	u64 *value = bpf_map_lookup_elem(&counters, &which);

	if (value)
		__sync_fetch_and_add(value, 1);
}

static __always_inline struct scratch *scratch(u32 lane)
{
	struct scratch *s = bpf_map_lookup_elem(&scratches, &lane);

	if (s)
		s->lane = lane;
	return s;
}

/* `value & mask` where the verifier sees it too: the compiler drops a mask that it can prove useless. */
#define BOUND(value, mask)                                                                                             \
	({                                                                                                             \
		u64 bound_ = (value);                                                                                  \
		asm volatile("%0 &= %1" : "+r"(bound_) : "i"(mask));                                                   \
		bound_;                                                                                                \
	})

/* A kernel pointer as a number: the verifier forgets its type on the way through the map. */
static __always_inline u64 plain(struct scratch *s, const void *pointer)
{
	*(const void *volatile *)&s->hand = pointer;
	return *(volatile u64 *)&s->hand;
}

/* A number that is the same for the same pointer as long as the maps live: its distance from `anchor`. */
static __always_inline u64 distance(const void *anchor, const void *pointer)
{
	u64 number = (u64)pointer;

#ifndef PERIDERM_PROBE_READ /* there, what was read is a number already */
	asm volatile("%0 -= %1" : "+r"(number) : "r"(anchor));
#endif
	return number;
}

static __always_inline struct control *get_control(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&control, &zero);
}

static __always_inline u64 mix(u64 hash, u64 value)
{
	hash = (hash ^ value) * 0x9E3779B97F4A7C15ull;
	return hash ^ (hash >> 32);
}

#endif
