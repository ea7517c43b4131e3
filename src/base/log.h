/* log.h - the log file of this data directory: ids, counts and codes, never people. */
#ifndef FRONTDESK_LOG_H
#define FRONTDESK_LOG_H

/* Append to path (0600), or nothing at all when it cannot be opened. */
void log_open(const char *path);
/* One line: time, process, area, words. Everything passes the sanitiser. */
void log_line(const char *area, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_close(void);
#endif
