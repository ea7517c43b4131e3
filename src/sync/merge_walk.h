/* merge_walk.h - what the parts of a merge share: merge.c walks objects, merge_list.c lists whose
 * elements have an identity.
 *
 * The merged document starts as a copy of the remote one and is edited towards the local one, so that
 * what nobody here touched stays byte for byte as the server wrote it. In what follows `out` is
 * therefore both the remote value and the place of the result. */
#ifndef FRONTDESK_SYNC_MERGE_WALK_H
#define FRONTDESK_SYNC_MERGE_WALK_H

#include <stdbool.h>

#include "sync/merge.h"

struct merge_walk {
    struct doc *doc;
    struct merge *merge;
    const char *type;
    const char *list_path;      /* inside a keyed list: the path that stands for all of it */
    bool has_base;
    bool is_one_sided;          /* one side changed nothing: no rule for people applies */
};

void merge_walk_field(struct merge_walk *w, const char *path);
void merge_walk_object(struct merge_walk *w, struct node *out, const struct node *base,
                       const struct node *local, const char *path);
/* The list member of three objects, any of which may lack it. False when its elements cannot be told
 * apart or are one question as a whole: then it is to be left to a person. */
bool merge_walk_list(struct merge_walk *w, struct node *out, const struct node *base,
                     const struct node *local, const char *member, const char *path);
#endif
