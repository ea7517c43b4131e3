/* config_table.h - the rows of the settings table, for config.c and what prints it. */
#ifndef FRONTDESK_CONFIG_TABLE_H
#define FRONTDESK_CONFIG_TABLE_H

enum { CONFIG_ROWS_MAX = 64 };
enum config_kind { CONFIG_TEXT, CONFIG_PATH, CONFIG_URL, CONFIG_ZONE, CONFIG_CHOICE, CONFIG_INT, CONFIG_BOOL };

struct config_row {
    const char *name;               /* dotted, as "clinic.time_zone"; rows of a group stand together */
    enum config_kind kind;
    const char *standard;           /* what holds when the file says nothing */
    const char *help;               /* N_() one line */
    const char *example;            /* shown in config.example where the standard is empty; may be NULL */
    int least, most;                /* CONFIG_INT */
    const char *const *choices;     /* CONFIG_CHOICE, NULL-ended */
};
extern const struct config_row config_rows[];   /* ends with a row without a name */
#endif
