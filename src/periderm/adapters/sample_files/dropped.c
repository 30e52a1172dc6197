/* What the sample's attacker drops and starts: stands for a miner, and does nothing but write a marker file.
 * If the marker is there, the program ran; if the kernel killed it while it started, the marker is not there.
 * No C library, so that the program is small enough to be written through a web request. */

static long call3(long number, long a, long b, long c)
{
    long result;
#if defined(__x86_64__)
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    result = x0;
#else
#error "the sample is for x86-64 and arm64"
#endif
    return result;
}

#if defined(__x86_64__)
enum { SYS_WRITE = 1, SYS_EXIT = 60, SYS_MKNODAT = 259 };
#else
enum { SYS_MKNODAT = 33, SYS_WRITE = 64, SYS_EXIT = 93 };
#endif
enum { AT_FDCWD = -100, REGULAR_0644 = 0100644 };

void _start(void)
{
    static const char said[] = "dropped program ran\n";
    call3(SYS_MKNODAT, AT_FDCWD, (long)"/tmp/pwned", REGULAR_0644); /* the device number is not read for a file */
    call3(SYS_WRITE, 1, (long)said, sizeof said - 1);
    call3(SYS_EXIT, 0, 0, 0);
    __builtin_unreachable();
}
