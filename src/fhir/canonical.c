#include "fhir/canonical.h"

#include <ctype.h>
#include <string.h>

/* Runs of digits by their number, the rest letter by letter. */
int canonical_version_order(const char *a, const char *b)
{
    while (*a && *b) {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            size_t la, lb;
            int order;

            a += strspn(a, "0");
            b += strspn(b, "0");
            la = strspn(a, "0123456789");
            lb = strspn(b, "0123456789");
            order = la != lb ? (la < lb ? -1 : 1) : strncmp(a, b, la);
            if (order)
                return order;
            a += la;
            b += lb;
        } else if (*a != *b) {
            return (unsigned char)*a - (unsigned char)*b;
        } else {
            a++;
            b++;
        }
    }
    return (unsigned char)*a - (unsigned char)*b;
}
