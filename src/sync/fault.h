/* fault.h - what went wrong between us and a server, in words for whoever has to put it right.
 * Pure: libcurl's codes in, words out. */
#ifndef FRONTDESK_SYNC_FAULT_H
#define FRONTDESK_SYNC_FAULT_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

/* The server could not prove who it is. */
bool fault_is_trust(CURLcode code);
/* verified: CURLINFO_SSL_VERIFYRESULT. raw: what libcurl says, used where we know no better. */
void fault_words(CURLcode code, long verified, const char *raw, char *out, size_t size);
#endif
