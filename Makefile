# mqttspec: make, make run, make check … (README.md)
#
#   make                     builds build/mqttspec
#   make run BROKER=mosquitto ARGS='--select takeover/'
#                            tests the broker of fixtures/brokers/
#   make matrix              tests all that are installed, and compares them
#   make check [SANITIZE=1]  runs every test
#   make lint, make format   looks at the sources, or formats them
#   make prove ONLY='word'   proves the cases on the reference broker
#   make stability           looks for verdicts that change between 20 runs
#   make fuzz SECONDS=30     fuzzes the readers, each so long
#   make bench               measures
#   make install PREFIX=/usr/local
#
# CC=clang, WERROR=1, BUILD=folder and V=1 go with all of them. What is missing of
# Debian's packages is installed first (.ci/install).

ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr/local
BROKER ?= mosquitto
SECONDS ?= 30
STABILITY ?= 20

BUILD ?= build$(if $(SANITIZE),/sanitize)
BINARY := $(BUILD)/mqttspec
RUNNER := $(BUILD)/test/run
BENCH := $(BUILD)/bench
REFBROKER := $(BUILD)/refbroker
PROVE := $(BUILD)/prove
STABLE := $(BUILD)/stability
CERTS := build/certs

sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=all
instruments := $(if $(SANITIZE),$(sanitizers)) \
    $(if $(FUZZ),-fsanitize=fuzzer-no-link $(sanitizers))
OPTIMIZE := $(if $(strip $(instruments)),-O1 -fno-omit-frame-pointer,-O2)
WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
    $(if $(WERROR),-Werror)
# pkg-config is asked when the first file is compiled, not before: it may
# just have been installed.
LIBRARIES := yaml-0.1 openssl libuv jansson
ask = $(eval $1 := $$(shell pkg-config $2))$($1)
library_flags = $(call ask,library_flags,--cflags $(LIBRARIES))
library_links = $(call ask,library_links,--libs $(LIBRARIES))
test_flags = $(call ask,test_flags,--cflags check)
test_links = $(call ask,test_links,--libs check)
LANGUAGE := -std=c11 -D_GNU_SOURCE -Iharness -Ifixtures
all_flags = $(LANGUAGE) $(OPTIMIZE) -g $(WARNINGS) $(instruments) \
    $(library_flags) $(CFLAGS)

quietly := $(if $(V),,@)

