/* canonical.h - what has a url and versions: forms, value sets, code systems, profiles. */
#ifndef FRONTDESK_CANONICAL_H
#define FRONTDESK_CANONICAL_H

/* Versions as people number them: 2.9 before 2.10, 2025-11 before 2026-01. <0, 0, >0. */
int canonical_version_order(const char *a, const char *b);
#endif
