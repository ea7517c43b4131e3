# frontdesk: build, test, install. One file, no recursion; objects go to .build/.
# User's CFLAGS are added to ours. SAN=address,undefined builds a second tree beside the first.

CC      ?= gcc
PREFIX  ?= /usr/local
DESTDIR ?=
SAN     ?=
B       := .build/$(if $(SAN),san-$(subst $(comma),-,$(SAN)),out)
comma   := ,

PKGS       := sqlite3 libconfig libsodium libcrypto
DESK_PKGS  := ncursesw
AGENT_PKGS := libcurl
TEST_PKGS  := cmocka vterm json-c

HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fPIE \
          -fno-strict-aliasing -fno-strict-overflow -fno-delete-null-pointer-checks
HARDEN_LD := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,nodlopen -Wl,--as-needed
WARN   := -Wall -Wextra -Werror -Wformat=2 -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
          -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wimplicit-fallthrough -Wno-format-nonliteral -Wundef
ifneq ($(findstring gcc,$(shell $(CC) --version 2>/dev/null | head -1)),)
HARDEN += -ftrivial-auto-var-init=zero
WARN   += -Wtrampolines -Wbidi-chars=any
endif

OPT := -O2 -g -D_FORTIFY_SOURCE=3
ifneq ($(SAN),)
OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SAN) -fno-sanitize-recover=all
HARDEN_LD := -pie
endif

ALL_CFLAGS  := -std=c17 -D_GNU_SOURCE -Isrc -I. -I$(B)/gen $(OPT) $(HARDEN) $(WARN) -MMD -MP \
               -DFRONTDESK_SHARE='"$(PREFIX)/share/frontdesk"' -DFRONTDESK_LIBEXEC='"$(PREFIX)/libexec/frontdesk"' -DFRONTDESK_LOCALE='"$(PREFIX)/share/locale"' \
               $(CFLAGS)
ALL_LDFLAGS := $(HARDEN_LD) $(if $(SAN),-fsanitize=$(SAN)) $(LDFLAGS)
lib = $(shell pkg-config --libs $(1))

BASE_SRC  := $(wildcard src/base/*.c src/fhir/*.c src/fhir/*/*.c src/store/*.c)
DESK_SRC  := $(wildcard src/access/*.c src/action/*.c src/desk/*.c src/intake/*.c src/cli/*.c)
UI_SRC    := $(wildcard ui/*.c ui/screens/*.c)
SYNC_SRC  := $(wildcard src/sync/*.c)
GEN_SRC   := $(B)/gen/schema.c

obj = $(patsubst %.c,$(B)/%.o,$(filter-out $(B)/%,$(1))) $(patsubst %.c,%.o,$(filter $(B)/%,$(1)))
CORE_OBJ  := $(call obj,$(BASE_SRC) $(GEN_SRC))
DESK_OBJ  := $(call obj,$(DESK_SRC))
UI_OBJ    := $(call obj,$(UI_SRC))
SYNC_OBJ  := $(call obj,$(SYNC_SRC))

# One archive an area: a program or a test links only what it reaches. (q, not r: src/desk and
# src/action have files of the same name.)
LIBS := $(B)/libui.a $(B)/libdesk.a $(B)/libsync.a $(B)/libcore.a
$(B)/libcore.a: $(CORE_OBJ)
$(B)/libdesk.a: $(DESK_OBJ)
$(B)/libui.a: $(UI_OBJ)
$(B)/libsync.a: $(SYNC_OBJ)
$(LIBS):
	@mkdir -p $(@D); rm -f $@; ar qcsD $@ $^
link = $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group

PROGRAMS := frontdesk frontdesk-agent
ifneq ($(SAN),)
PROGRAMS := $(B)/frontdesk $(B)/frontdesk-agent
endif

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all check clean

all: $(PROGRAMS)

frontdesk $(B)/frontdesk: $(B)/src/main.o $(B)/libui.a $(B)/libdesk.a $(B)/libcore.a
	@echo '  LD  $@'; $(link) $(call lib,$(DESK_PKGS) $(PKGS)) -lunistring

frontdesk-agent $(B)/frontdesk-agent: $(B)/src/agent_main.o $(B)/libsync.a $(B)/libdesk.a $(B)/libcore.a
	@echo '  LD  $@'; $(link) $(call lib,$(AGENT_PKGS) $(PKGS)) -lunistring

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC  $<'; $(CC) $(ALL_CFLAGS) -c -o $@ $<
$(B)/gen/%.o: $(B)/gen/%.c
	@echo '  CC  $<'; $(CC) $(ALL_CFLAGS) -c -o $@ $<

# The schema migrations, as one table of strings, in number order.
$(B)/gen/schema.c: $(sort $(wildcard data/schema/*.sql))
	@mkdir -p $(@D)
	@echo '  GEN $@'; { echo '#include "store/schema.h"'; echo 'const char *const schema_migrations[] = {'; \
	  for f in $^; do sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$$/\\n"/' $$f; echo ','; done; \
	  echo '}; const int schema_version = sizeof schema_migrations / sizeof *schema_migrations;'; } > $@

# Unit tests: one program per tests/unit/test_*.c, each linked with what it reaches of everything but the two mains.
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
$(B)/tests/%: $(B)/tests/unit/%.o $(LIBS)
	@mkdir -p $(@D)
	@echo '  LD  $@'; $(link) $(call lib,$(DESK_PKGS) $(AGENT_PKGS) $(PKGS) $(TEST_PKGS)) -lunistring

check: $(PROGRAMS) $(UNIT)
	@for t in $(UNIT); do echo "== $$t"; $$t || exit 1; done

clean:
	rm -rf .build frontdesk frontdesk-agent

-include $(shell find .build -name '*.d' 2>/dev/null)
