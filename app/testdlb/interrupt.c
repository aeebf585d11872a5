/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "interrupt.h"

int
interrupt_open(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

enum interrupt_event
interrupt_wait_input(int fd, int input, int timeout_ms)
{
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN }, { .fd = input, .events = POLLIN } };
	struct signalfd_siginfo info;

	if (poll(fds, 2, timeout_ms) <= 0)
		return INTERRUPT_TIMEOUT;
	if (read(fd, &info, sizeof(info)) == sizeof(info))
		return INTERRUPT_USER;
	return fds[1].revents != 0 ? INTERRUPT_INPUT : INTERRUPT_TIMEOUT;
}

bool
interrupt_wait_ms(int fd, int ms)
{
	return interrupt_wait_input(fd, -1, ms) == INTERRUPT_USER;
}
