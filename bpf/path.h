/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Files: from a descriptor to the file, to its identity, to its path. bpf_d_path is refused to tracepoints, so the
 * dentries and mounts are walked here; the walk takes no lock, so a rename at the same moment may mix two paths. */
#ifndef PERIDERM_PATH_H
#define PERIDERM_PATH_H
#include "record.h"

#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFREG 0100000
#define S_ISUID 04000
#define S_ISGID 02000
#define OVERLAYFS_MAGIC 0x794c7630
#define MAX_COMPONENTS 64

/* The executable of a process, 0 for a kernel thread. */
static __always_inline struct file *exe_of(struct task_struct *task)
{
	struct mm_struct *mm = GET(task, mm);

	return mm ? GET(mm, exe_file) : 0;
}

/* The file behind a descriptor of the current process, or 0. */
static __always_inline u64 descriptor_file(struct task_struct *task, u32 fd)
{
	struct fdtable *table = GET(task->files, fdt);
	u64 file = 0;

	if (fd >= GET(table, max_fds))
		return 0;
#ifdef PERIDERM_PROBE_READ
	bpf_probe_read_kernel(&file, sizeof(file), (void *)((u64)GET(table, fd) + 8ull * fd));
#else /* a plain load: the pointers of the table read as those of a list */
	file = (u64)CAST(list_head, (u64)table->fd + 8ull * fd)->next;
#endif
	return file;
}

/* st_dev as user space writes it. */
static __always_inline u32 user_device(u32 device)
{
	u32 major = device >> 20, minor = device & 0xfffff;

	return (minor & 0xff) | (major << 8) | ((minor & ~0xffu) << 12);
}

/* The same as long as it is the same file under the same name at the same mount. */
static __always_inline u64 file_identity(struct control *control, u64 seed, struct file *file)
{
	struct dentry *dentry = GET(file, f_path.dentry);
	struct inode *inode = GET(file, f_inode);

	seed = mix(seed, distance(control, dentry) ^ GET(inode, i_ino));
	seed = mix(seed, GET(dentry, d_name.hash_len));
	return mix(seed, distance(control, GET(file, f_path.mnt)));
}

struct walk { struct scratch *s; u64 mount, dentry; u32 off, flags; };

/* One component, or one step to the mount above. 1 ends the walk. */
static long walk_up(u32 index, struct walk *walk)
{
	struct scratch *s = walk->s;
	struct vfsmount *mount = CAST(vfsmount, walk->mount);
	struct dentry *dentry = CAST(dentry, walk->dentry), *parent;
	u32 len, off = walk->off;

	if (dentry == GET(mount, mnt_root)) {
		struct mount *whole = CAST(mount, walk->mount - bpf_core_field_offset(struct mount, mnt));
		struct mount *above = GET(whole, mnt_parent);

		if (above == whole || !above)
			return 1;
		walk->dentry = plain(s, GET(whole, mnt_mountpoint));
		walk->mount = plain(s, above) + bpf_core_field_offset(struct mount, mnt);
		return 0;
	}
	len = GET(dentry, d_name.hash_len) >> 32;
	if (len > 255 || off > PATH_SPACE || off < len + 1) {
		walk->flags |= F_TRUNCATED;
		return 1;
	}
	off -= len;
	if (bpf_probe_read_kernel(&s->path[BOUND(off, PATH_SPACE - 1)], BOUND(len, 255), GET(dentry, d_name.name)))
		walk->flags |= F_PATH_UNREADABLE;
	off -= 1;
	s->path[BOUND(off, PATH_SPACE - 1)] = '/';
	walk->off = off;
	parent = GET(dentry, d_parent);
	if (parent == dentry)
		return 1;
	walk->dentry = plain(s, parent);
	return 0;
}

/* Nothing but a root: "/", or the name of a file that is a mount of its own (runc mounts its executable so). */
static __always_inline void name_root(struct walk *walk)
{
	struct scratch *s = walk->s;
	struct dentry *dentry = CAST(dentry, walk->dentry);
	u32 len = GET(dentry, d_name.hash_len) >> 32, off = PATH_SPACE - 1;

	struct inode *inode = GET(dentry, d_inode);

	if ((GET(inode, i_mode) & S_IFMT) == S_IFREG && len < 255) {
		off -= len;
		bpf_probe_read_kernel(&s->path[BOUND(off + 1, PATH_SPACE - 1)], BOUND(len, 255), GET(dentry, d_name.name));
	}
	s->path[BOUND(off, PATH_SPACE - 1)] = '/';
	walk->off = off;
}

