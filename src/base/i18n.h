/* i18n.h - every text a person reads goes through gettext. */
#ifndef FRONTDESK_I18N_H
#define FRONTDESK_I18N_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text
#endif
