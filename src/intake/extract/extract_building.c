/* extract_building.c - the elements of a resource by their paths, made on the way where they are not there. */
#include "intake/extract/extract_building.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

struct opened *building_open(struct building *b, const char *path, struct node *node, unsigned type, bool is_group)
{
    MEM_ROOM(b->opened, b->n, b->cap);
    b->opened[b->n] = (struct opened){ .node = node, .type = type, .is_group = is_group };
    snprintf(b->opened[b->n].path, BUILDING_PATH, "%s", path);
    return &b->opened[b->n++];
}

/* The deepest element that is open and begins the path; the last opened of that path. */
static struct opened *open_for(const struct building *b, const char *path)
{
    struct opened *best = NULL;

    for (size_t i = 0; i < b->n; i++) {
        struct opened *o = &b->opened[i];
        size_t len = strlen(o->path);

        if ((i == 0 || o->is_group || i >= b->barrier) && !strncmp(o->path, path, len) && path[len] == '.' &&
            (!best || len >= strlen(best->path)))
            best = o;
    }
    return best;
}

/* The member of a step: "telecom:phone" and "value[x]" are telecom and value. */
static void step_name(const char *step, size_t len, char name[BUILDING_PATH])
{
    snprintf(name, BUILDING_PATH, "%.*s", (int)len, step);
    name[strcspn(name, ":[")] = '\0';
}

static bool step_type(unsigned of, const char *name, unsigned *type, bool *is_many)
{
    struct model_member member;

    *is_many = false;
    if (model_member(of, name, &member) && !member.choice) {
        *type = member.type;
        *is_many = member.is_many;
    } else {
        *type = model_json_member(of, name);
    }
    return *type != MODEL_NO_TYPE;
}

/* One step down to an element with parts of its own: a new entry where it repeats, else the one there. */
struct opened *building_step(struct building *b, const struct opened *at, const char *path, size_t len, const char *name, bool is_group)
{
    struct node *object = at->node;
    char upto[BUILDING_PATH];
    unsigned type;
    bool is_many;

    if (!step_type(at->type, name, &type, &is_many) || model_is_primitive(type))
        return NULL;
    snprintf(upto, sizeof upto, "%.*s", (int)len, path);
    object = is_many ? node_add_object(b->doc, node_set_array(b->doc, object, name)) : node_set_object(b->doc, object, name);
    return building_open(b, upto, object, type, is_group);
}

/* The element whose member the last step of path is, with all on the way made; NULL when FHIR has none. */
struct opened *building_parent(struct building *b, const char *path, char last[BUILDING_PATH])
{
    struct opened *at = open_for(b, path);
    const char *step = at ? path + strlen(at->path) + 1 : NULL;

    while (at) {
        size_t len = strcspn(step, ".");

        step_name(step, len, last);
        if (!step[len])
            return at;
        at = building_step(b, at, path, (size_t)(step + len - path), last, false);
        step += len + 1;
    }
    return NULL;
}