rooms := $(filter-out harness/test/%,$(wildcard harness/*/*.c))
tests := $(filter-out harness/test/fuzz_%,$(wildcard harness/test/*.c)) \
    $(wildcard harness/test/end_to_end/*.c)
suites := $(patsubst test_%,%,$(notdir $(basename \
    $(filter harness/test/test_%,$(tests)) \
    $(filter harness/test/end_to_end/test_%,$(tests)))))
fuzzers := $(wildcard harness/test/fuzz_*.c)
benches := $(wildcard harness/test/bench/*.c)
refbroker := $(wildcard fixtures/refbroker/*.c)
provers := $(wildcard harness/test/prove/*.c)
socketless := $(wildcard harness/test/socketless/*.c)
stability := $(wildcard harness/test/stability/*.c)
sources := $(rooms) $(refbroker) $(tests) $(fuzzers) $(benches) $(provers) \
    $(stability) $(socketless)
headers := $(wildcard harness/*/*.h harness/test/*/*.h fixtures/*/*.h \
    fixtures/*/*/*.h)

objects = $(patsubst %.c,$(BUILD)/%.o,$1)
# Everything but main: what tests, fuzzers and benches are linked with.
library := $(call objects,$(filter-out harness/cli/main.c,$(rooms)))
# The reference broker stands on these rooms only.
broker_library := $(call objects,$(filter harness/memory/% harness/mqtt/% \
    harness/net/%,$(rooms)))
broker_objects := $(call objects,$(filter-out %/main.c,$(refbroker)))

needed = build \
    $(if $(filter run certs,$(MAKECMDGOALS)),run broker-$(BROKER)) \
    $(if $(filter check bench stability,$(MAKECMDGOALS)),run test) \
    $(if $(filter lint format,$(MAKECMDGOALS)),lint test) \
    $(if $(filter fuzz,$(MAKECMDGOALS))$(FUZZ),fuzz)

.SECONDARY:
.PHONY: all run matrix publish check prove stability lint format bench fuzz fuzzers certs \
    clean install packages always
all: $(BINARY) $(REFBROKER)

packages:
	@.ci/install $(needed)

# ---- compiling -------------------------------------------------------------

# Changes when the compiler or its flags do, and all objects with it.
$(BUILD)/flags: packages always
	@mkdir -p $(@D)
	@echo '$(CC) $(all_flags)' | cmp -s - $@ || echo '$(CC) $(all_flags)' >$@

$(BUILD)/harness/%.o: harness/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo '$(CC) $<'
	$(quietly)$(CC) $(all_flags) $(more_flags) -MMD -MP -c -o $@ $<

$(BUILD)/fixtures/%.o: fixtures/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo '$(CC) $<'
	$(quietly)$(CC) $(all_flags) -MMD -MP -c -o $@ $<

# The page of the HTML report: each line a string.
page := $(wildcard harness/report/page/*)
page_strings := $(patsubst harness/report/page/%,$(BUILD)/page/%.inc,$(page))
$(BUILD)/page/%.inc: harness/report/page/%
	@mkdir -p $(@D)
	@sed 's/[\\"]/\\&/g; s/^/"/; s/$$/\\n",/' $< >$@
$(BUILD)/harness/report/html_page.o: $(page_strings)
$(BUILD)/harness/report/html_page.o: more_flags = -I$(BUILD)/page

$(call objects,$(tests)): more_flags = $(test_flags) -I$(BUILD)/test
$(BUILD)/harness/test/main.o: $(BUILD)/test/suites.h

$(BINARY): $(library) $(BUILD)/harness/cli/main.o
	$(quietly)$(CC) $(instruments) $(LDFLAGS) -o $@ $^ $(library_links) -lm

$(REFBROKER): $(broker_objects) $(BUILD)/fixtures/refbroker/main.o \
    $(broker_library)
	$(quietly)$(CC) $(instruments) $(LDFLAGS) -o $@ $^ $(library_links) -lm

$(PROVE): $(call objects,$(provers) $(filter harness/memory/%,$(rooms)))
	$(quietly)$(CC) $(instruments) $(LDFLAGS) -o $@ $^ $(library_links) -lm

$(STABLE): $(call objects,$(stability) harness/test/end_to_end/program.c) \
    $(library)
	$(quietly)$(CC) $(instruments) $(LDFLAGS) -o $@ $^ $(library_links) -lm

# One line for each test_NAME.c, which defines NAME_suite.
$(BUILD)/test/suites.h: always
	@mkdir -p $(@D)
	@printf 'SUITE(%s)\n' $(suites) | cmp -s - $@ || \
	    printf 'SUITE(%s)\n' $(suites) >$@

$(RUNNER): $(call objects,$(tests)) $(library) $(broker_objects)
	$(quietly)$(CC) $(instruments) $(LDFLAGS) -o $@ $^ $(library_links) \
	    $(test_links) -lm

$(BENCH): $(call objects,$(benches) $(addprefix harness/test/end_to_end/, \
    fake_broker.c program.c)) $(library)
	$(quietly)$(CC) $(instruments) $(LDFLAGS) -o $@ $^ $(library_links) -lm

-include $(patsubst %.o,%.d,$(call objects,$(sources)))

# ---- running ---------------------------------------------------------------

certs: packages
	@fixtures/certs/make $(CERTS)

# What a broker needs beside its packages; .ci/install has brought npm.
aedes := $(wildcard fixtures/brokers/aedes/*)
build/brokers/aedes/node_modules: $(aedes) | packages
	@mkdir -p $(@D)
	@cp $(aedes) $(@D)
	@cd $(@D) && npm ci --silent --no-audit --no-fund
	@touch $@
fixture = $(if $(filter aedes-%,$1),build/brokers/aedes/node_modules)

run: $(BINARY) certs $(call fixture,$(BROKER))
	$(BINARY) run fixtures/brokers/$(BROKER).yaml \
	    --junit reports/$(BROKER)/junit.xml \
	    --json reports/$(BROKER)/results.json \
	    --html reports/$(BROKER)/report.html $(ARGS)

# Every broker that is installed; says what is missing of the others.
matrix: $(BINARY) $(REFBROKER) certs
	@MQTTSPEC=$(BINARY) MAKE=$(MAKE) fixtures/brokers/matrix $(ARGS)

# The published comparison: what was found, and the tables of the last matrix.
publish:
	@cat fixtures/brokers/findings.md reports/matrix.md >reports/brokers.md

processors := $(shell getconf _NPROCESSORS_ONLN)

# TESTS='codec player' runs only these suites, CHECK_JOBS=1 one at a time.
check: $(BINARY) $(REFBROKER) $(RUNNER) certs $(call fixture,aedes-1)
	@CHECK_JOBS=$(or $(CHECK_JOBS),$(processors)) MQTTSPEC=$(BINARY) \
	    REFBROKER=$(REFBROKER) $(RUNNER) $(TESTS)

# Every case passes on the sound reference broker and fails on one that breaks
# what it cites; the table is reports/prove. ONLY='word MQTT-3.8*' proves what
# these violations, or those of these statements, are noticed by.
prove: $(BINARY) $(REFBROKER) $(PROVE) certs
	@mkdir -p reports
	@$(PROVE) $(BINARY) $(REFBROKER) $(CERTS) \
	    reports/prove$(if $(ONLY),-only) $(foreach w,$(ONLY),'$(w)')

# Runs all cases so often, half of the runs with busy processors, and prints
# what had not always the same verdict. BROKERS='mosquitto' for one of them.
BROKERS ?= mosquitto refbroker
stability: $(BINARY) $(REFBROKER) $(STABLE) certs
	@mkdir -p reports
	@MQTTSPEC=$(BINARY) $(STABLE) $(STABILITY) reports/stability \
	    $(BROKERS:%=fixtures/brokers/%.yaml)

bench: $(BINARY) $(REFBROKER) $(BENCH) certs
	@MQTTSPEC=$(BINARY) REFBROKER=$(REFBROKER) MAKE=$(MAKE) $(BENCH)

# ---- looking at the sources ------------------------------------------------

# What cppcheck 2.10 takes for mistakes in sound C11: compound literals, and
# addresses that do not outlive their object.
cppcheck_errs := missingIncludeSystem unknownMacro unknownEvaluationOrder \
    returnDanglingLifetime varFuncNullUB autoVariables

# A third of the states that the analyzer would look at in one function: the
# rest takes half of the time and finds nothing more.
analysis := -Xclang -analyzer-config -Xclang max-nodes=75000

lint: $(BINARY) $(BUILD)/test/suites.h
	@echo $(sources) $(headers) | xargs clang-format --dry-run --Werror
	@echo $(sources) | xargs -n 4 -P $(processors) sh -c \
	    'clang-tidy --quiet "$$@" -- $(LANGUAGE) -I$(BUILD)/test -I$(BUILD)/page \
	    $(library_flags) $(test_flags) $(analysis) 2>/dev/null' clang-tidy
	@cppcheck --quiet -j $(processors) --error-exitcode=1 --std=c11 \
	    --enable=warning,performance,portability \
	    $(addprefix --suppress=,$(cppcheck_errs)) \
	    -D_GNU_SOURCE -Iharness -Ifixtures $(rooms) $(refbroker) $(fuzzers) \
	    $(benches)
	$(BINARY) lint --complete cases

format: packages
	@echo $(sources) $(headers) | xargs clang-format -i

# ---- fuzzing ---------------------------------------------------------------

fuzz: packages
	@$(MAKE) --no-print-directory CC=clang FUZZ=1 BUILD=$(BUILD)/fuzz fuzzers

# These begin with the YAML files that there are.
yaml_readers := fuzz_suite fuzz_profile
names := $(patsubst harness/test/%.c,%,$(fuzzers))
fuzzers: $(patsubst %,$(BUILD)/%,$(names))
	@for name in $(names); do \
	    mkdir -p $(BUILD)/corpus/$$name $(BUILD)/seeds; \
	    case " $(yaml_readers) " in *" $$name "*) \
	        seeds='cases fixtures/brokers';; *) seeds=;; esac; \
	    case $$name in fuzz_refbroker) \
	        seeds=$(BUILD)/seeds; $(BUILD)/$$name --seeds $$seeds || exit 1;; \
	    esac; \
	    $(BUILD)/$$name -max_total_time=$(SECONDS) -timeout=10 \
	        -rss_limit_mb=2048 -max_len=65536 \
	        -artifact_prefix=$(BUILD)/$$name- \
	        $(BUILD)/corpus/$$name $$seeds >$(BUILD)/$$name.log 2>&1 || \
	        { tail -n 50 $(BUILD)/$$name.log; exit 1; }; \
	    echo "$$name: $$(tail -n 1 $(BUILD)/$$name.log)"; \
	done

# The broker with other peers below it.
$(BUILD)/fuzz_refbroker: $(call objects,$(socketless) \
    $(filter-out %/main.c %/peer.c %/peer_read.c %/peer_send.c %/listener.c \
    %/server_upgrade.c %/server_websocket.c,$(refbroker)))
$(BUILD)/fuzz_%: $(BUILD)/harness/test/fuzz_%.o $(library)
	$(quietly)$(CC) -fsanitize=fuzzer $(sanitizers) $(LDFLAGS) -o $@ $^ $(library_links) -lm

# ---- the rest --------------------------------------------------------------

share := $(DESTDIR)$(PREFIX)/share/mqttspec
manuals := $(DESTDIR)$(PREFIX)/share/man/man1
completions := $(DESTDIR)$(PREFIX)/share/bash-completion/completions

install: $(BINARY)
	install -D $(BINARY) $(DESTDIR)$(PREFIX)/bin/mqttspec
	rm -rf $(share)
	mkdir -p $(share)/brokers
	cp -R cases $(share)/cases
	mkdir -p $(manuals) $(completions)
	$(BINARY) manual >$(manuals)/mqttspec.1
	$(BINARY) completion >$(completions)/mqttspec
	cp fixtures/brokers/*.yaml $(share)/brokers
	install -D fixtures/certs/make $(share)/make-certs

clean:
	rm -rf build
