/* sha1.h - the checksum FHIR R4 puts beside an attachment (Attachment.hash). It tells a broken copy from
 * a whole one and proves nothing else; what has to be proved goes by SHA-256 (crypto.h). */
#ifndef FRONTDESK_SHA1_H
#define FRONTDESK_SHA1_H

#include <stddef.h>

enum { SHA1_SIZE = 20 };
void sha1(const void *data, size_t len, unsigned char out[SHA1_SIZE]);
#endif
