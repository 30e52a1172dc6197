// SPDX-License-Identifier: Apache-2.0
// Makes file events at a steady rate inside a container, and attack steps whose moment it prints.
//   load steady RATE NEW_PERCENT SECONDS   opens files; NEW_PERCENT of them under a name never used before
//   load offer RATE NEW_PERCENT SECONDS    one open for each event, nothing else: NEW_PERCENT under a name never used before
//   load steps COUNT INTERVAL_MS           drops a program that the image did not bring and runs it, COUNT times
//   load exit                              ends at once (what the dropped program does)
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_until(int64_t when)
{
    struct timespec t = {when / 1000000000, when % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static int steady(int rate, int percent, int seconds)
{
    char path[64];
    int64_t start = now(CLOCK_MONOTONIC), total = (int64_t)rate * seconds;
    mkdir("/tmp/known", 0755);
    mkdir("/tmp/new", 0755);
    for (int64_t i = 0; i < total; i++) {
        // In bursts of ten, so that the sleep itself does not cost more than the work.
        if (i % 10 == 0)
            sleep_until(start + i * 1000000000 / rate);
        int fresh = i % 100 < percent;
        if (fresh)
            snprintf(path, sizeof path, "/tmp/new/%lld", (long long)i);
        else
            snprintf(path, sizeof path, "/tmp/known/%lld", (long long)(i % 500));
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (fd < 0)
            return 1;
        close(fd);
        if (fresh)
            unlink(path);
    }
    double late = (now(CLOCK_MONOTONIC) - start) / 1e9;
    printf("opened %lld in %.2f s\n", (long long)total, late);
    return 0;
}

static int offer(int rate, int percent, int seconds)
{
    char path[64];
    int64_t start = now(CLOCK_MONOTONIC), total = (int64_t)rate * seconds, done = 0;
    int burst = rate > 20000 ? 1000 : rate / 20;
    for (; done < total && now(CLOCK_MONOTONIC) - start < (int64_t)seconds * 1000000000; done++) {
        if (done % burst == 0)
            sleep_until(start + done * 1000000000 / rate);
        if (done % 100 < percent)
            snprintf(path, sizeof path, "/tmp/none/%lld-%lld", (long long)start, (long long)done);
        else
            snprintf(path, sizeof path, "/tmp/none/%lld", (long long)(done % 500));
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0)
            close(fd);
    }
    printf("%.0f\n", done * 1e9 / (now(CLOCK_MONOTONIC) - start));
    return 0;
}

static int drop(const char *path)
{
    struct stat status;
    int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    if (in < 0 || out < 0 || fstat(in, &status) < 0)
        return -1;
    off_t offset = 0;
    while (offset < status.st_size)
        if (sendfile(out, in, &offset, status.st_size - offset) <= 0)
            return -1;
    close(in);
    return close(out);
}

static int steps(int count, int interval)
{
    char path[64];
    int64_t start = now(CLOCK_MONOTONIC);
    for (int i = 0; i < count; i++) {
        sleep_until(start + (int64_t)i * interval * 1000000);
        snprintf(path, sizeof path, "/tmp/drop-%d", i);
        if (drop(path) < 0)
            return 1;
        printf("%d %lld\n", i, (long long)now(CLOCK_REALTIME));
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            execl(path, path, "exit", (char *)NULL);
            _exit(127);
        }
        waitpid(child, NULL, 0);
        unlink(path);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && !strcmp(argv[1], "steady"))
        return steady(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
    if (argc == 5 && !strcmp(argv[1], "offer"))
        return offer(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
    if (argc == 4 && !strcmp(argv[1], "steps"))
        return steps(atoi(argv[2]), atoi(argv[3]));
    return argc == 2 && !strcmp(argv[1], "exit") ? 0 : 2;
}
