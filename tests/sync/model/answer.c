/* answer.c - what is sent back: a resource with its version, an outcome, the capability statement. */
#include "tests/sync/model/internal.h"

#include <stdio.h>
#include <string.h>

/* Only types that histories use: the agent asks for each in every pass. */
static const char *const types[] = { "Organization", "Practitioner", "Patient", "Appointment", "Communication", "Task",
                                     "Basic" };

void answer_outcome(struct http_answer *a, int status, const char *words)
{
    a->status = status;
    if (status == 204)
        return;
    buf_printf(&a->body, "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"%s\",\"code\":\"%s\",\"diagnostics\":",
               status < 300 ? "information" : "error", status == 422 || status == 400 ? "processing" : "conflict");
    json_write_string(&a->body, words);
    buf_add(&a->body, "}]}");
}

void answer_resource(const struct model *m, struct http_answer *a, int status, const struct chain *chain, size_t version)
{
    char text[VERSION_TEXT];

    version_text(version, text);
    a->status = status;
    snprintf(a->etag, sizeof a->etag, "W/\"%s\"", text);
    snprintf(a->location, sizeof a->location, "%s/%s/%s/_history/%s", m->own_base, chain->type, chain->id, text);
    buf_add(&a->body, chain->v[version - 1].body);
}

void answer_capability(const struct model *m, struct http_answer *a)
{
    (void)m;
    a->status = 200;
    buf_add(&a->body, "{\"resourceType\":\"CapabilityStatement\",\"status\":\"active\",\"fhirVersion\":\"4.0.1\",\"format\":[\"json\"],"
            "\"rest\":[{\"mode\":\"server\",\"interaction\":[{\"code\":\"transaction\"},{\"code\":\"history-system\"}],\"resource\":[");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        buf_printf(&a->body, "%s{\"type\":\"%s\",\"versioning\":\"versioned-update\",\"updateCreate\":true,\"interaction\":["
                   "{\"code\":\"read\"},{\"code\":\"vread\"},{\"code\":\"update\"},{\"code\":\"delete\"},{\"code\":\"search-type\"},"
                   "{\"code\":\"history-instance\"},{\"code\":\"history-type\"}]}", i ? "," : "", types[i]);
    buf_add(&a->body, "]}]}");
}
