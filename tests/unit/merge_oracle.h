/* merge_oracle.h - base, local, remote and the merge side by side: is each value where it should be? Knows
 * nothing of how the merge is made, and edits nothing. */
#ifndef FRONTDESK_TESTS_MERGE_ORACLE_H
#define FRONTDESK_TESTS_MERGE_ORACLE_H

#include "sync/merge_rules.h"
#include "tests/unit/merge_compare.h"

struct laws {
    const struct merge *m;
    const char *type;
    const char *broken;
    struct buf *why;
};

/* base, local, remote and merged value of one place. */
struct place { const struct node *b, *l, *r, *m; };

static inline void laws_break(struct laws *laws, const char *law, const char *path)
{
    if (laws->broken)
        return;
    laws->broken = law;
    buf_printf(laws->why, "%s: at \"%s\"\n", law, path);
}

static inline struct place place_get(const struct place *p, const char *name)
{
    return (struct place){ node_get(p->b, name), node_get(p->l, name), node_get(p->r, name), node_get(p->m, name) };
}

static inline bool place_is(const struct place *p, enum node_kind kind)
{
    return node_is(p->b, kind) && node_is(p->l, kind) && node_is(p->r, kind);
}

/* One value: who changed it has it, and what both changed is reported. */
static inline void check_value(struct laws *laws, const struct place *p, const char *path)
{
    if (laws_is_reported(laws->m, path))
        return;
    if (laws_same(p->l, p->r) ? !laws_same(p->m, p->l)
        : laws_same(p->b, p->l) ? !laws_same(p->m, p->r)
        : laws_same(p->b, p->r) ? !laws_same(p->m, p->l)
                                : false)
        laws_break(laws, "what one side changed is taken", path);
    if (!laws_same(p->l, p->r) && !laws_same(p->b, p->l) && !laws_same(p->b, p->r))
        laws_break(laws, "what both sides changed is reported", path);
}

static inline void check_object(struct laws *laws, const struct place *p, const char *path, bool is_root);

/* How an element is told apart, written anew: system and value, system and use, and so on. */
static inline char *element_name(const struct node *e, const char *list, bool by_value)
{
    static const struct { const char *list, *a, *b; } names[] = {
        { "identifier", "system", "value" }, { "telecom", "system", "use" }, { "coding", "system", "code" },
        { "tag", "system", "code" }, { "security", "system", "code" }, { "extension", "url", "url" },
        { "name", "use", "use" }, { "item", "linkId", "linkId" },
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].list, list) == 0) {
            const char *const part[] = { node_str(e, names[i].a), node_str(e, names[i].b), by_value ? node_str(e, "value") : "" };
            struct buf out = { 0 };
            for (size_t k = 0; k < 3; k++) {
                json_write_string(&out, part[k]);
                buf_add(&out, "|");
            }
            return buf_take(&out);
        }
    return NULL;
}

/* The nth element of that name: -1 counts how often it is there. */
static inline const struct node *element_named(const struct node *list, const char *member, bool by_value,
                                               const char *name, int turn)
{
    for (const struct node *e = node_first(list); e; e = node_next(e)) {
        char *own = element_name(e, member, by_value);
        bool is_it = own && strcmp(own, name) == 0 && turn-- == 0;
        free(own);
        if (is_it)
            return e;
    }
    return NULL;
}

static inline int element_turn(const struct node *list, const struct node *element, const char *member, bool by_value)
{
    char *name = element_name(element, member, by_value);
    int turn = 0;

    for (const struct node *e = node_first(list); e && e != element; e = node_next(e)) {
        char *own = element_name(e, member, by_value);
        turn += strcmp(own, name) == 0;
        free(own);
    }
    free(name);
    return turn;
}

static inline bool is_told_apart(const struct node *list, const char *member, bool by_value)
{
    for (const struct node *e = node_first(list); e; e = node_next(e)) {
        char *name = node_is(e, NODE_OBJECT) ? element_name(e, member, by_value) : NULL;
        bool is_alone = name && (strcmp(member, "item") == 0 || element_turn(list, e, member, by_value) == 0);
        free(name);
        if (!is_alone)
            return false;
    }
    return true;
}

static inline struct place place_element(const struct place *p, const struct node *from, const struct node *e,
                                         const char *member, bool by_value)
{
    char *name = element_name(e, member, by_value);
    int turn = element_turn(from, e, member, by_value);
    struct place at = { element_named(p->b, member, by_value, name, turn), element_named(p->l, member, by_value, name, turn),
                        element_named(p->r, member, by_value, name, turn), element_named(p->m, member, by_value, name, turn) };

    free(name);
    return at;
}

/* Those that share a link id are as many on every side. */
static inline bool has_equal_turns(const struct place *p, const char *member)
{
    const struct node *const sides[] = { p->b, p->l, p->r };

    for (size_t i = 0; i < 3; i++)
        for (const struct node *e = node_first(sides[i]); e; e = node_next(e)) {
            struct place at = place_element(p, sides[i], e, member, false);
            if (element_turn(sides[i], e, member, false) > 0 && (!at.b || !at.l || !at.r))
                return false;
        }
    return true;
}

