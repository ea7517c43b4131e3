#include "desk/patient.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "desk/alike.h"
#include "desk/edit.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "store/query.h"
#include "store/store.h"

enum { LINKS_MOST = 16 };

static const char sql_person[] =
    "SELECT id, name, usual, birth, mrn, phone, deceased, merged_into, language, seen, sex, birth_estimated, active,"
    " test, interpreter FROM person WHERE id = ?1";

void person_done(struct person *p)
{
    char *owned[] = { p->id, p->name, p->usual, p->birth, p->mrn, p->phone, p->deceased, p->merged_into, p->language, p->seen };

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    *p = (struct person){ 0 };
}

enum rc person_get(struct store *st, const char *id, struct person *out, struct err *err)
{
    struct query *q = query_open(st, sql_person);
    bool found;
    enum rc rc;

    *out = (struct person){ 0 };
    query_bind(q, 1, id);
    found = query_next(q);
    if (found) {
        char **text[] = { &out->id, &out->name, &out->usual, &out->birth, &out->mrn, &out->phone, &out->deceased,
                          &out->merged_into, &out->language, &out->seen };

        for (int i = 0; i < 10; i++)
            *text[i] = mem_dup(query_text(q, i));
        strncat(out->sex, query_text(q, 10), sizeof out->sex - 1);
        out->birth_estimated = query_int(q, 11) != 0;
        out->is_active = query_int(q, 12) != 0;
        out->is_test = query_int(q, 13) != 0;
        out->needs_interpreter = query_int(q, 14) != 0;
    }
    rc = query_end(q, err);
    if (rc != RC_OK)
        person_done(out);
    return rc != RC_OK ? rc : found ? RC_OK : err_set(err, RC_NOT_FOUND, _("There is no Patient/%s."), id);
}

char *person_label(const struct person *p)
{
    struct buf out = { 0 };

    utf8_clean(&out, p->name[0] != '\0' ? p->name : _("(no name)"), false);
    if (p->usual[0] != '\0') {
        buf_add(&out, " \"");
        utf8_clean(&out, p->usual, false);
        buf_char(&out, '"');
    }
    if (p->deceased[0] != '\0')
        buf_printf(&out, " \xe2\x80\xa0%.4s", strcmp(p->deceased, "yes") == 0 ? "" : p->deceased);
    if (p->is_test)
        buf_printf(&out, " (%s)", _("test"));
    if (p->merged_into[0] != '\0')
        buf_printf(&out, " (%s)", _("merged"));
    else if (!p->is_active)
        buf_printf(&out, " (%s)", _("not active"));
    return buf_take(&out);
}

bool patient_birthday_is(const struct person *p, int day, int month)
{
    struct date birth;

    return date_parse(p->birth, &birth) && date_is_whole(birth) && birth.day == day && birth.month == month;
}

/* ---- what Register and edit write ------------------------------------------------------------ */

/* The element of an array of objects whose member has this value, or a new one with it. */
static struct node *element_with(struct doc *doc, const char *array, const char *member, const char *value)
{
    struct node *list = node_set_array(doc, doc_root(doc), array), *element;

    for (element = node_first(list); element != NULL; element = node_next(element))
        if (strcmp(node_str(element, member), value) == 0)
            return element;
    element = node_add_object(doc, list);
    node_set_str(doc, element, member, value);
    return element;
}

static void remove_if_empty(struct doc *doc, const char *array)
{
    struct node *list = node_get(doc_root(doc), array);

    if (list != NULL && node_count(list) == 0)
        node_remove(doc, list);
}

/* The editable node that a reader gave as const. */
static struct node *same_node(struct doc *doc, const char *array, const struct node *wanted)
{
    struct node *element = node_first(node_get(doc_root(doc), array));

    while (element != NULL && element != wanted)
        element = node_next(element);
    return element;
}

/* A family name that changes by more than a slip is a new name: the old one is kept, and found. */
static void keep_former(struct doc *doc, const struct node *name, const char *family)
{
    char *was = utf8_folded(node_str(name, "family")), *is = utf8_folded(family);
    char today[DATE_TEXT];

    if (was[0] != '\0' && is[0] != '\0' && alike_distance(was, is, 2) > 2) {
        struct node *former = node_add_copy(doc, node_set_array(doc, doc_root(doc), "name"), name);

        date_format(clock_today(), today);
        node_set_str(doc, former, "use", "old");
        node_set_str(doc, node_set_object(doc, former, "period"), "end", today);
    }
    free(was);
    free(is);
}

static void set_given(struct doc *doc, struct node *name, const char *given)
{
    struct node *list;

    node_remove_name(doc, name, "given");
    given += strspn(given, " ");
    if (*given == '\0')
        return;
    list = node_set_array(doc, name, "given");
    while (*given != '\0') {
        size_t len = strcspn(given, " ");
        char *part = mem_dup_n(given, len);

        node_add_str(doc, list, part);
        free(part);
        given += len + strspn(given + len, " ");
    }
}

