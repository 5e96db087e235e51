// Makes a disk slow: each sync takes SLOW_SYNC_US microseconds longer. Preloaded into a server (LD_PRELOAD).
// With SLOW_SYNC_LOG, each one adds a line to that file: when it began and ended, in microseconds, and its path.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000L + time.tv_nsec / 1000;
}

static void note(long began, int file) {
  const char *log = getenv("SLOW_SYNC_LOG");
  if (log == NULL) return;
  char link[64], path[4096], line[4200];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length < 0 ? 0 : length] = 0;
  int out = open(log, O_WRONLY | O_APPEND | O_CREAT, 0600);
  if (out < 0) return;
  length = snprintf(line, sizeof line, "%ld %ld %s\n", began, now(), path);
  if (write(out, line, length) < 0) perror(log);
  close(out);
}

static int slowly(const char *name, int file) {
  const char *wait = getenv("SLOW_SYNC_US");
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  long began = now();
  if (wait != NULL && atoi(wait) > 0) usleep(atoi(wait));
  int result = real(file);
  note(began, file);
  return result;
}

int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
int syncfs(int file) { return slowly("syncfs", file); }
