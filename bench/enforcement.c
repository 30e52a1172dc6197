/* Starts a forbidden program many times in one guise. The program leaves one byte in /out/marks each time it runs. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static const char *guise;
static int memory = -1, direct = -1;
static char image[1 << 21];
static ssize_t image_bytes;

static void load(void)
{
	int fd = open("/bad", O_RDONLY);

	image_bytes = fd < 0 ? 0 : read(fd, image, sizeof(image));
	close(fd);
}

static void drop(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	if (write(fd, image, image_bytes) != image_bytes)
		exit(9);
	close(fd);
}

static void start(int number)
{
	char a[64], b[64];
	char *bad[] = { "bad", NULL }, *script[] = { "sh", "/srv/job", NULL };
	char *loader[] = { "ld.so", "/bad-dynamic", NULL };

	snprintf(a, sizeof(a), "/srv/a-%s-%d", guise, number);
	snprintf(b, sizeof(b), "/srv/b-%s-%d", guise, number);
	if (!strcmp(guise, "direct") || !strcmp(guise, "threads") || !strcmp(guise, "storm"))
		execve("/bad", bad, environ);
	else if (!strcmp(guise, "rename")) {
		drop(a); rename(a, b); execve(b, bad, environ); unlink(b);
	} else if (!strcmp(guise, "hard-link")) {
		if (link("/bad", a)) { drop(b); link(b, a); }
		execve(a, bad, environ); unlink(a);
	} else if (!strcmp(guise, "symlink")) {
		symlink("/bad", a); execve(a, bad, environ); unlink(a);
	} else if (!strcmp(guise, "copy")) {
		drop(a); execve(a, bad, environ); unlink(a);
	} else if (!strcmp(guise, "script")) {
		int fd = open(a, O_WRONLY | O_CREAT | O_TRUNC, 0755);
		static const char text[] = "#!/bin/sh\nprintf x >> /out/marks\n";

		if (write(fd, text, sizeof(text) - 1) < 0)
			exit(9);
		close(fd);
		execve(a, bad, environ); unlink(a);
	} else if (!strcmp(guise, "script-of-bad")) {
		int fd = open(a, O_WRONLY | O_CREAT | O_TRUNC, 0755);

		if (write(fd, "#!/bad\n", 7) < 0)
			exit(9);
		close(fd);
		execve(a, bad, environ); unlink(a);
	} else if (!strcmp(guise, "sh-script"))
		execve("/bin/sh", script, environ);
	else if (!strcmp(guise, "ld.so"))
		execve("/lib64/ld-linux-x86-64.so.2", loader, environ);
	else if (!strcmp(guise, "memfd"))
		syscall(SYS_execveat, memory, "", bad, environ, AT_EMPTY_PATH);
	else if (!strcmp(guise, "execveat"))
		syscall(SYS_execveat, direct, "", bad, environ, AT_EMPTY_PATH);
	_exit(126);
}

static int base;
static void *worker(void *argument)
{
	long from = (long)argument, i;
	char name[64];

	for (i = 0; i < base; i++) {
		pid_t pid = fork();

		if (!pid)
			start(from * base + i);
		waitpid(pid, NULL, 0);
		snprintf(name, sizeof(name), "/srv/a-%s-%ld", guise, from * base + i);
		unlink(name);
		snprintf(name, sizeof(name), "/srv/b-%s-%ld", guise, from * base + i);
		unlink(name);
	}
	return NULL;
}

static void storm(int left)
{
	/* Each process forks two and then becomes the program: nobody waits for anybody. */
	if (left <= 0)
		_exit(0);
	if (left > 1 && !fork())
		storm((left - 1) / 2);
	if (left > 2 && !fork())
		storm(left - 1 - (left - 1) / 2);
	start(left);
}

int main(int count, char **words)
{
	int total = atoi(words[2]), many, i;
	pthread_t threads[16];

	guise = words[1];
	load();
	direct = open("/bad", O_PATH);
	memory = syscall(SYS_memfd_create, "m", 0);
	if (write(memory, image, image_bytes) != image_bytes)
		return 9;
	if (!strcmp(guise, "storm")) {
		pid_t pid = fork();

		if (!pid)
			storm(total);
		while (wait(NULL) > 0)
			;
		sleep(2);
		return 0;
	}
	many = strcmp(guise, "threads") ? 1 : 16;
	base = total / many + (total % many != 0);
	for (i = 0; i < many; i++)
		pthread_create(&threads[i], NULL, worker, (void *)(long)i);
	for (i = 0; i < many; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
