#include "sync/contact.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "fhir/document.h"
#include "store/sync_state.h"
#include "sync/auth.h"
#include "sync/central.h"

static bool is_page(const struct http_answer *answer)
{
    const char *body = buf_text(&answer->body);

    return strncasecmp(answer->content_type, "text/html", strlen("text/html")) == 0 || body[strspn(body, " \t\r\n")] == '<';
}

/* It wants to know who we are. A page without the header that says how is the sign-in of somebody's network. */
static bool wants_to_know_us(const struct http_answer *answer)
{
    return (answer->status == 401 || answer->status == 403) && (answer->www_authenticate[0] || !is_page(answer));
}

static const char *status_words(const struct http_answer *answer)
{
    if (answer->status >= 300 && answer->status < 400)
        return N_("it sends us on to another address: put the address it really has into server.url");
    if (answer->status == 407)
        return N_("a proxy on the way asks who we are");
    if (answer->status == 404 || answer->status == 410)
        return N_("there is no FHIR server at this path: see server.url");
    if (is_page(answer))
        return N_("a web page answers, no FHIR server: the sign-in page of a network, or a mistake in server.url");
    return NULL;
}

static enum rc check_statement(const struct http_answer *answer, struct err *err)
{
    struct doc *statement = NULL;
    enum rc rc = RC_OK;

    if (doc_parse(buf_text(&answer->body), answer->body.len, &statement, NULL) != RC_OK ||
        strcmp(doc_type(statement), "CapabilityStatement") != 0)
        rc = err_set(err, RC_INVALID, "%s", _("what answers is no FHIR server: see server.url"));
    else if (strncmp(node_str(doc_root(statement), "fhirVersion"), "4.0", 3) != 0)
        rc = err_set(err, RC_INVALID, _("the server speaks FHIR %.16s, and frontdesk needs R4 (4.0)"),
                     *node_str(doc_root(statement), "fhirVersion") ? node_str(doc_root(statement), "fhirVersion") : "?");
    doc_free(statement);
    return rc;
}

static enum rc judge(const struct http_answer *answer, struct err *err)
{
    const char *words = answer->outcome == HTTP_ANSWERED && !wants_to_know_us(answer) ? status_words(answer) : NULL;

    if (words)
        return err_set(err, RC_INVALID, "%s", _(words));
    if (answer->outcome == HTTP_ANSWERED && wants_to_know_us(answer))
        return RC_OK;
    if (answer->outcome == HTTP_ANSWERED && answer->status >= 200 && answer->status <= 299)
        return check_statement(answer, err);
    return central_failure(answer, "GET metadata", err);
}

enum rc contact_make(struct central *c, struct auth *auth, struct err *err)
{
    char *known = server_caps(c->st, http_base(c->http));
    struct http_answer answer = { 0 };
    enum rc rc = RC_OK;

    if (!known) {
        central_send(c, &(struct http_request){ .method = "GET", .path = "metadata", .authorization = "" }, &answer);
        rc = judge(&answer, err);
    }
    http_answer_done(&answer);
    free(known);
    if (rc != RC_OK)
        return rc;
    auth_trust(auth);
    return auth_ready(auth, err);
}
