/* date_names.h - names of months and weekdays, for writing and reading dates. English; translate
 * with gettext() when shown. */
#ifndef FRONTDESK_DATE_NAMES_H
#define FRONTDESK_DATE_NAMES_H

extern const char *const date_month_short[13];      /* [1] is "Jan" */
extern const char *const date_weekday_short[7];     /* [0] is "Sun" */
#endif
