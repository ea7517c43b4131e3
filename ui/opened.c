#include "ui/opened.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/aside.h"
#include "store/store.h"
#include "ui/app.h"

enum rc opened_response(struct app *app, const char *name, struct sitting *out, struct err *err)
{
    const char *at = strchr(name, '@');
    char *id = mem_dup_n(name, strcspn(name, "@"));
    struct doc *response = NULL;
    enum rc rc = at ? store_get_rev(app->ctx.st, "QuestionnaireResponse", id, strtoll(at + 1, NULL, 10), &response, err)
                    : store_get(app->ctx.st, "QuestionnaireResponse", id, &response, err);

    free(id);
    if (rc == RC_OK)
        rc = sitting_view(app->ctx.st, response, out, err);
    doc_free(response);
    return rc;
}

void opened_say(struct app *app, const struct sitting *s)
{
    const char *why = s->draft.why ? s->draft.why : "";
    size_t aside = aside_count(s->draft.aside);

    if (s->note)
        app_say(app, STYLE_LATE, "%s", s->note);
    else if (s->draft.amends[0])
        app_say(app, STYLE_LATE, _("Changing a finished form: %s. It stays as it was until you finish."), why);
    else if (aside)
        app_say(app, STYLE_LATE, ngettext("%zu answer is kept aside: U on the drafts list shows it.",
                                          "%zu answers are kept aside: U on the drafts list shows them.", aside), aside);
}

bool opened_was_stopped(const struct sitting *s)
{
    return form_safety_stop(s->form) && !s->draft.amends[0];
}
