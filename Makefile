# frontdesk: build, test, install. One file, no recursion; objects go to .build/.
# User's CFLAGS are added to ours. SAN=address,undefined builds a second tree beside the first.

ifeq ($(origin CC),default)
CC      := gcc
endif
PREFIX  ?= /usr/local
DESTDIR ?=
SAN     ?=
comma   := ,
B       := .build/$(if $(SAN),san-$(subst $(comma),-,$(SAN)),out)

PKGS       := sqlite3 libconfig libsodium
DESK_PKGS  := ncursesw
AGENT_PKGS := libcurl libcrypto zlib
PAPER_PKGS := pangocairo
TEST_PKGS  := cmocka vterm json-c openssl

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

BASE_SRC  := $(wildcard src/base/*.c src/fhir/*.c src/fhir/*/*.c src/store/*.c) $(filter-out src/paper/pdf.c,$(wildcard src/paper/*.c))
DESK_SRC  := $(wildcard src/access/*.c src/action/*.c src/desk/*.c src/intake/*.c src/intake/*/*.c src/cli/*.c)
UI_SRC    := $(wildcard ui/*.c ui/screens/*.c)
SYNC_SRC  := $(wildcard src/sync/*.c)
GEN_SRC   := $(B)/gen/schema.c $(B)/gen/model_table.c

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

PROGRAMS := frontdesk frontdesk-agent frontdesk-paper
ifneq ($(SAN),)
PROGRAMS := $(PROGRAMS:%=$(B)/%)
endif

# Translations, where msgfmt is there; without them the program speaks English. .build/locale is where
# a program in this tree looks.
LINGUAS := $(patsubst data/locale/%.po,%,$(wildcard data/locale/*.po))
MO      := $(if $(shell command -v msgfmt),$(LINGUAS:%=.build/locale/%/LC_MESSAGES/frontdesk.mo))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all pot valgrind check units test soak storm corpus demo fresh fuzz fuzzers lint bench benches install uninstall clean

all: $(PROGRAMS) $(MO)

.build/locale/%/LC_MESSAGES/frontdesk.mo: data/locale/%.po
	@mkdir -p $(@D)
	@echo '  MO  $@'; msgfmt --check-format --check-domain -o $@ $<

# Every text a person sees, for translators; their files take up what is new.
POT_SRC = $(sort $(shell find src ui -name '*.[ch]' -o -name '*.def'))
pot:
	@tests/setup "collect the texts" gettext
	LC_ALL=C.UTF-8 xgettext -L C --from-code=UTF-8 -k -k_ -kN_ -kngettext:1,2 --package-name=frontdesk --no-location --no-wrap \
	  -o data/locale/frontdesk.pot $(POT_SRC)
	sed -i -e '/^"POT-Creation-Date/d' -e 's/charset=CHARSET/charset=UTF-8/' -e '1,/^#$$/d' data/locale/frontdesk.pot
	for po in data/locale/*.po; do msgmerge --quiet --update --backup=none --no-wrap --no-fuzzy-matching "$$po" data/locale/frontdesk.pot; done

frontdesk $(B)/frontdesk: $(B)/src/main.o $(B)/libui.a $(B)/libdesk.a $(B)/libcore.a
	@echo '  LD  $@'; $(link) $(call lib,$(DESK_PKGS) $(PKGS)) -lunistring -lm

frontdesk-agent $(B)/frontdesk-agent: $(B)/src/agent_main.o $(B)/libsync.a $(B)/libdesk.a $(B)/libcore.a
	@echo '  LD  $@'; $(link) $(call lib,$(AGENT_PKGS) $(PKGS)) -lunistring -lm

frontdesk-paper $(B)/frontdesk-paper: $(B)/src/paper_main.o $(B)/src/paper/pdf.o $(if $(findstring address,$(SAN)),$(B)/tests/paper_leaks.o) $(B)/libcore.a
	@echo '  LD  $@'; $(link) $(call lib,$(PAPER_PKGS) $(PKGS)) -lunistring -lm

# The headers of pango are not ours to warn about.
PAPER_CFLAGS = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags-only-I $(PAPER_PKGS)))
$(B)/src/paper/pdf.o: ALL_CFLAGS += $(PAPER_CFLAGS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC  $<'; $(CC) $(ALL_CFLAGS) -c -o $@ $<
$(B)/gen/%.o: $(B)/gen/%.c
	@echo '  CC  $<'; $(CC) $(ALL_CFLAGS) -c -o $@ $<

# The folders it is installed to stand in this one object: another PREFIX makes it anew.
$(B)/src/base/process.o $(B)/src/base/process_start.o: $(B)/prefix
$(B)/prefix: FORCE
	@mkdir -p $(@D); echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' >$@
.PHONY: FORCE

# The schema migrations, as one table of strings, in number order.
$(B)/gen/schema.c: $(sort $(wildcard data/schema/*.sql))
	@mkdir -p $(@D)
	@echo '  GEN $@'; { echo '#include "store/schema.h"'; echo 'const char *const schema_migrations[] = {'; \
	  for f in $^; do sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$$/\\n"/' $$f; echo ','; done; \
	  echo '}; const int schema_version = sizeof schema_migrations / sizeof *schema_migrations;'; } > $@

# The types of FHIR R4 as constant tables.
$(B)/gen/model_table.c: data/model/r4.txt data/model/table.awk
	@mkdir -p $(@D)
	@echo '  GEN $@'; LC_ALL=C awk -f data/model/table.awk $< > $@

# Unit tests: one program per tests/unit/test_*.c, each linked with what it reaches of everything but the two mains.
UNIT := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
$(B)/tests/%: $(B)/tests/unit/%.o $(LIBS)
	@mkdir -p $(@D)
	@echo '  LD  $@'; $(link) $(call lib,$(DESK_PKGS) $(AGENT_PKGS) $(PKGS) $(TEST_PKGS)) -lunistring -lm

# Screen tests: the real program on a pseudo-terminal.
SCREEN_LIB := $(addprefix $(B)/tests/screen/,terminal.o desk.o fill.o sample.o listen.o)
SCREEN := $(patsubst tests/screen/%.c,$(B)/screen/%,$(wildcard tests/screen/test_*.c))
$(B)/screen/%: $(B)/tests/screen/%.o $(SCREEN_LIB) $(LIBS)
	@mkdir -p $(@D)
	@echo '  LD  $@'; $(link) $(call lib,$(DESK_PKGS) $(AGENT_PKGS) $(PKGS) $(TEST_PKGS)) -lunistring -lm -lutil

# The proxy of the tests, which lets the network between desks and central server misbehave.
PROXY := $(B)/tests/proxy
PROXY_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/sync/proxy/*.c))
$(PROXY): $(PROXY_OBJ) $(B)/libcore.a
	@mkdir -p $(@D)
	@echo '  LD  $@'; $(link) $(call lib,openssl $(PKGS)) -lunistring -lm

# Simulated histories: the model server and the simulation's own http.h stand before libsync.a, so that libcurl's
# is never taken; ids, jitter and the parts that mutations switch off come through the linker.
SIM      := $(B)/sim
SIM_OBJ  := $(call obj,$(wildcard tests/sync/model/*.c tests/sync/sim/*.c))
SIM_WRAP := crypto_random crypto_uuid plan_step pull_page
$(SIM): $(SIM_OBJ) $(LIBS)
	@mkdir -p $(@D)
	@echo '  LD  $@'; $(link) $(SIM_WRAP:%=-Wl,--wrap=%) $(call lib,$(AGENT_PKGS) $(PKGS)) -lunistring -lm

# Several desks on a bad day, for tests/sync/storm.sh.
STORM := $(B)/tests/storm
STORM_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/sync/storm/*.c))
$(STORM): $(STORM_OBJ) $(LIBS)
	@mkdir -p $(@D)
	@echo '  LD  $@'; $(link) $(call lib,$(AGENT_PKGS) $(PKGS)) -lunistring -lm

# What each goal needs from Debian; tests/setup installs what is missing and says so first.
BUILD_NEEDS := gcc libc6-dev pkg-config libncurses-dev libsqlite3-dev libcurl4-openssl-dev libssl-dev zlib1g-dev libconfig-dev \
               libsodium-dev libunistring-dev libpango1.0-dev libcairo2-dev fonts-dejavu-core fonts-droid-fallback \
               ncurses-base tzdata ca-certificates
TEST_NEEDS  := $(BUILD_NEEDS) libcmocka-dev libvterm-dev libjson-c-dev gettext curl openssl sqlite3 procps faketime \
               default-jdk-headless maven man-db poppler-utils
LINT_NEEDS  := $(BUILD_NEEDS) clang clang-tidy libclang-rt-14-dev cppcheck valgrind libjson-c-dev
again = +@$(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

# Unit and screen tests, for every change.
check: $(PROGRAMS) $(MO) units
	@PROGRAMS=$(if $(SAN),$(B),.) tests/run $(UNIT) tests/layers tests/texts tests/hardening tests/paper tests/cli/run $(SCREEN)

units: $(UNIT) $(SCREEN) $(PROXY) $(SIM) $(STORM)

# Everything, with all set-up first; the builds start after it, when pkg-config can answer.
test:
	@tests/setup "run the tests" $(TEST_NEEDS)
	$(again) all units
	@tests/run $(UNIT) tests/layers tests/texts tests/hardening tests/paper tests/cli/run $(SCREEN) $(SIM) tests/sync/run

# Simulated histories for as long as there is time, from a seed of its own each time (SOAK_SEED: from that one).
SOAK_S ?= 1800
soak:
	@tests/setup "run the tests" $(BUILD_NEEDS)
	$(again) $(SIM)
	@$(SIM) --soak $(SOAK_S) $(if $(SOAK_SEED),--seed $(SOAK_SEED))

# Five clinics, two thousand edits, everything that may go wrong at once; a server put back to yesterday, a silent one.
STORM_OF ?= 5 2000 30 1
storm:
	@tests/setup "run the storm" $(TEST_NEEDS)
	$(again) all units
	@PARTS="storm restored patience" STORM="$(STORM_OF)" tests/sync/run

# The same program over real input that does not ship: CORPUS is a folder of patients,
# questionnaires, fhirpath, validation and matching data.
corpus:
	@tests/setup "run the tests" $(TEST_NEEDS)
	$(again) all units $(patsubst tests/corpus/%.c,$(B)/corpus/%,$(wildcard tests/corpus/test_*.c))
	@CORPUS="$(abspath $(CORPUS))" tests/run tests/corpus/run $(patsubst tests/corpus/%.c,$(B)/corpus/%,$(wildcard tests/corpus/test_*.c))

$(B)/corpus/%: $(B)/tests/corpus/%.o $(SCREEN_LIB) $(LIBS)
	@mkdir -p $(@D)
	@echo '  LD  $@'; $(link) $(call lib,$(DESK_PKGS) $(AGENT_PKGS) $(PKGS) $(TEST_PKGS)) -lunistring -lm -lutil

# The program on made-up people, in a directory that goes when it ends.
demo:
	@tests/setup "build frontdesk" $(BUILD_NEEDS)
	$(again) all
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT INT TERM && ./frontdesk --data "$$dir/demo" demo

# Both commands of the README in a clean clone inside a bare Debian root.
fresh:
	@tests/setup "make a bare Debian root" mmdebstrap $(TEST_NEEDS)
	$(again) $(B)/fresh/drive
	@tests/fresh/run $(B)/fresh/drive
$(B)/fresh/drive: $(B)/tests/fresh/drive.o $(B)/tests/screen/terminal.o
	@mkdir -p $(@D)
	@echo '  LD  $@'; $(CC) $(ALL_LDFLAGS) -o $@ $^ $(call lib,$(TEST_PKGS)) -lutil

# Fuzzers, FUZZ_S seconds each, with clang and the sanitizers, in a tree of their own.
FUZZ_S ?= 60
fuzz:
	@tests/setup "run the fuzzers" $(LINT_NEEDS)
	$(again) CC=clang SAN=fuzzer-no-link,address,undefined fuzzers
	@for f in $(patsubst tests/fuzz/%.c,.build/san-fuzzer-no-link-address-undefined/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c)); do \
	  name=$${f##*/}; corpus=.build/corpus/$$name; mkdir -p $$corpus; echo "== $$name"; \
	  $$f -max_total_time=$(FUZZ_S) -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 -artifact_prefix=$$corpus- \
	    $$corpus tests/fuzz/seeds >$$corpus.log 2>&1 || { tail -n 60 $$corpus.log; exit 1; }; \
	  grep -E '^stat::(number_of_executed|average|peak)' $$corpus.log; done
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
fuzzers: $(FUZZERS)
$(B)/fuzz/%: $(B)/tests/fuzz/%.o $(LIBS)
	@mkdir -p $(@D)
	@echo '  LD  $@'; $(CC) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(call lib,$(DESK_PKGS) $(AGENT_PKGS) $(PKGS) $(TEST_PKGS)) -lunistring -lm

