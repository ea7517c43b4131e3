/* print.h - results and help as text, everything through the sanitiser. */
#ifndef FRONTDESK_CLI_PRINT_H
#define FRONTDESK_CLI_PRINT_H

#include "action/action.h"
#include "fhir/document.h"

/* One line or cell: cleaned text, no newline added. */
void print_text(const char *text);
void print_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* One line of JSON; on a terminal indented and cleaned. */
void print_json(const struct node *node);
/* Lists as a table, objects as "name: value" lines, in whatever shape they are. */
void print_readable(const struct node *node);
/* How an action's result reads; false when it has no words of its own. */
bool print_special(enum action_id id, const struct node *result);
/* Of print_special: how sync stands, and its log (show_sync.c). */
void show_sync_status(const struct node *result);
void show_sync_log(const struct node *list);
void show_conflict(const struct node *result);
#endif