static inline bool is_keyed(const struct place *p, const char *member, bool by_value)
{
    return (strcmp(member, "item") != 0 || has_equal_turns(p, member)) &&
            is_told_apart(p->b, member, by_value) && is_told_apart(p->l, member, by_value) &&
           is_told_apart(p->r, member, by_value);
}

/* Of the elements all have: is the one before the other as this list has it? */
static inline bool is_before(const struct node *list, const struct node *a, const struct node *b)
{
    for (const struct node *e = node_first(list); e && e != b; e = node_next(e))
        if (e == a)
            return true;
    return false;
}

/* Neighbours that one side turned round stay so, and two orders are a person's. */
static inline void check_order(struct laws *laws, const struct place *p, const char *member, bool by_value, const char *path)
{
    bool here = false, there = false, apart = false, as_here = true, as_there = true;

    for (const struct node *x = node_first(p->b); x; x = node_next(x))
        for (const struct node *y = node_next(x); y; y = node_next(y)) {
            struct place a = place_element(p, p->b, x, member, by_value), b = place_element(p, p->b, y, member, by_value);
            if (!a.l || !a.r || !b.l || !b.r)
                continue;
            bool l = is_before(p->l, a.l, b.l), r = is_before(p->r, a.r, b.r);
            here = here || !l;
            there = there || !r;
            apart = apart || l != r;
            if (!a.m || !b.m)
                continue;
            as_here = as_here && is_before(p->m, a.m, b.m) == l;
            as_there = as_there && is_before(p->m, a.m, b.m) == r;
        }
    if (here && there && apart)
        laws_break(laws, "two orders are a person's", path);
    else if (here ? !as_here : !as_there)
        laws_break(laws, "an order that one side changed is taken", path);
}

/* Something of its own that the other side has not got. */
static inline bool adds_own(const struct place *p, const struct node *side, const char *member, bool by_value)
{
    for (const struct node *e = node_first(side); e; e = node_next(e)) {
        struct place at = place_element(p, side, e, member, by_value);
        if (!at.b && !laws_same(at.l, at.r))
            return true;
    }
    return false;
}

/* What somebody replaced and somebody else replaced or changed never stands there twice, unasked. */
static inline void check_replaced(struct laws *laws, const struct place *p, const char *member, bool by_value, const char *path)
{
    bool adds_here = adds_own(p, p->l, member, by_value), adds_there = adds_own(p, p->r, member, by_value);

    for (const struct node *e = node_first(p->b); e; e = node_next(e)) {
        struct place at = place_element(p, p->b, e, member, by_value);
        bool replaced_here = !at.l && adds_here, replaced_there = !at.r && adds_there;
        if ((replaced_here && replaced_there) || (replaced_here && at.r && !laws_same(at.b, at.r)) ||
            (replaced_there && at.l && !laws_same(at.b, at.l)))
            laws_break(laws, "what both sides replaced is one question", path);
    }
}

static inline bool has_common(const struct place *p)
{
    for (const struct node *m = node_first(p->l); m; m = node_next(m))
        if (node_get(p->r, node_name(m)))
            return true;
    return false;
}

static inline void check_element(struct laws *laws, const struct place *p, const char *path)
{
    if (place_is(p, NODE_OBJECT) && has_common(p))
        check_object(laws, p, path, false);
    else
        check_value(laws, p, path);
}

static inline void check_list(struct laws *laws, const struct place *p, const char *member, bool by_value, const char *path)
{
    const struct node *const sides[] = { p->b, p->l, p->r };

    if (!is_told_apart(p->m, member, by_value))
        laws_break(laws, "no element twice", path);
    if (laws->broken || laws_is_reported(laws->m, path))
        return;                 /* the list as a whole is one question */
    for (size_t i = 0; i < 3; i++)
        for (const struct node *e = node_first(sides[i]); e; e = node_next(e)) {
            struct place at = place_element(p, sides[i], e, member, by_value);
            if (!(i > 0 && at.b) && !(i > 1 && at.l))       /* each once */
                check_element(laws, &at, path);
        }
    check_replaced(laws, p, member, by_value, path);
    check_order(laws, p, member, by_value, path);
}

static inline bool is_one_value(const struct node *o)
{
    static const char *const tells[] = { "reference", "identifier", "numerator", "denominator", "contentType", "data",
                                         "hash", "periodUnit", "durationUnit", NULL };

    for (const struct node *m = node_first(o); m; m = node_next(m))
        if (laws_is_one_of(node_name(m), tells))
            return true;
    return node_is(node_get(o, "value"), NODE_NUMBER);
}

static inline bool is_persons(const char *type, const char *member)
{
    static const char *const persons[] = { "identifier", "name", "birthDate", "gender", "deceasedBoolean", "deceasedDateTime", NULL };

    return laws_is_one_of(member, persons) || (strcmp(type, "QuestionnaireResponse") == 0 && strcmp(member, "item") == 0);
}

