/* match.h - who might be the same person: few and good candidates with reasons, never a decision.
 * Fellegi-Sunter weights per field (DOMAIN section 5); household evidence counts once. */
#ifndef FRONTDESK_MATCH_H
#define FRONTDESK_MATCH_H

#include "desk/find.h"
#include "desk/patient.h"

struct match { struct hit person; double weight; char reasons[96]; };
struct matches { struct match *match; size_t n; };
void matches_done(struct matches *m);
enum rc match_registration(struct store *st, const struct registration *r, int limit, struct matches *out, struct err *err);
/* Same or similar name near this person: the alert at look-up and opening. */
enum rc match_namesakes(struct store *st, const char *patient, int limit, struct matches *out, struct err *err);
#endif
