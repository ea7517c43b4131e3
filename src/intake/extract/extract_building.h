/* extract_building.h - a resource being made of definitions, for extract_definition.c alone. */
#ifndef FRONTDESK_EXTRACT_BUILDING_H
#define FRONTDESK_EXTRACT_BUILDING_H

#include "intake/extract/extract_internal.h"

enum { BUILDING_PATH = 300 };

/* An element that items below or beside add to. */
struct opened {
    char path[BUILDING_PATH];
    struct node *node;
    unsigned type;
    bool is_group;              /* of a group that names it, rather than made on the way to an answer */
};

/* A resource being made. */
struct building {
    struct building *outer;
    struct doc *doc;
    struct opened *opened; size_t n, cap;
    size_t barrier;             /* entries made on the way before it belong to another repetition */
    bool has_content;
};

/* The element at path is open from now on. */
struct opened *building_open(struct building *b, const char *path, struct node *node, unsigned type, bool is_group);
/* One step down to an element with parts of its own, name, whose path is the first len bytes of path: a new
 * entry where it repeats, else the one there. NULL when FHIR has no such element. */
struct opened *building_step(struct building *b, const struct opened *at, const char *path, size_t len, const char *name, bool is_group);
/* The element whose member the last step of path is, with all on the way made; NULL when FHIR has none. */
struct opened *building_parent(struct building *b, const char *path, char last[BUILDING_PATH]);
#endif
