/* merge_random.h - documents like those of a clinic and edits of them, from a tape (shrink.h).
 * A table says what an object may have; few words, so that the two sides meet in the same places,
 * and keys often fall together. */
#ifndef FRONTDESK_TESTS_MERGE_RANDOM_H
#define FRONTDESK_TESTS_MERGE_RANDOM_H

#include "fhir/document.h"
#include "tests/unit/shrink.h"

enum part_kind { PART_WORD, PART_STEP, PART_VISIT, PART_WRITER, PART_NUMBER, PART_TRUTH, PART_NULL, PART_WORDS, PART_OBJECT, PART_LIST };

struct part { const char *name; enum part_kind kind; const struct part *parts; };

#define LAST { NULL, PART_NULL, NULL }
static const struct part extension_inside[] = { { "url", PART_WORD, NULL }, { "valueString", PART_WORD, NULL },
    { "valueDecimal", PART_NUMBER, NULL }, LAST };
static const struct part extension[] = { { "url", PART_WORD, NULL }, { "valueCode", PART_WORD, NULL },
    { "valueBoolean", PART_TRUTH, NULL }, { "extension", PART_LIST, extension_inside }, LAST };
#define EXTENSIONS { "extension", PART_LIST, extension }, { "modifierExtension", PART_LIST, extension }
static const struct part coding[] = { { "system", PART_WORD, NULL }, { "code", PART_WORD, NULL }, { "display", PART_WORD, NULL },
    { "userSelected", PART_TRUTH, NULL }, LAST };
static const struct part concept[] = { { "coding", PART_LIST, coding }, { "text", PART_WORD, NULL }, LAST };
static const struct part reference[] = { { "reference", PART_WORD, NULL }, { "display", PART_WORD, NULL }, LAST };
static const struct part period[] = { { "start", PART_WORD, NULL }, { "end", PART_WORD, NULL }, { "_end", PART_OBJECT, extension_inside }, LAST };
static const struct part quantity[] = { { "value", PART_NUMBER, NULL }, { "unit", PART_WORD, NULL }, LAST };
static const struct part telecom[] = { { "value", PART_WORD, NULL }, { "use", PART_WORD, NULL }, { "system", PART_WORD, NULL },
    { "rank", PART_NUMBER, NULL }, { "period", PART_OBJECT, period }, { "modifierExtension", PART_LIST, extension_inside }, LAST };
static const struct part identifier[] = { { "value", PART_WORD, NULL }, { "system", PART_WORD, NULL }, { "period", PART_OBJECT, period }, LAST };
static const struct part name[] = { { "family", PART_WORD, NULL }, { "use", PART_WORD, NULL }, { "given", PART_WORDS, NULL },
    { "_given", PART_LIST, extension_inside }, LAST };
static const struct part unknown[] = { { "n", PART_NUMBER, NULL }, { "nothing", PART_NULL, NULL }, { "words", PART_WORDS, NULL },
    { "deep", PART_OBJECT, concept }, LAST };
static const struct part meta[] = { { "tag", PART_LIST, coding }, { "versionId", PART_WORD, NULL }, { "lastUpdated", PART_WORD, NULL },
    { "source", PART_WORD, NULL }, { "security", PART_LIST, coding }, { "profile", PART_WORDS, NULL }, LAST };
static const struct part narrative[] = { { "status", PART_WRITER, NULL }, { "div", PART_WORD, NULL }, LAST };
static const struct part contained[] = { { "id", PART_WORD, NULL }, { "name", PART_LIST, name }, LAST };
#define EVERY { "meta", PART_OBJECT, meta }, { "text", PART_OBJECT, narrative }, { "unknown", PART_OBJECT, unknown }, \
              { "contained", PART_LIST, contained }, EXTENSIONS

static const struct part patient[] = {
    { "telecom", PART_LIST, telecom }, { "language", PART_WORD, NULL }, { "active", PART_TRUTH, NULL }, { "gender", PART_WORD, NULL },
    { "birthDate", PART_WORD, NULL }, { "_birthDate", PART_OBJECT, extension_inside }, { "identifier", PART_LIST, identifier },
    { "name", PART_LIST, name }, { "maritalStatus", PART_OBJECT, concept }, { "managingOrganization", PART_OBJECT, reference },
    { "contact", PART_LIST, telecom }, { "deceasedBoolean", PART_TRUTH, NULL }, { "deceasedDateTime", PART_WORD, NULL },
    { "multipleBirthInteger", PART_NUMBER, NULL }, { "multipleBirthBoolean", PART_TRUTH, NULL }, EVERY, LAST };
