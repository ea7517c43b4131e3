/* merge.h - three texts of one resource into one (SYNC.md 4.3).
 * Pure: it sees documents and nothing else. What one side changed is taken, what both changed the
 * same way is taken, and what both changed differently is a field for a person to decide; nothing
 * is invented and nothing is dropped. */
#ifndef FRONTDESK_SYNC_MERGE_H
#define FRONTDESK_SYNC_MERGE_H

#include <stddef.h>

#include "fhir/document.h"

struct merge {
    struct doc *merged;         /* owned; where a field is in conflict the local value stands */
    char **field;               /* owned; paths of members without list numbers, see store/conflict.h */
    size_t n_fields, cap;
};

/* Merge local and remote, both made from base. base NULL: nothing is known to be common, so that
 * every member that differs is a field. meta.versionId, lastUpdated and source are the remote's. */
void merge_documents(const struct doc *base, const struct doc *local, const struct doc *remote,
                     struct merge *out);
void merge_done(struct merge *merge);
void merge_add_field(struct merge *merge, const char *path);    /* once each */
char *merge_fields_json(const struct merge *merge);     /* owned; ["telecom","maritalStatus"] */
#endif
