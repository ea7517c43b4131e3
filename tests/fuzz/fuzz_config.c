/* Any bytes as a settings file: refused with a line, or read so that every row has a value. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 forgets the string it was reading when a syntax error stops it; the program ends then. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig.so";
}

static void look(void *ctx, const char *name, const char *value, const char *help)
{
    (void)ctx;
    if (!name[0] || !value || !help)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("config", 0);
    struct buf faults = {0};
    struct config *config;
    struct err err = {0};
    char path[64];

    /* Another file named by the input could be one that never ends. */
    if (fd < 0 || memmem(data, size, "@include", 8) || write(fd, data, size) != (ssize_t)size) {
        close(fd);
        return -1;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (config_load(path, &config, &faults, &err) == RC_OK) {
        config_each(config, look, NULL);
        config_free(config);
    } else if (!faults.len || !err.text[0]) {
        abort();
    }
    buf_done(&faults);
    close(fd);
    return 0;
}
