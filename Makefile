# Virtual phone fleet emulator: build, check, bench. `make help` lists the targets.
#
# SAN=1 builds everything again with ASan and UBSan under .build/san.

ifdef SAN
B       := .build/san
SANFLAGS := -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
else
B       := .build
SANFLAGS :=
endif

CC      ?= gcc
CFLAGS  ?= -O2 -g
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE -I. -Wall -Wextra -Wshadow -Wswitch-enum -Wvla \
             -Wmissing-prototypes -Wstrict-prototypes -Werror $(CFLAGS) $(SANFLAGS) -MMD -MP

# The phone: a pure core, and the shell that carries it on this kernel.
SHELL_SRC := $(addprefix emu/,main.c ring.c flash.c clock.c report.c)
CORE_SRC  := $(filter-out $(SHELL_SRC),$(wildcard emu/*.c))
WORLD_SRC := $(wildcard netns/*.c)
GEN_SRC   := $(wildcard firmware-samples/*.c)
UNIT_SRC  := $(wildcard tests/unit/test_*.c)
SIM_SRC   := $(wildcard tests/sim/*.c)

obj = $(patsubst %.c,$(B)/%.o,$(1))

CORE_LIBS  := -lexpat -lhogweed -lnettle -lgmp -lm
PHONE_LIBS := -luring $(CORE_LIBS)
NL_CFLAGS  := -I/usr/include/libnl3
FLEET_LIBS := -lnl-route-3 -lnl-3 -lcap -lcyaml -lyaml -ljansson
GEN_LIBS   := -lhogweed -lnettle -lgmp
UNIT_LIBS  := -lcmocka

# A phone carries no shared library of its own where it can: that halves its start and memory.
PHONE_LINK := $(if $(SAN),,-static)

.PHONY: all deps check bench clean help
all: $(B)/fleet-phone $(B)/fleet $(B)/mkfirmware samples

$(B)/fleet-phone: $(call obj,$(CORE_SRC) $(SHELL_SRC))
	$(CC) $(SANFLAGS) $(PHONE_LINK) -o $@ $^ $(PHONE_LIBS)

$(B)/fleet: $(call obj,$(WORLD_SRC) emu/contract.c)
	$(CC) $(SANFLAGS) -o $@ $^ $(FLEET_LIBS)

$(B)/mkfirmware: $(call obj,$(GEN_SRC) emu/cursor.c)
	$(CC) $(SANFLAGS) -o $@ $^ $(GEN_LIBS)

# Everything of the core and of the world but its main(), for the tests to link.
$(B)/libcore.a: $(call obj,$(CORE_SRC))
	rm -f $@ && ar rcs $@ $^
$(B)/libworld.a: $(call obj,$(filter-out netns/main.c emu/contract.c,$(WORLD_SRC)))
	rm -f $@ && ar rcs $@ $^

$(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/libworld.a $(B)/libcore.a
	$(CC) $(SANFLAGS) -o $@ $^ $(FLEET_LIBS) $(CORE_LIBS) $(UNIT_LIBS)

$(B)/sim: $(call obj,$(SIM_SRC)) $(B)/libcore.a
	$(CC) $(SANFLAGS) -o $@ $^ $(CORE_LIBS) -lm

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(NL_CFLAGS) -c -o $@ $<

-include $(shell find $(B) -name '*.d' 2>/dev/null)

clean:
	rm -rf .build
