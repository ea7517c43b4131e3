/* bundled.h - what ships in the data folder and goes into a new data directory: the
 * questionnaires always, the synthetic people when asked for. */
#ifndef FRONTDESK_BUNDLED_H
#define FRONTDESK_BUNDLED_H

#include "base/err.h"
#include "store/grant.h"

struct store;

/* Put every data/questionnaires/ Questionnaire that is not there yet in the same words; queued for the
 * server like any write. Installing twice changes nothing. */
enum rc bundled_questionnaires(struct store *st, const struct grant *grant, int *installed, struct err *err);
/* Put the synthetic people of data/demo, their times set around now (data/demo/SOURCES.md), and mark the
 * directory as demo. Nothing of it is queued for a server. */
enum rc bundled_demo(struct store *st, const struct grant *grant, int *installed, struct err *err);
#endif
