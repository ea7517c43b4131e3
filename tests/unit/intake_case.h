/* intake_case.h - a form from a few lines of JSON, for the unit tests of intake. */
#ifndef FRONTDESK_TEST_INTAKE_CASE_H
#define FRONTDESK_TEST_INTAKE_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "intake/form.h"

struct opened { struct doc *questionnaire; struct form *form; };

static inline struct doc *case_document(const char *json)
{
    struct doc *doc = NULL;
    struct err err = {0};

    if (doc_parse(json, strlen(json), &doc, &err) != RC_OK)
        fail_msg("%s: %s", json, err_text(&err));
    return doc;
}

/* A Questionnaire around items: what stands between the brackets of "item". */
static inline struct doc *case_questionnaire(const char *items)
{
    char *json = mem_printf("{\"resourceType\":\"Questionnaire\",\"id\":\"q\",\"status\":\"active\",\"title\":\"A form\",\"item\":[%s]}", items);
    struct doc *doc = case_document(json);

    free(json);
    return doc;
}

static inline struct opened case_open(const char *items)
{
    struct opened o = { case_questionnaire(items), NULL };
    struct err err = {0};

    if (form_open(o.questionnaire, NULL, &o.form, &err) != RC_OK)
        fail_msg("%s", err_text(&err));
    return o;
}

static inline void case_close(struct opened *o)
{
    form_close(o->form);
    doc_free(o->questionnaire);
}

static inline void case_type(struct form *form, const char *path, const char *typed)
{
    struct err err = {0};

    if (form_type_answer(form, path, typed, &err) != RC_OK)
        fail_msg("%s = %s: %s", path, typed, err_text(&err));
}
#endif