static void set_name(struct doc *doc, const struct registration *r)
{
    struct node *name;

    if (r->family == NULL && r->given == NULL)
        return;
    name = same_node(doc, "name", name_official(doc_root(doc)));
    if (name == NULL)
        name = element_with(doc, "name", "use", "official");
    if (r->family != NULL) {
        keep_former(doc, name, r->family);
        node_set_str(doc, name, "family", r->family);
    }
    if (r->given != NULL)
        set_given(doc, name, r->given);
    node_remove_name(doc, name, "text");    /* it said the name before */
    if (node_get(name, "family") == NULL && node_get(name, "given") == NULL)
        node_remove(doc, name);
    remove_if_empty(doc, "name");
}

static void set_usual(struct doc *doc, const char *usual)
{
    struct node *name;

    if (usual == NULL)
        return;
    name = same_node(doc, "name", name_usual(doc_root(doc)));
    if (name == NULL && usual[0] == '\0')
        return;
    if (usual[0] == '\0') {
        node_remove(doc, name);
        remove_if_empty(doc, "name");
        return;
    }
    if (name == NULL)
        name = element_with(doc, "name", "use", "usual");
    set_given(doc, name, usual);
}

static void set_birth(struct doc *doc, const struct registration *r)
{
    if (r->birth == NULL)
        return;
    node_set_str(doc, doc_root(doc), "birthDate", r->birth);
    if (r->birth_estimated && r->birth[0] != '\0')
        edit_extension_bool(doc, node_set_object(doc, doc_root(doc), "_birthDate"), EXT_BIRTH_ESTIMATED, true);
    else
        edit_extension(doc, node_get(doc_root(doc), "_birthDate"), EXT_BIRTH_ESTIMATED, "valueBoolean", NULL);
    if (node_count(node_get(doc_root(doc), "_birthDate")) == 0)
        node_remove_name(doc, doc_root(doc), "_birthDate");
}

/* The number shown is the one changed: as the projection chooses it, mobile before others. */
static struct node *phone_in_use(struct doc *doc)
{
    struct node *first = NULL;

    for (struct node *t = node_first(node_get(doc_root(doc), "telecom")); t != NULL; t = node_next(t)) {
        const char *system = node_str(t, "system"), *use = node_str(t, "use");

        if ((strcmp(system, "phone") != 0 && strcmp(system, "sms") != 0) || strcmp(use, "old") == 0)
            continue;
        if (strcmp(use, "mobile") == 0)
            return t;
        if (first == NULL)
            first = t;
    }
    return first;
}

static void set_phone(struct doc *doc, const char *phone)
{
    struct node *telecom;

    if (phone == NULL)
        return;
    telecom = phone_in_use(doc);
    if (phone[0] == '\0' && telecom == NULL)
        return;
    if (phone[0] == '\0') {
        node_remove(doc, telecom);
        remove_if_empty(doc, "telecom");
        return;
    }
    if (telecom == NULL) {
        telecom = node_add_object(doc, node_set_array(doc, doc_root(doc), "telecom"));
        node_set_str(doc, telecom, "system", "phone");
    }
    node_set_str(doc, telecom, "value", phone);
}

static void set_record_number(struct doc *doc, const char *mrn)
{
    struct node *identifier, *coding;

    if (mrn == NULL || (mrn[0] == '\0' && node_get(doc_root(doc), "identifier") == NULL))
        return;
    identifier = element_with(doc, "identifier", "system", SYSTEM_RECORD_NUMBER);
    if (mrn[0] == '\0') {
        node_remove(doc, identifier);
        remove_if_empty(doc, "identifier");
        return;
    }
    node_set_str(doc, identifier, "value", mrn);
    if (node_get(identifier, "type") == NULL) {
        coding = node_add_object(doc, node_set_array(doc, node_set_object(doc, identifier, "type"), "coding"));
        node_set_str(doc, coding, "system", SYSTEM_IDENTIFIER_TYPE);
        node_set_str(doc, coding, "code", "MR");
    }
}

static bool is_language_code(const char *text)
{
    size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");

    return letters >= 2 && letters <= 3 && (text[letters] == '\0' || text[letters] == '-');
}

/* The preferred language; a code as code, a word as the word it is. */
static void set_language(struct doc *doc, const char *language)
{
    struct node *list, *entry, *concept, *coding;

    if (language == NULL)
        return;
    list = node_get(doc_root(doc), "communication");
    for (entry = node_first(list); entry != NULL && !node_bool(entry, "preferred"); entry = node_next(entry))
        continue;
    if (entry == NULL)
        entry = node_first(list);
    if (entry != NULL)
        node_remove(doc, entry);
    remove_if_empty(doc, "communication");
    if (language[0] == '\0')
        return;
    entry = node_add_object(doc, node_set_array(doc, doc_root(doc), "communication"));
    concept = node_set_object(doc, entry, "language");
    if (is_language_code(language)) {
        coding = node_add_object(doc, node_set_array(doc, concept, "coding"));
        node_set_str(doc, coding, "system", "urn:ietf:bcp:47");
        node_set_str(doc, coding, "code", language);
    } else {
        node_set_str(doc, concept, "text", language);
    }
    node_set_bool(doc, entry, "preferred", true);
}

