/* i18n.h - every text a person reads goes through gettext. */
#ifndef FRONTDESK_I18N_H
#define FRONTDESK_I18N_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text

/* From here on, speak the language of a BCP 47 tag ("es", "es-MX"; the region is not looked at) where there is a
 * catalogue for it; English needs none. Otherwise, and with NULL or "", the language the program was started in.
 * Texts that were put together before stay as they are. Whoever asked for the locale C is left in English. */
void i18n_speak(const char *tag);
/* text (marked with N_) in the language the program was started in: what is put on record while a patient is spoken
 * to in theirs, for staff to read. */
const char *i18n_own(const char *text);
#endif