static const struct part restriction[] = { { "period", PART_OBJECT, period }, { "repetitions", PART_NUMBER, NULL },
    { "recipient", PART_LIST, reference }, EXTENSIONS, LAST };
static const struct part task[] = {
    { "status", PART_STEP, NULL }, { "_status", PART_OBJECT, extension_inside }, { "restriction", PART_OBJECT, restriction },
    { "owner", PART_OBJECT, reference }, { "code", PART_OBJECT, concept }, { "authoredOn", PART_WORD, NULL },
    { "note", PART_LIST, concept }, { "quantity", PART_OBJECT, quantity }, EVERY, LAST };
static const struct part appointment[] = {
    { "status", PART_VISIT, NULL }, { "start", PART_WORD, NULL }, { "end", PART_WORD, NULL }, { "minutesDuration", PART_NUMBER, NULL },
    { "cancelationReason", PART_OBJECT, concept }, { "participant", PART_LIST, reference }, { "comment", PART_WORD, NULL }, EVERY, LAST };
static const struct part item_below[] = { { "linkId", PART_WORD, NULL }, { "text", PART_WORD, NULL }, { "type", PART_WORD, NULL },
    EXTENSIONS, LAST };
static const struct part item[] = { { "linkId", PART_WORD, NULL }, { "text", PART_WORD, NULL }, { "item", PART_LIST, item_below },
    { "initialDecimal", PART_NUMBER, NULL }, EXTENSIONS, LAST };
static const struct part answers[] = { { "status", PART_STEP, NULL }, { "item", PART_LIST, item }, { "authored", PART_WORD, NULL },
    { "subject", PART_OBJECT, reference }, EVERY, LAST };
static const struct part form[] = { { "item", PART_LIST, item }, { "title", PART_WORD, NULL }, { "code", PART_LIST, coding }, EVERY, LAST };
static const struct part allergy[] = { { "criticality", PART_WORD, NULL }, { "code", PART_OBJECT, concept },
    { "onsetString", PART_WORD, NULL }, { "onsetDateTime", PART_WORD, NULL }, { "reaction", PART_LIST, concept }, EVERY, LAST };

static const struct { const char *type; const struct part *parts; } shapes[] = {
    { "Patient", patient }, { "Task", task }, { "Appointment", appointment }, { "Questionnaire", form },
    { "QuestionnaireResponse", answers }, { "AllergyIntolerance", allergy },
};

static const char *random_word(struct tape *t)
{
    static const char *const words[] = { "a", "b", "c", "d", "e", "f|", "", "\xC3\xA9\n\"" };

    return words[tape_draw(t, 3 + 5 * (tape_draw(t, 3) == 2))];
}

/* A status, of a task, of an appointment or of a text. */
static const char *random_status(struct tape *t, enum part_kind kind)
{
    static const char *const steps[] = { "requested", "accepted", "completed", "in-progress", "on-hold", "cancelled", "draft" };
    static const char *const visits[] = { "booked", "arrived", "checked-in", "fulfilled", "noshow", "proposed", "entered-in-error" };
    static const char *const writers[] = { "generated", "additional" };

    return kind == PART_STEP    ? steps[tape_draw(t, sizeof steps / sizeof *steps)]
           : kind == PART_VISIT ? visits[tape_draw(t, sizeof visits / sizeof *visits)]
                                : writers[tape_draw(t, sizeof writers / sizeof *writers)];
}

static const char *random_number(struct tape *t)
{
    static const char *const digits[] = { "1", "2", "1.10", "1.1", "1e3", "1000", "0.000000001", "-0", "12345678901234567890", "1E-7" };

    return digits[tape_draw(t, sizeof digits / sizeof *digits)];
}

static unsigned part_count(const struct part *parts)
{
    unsigned n = 0;

    while (parts[n].name)
        n++;
    return n;
}