/* Writes the path of (mount, dentry) into the end of `s->path`; `path_off` is where it begins. Returns its length. */
__noinline int build_path(struct scratch *s, u64 mount, u64 dentry)
{
	struct walk walk = { .s = s, .mount = mount, .dentry = dentry, .off = PATH_SPACE };

	if (!s)
		return 0;
	if (bpf_loop(MAX_COMPONENTS, walk_up, &walk, 0) >= MAX_COMPONENTS)
		walk.flags |= F_TRUNCATED;
	if (walk.off == PATH_SPACE)
		name_root(&walk);
	s->path_flags = walk.flags;
	s->path_off = walk.off;
	return PATH_SPACE - walk.off;
}

static __always_inline int build_path_of(struct scratch *s, struct file *file)
{
	u64 mount = plain(s, GET(file, f_path.mnt));

	return build_path(s, mount, plain(s, GET(file, f_path.dentry)));
}

/* Whether the file of an overlay lies in its upper layer. The overlay's inode holds the upper dentry directly after
 * the general inode (fs/overlayfs/ovl_entry.h); the module's own BTF is not always there, so the size is the offset. */
static __always_inline bool is_upper(struct inode *inode)
{
	struct super_block *super = GET(inode, i_sb);
	u64 upper = 0;

	if (GET(super, s_magic) != OVERLAYFS_MAGIC)
		return 0;
	bpf_probe_read_kernel(&upper, sizeof(upper), (void *)((u64)inode + bpf_core_type_size(struct inode)));
	return upper != 0;
}

static __always_inline bool is_socket(u64 file)
{
	struct inode *inode;

	if (!file)
		return 0;
	inode = GET(CAST(file, file), f_inode);
	return (GET(inode, i_mode) & S_IFMT) == S_IFSOCK;
}

/* One load of 8 bytes at any alignment; the compiler would make eight loads of it. */
static __always_inline u64 load_word(struct scratch *s, u32 at)
{
	u64 word, where = at;

	asm volatile("%0 &= 8191" : "+r"(where));
	asm volatile("%0 = *(u64 *)(%1 + 0)" : "=r"(word) : "r"(&s->data[where]));
	return word;
}

/* Hash of s->data[from, from + length). */
__noinline u64 hash_words(struct scratch *s, u32 from, u32 length, u64 seed)
{
	u32 i, words = length / 8;

	if (!s)
		return 0;
	seed = mix(seed, length);
	for (i = 0; i < DATA_MAX / 8; i++) {
		if (i >= words)
			break;
		seed = mix(seed, load_word(s, from + i * 8));
	}
	if (length & 7)
		seed = mix(seed, load_word(s, from + words * 8) & ((1ull << (length & 7) * 8) - 1));
	return seed;
}

/* Appends `length` bytes of kernel memory to the data. */
static __always_inline u32 put_kernel(struct scratch *s, const void *from, u32 length)
{
	u32 pos = s->pos;

	if (length > ARGS_MAX)
		length = ARGS_MAX;
	if (pos > DATA_MAX - 1 || bpf_probe_read_kernel(&s->data[BOUND(pos, DATA_MAX - 1)], BOUND(length, ARGS_MAX), from))
		return 0;
	s->pos = pos + length;
	return length;
}

/* Appends the path that build_path made, its end where it is too long. */
static __always_inline u32 put_path(struct scratch *s)
{
	u32 off = s->path_off, length;

	if (off > PATH_SPACE)
		return 0;
	length = PATH_SPACE - off;
	if (length > TEXT_MAX) {
		s->rec.flags |= F_TRUNCATED;
		off = PATH_SPACE - TEXT_MAX;
		length = TEXT_MAX;
	}
	s->rec.flags |= s->path_flags;
	return put_kernel(s, &s->path[BOUND(off, PATH_SPACE - 1)], length);
}

/* Appends a string of the caller. Returns its length without the NUL; 0 and the flag where it cannot be read. */
static __always_inline u32 put_user_string(struct scratch *s, u64 from, u32 limit)
{
	u32 pos = s->pos;
	long got;

	if (pos > DATA_MAX - 1)
		return 0;
	got = bpf_probe_read_user_str(&s->data[BOUND(pos, DATA_MAX - 1)], BOUND(limit, 2047), (void *)from);
	if (got <= 0) {
		s->rec.flags |= F_PATH_UNREADABLE;
		return 0;
	}
	if (got >= limit)
		s->rec.flags |= F_TRUNCATED;
	s->pos = pos + got - 1;
	return got - 1;
}
#endif
