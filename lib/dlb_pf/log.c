/* SPDX-License-Identifier: BSD-3-Clause */
/* Log lines and refusals; see log.h. */
#include <errno.h>
#include <stdarg.h>

#include "log.h"

void
pf_log(const struct dlb_log *log, enum dlb_log_level level, const char *format, ...)
{
	va_list ap;

	if (log->write == NULL)
		return;
	va_start(ap, format);
	log->write(log->arg, level, format, ap);
	va_end(ap);
}

int
pf_refuse(const struct dlb_log *log, int error, const char *format, ...)
{
	va_list ap;

	if (log->write == NULL)
		return error;
	va_start(ap, format);
	log->write(log->arg, DLB_LOG_ERROR, format, ap);
	va_end(ap);
	return error;
}

int
pf_check_range(const struct dlb_log *log, const char *setting, uint32_t value, uint32_t minimum,
	       uint32_t maximum)
{
	if (value >= minimum && value <= maximum)
		return 0;
	return pf_refuse(log, -EINVAL, "%s %u: must be %u to %u", setting, value, minimum, maximum);
}
