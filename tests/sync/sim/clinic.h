/* clinic.h - another clinic, whose program writes straight to the server and never fails. */
#ifndef FRONTDESK_TESTS_SYNC_SIM_CLINIC_H
#define FRONTDESK_TESTS_SYNC_SIM_CLINIC_H

struct world;

/* The first people and appointments, hours apart. */
void clinic_begin(struct world *w);
void clinic_edit(struct world *w);      /* a field of something */
void clinic_create(struct world *w);
void clinic_delete(struct world *w);    /* something nobody refers to */
void clinic_burst(struct world *w);     /* many new ones in one transaction, all at one moment */

/* The same on a resource that is named, for scripts. */
void clinic_edit_field(struct world *w, const char *type, const char *id, int field);
void clinic_put(struct world *w, const char *json);
void clinic_remove(struct world *w, const char *type, const char *id);
#endif
