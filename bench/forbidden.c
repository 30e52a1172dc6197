/* The forbidden program: one byte into /out/marks, so that what got through can be counted. */
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
	int fd = open("/out/marks", O_WRONLY | O_CREAT | O_APPEND, 0666);

	return fd < 0 || write(fd, "x", 1) != 1;
}