static inline bool is_list_or_absent(const struct place *p)
{
    return (!p->b || node_is(p->b, NODE_ARRAY)) && (!p->l || node_is(p->l, NODE_ARRAY)) &&
           (!p->r || node_is(p->r, NODE_ARRAY)) && (p->b || (p->l && p->r));
}

/* The member has neither a choice of types nor a shadow. */
static inline bool is_plain(const struct place *object, const char *member)
{
    char unit[UNIT_NAME], *shadow = mem_printf("_%s", member);
    struct place s = place_get(object, shadow);

    free(shadow);
    merge_unit_name(member, unit);
    return strcmp(unit, member) == 0 && !s.b && !s.l && !s.r;
}

static inline void check_member(struct laws *laws, const struct place *object, const char *member, const char *path, bool is_root)
{
    struct place p = place_get(object, member);
    bool is_whole = !is_plain(object, member) || strcmp(member, "modifierExtension") == 0 ||
                    (is_root && (is_persons(laws->type, member) || strcmp(member, "text") == 0));
    bool is_list = !is_whole && is_list_or_absent(&p) && merge_list_key(member) != KEY_NONE;

    if (is_list && is_keyed(&p, member, false))
        check_list(laws, &p, member, false, path);
    else if (is_list && strcmp(member, "telecom") == 0 && is_keyed(&p, member, true))
        check_list(laws, &p, member, true, path);
    else if (!is_whole && place_is(&p, NODE_OBJECT) && has_common(&p) && !is_one_value(p.b) && !is_one_value(p.l) && !is_one_value(p.r))
        check_object(laws, &p, path, false);
    else
        check_value(laws, &p, path);
}

/* A status may climb, and only climb. */
static inline bool status_climbs(const struct laws *laws, const struct place *object)
{
    int b = merge_status_rank(laws->type, node_str(object->b, "status"));
    int l = merge_status_rank(laws->type, node_str(object->l, "status"));
    int r = merge_status_rank(laws->type, node_str(object->r, "status"));
    int m = merge_status_rank(laws->type, node_str(object->m, "status"));

    return b >= 0 && l > b && r > b && l != r && is_plain(object, "status") && m == (l > r ? l : r);
}

static inline bool modifier_touched(const struct place *p)
{
    struct place m = place_get(p, "modifierExtension");

    return !laws_same(m.b, m.l) || !laws_same(m.b, m.r);
}

static inline bool says_the_same(const struct node *a, const struct node *b)
{
    for (const struct node *m = node_first(a); m; m = node_next(m))
        if (strcmp(node_name(m), "meta") != 0 && strcmp(node_name(m), "text") != 0 && !laws_same(m, node_get(b, node_name(m))))
            return false;
    return true;
}

/* Both sides changed it, and all of it is a person's as soon as they did. */
static inline bool is_all_persons(const struct laws *laws, const struct place *p, bool is_root)
{
    bool is_whole = is_root && (strcmp(laws->type, "AllergyIntolerance") == 0 || strcmp(laws->type, "Consent") == 0);

    if (!is_whole && !modifier_touched(p))
        return false;
    if (!is_root)
        return !laws_same(p->b, p->l) && !laws_same(p->b, p->r);
    return !(says_the_same(p->b, p->l) && says_the_same(p->l, p->b)) && !(says_the_same(p->b, p->r) && says_the_same(p->r, p->b));
}

static inline bool is_object_or_absent(const struct place *p)
{
    return (!p->b || node_is(p->b, NODE_OBJECT)) && (!p->l || node_is(p->l, NODE_OBJECT)) && (!p->r || node_is(p->r, NODE_OBJECT));
}

static inline void check_member_of(struct laws *laws, const struct place *object, const char *member, const char *outer, bool is_root)
{
    static const char *const about[] = { "meta", "text", NULL };
    char *path = *outer ? mem_printf("%s.%s", outer, member) : mem_dup(member);
    struct place p = place_get(object, member);

    if (is_all_persons(laws, object, is_root) && !(is_root && laws_is_one_of(member, about))) {
        if (!laws_same(p.l, p.r) && !laws_is_reported(laws->m, path))
            laws_break(laws, "what a person must see is reported", path);
    } else if (is_root && strcmp(member, "meta") == 0 && is_object_or_absent(&p)) {
        check_object(laws, &p, path, false);
    } else if (!(is_root && strcmp(member, "text") == 0 && laws_is_generated(object->l, object->r)) &&
               !(is_root && strcmp(member, "status") == 0 && status_climbs(laws, object))) {
        check_member(laws, object, member, path, is_root);
    }
    free(path);
}

static inline void check_object(struct laws *laws, const struct place *p, const char *path, bool is_root)
{
    const struct node *const sides[] = { p->b, p->l, p->r, p->m };

    for (size_t i = 0; i < 4; i++)
        for (const struct node *m = node_first(sides[i]); m && !laws->broken; m = node_next(m)) {
            bool is_seen = false;
            for (size_t before = 0; before < i; before++)
                is_seen = is_seen || node_get(sides[before], node_name(m));
            if (!is_seen)
                check_member_of(laws, p, node_name(m), path, is_root);
        }
}
#endif