static void edit_object(struct tape *t, struct doc *doc, struct node *object, const struct part *parts);

static void set_words(struct tape *t, struct doc *doc, struct node *object, const char *member)
{
    struct node *list = node_set_array(doc, object, member);

    node_add_str(doc, list, "w");
    for (unsigned n = tape_draw(t, 3); n > 0; n--)
        node_add_str(doc, list, random_word(t));
}

/* Swap two elements by taking one out and adding it at the end. */
static void move_element(struct tape *t, struct doc *doc, struct node *list)
{
    struct node *e = node_at(list, tape_draw(t, (unsigned)node_count(list)));

    node_add_copy(doc, list, e);
    node_remove(doc, e);
}

static void edit_list(struct tape *t, struct doc *doc, struct node *list, const struct part *parts)
{
    unsigned n = (unsigned)node_count(list);

    switch (n ? tape_draw(t, 5) : 0) {
    case 0: edit_object(t, doc, node_add_object(doc, list), parts); break;
    case 1: node_remove(doc, node_at(list, tape_draw(t, n))); break;
    case 2: move_element(t, doc, list); break;
    default: edit_object(t, doc, node_at(list, tape_draw(t, n)), parts); break;
    }
}

static void set_part(struct tape *t, struct doc *doc, struct node *object, const struct part *part)
{
    struct node *list;

    switch (part->kind) {
    case PART_WORD: node_set_str(doc, object, part->name, random_word(t)); break;
    case PART_STEP: case PART_VISIT: case PART_WRITER:
        node_set_str(doc, object, part->name, random_status(t, part->kind));
        break;
    case PART_NUMBER: node_set_number(doc, object, part->name, random_number(t)); break;
    case PART_TRUTH: node_set_bool(doc, object, part->name, tape_draw(t, 2)); break;
    case PART_NULL: node_set_copy(doc, object, part->name, node_get(doc_root(doc), "nil")); break;
    case PART_WORDS: set_words(t, doc, object, part->name); break;
    case PART_OBJECT: edit_object(t, doc, node_set_object(doc, object, part->name), part->parts); break;
    case PART_LIST:
        list = node_set_array(doc, object, part->name);
        for (unsigned n = 1 + tape_draw(t, 2); n > 0; n--)
            edit_list(t, doc, list, part->parts);
        if (node_count(list) == 0)
            node_remove(doc, list);
        break;
    }
}

/* Set or remove some of what it may have. */
static void edit_object(struct tape *t, struct doc *doc, struct node *object, const struct part *parts)
{
    unsigned n = part_count(parts);

    for (unsigned left = 1 + tape_draw(t, 2); left > 0; left--) {
        const struct part *part = &parts[tape_draw(t, n)];
        if (tape_chance(t, 5) && node_count(object) > 1)
            node_remove_name(doc, object, part->name);
        else
            set_part(t, doc, object, part);
    }
    if (node_count(object) == 0)
        node_set_str(doc, object, "id", "filled");
}

/* Edits anywhere, and as many of one part, where both sides then meet. */
static void edit_resource(struct tape *t, struct doc *doc, const struct part *parts, const struct part *focus, unsigned most)
{
    for (unsigned n = tape_draw(t, most); n > 0; n--)
        if (tape_draw(t, 2))
            set_part(t, doc, doc_root(doc), focus);
        else
            edit_object(t, doc, doc_root(doc), parts);
}

/* A base and two edits of it; all three owned. */
static void merge_random(struct tape *t, struct doc **base, struct doc **local, struct doc **remote)
{
    static const char start[] = "{\"resourceType\":\"%s\",\"id\":\"x\",\"nil\":null}";
    unsigned shape = tape_draw(t, sizeof shapes / sizeof *shapes);
    const struct part *parts = shapes[shape].parts, *focus = &parts[tape_draw(t, part_count(parts))];
    char *text = mem_printf(start, shapes[shape].type);

    if (doc_parse(text, strlen(text), base, NULL) != RC_OK)
        abort();
    free(text);
    edit_resource(t, *base, parts, focus, 8);
    *local = doc_copy(*base);
    *remote = doc_copy(*base);
    edit_resource(t, *local, parts, focus, 5);
    edit_resource(t, *remote, parts, focus, 5);
}
#endif