/* The address as it was typed; a parsed form that came from elsewhere would contradict it. */
static void set_address(struct doc *doc, const char *address)
{
    struct node *list, *first;

    if (address == NULL)
        return;
    list = node_get(doc_root(doc), "address");
    if (node_first(list) != NULL)
        node_remove(doc, node_first(list));
    if (address[0] != '\0') {
        first = node_add_object(doc, node_set_array(doc, doc_root(doc), "address"));
        node_set_str(doc, first, "use", "home");
        node_set_str(doc, first, "text", address);
    }
    remove_if_empty(doc, "address");
}

static void apply(struct doc *doc, const struct registration *r)
{
    set_record_number(doc, r->mrn);
    set_name(doc, r);
    set_usual(doc, r->usual);
    set_phone(doc, r->phone);
    if (r->sex != NULL)
        node_set_str(doc, doc_root(doc), "gender", r->sex);
    set_birth(doc, r);
    set_address(doc, r->address);
    set_language(doc, r->language);
    if (r->interpreter >= 0)
        edit_extension_bool(doc, doc_root(doc), EXT_INTERPRETER, r->interpreter != 0);
}

enum rc patient_register(struct store *st, const struct grant *grant, const struct registration *r,
                         char **id, struct err *err)
{
    struct doc *doc = doc_new("Patient");
    enum rc rc;

    *id = NULL;
    node_set_bool(doc, doc_root(doc), "active", true);
    apply(doc, r);
    rc = store_put(st, grant, doc, err);
    if (rc == RC_OK)
        *id = mem_dup(doc_id(doc));
    doc_free(doc);
    return rc;
}

enum rc patient_edit(struct store *st, const struct grant *grant, const char *id,
                     const struct registration *r, struct err *err)
{
    struct doc *doc = NULL;
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = store_get(st, "Patient", id, &doc, err)) == RC_OK) {
        apply(doc, r);
        rc = store_put(st, grant, doc, err);
    }
    doc_free(doc);
    return store_end(st, rc, err);
}

/* ---- rules ----------------------------------------------------------------------------------- */

static bool is_person(const struct grant *grant)
{
    return grant->origin == ORIGIN_DESK || grant->origin == ORIGIN_CLI;
}

static bool has_name(const struct node *root)
{
    for (const struct node *name = node_first(node_get(root, "name")); name != NULL; name = node_next(name))
        if (node_str(name, "family")[0] != '\0' || node_get(name, "given") != NULL || node_str(name, "text")[0] != '\0')
            return true;
    return false;
}

/* Following the links of merged records from this one: does the way lead back here? */
static bool replaces_itself(struct store *st, const struct node *root)
{
    char next[72], survivor[72];
    struct person p;

    patient_survivor(root, next, sizeof next);
    for (int steps = 0; next[0] != '\0' && steps < LINKS_MOST; steps++) {
        if (strcmp(next, node_str(root, "id")) == 0)
            return true;
        if (person_get(st, next, &p, NULL) != RC_OK)
            return false;
        snprintf(survivor, sizeof survivor, "%s", p.merged_into);
        person_done(&p);
        memcpy(next, survivor, sizeof next);
    }
    return next[0] != '\0';
}

/* A record that was merged takes no edit but the one that takes the merging back. */
static enum rc link_guard(struct store *st, const struct doc *before, const struct doc *after, struct err *err)
{
    const char *id = doc_id(after);
    char survivor[72];

    if (replaces_itself(st, doc_root(after)))
        return err_set(err, RC_INVALID, _("Patient/%s: link: the record would be replaced by itself."), id);
    if (before == NULL || !patient_survivor(doc_root(before), survivor, sizeof survivor) || node_path(doc_root(after), "link") == NULL)
        return RC_OK;
    return err_set(err, RC_INVALID, _("Patient/%s was merged into Patient/%s: edit that one."), id, survivor);
}

/* What arrives from elsewhere is kept as it is, with its faults; what a person types here is not. */
static enum rc patient_guard(struct store *st, const struct grant *grant, const struct doc *before,
                             const struct doc *after, struct err *err)
{
    const struct node *root = doc_root(after);
    const char *id = doc_id(after), *dead = node_str(root, "deceasedDateTime");
    struct date birth = { 0 }, death = { 0 };
    char day[11] = "";

    if (!is_person(grant))
        return RC_OK;
    if (!has_name(root))
        return err_set(err, RC_INVALID, _("Patient/%s: name: a family or a given name is needed."), id);
    date_parse(node_str(root, "birthDate"), &birth);
    if (birth.year > 0 && date_compare(birth, clock_today()) > 0)
        return err_set(err, RC_INVALID, _("Patient/%s: birthDate is in the future."), id);
    snprintf(day, sizeof day, "%s", dead);
    if (date_parse(day, &death) && birth.year > 0 && date_compare(death, birth) < 0)
        return err_set(err, RC_INVALID, _("Patient/%s: deceasedDateTime is before birthDate."), id);
    return link_guard(st, before, after, err);
}

void patient_guards(void)
{
    store_guard("Patient", patient_guard);
}
