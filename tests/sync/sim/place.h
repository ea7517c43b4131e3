/* place.h - where the data directories of a run lie, and what they are made from. */
#ifndef FRONTDESK_TESTS_SYNC_SIM_PLACE_H
#define FRONTDESK_TESTS_SYNC_SIM_PLACE_H

struct config;
struct world;

#define CENTRAL_URL "https://central.test/fhir"

const char *place(void);        /* a folder of this process, in memory where there is one; goes at exit */
void place_copy_template(const char *dir);  /* dir becomes an empty data directory */
void place_remove(const char *dir);
const struct config *place_config(const struct world *w);   /* how the desks of this world are configured */
#endif
