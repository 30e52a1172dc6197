/* What an intruder does, harmlessly, by one program without any other: the first program of the containers of
 * test_everywhere.py. It listens like a server, and does what it is told line by line on its standard input. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in here = { .sin_family = AF_INET };
static int listener;

static void copy_to(int out)
{
	char bytes[65536];
	int in = open("/proc/self/exe", O_RDONLY);
	ssize_t got;

	while ((got = read(in, bytes, sizeof(bytes))) > 0)
		if (write(out, bytes, got) != got)
			_exit(3);
	close(in);
}

static void start(const char *path)
{
	char *const words[] = { (char *)path, "end", 0 };

	execv(path, words);
	_exit(4);
}

static void dropped(const char *path)
{
	int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	if (out < 0)
		_exit(5);
	copy_to(out);
	close(out);
	start(path);
}

static void in_memory(void)
{
	char path[64];
	int fd = memfd_create("held", 0);

	copy_to(fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	start(path);
}

static void reverse(void)
{
	char *const words[] = { "sh", "-i", 0 };
	int i, s = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(s, (struct sockaddr *)&here, sizeof(here)))
		_exit(6);
	for (i = 0; i < 3; i++)
		dup2(s, i);
	execv("/bin/sh", words);
	_exit(4);
}

static void answer(void)
{
	int peer = accept(listener, 0, 0);
	char bytes[256];

	if (write(peer, "exit\n", 5) != 5)
		_exit(7);
	while (read(peer, bytes, sizeof(bytes)) > 0)
		;
	close(peer);
}

static int opened(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd >= 0)
		close(fd);
	return fd < 0;
}

static int deed(char *what, char *with)
{
	char *const words[] = { "sh", "-c", with, 0 };

	if (!strcmp(what, "shell"))
		return execv("/bin/sh", words);
	if (!strcmp(what, "shadow"))
		return opened("/etc/shadow", O_RDONLY);
	if (!strcmp(what, "drift"))
		dropped(with);
	if (!strcmp(what, "memory"))
		in_memory();
	if (!strcmp(what, "reverse"))
		reverse();
	if (!strcmp(what, "keys")) {
		mkdir("/root", 0700);
		mkdir("/root/.ssh", 0700);
		return opened("/root/.ssh/authorized_keys", O_WRONLY | O_CREAT | O_APPEND);
	}
	if (!strcmp(what, "mount")) {
		mkdir("/mnt", 0700);
		mount("proc", "/mnt", "proc", 0, 0); /* refused: the attempt is what counts */
		return 0;
	}
	return 9;
}

int main(int count, char **words)
{
	socklen_t size = sizeof(here);
	char line[512];

	if (count > 1 && !strcmp(words[1], "end"))
		return 0;
	if (count > 1 && !strcmp(words[1], "pause"))
		for (;;)
			pause();
	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (struct sockaddr *)&here, sizeof(here)) || listen(listener, 4) ||
	    getsockname(listener, (struct sockaddr *)&here, &size))
		return 1;
	setvbuf(stdout, 0, _IONBF, 0);
	printf("ready\n");
	while (fgets(line, sizeof(line), stdin)) {
		char *with = strchr(line, ' ');
		int status, child;

		line[strcspn(line, "\n")] = 0;
		if (with)
			*with++ = 0;
		child = fork();
		if (!child)
			_exit(deed(line, with ? with : ""));
		if (!strcmp(line, "reverse"))
			answer();
		waitpid(child, &status, 0);
		printf("%s %d\n", line, WEXITSTATUS(status));
	}
	return 0;
}
