/* trace.h - what happened, line by line: shown when asked for, hashed always, so that two runs of a seed
 * can be compared; and what was found wrong. */
#ifndef FRONTDESK_TESTS_SYNC_SIM_TRACE_H
#define FRONTDESK_TESTS_SYNC_SIM_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Begin a new trace. how: the one line that makes the same run again. */
void trace_begin(const char *how, bool is_shown);
void trace(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
uint64_t trace_hash(void);
/* From now on trace_begin copies how into this place too, where another process can read it. */
void trace_tell(char *out, size_t size);

/* Something that must never happen did: says it once for each run, with how to see it again. */
void violation(const char *invariant, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int violations(void);           /* since trace_begin */
void violations_quiet(bool is_quiet);   /* count them without a word: a mutation is expected to be found */
#endif
