/* find_row.h - one person as lists of people show them; what find.c and match.c read of a candidate. */
#ifndef FRONTDESK_FIND_ROW_H
#define FRONTDESK_FIND_ROW_H

#include <stdint.h>

#include "desk/find.h"

struct store;
struct query;

/* What a candidate is judged by; borrowed from the open query until find_row_close. */
struct find_row { struct query *q; const char *birth, *usual, *sort, *names, *phone, *mrn; };

/* Fill hit (owned) and row. RC_NOT_FOUND when the person is gone; then nothing is open. */
enum rc find_row_open(struct store *st, int64_t key, struct find_row *row, struct hit *hit, struct err *err);
void find_row_close(struct find_row *row);
void find_row_done(struct hit *hit);

#endif