# What valgrind says of the reader, the store, the forms and a walk of the command line: nothing.
valgrind:
	@tests/setup "run valgrind" $(BUILD_NEEDS) libcmocka-dev libjson-c-dev libvterm-dev valgrind
	$(again) all $(B)/tests/test_document $(B)/tests/test_store $(B)/tests/test_form
	@tests/valgrind $(B)/tests/test_document $(B)/tests/test_store $(B)/tests/test_form

# Static analysers; 0 findings, suppressions carry their reason (clang-tidy's list and reasons: .clang-tidy).
# cppcheck 2.10 does not know _Noreturn. clang-tidy counts on stderr what it passed over in system headers.
LINT_SRC = $(wildcard src/*.c) src/paper/pdf.c $(BASE_SRC) $(DESK_SRC) $(SYNC_SRC) $(UI_SRC)
LINT_DEFS = -std=c17 -D_GNU_SOURCE -Isrc -I. -DFRONTDESK_SHARE='""' -DFRONTDESK_LIBEXEC='""' -DFRONTDESK_LOCALE='""'
lint:
	@tests/setup "run the static analysers" $(LINT_NEEDS)
	$(again) CC=clang B=.build/clang PROGRAMS='.build/clang/frontdesk .build/clang/frontdesk-agent .build/clang/frontdesk-paper' all
	cppcheck --quiet --error-exitcode=1 --std=c11 '-D_Noreturn=__attribute__((noreturn))' --enable=warning,portability \
	  --inline-suppr --suppress=missingIncludeSystem -Isrc -I. src ui
	@echo '  TIDY $(words $(LINT_SRC)) files'
	@printf '%s\n' $(LINT_SRC) | xargs -P2 -I{} clang-tidy --quiet {} -- $(LINT_DEFS) $(PAPER_CFLAGS) 2>/dev/null

bench:
	@tests/setup "measure" $(TEST_NEEDS) tig nnn git
	@command -v npm >/dev/null || tests/setup "measure beside fhirpath.js" nodejs npm
	$(again) all benches
	@CORPUS="$(if $(CORPUS),$(abspath $(CORPUS)))" tests/bench/run
BENCHES := $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/*.c))
benches: $(BENCHES)
$(B)/bench/%: $(B)/tests/bench/%.o $(B)/tests/screen/terminal.o $(LIBS)
	@mkdir -p $(@D)
	@echo '  LD  $@'; $(link) $(call lib,$(DESK_PKGS) $(AGENT_PKGS) $(PKGS) $(TEST_PKGS)) -lunistring -lm -lutil

SHARE := $(DESTDIR)$(PREFIX)/share
install: all
	install -D -m 755 frontdesk $(DESTDIR)$(PREFIX)/bin/frontdesk
	install -D -m 755 frontdesk-agent $(DESTDIR)$(PREFIX)/libexec/frontdesk/frontdesk-agent
	install -D -m 755 frontdesk-paper $(DESTDIR)$(PREFIX)/libexec/frontdesk/frontdesk-paper
	install -D -m 644 data/man/frontdesk.1 $(SHARE)/man/man1/frontdesk.1
	install -D -m 644 config.example $(SHARE)/frontdesk/config.example
	cd data && find codes demo questionnaires -type f -exec install -D -m 644 {} $(abspath $(SHARE))/frontdesk/{} \;
	install -d -m 755 $(DESTDIR)$(PREFIX)/lib/systemd/system
	$(foreach l,$(if $(MO),$(LINGUAS)),install -D -m 644 .build/locale/$(l)/LC_MESSAGES/frontdesk.mo $(SHARE)/locale/$(l)/LC_MESSAGES/frontdesk.mo;)
	sed 's|/usr/local|$(PREFIX)|' data/systemd/frontdesk-agent.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/frontdesk-agent.service
uninstall:
	rm -rf $(SHARE)/frontdesk $(DESTDIR)$(PREFIX)/libexec/frontdesk
	rm -f $(SHARE)/locale/*/LC_MESSAGES/frontdesk.mo
	rm -f $(DESTDIR)$(PREFIX)/bin/frontdesk $(SHARE)/man/man1/frontdesk.1 $(DESTDIR)$(PREFIX)/lib/systemd/system/frontdesk-agent.service

clean:
	rm -rf .build frontdesk frontdesk-agent frontdesk-paper

-include $(shell find .build -name '*.d' 2>/dev/null)
