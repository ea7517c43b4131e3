/* mutate.h - the protocol with one of its parts switched off, to prove that the checks see it. */
#ifndef FRONTDESK_TESTS_SYNC_SIM_MUTATE_H
#define FRONTDESK_TESTS_SYNC_SIM_MUTATE_H

#include "sync/http.h"
#include "tests/sync/sim/world.h"

/* What the request would be without that part; *path and *body own what had to be made. */
void mutate_request(enum mutation mutation, struct http_request *r, char **path, char **body);
#endif
