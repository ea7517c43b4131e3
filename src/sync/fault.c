#include "sync/fault.h"

#include <stdio.h>
#include <string.h>

#include <openssl/x509_vfy.h>

#include "base/i18n.h"

bool fault_is_trust(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_INVALIDCERTSTATUS ||
           code == CURLE_SSL_PINNEDPUBKEYNOTMATCH || code == CURLE_SSL_CRL_BADFILE;
}

/* What OpenSSL found when it looked at the certificate. */
static const struct { long found; const char *words; } certificates[] = {
    { X509_V_ERR_CERT_HAS_EXPIRED, N_("its certificate has expired, or the clock of this machine is wrong") },
    { X509_V_ERR_CERT_NOT_YET_VALID, N_("its certificate is not valid yet, or the clock of this machine is wrong") },
    { X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, N_("its certificate is signed by itself, by nobody this machine trusts") },
    { X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, N_("its certificate comes from an authority this machine does not trust: see server.ca_file") },
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, N_("its certificate leads to no authority this machine trusts, or it does not send the certificates between") },
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, N_("its certificate leads to no authority this machine trusts, or it does not send the certificates between") },
    { X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, N_("its certificate leads to no authority this machine trusts, or it does not send the certificates between") },
    { X509_V_ERR_CERT_SIGNATURE_FAILURE, N_("the signature on its certificate is wrong") },
    { X509_V_ERR_INVALID_CA, N_("its certificate was issued by one that may not issue any") },
    { X509_V_ERR_PATH_LENGTH_EXCEEDED, N_("its certificate was issued by one that may not issue any") },
    { X509_V_ERR_INVALID_PURPOSE, N_("its certificate is not made for servers") },
    { X509_V_ERR_EE_KEY_TOO_SMALL, N_("the key of its certificate is too weak") },
    { X509_V_ERR_CA_KEY_TOO_SMALL, N_("the key of the authority behind its certificate is too weak") },
    { X509_V_ERR_CA_MD_TOO_WEAK, N_("its certificate is signed in a way that is no longer safe") },
    { X509_V_ERR_CERT_REVOKED, N_("its certificate was taken back by its authority") },
};

/* Pieces of what OpenSSL says of a handshake, most telling first. */
static const struct { const char *piece, *words; } handshakes[] = {
    { "wrong version number", N_("it does not speak TLS at this port") },
    { "packet length too long", N_("it does not speak TLS at this port") },
    { "http request", N_("it does not speak TLS at this port") },
    { "unsupported protocol", N_("it speaks only TLS older than 1.2") },
    { "protocol version", N_("it speaks only TLS older than 1.2") },
    { "certificate required", N_("it asks for a certificate of ours: see server.tls_cert_file") },
    { "alert unknown ca", N_("it does not accept our certificate: see server.tls_cert_file") },
    { "alert bad certificate", N_("it does not accept our certificate: see server.tls_cert_file") },
    { "alert certificate", N_("it does not accept our certificate: see server.tls_cert_file") },
    { "handshake failure", N_("it broke off the handshake; perhaps it asks for a certificate of ours: see server.tls_cert_file") },
    { "no shared cipher", N_("it has no safe cipher in common with us") },
    { "dh key too small", N_("its key exchange is too weak") },
    { "too small", N_("a key it uses is too weak") },
    { "too weak", N_("a signature it uses is no longer safe") },
    { "unexpected eof", N_("it hung up in the middle of the handshake") },
    { "SSL_ERROR_SYSCALL", N_("it hung up in the middle of the handshake") },
    { "Connection reset", N_("it hung up in the middle of the handshake") },
};

static const struct { CURLcode code; const char *words; } codes[] = {
    { CURLE_PEER_FAILED_VERIFICATION, N_("its certificate is made out to another name") },
    { CURLE_SSL_CACERT_BADFILE, N_("server.ca_file holds no certificates") },
    { CURLE_SSL_CERTPROBLEM, N_("our own certificate or its key cannot be used: see server.tls_cert_file") },
    { CURLE_COULDNT_RESOLVE_HOST, N_("the name of the server is not known: no network, or a mistake in server.url") },
    { CURLE_COULDNT_CONNECT, N_("nobody answers at its address") },
    { CURLE_OPERATION_TIMEDOUT, N_("it was silent for too long") },
    { CURLE_GOT_NOTHING, N_("it hung up without an answer") },
    { CURLE_PARTIAL_FILE, N_("its answer broke off before the end") },
    { CURLE_RECV_ERROR, N_("the line broke while it was answering") },
    { CURLE_SEND_ERROR, N_("the line broke while we were sending") },
    { CURLE_BAD_CONTENT_ENCODING, N_("its answer cannot be unpacked") },
    { CURLE_WEIRD_SERVER_REPLY, N_("what it answered is no proper HTTP") },
    { CURLE_UNSUPPORTED_PROTOCOL, N_("what it answered is no proper HTTP") },
    { CURLE_OUT_OF_MEMORY, N_("the answer has headers without end") },     /* what libcurl 7.88 says of a line that is too long */
    { CURLE_ABORTED_BY_CALLBACK, N_("stopped") },
};

static const char *known_words(CURLcode code, long verified, const char *raw)
{
    if (code == CURLE_PEER_FAILED_VERIFICATION && !strstr(raw, "subject name")) {
        for (size_t i = 0; i < sizeof certificates / sizeof *certificates; i++)
            if (certificates[i].found == verified)
                return certificates[i].words;
        return NULL;
    }
    if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR)
        for (size_t i = 0; i < sizeof handshakes / sizeof *handshakes; i++)
            if (strstr(raw, handshakes[i].piece) && (code == CURLE_SSL_CONNECT_ERROR || strstr(raw, "alert")))
                return handshakes[i].words;
    if (strstr(raw, "chunked"))
        return N_("what it answered is no proper HTTP");
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return codes[i].words;
    return NULL;
}

void fault_words(CURLcode code, long verified, const char *raw, char *out, size_t size)
{
    const char *words = known_words(code, verified, raw);

    if (words)
        snprintf(out, size, "%s", _(words));
    else
        snprintf(out, size, "%s", *raw ? raw : curl_easy_strerror(code));
}
