# Virtual phone fleet emulator: build, check, bench. `make help` lists the targets.
#
# SAN=1 builds everything again with ASan and UBSan under .build/san; FUZZ=1 with clang and
# libFuzzer's counters on top, under .build/fuzz; COV=1 the tests with counters of the lines they
# reach, under .build/cov (see tests/coverage.sh).

ifdef FUZZ
B       := .build/fuzz
CC      := clang
SANFLAGS := -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer \
            -fno-sanitize-recover=undefined
else ifdef SAN
B       := .build/san
SANFLAGS := -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
# In two thirds of the time that -O2 takes to build; the tests take as long.
CFLAGS  ?= -O1 -g
else ifdef COV
B       := .build/cov
SANFLAGS :=
else
B       := .build
SANFLAGS :=
endif

CC      ?= gcc
CFLAGS  ?= -O2 -g
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE -I. -Wall -Wextra -Wshadow -Wswitch-enum -Wvla \
             -Wmissing-prototypes -Wstrict-prototypes -Werror $(CFLAGS) $(SANFLAGS) -MMD -MP

# The phone: a pure core, the shell that carries it on this kernel, and the simulator.
CORE_SRC  := $(wildcard emu/*.c emu/sccp/*.c emu/core/*.c)
TIME_SRC  := $(wildcard emu/time/*.c)
SHELL_SRC := $(wildcard emu/shell/*.c) $(TIME_SRC)
SIM_SRC   := $(wildcard emu/sim/*.c)
WORLD_SRC := $(wildcard netns/*.c netns/*/*.c)
GEN_SRC   := $(wildcard firmware-samples/*.c)
FUZZ_SRC  := $(wildcard tests/fuzz/fuzz_*.c)
UNIT_SRC  := $(wildcard tests/unit/*/test_*.c tests/unit/*/*/test_*.c)
CHECK_SRC := $(wildcard tests/sim/*.c)

obj = $(patsubst %.c,$(B)/%.o,$(1))

CORE_LIBS  := -lhttp_parser -lexpat -lhogweed -lnettle -lgmp -lm $(if $(COV),-lgcov)
PHONE_LIBS := -luring $(CORE_LIBS)
NL_CFLAGS  := -I/usr/include/libnl3
FLEET_LIBS := -lnl-route-3 -lnl-3 -lcap -lyaml -ljansson -lnettle -lm
GEN_LIBS   := -lhogweed -lnettle -lgmp
UNIT_LIBS  := -lcmocka

# A phone carries no shared library of its own where it can: that halves its start and memory.
PHONE_LINK := $(if $(SAN),,-static)

.PHONY: all deps check quick sim bench soak agree coverage fuzz fuzzers clean help man schema unit-tests
.PHONY: test-tools tidy
# The samples do not depend on how their generator was built.
all: $(B)/fleet-phone $(B)/fleet $(B)/fleet-sim $(B)/mkfirmware $(if $(SAN),,samples)

$(B)/fleet-phone: $(call obj,$(CORE_SRC) $(SHELL_SRC))
	$(CC) $(SANFLAGS) $(PHONE_LINK) -o $@ $^ $(PHONE_LIBS)

$(B)/fleet: $(call obj,$(WORLD_SRC) $(TIME_SRC) $(wildcard emu/*.c emu/sccp/*.c))
	$(CC) $(SANFLAGS) -o $@ $^ $(FLEET_LIBS)

$(B)/mkfirmware: $(call obj,$(GEN_SRC) emu/builder.c emu/cursor.c emu/random.c)
	$(CC) $(SANFLAGS) -o $@ $^ $(GEN_LIBS)

# Everything of the core, the shell and the world but their main(), for the tests to link.
$(B)/libcore.a: $(call obj,$(CORE_SRC))
	rm -f $@ && ar rcs $@ $^
$(B)/libshell.a: $(call obj,$(filter-out emu/shell/main.c,$(SHELL_SRC)))
	rm -f $@ && ar rcs $@ $^
$(B)/libworld.a: $(call obj,$(filter-out netns/main.c,$(WORLD_SRC)))
	rm -f $@ && ar rcs $@ $^

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/libworld.a $(B)/libshell.a $(B)/libcore.a
	$(CC) $(SANFLAGS) -o $@ $^ $(FLEET_LIBS) $(PHONE_LIBS) $(UNIT_LIBS)

$(B)/tests/fuzz/fuzz_fleet: $(B)/libworld.a
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(B)/libcore.a
	$(CC) $(SANFLAGS) -fsanitize=fuzzer -o $@ $(filter %.o %/libworld.a,$^) $(B)/libcore.a \
	    $(FLEET_LIBS) $(CORE_LIBS) $(UNIT_LIBS)

# The simulator under the eyes of its invariants.
$(B)/sim: $(call obj,$(CHECK_SRC) $(filter-out emu/sim/predict.c,$(SIM_SRC))) $(B)/libcore.a
	$(CC) $(SANFLAGS) -o $@ $^ $(CORE_LIBS) -lm

# What `fleet plan` asks.
$(B)/fleet-sim: $(call obj,$(SIM_SRC)) $(B)/libcore.a
	$(CC) $(SANFLAGS) -o $@ $^ $(CORE_LIBS) -lm

# The hostile peer of tests/net/hostile.bats.
$(B)/tests/hostile: $(call obj,$(addprefix tests/net/,hostile.c intruder.c noise.c)) $(B)/libcore.a
	$(CC) $(SANFLAGS) -o $@ $^ $(CORE_LIBS)

# Runs a command without a system call, for tests/net/hostcheck.bats.
$(B)/tests/deny: $(B)/tests/net/deny.o
	$(CC) $(SANFLAGS) -o $@ $^

# Makes rings as another user, for tests/net/ids.bats.
$(B)/tests/rings: $(B)/tests/net/rings.o
	$(CC) $(SANFLAGS) -o $@ $^

# The table of findings, for tests/net/remedies.bats.
$(B)/tests/findings: $(B)/tests/net/findings.o $(B)/libworld.a $(B)/libshell.a $(B)/libcore.a
	$(CC) $(SANFLAGS) -o $@ $^ $(FLEET_LIBS) $(PHONE_LIBS)

# Every message of SCCP, for tests/net/skinny.bats.
$(B)/tests/skinny: $(B)/tests/net/skinny.o $(B)/libcore.a
	$(CC) $(SANFLAGS) -o $@ $^ $(CORE_LIBS)

# What the parser says of many fleet files, for tests/docs/schema.bats.
$(B)/tests/fleetread: $(B)/tests/docs/fleetread.o $(B)/libworld.a $(B)/libshell.a $(B)/libcore.a
	$(CC) $(SANFLAGS) -o $@ $^ $(FLEET_LIBS) $(PHONE_LIBS)

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(NL_CFLAGS) -c -o $@ $<

# Only the core counts its lines: counters in who forks and execs meet more than they should.
ifdef COV
$(call obj,$(CORE_SRC)): CFLAGS := -O0 -g --coverage
endif

include firmware-samples/samples.mk

-include $(shell find $(B) -name packages -prune -o -name '*.d' -print 2>/dev/null)

unit-tests: $(patsubst %.c,$(B)/%,$(UNIT_SRC))

# All else that tests run: they go beside each other, and two makes at a time are one too many.
test-tools: $(B)/sim man $(addprefix $(B)/tests/,hostile deny rings findings fleetread skinny)

# What clang-tidy has found nothing in is not looked at again before it changes: a second or two each.
tidy: $(patsubst %.c,$(B)/%.tidy,$(shell find emu netns firmware-samples -name '*.c'))
$(B)/%.tidy: %.c $(B)/%.o .clang-tidy
	clang-tidy --quiet $< -- -std=gnu17 -D_GNU_SOURCE -I. $(NL_CFLAGS) 2>/dev/null
	@touch $@

# What the launcher says of fleet files, for editors: to be committed.
schema: $(B)/fleet
	$(B)/fleet schema > netns/fleet.schema.json

man: $(B)/man/run-fleet.1 $(B)/man/fleet.5
$(B)/man/%: netns/%.scd
	@mkdir -p $(@D)
	scdoc < $< > $@.new && mv $@.new $@

# With FUZZ=1 only.
fuzzers: $(patsubst %.c,$(B)/%,$(FUZZ_SRC))

deps:
	./run-fleet.sh --install-packages run
	./run-fleet.sh --install-packages test

# Installs what the tests need, builds plainly and with sanitizers, and runs everything; the
# last line counts.
check:
	@./run-fleet.sh --install-packages test
	@tests/check.sh

# Fleets in the simulator, with the faults that each seed decides: SEEDS of them from FIRST_SEED on,
# or the REPLAY of one, V=1 with its console lines. KIND: of one kind of fault only.
SEEDS      ?= 200
FIRST_SEED ?= 1
SIM_ONE    := $(if $(KIND),--kind $(KIND)) $(if $(TWICE),--twice) $(if $(V),-v)
sim:
	@./run-fleet.sh --install-packages run
	@$(MAKE) -s $(if $(SAN),,samples) $(B)/sim
	@$(B)/sim $(if $(REPLAY),--replay $(REPLAY),--sweep $(SEEDS) --first $(FIRST_SEED)) $(SIM_ONE)

coverage:
	@./run-fleet.sh --install-packages test
	@tests/coverage.sh

# The daily round, in two minutes.
quick:
	@./run-fleet.sh --install-packages test
	@tests/check.sh static unit fleet

bench:
	@./run-fleet.sh --install-packages test
	@$(MAKE) -s all
	@tests/bench.sh

# Cycles 200 phones between two loads for SOAK_MINUTES (30); nothing may grow. Wants root.
soak:
	@./run-fleet.sh --install-packages test
	@$(MAKE) -s all
	@tests/soak.sh

# The planner's word against runs in namespaces; wants root.
agree:
	@./run-fleet.sh --install-packages test
	@$(MAKE) -s all
	@tests/agree.sh

# Every decoder for FUZZ_SECONDS (600), or ONLY=name; what is found lies under .build/fuzz.
fuzz:
	@./run-fleet.sh --install-packages test
	@$(MAKE) -s FUZZ=1 fuzzers
	@tests/fuzz/run.sh long $(ONLY)

clean:
	rm -rf .build

help:
	@echo 'make            build everything, generate the firmware samples'
	@echo 'make deps       install the Debian packages that runs and tests need'
	@echo 'make check      every test there is; installs what they need first'
	@echo 'make quick      of these the daily round: static, unit, and one small fleet'
	@echo 'make sim        simulated fleets with faults: SEEDS=200 FIRST_SEED=1 [KIND=crash], or'
	@echo '                REPLAY=seed [V=1] for one of them and its timeline'
	@echo '                KIND=lines: real sizes on any line; .build/sim --grid: as a table'
	@echo 'make bench      measure: time to ready, teardown, memory a phone'
	@echo 'make coverage   which lines of the core the unit tests and the simulator reach'
	@echo 'make soak       cycle 200 phones between two loads, SOAK_MINUTES=30; nothing grows'
	@echo 'make agree      run and plan the same fleets, and compare'
	@echo 'make fuzz       fuzz every decoder, FUZZ_SECONDS=600 each; ONLY=cnf for one'
	@echo 'make man        the manual pages: man .build/man/run-fleet.1, .build/man/fleet.5 (scdoc)'
	@echo 'make schema     write netns/fleet.schema.json anew from the tables of the fleet file'
	@echo 'make clean      remove .build'
	@echo 'SAN=1           build with ASan and UBSan, under .build/san'

